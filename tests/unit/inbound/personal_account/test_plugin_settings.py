"""Settings from plugins: all forms that plugins send, and only for the caller's own shop."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest
from starlette.applications import Starlette

from altyn.domain.callback import (
    CallbackMethod,
    CallbackOperation,
    CallbackSettings,
)
from altyn.domain.credentials import FailedLogin
from altyn.domain.merchant import Merchant, MerchantSettings, Permission
from altyn.inbound.personal_account.plugin_settings import BODY_MAX, routes
from altyn.operations.ports import Overloaded
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.errors import SettingRefusedError
from tests.asgi_client import Answer, AsgiClient

PATH: Final = "/mportal/mvc/public/merchant/update/shop"
ADDRESS: Final = "https://shop.example?wc-api=WC_RBSPayment&rbspayment=callback"
KEY: Final = "a secret key of the shop"

# As the plugins of the family send it: an older one, one with the type, a dynamic one.
OLDER: Final = {
    "callbacks_enabled": True,
    "callback_addresses": ADDRESS,
    "callback_http_method": "GET",
    "callback_operations": "deposited,approved,declinedByTimeout",
}
STATIC: Final = {
    **OLDER,
    "callback_type": "STATIC",
    "callback_operations": "deposited,approved,declinedByTimeout,reversed,refunded",
}
DYNAMIC: Final = {
    "callbacks_enabled": True,
    "callback_type": "DYNAMIC",
    "callback_http_method": "GET",
    "callback_operations": "deposited,approved,declinedByTimeout,reversed,refunded",
}


@dataclass(frozen=True)
class User:
    login: str = "shop-api"
    merchant_id: int = 1
    must_change_password: bool = False
    blocked: bool = False


@dataclass
class Portal:
    """The endpoint with one shop; `changed` records each change of settings, and its actor."""

    user: User = field(default_factory=User)
    merchant: Merchant = field(
        default_factory=lambda: Merchant(
            merchant_id=1,
            login="shop",
            name="Shop",
            settings=MerchantSettings(
                callbacks=CallbackSettings(enabled=False, key=KEY, headers=("X-Secret=value",)),
            ),
        )
    )
    password: str = "пароль:1"
    fails: Exception | None = None
    changed: list[tuple[int, Mapping[str, object], str]] = field(default_factory=list)

    async def authenticate(self, user_name: str, password: str, address: str = "") -> User | None:
        if isinstance(self.fails, Overloaded):
            raise self.fails
        return self.user if (user_name, password) == (self.user.login, self.password) else None

    def failed_login(self, user_name: str, address: str) -> FailedLogin:
        return FailedLogin(user_name, 1)

    async def by_token(self, token: str) -> User | None:
        return None

    async def get(self, merchant_id: int) -> Merchant:
        assert merchant_id == self.merchant.merchant_id
        return self.merchant

    async def by_login(self, login: str) -> Merchant | None:
        return None

    async def children(self, merchant_id: int) -> Sequence[Merchant]:
        return ()

    async def change(
        self, actor: StaffActor, merchant_id: int, changes: Mapping[str, object]
    ) -> MerchantSettings:
        if isinstance(self.fails, SettingRefusedError):
            raise self.fails
        assert (actor.role, actor.merchant_id) == (StaffRole.SHOP_USER, merchant_id)
        self.changed.append((merchant_id, changes, actor.name))
        members: dict[str, Any] = {
            key.removeprefix("callbacks."): value for key, value in changes.items()
        }
        settings = self.merchant.settings
        settings = replace(settings, callbacks=replace(settings.callbacks, **members))
        self.merchant = replace(self.merchant, settings=settings)
        return settings

    def setting(self, **changes: Any) -> None:
        self.merchant = replace(self.merchant, settings=replace(self.merchant.settings, **changes))

    async def call(
        self,
        members: object = STATIC,
        *,
        path: str = PATH,
        body: bytes | None = None,
        authorization: str | None = None,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        endpoint = routes(self, self, self.change, guard)
        pair = f"{self.user.login}:{self.password}"
        basic = "Basic " + base64.b64encode(pair.encode()).decode()
        sent = {
            "content-type": "application/json",
            "authorization": basic if authorization is None else authorization,
            **(headers or {}),
        }
        body = json.dumps(members).encode() if body is None else body
        named = {name: value for name, value in sent.items() if value}
        return await AsgiClient(Starlette(routes=endpoint)).send(method, path, (), body, named)


def guard(url: str) -> str | None:
    return "it leads to a private network" if "10.0.0." in url else None


@pytest.fixture
def portal() -> Portal:
    return Portal()


async def test_plugin_switches_callbacks_on(portal: Portal) -> None:
    answer = await portal.call(STATIC)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.json() == {
        "success": True,
        "callbacks_enabled": True,
        "callback_type": "STATIC",
        "callback_addresses": ADDRESS,
        "callback_http_method": "GET",
        "callback_operations": "deposited,approved,declinedByTimeout,reversed,refunded",
        "notes": [],
    }
    number, changes, by = portal.changed[0]
    assert (number, by) == (1, "shop-api")
    assert changes == {
        "callbacks.enabled": True,
        "callbacks.urls": (ADDRESS,),
        "callbacks.operations": (
            CallbackOperation.DEPOSITED,
            CallbackOperation.APPROVED,
            CallbackOperation.DECLINED_BY_TIMEOUT,
            CallbackOperation.REVERSED,
            CallbackOperation.REFUNDED,
        ),
    }


async def test_type_in_force_is_the_permission(portal: Portal) -> None:
    answer = await portal.call(OLDER)
    assert (answer.status, answer.json()["callback_type"]) == (200, "STATIC")
    portal.setting(permissions=frozenset({Permission.DYNAMIC_CALLBACK}))
    answer = await portal.call(OLDER)
    assert (answer.json()["callback_type"], answer.json()["notes"]) == ("DYNAMIC", [])


async def test_dynamic_plugin_without_an_address_keeps_the_addresses(portal: Portal) -> None:
    portal.setting(permissions=frozenset({Permission.DYNAMIC_CALLBACK}))
    await portal.call(OLDER)
    answer = await portal.call(DYNAMIC)
    assert answer.status == 200
    assert answer.json()["callback_type"] == "DYNAMIC"
    assert answer.json()["callback_addresses"] == ADDRESS
    assert answer.json()["notes"] == []


async def test_dynamic_without_the_permission_is_answered_with_a_note(portal: Portal) -> None:
    answer = await portal.call(DYNAMIC)
    assert (answer.status, answer.json()["callback_type"]) == (200, "STATIC")
    permission, address = answer.json()["notes"]
    assert "dynamic_callback" in permission
    assert "no callback address" in address


async def test_static_type_despite_the_permission_is_answered_with_a_note(
    portal: Portal,
) -> None:
    portal.setting(permissions=frozenset({Permission.DYNAMIC_CALLBACK}))
    answer = await portal.call(STATIC)
    assert (answer.status, answer.json()["callback_type"]) == (200, "DYNAMIC")
    (note,) = answer.json()["notes"]
    assert note.startswith("callback_type STATIC changes nothing")


async def test_repeated_call_makes_one_change(portal: Portal) -> None:
    for _ in range(3):
        assert (await portal.call(STATIC)).json()["success"] is True
    assert len(portal.changed) == 1


async def test_plugin_switches_callbacks_off(portal: Portal) -> None:
    await portal.call(STATIC)
    answer = await portal.call({"callbacks_enabled": False})
    assert answer.json()["callbacks_enabled"] is False
    assert answer.json()["callback_addresses"] == ADDRESS
    assert answer.json()["notes"] == []


async def test_secrets_are_neither_repeated_nor_shown(portal: Portal) -> None:
    # One plugin sends its whole configuration along.
    answer = await portal.call({**OLDER, "password": "testPwd9", "login": "shop-api", "name": "x"})
    assert answer.json()["notes"] == ["not known here and ignored: password, login, name"]
    for secret in ("testPwd9", KEY, "X-Secret"):
        assert secret not in answer.text


@pytest.mark.parametrize("word", [True, "true", "TRUE", 1, "1", "on"])
async def test_true_has_many_spellings(portal: Portal, word: object) -> None:
    assert (await portal.call({"callbacks_enabled": word})).json()["callbacks_enabled"] is True


@pytest.mark.parametrize("word", [False, "false", 0, "0", "off"])
async def test_false_has_many_spellings(portal: Portal, word: object) -> None:
    portal.setting(callbacks=CallbackSettings())
    assert (await portal.call({"callbacks_enabled": word})).json()["callbacks_enabled"] is False


@pytest.mark.parametrize(
    ("members", "kept"),
    [
        ("https://a.example/cb", ["https://a.example/cb"]),
        ("https://a.example/cb?x=1,2", ["https://a.example/cb?x=1,2"]),
        ("https://a.example, http://b.example", ["https://a.example", "http://b.example"]),
        (
            "https://a.example;https://b.example\nhttps://c.example https://a.example,",
            ["https://a.example", "https://b.example", "https://c.example"],
        ),
        (["https://a.example", "https://b.example"], ["https://a.example", "https://b.example"]),
    ],
)
async def test_addresses_may_be_a_text_or_a_list(
    portal: Portal, members: object, kept: list[str]
) -> None:
    await portal.call({"callback_addresses": members})
    assert portal.changed[0][1] == {"callbacks.urls": tuple(kept)}


@pytest.mark.parametrize("nothing", ["", [], None, " , ", [""]])
async def test_empty_address_means_not_sent(portal: Portal, nothing: object) -> None:
    await portal.call(STATIC)
    answer = await portal.call({"callback_addresses": nothing})
    assert answer.json()["callback_addresses"] == ADDRESS
    assert len(portal.changed) == 1


async def test_operations_of_other_gateways_are_ignored_and_named(portal: Portal) -> None:
    answer = await portal.call({"callback_operations": "deposited, created;DECLINEDCARDPRESENT"})
    assert answer.json()["callback_operations"] == "deposited,declinedCardpresent"
    assert "created" in answer.json()["notes"][0]
    answer = await portal.call({"callback_operations": ["created"] + ["x" * 99] * 20})
    assert answer.json()["callback_operations"] == "deposited,declinedCardpresent"
    assert len(answer.json()["notes"][0]) < 500


async def test_all_operations_are_listed_by_their_names(portal: Portal) -> None:
    answer = await portal.call({})
    assert answer.json()["callback_operations"] == ",".join(CallbackOperation)
    assert portal.changed == []


async def test_method_may_have_any_case(portal: Portal) -> None:
    answer = await portal.call({"callback_http_method": "post"})
    assert answer.json()["callback_http_method"] == "POST"
    assert portal.merchant.settings.callbacks.method is CallbackMethod.POST


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"callbacks_enabled": "perhaps"}, "callbacks_enabled: true or false"),
        ({"callbacks_enabled": 2}, "callbacks_enabled: true or false"),
        ({"callbacks_enabled": [True]}, "callbacks_enabled: true or false"),
        ({"callback_type": "BOTH"}, "callback_type: STATIC or DYNAMIC"),
        ({"callback_http_method": "JSON"}, "callback_http_method: GET or POST"),
        ({"callback_addresses": [5]}, "callback_addresses: a text"),
        ({"callback_addresses": {"url": "x"}}, "callback_addresses: a text"),
        ({"callback_operations": 5}, "callback_operations: a text"),
        (["callbacks_enabled"], "not a JSON object"),
        ("text", "not a JSON object"),
    ],
)
async def test_member_without_a_meaning_refuses_the_whole_request(
    portal: Portal, members: object, member: str
) -> None:
    answer = await portal.call(members)
    assert (answer.status, answer.json()["success"]) == (400, False)
    assert member in answer.json()["error"]
    assert portal.changed == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"callbacks_enabled=1", b'{"\xff":1}', b"[" * 60_000, b'{"a":"\\ud800"}']
)
async def test_broken_body_is_refused(portal: Portal, body: bytes) -> None:
    answer = await portal.call(body=body)
    assert (answer.status, answer.json()["error"]) == (400, "the body is not a JSON object")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_content_type_does_not_matter(portal: Portal, kind: str) -> None:
    assert (await portal.call(headers={"content-type": kind})).status == 200


async def test_too_large_body_is_refused(portal: Portal) -> None:
    padded = json.dumps(OLDER).encode()
    assert (await portal.call(body=padded.ljust(BODY_MAX))).status == 200
    answer = await portal.call(body=padded.ljust(BODY_MAX + 1))
    assert (answer.status, answer.json()["success"]) == (413, False)


async def test_address_that_may_not_be_called_is_refused(portal: Portal) -> None:
    answer = await portal.call({"callback_addresses": f"{ADDRESS},http://10.0.0.7/"})
    assert answer.status == 400
    assert answer.json()["error"] == "callback_addresses, number 2: it leads to a private network"
    assert portal.changed == []


async def test_refusal_of_a_setting_reaches_the_plugin(portal: Portal) -> None:
    portal.fails = SettingRefusedError("callbacks.urls", "a list of addresses")
    answer = await portal.call()
    assert (answer.status, answer.json()["error"]) == (400, "callbacks.urls: a list of addresses")


async def test_overload_is_answered_with_429(portal: Portal) -> None:
    portal.fails = Overloaded()
    answer = await portal.call()
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"shop-api").decode(),
        "Basic " + base64.b64encode(b"shop-api:wrong").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer " + base64.b64encode("shop-api:пароль:1".encode()).decode(),
    ],
)
async def test_wrong_credentials_are_challenged(portal: Portal, authorization: str) -> None:
    answer = await portal.call(authorization=authorization)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert answer.json()["success"] is False
    assert portal.changed == []


@pytest.mark.parametrize(
    ("api_login", "named"),
    [
        ("shop-api", "shop"),
        ("shop-api", "shop-api"),
        ("second-user", "shop"),
        ("second-user", "second-"),  # the last four letters cut off, as plugins do
        ("an-api-user-api", "an-user"),  # every `-api` taken out, as others do
    ],
)
async def test_shop_may_be_named_as_plugins_guess(
    portal: Portal, api_login: str, named: str
) -> None:
    portal.user = User(login=api_login)
    for root in ("mportal", "mportal-uat"):
        path = f"/{root}/mvc/public/merchant/update/{named}"
        assert (await portal.call(path=path)).status == 200


@pytest.mark.parametrize("named", ["other", "SHOP", "other-api", "shop-ap", "shop%20"])
async def test_another_shop_is_refused(portal: Portal, named: str) -> None:
    answer = await portal.call(path=f"/mportal/mvc/public/merchant/update/{named}")
    assert answer.status == 403
    assert portal.changed == []


@pytest.mark.parametrize(
    ("user", "settings", "blocked", "words"),
    [
        (User(blocked=True), {}, False, "blocked"),
        (User(), {}, True, "blocked"),
        (User(must_change_password=True), {}, False, "one use"),
        (User(), {"ip_allow_list": ("192.0.2.0/24",)}, False, "allow-list"),
    ],
)
async def test_user_without_access_is_refused(
    portal: Portal, user: User, settings: dict[str, Any], *, blocked: bool, words: str
) -> None:
    portal.user = user
    portal.merchant = replace(portal.merchant, blocked=blocked)
    portal.setting(**settings)
    answer = await portal.call()
    assert answer.status == 403
    assert words in answer.json()["error"]
    assert portal.changed == []


async def test_allowed_ip_address_is_accepted(portal: Portal) -> None:
    portal.setting(ip_allow_list=("203.0.113.0/24",))
    assert (await portal.call()).status == 200


async def test_page_in_a_browser_is_refused(portal: Portal) -> None:
    answer = await portal.call(headers={"origin": "https://shop.example"})
    assert answer.status == 403
    assert portal.changed == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods_are_refused(portal: Portal, method: str) -> None:
    answer = await portal.call(method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
