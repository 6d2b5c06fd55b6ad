"""Who is let in, in which language a refusal is, and what its rule says.

Source: rest-orders.md §1.2; 004 (error codes).
"""

from __future__ import annotations

import base64
from typing import Final

import pytest

from altyn.main import Gateway
from altyn.security.credential_cache import CredentialCache
from altyn.security.passwords import PasswordsBusyError
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_OPERATOR_LOGIN, DEMO_PASSWORD
from tests.asgi_client import Answer, AsgiClient
from tests.integration.rest.golden import credentials
from tests.integration.rest.logbook import Logbook
from tests.integration.soap.soap_client import REGISTER as SOAP_REGISTER
from tests.integration.soap.soap_client import ask

pytestmark = pytest.mark.asyncio(loop_scope="module")

NONE_SENT: Final = "[userName] or [password] or [token] is empty"


async def post(gateway: Gateway, method: str, **fields: str) -> Answer:
    return await AsgiClient(gateway.router).post(f"/payment/rest/{method}", fields)


@pytest.mark.parametrize(
    "sent", [{}, {"userName": "", "password": ""}, {"userName": " ", "token": ""}], ids=str
)
@pytest.mark.parametrize("method", ["register.do", "refund.do", "getOrderStatusExtended.do"])
async def test_a_call_without_credentials_has_the_text_of_the_live_service(
    gateway: Gateway, method: str, sent: dict[str, str]
) -> None:
    answer = await post(gateway, method, **sent)
    assert answer.json()["errorCode"] == "5"
    assert answer.json()["errorMessage"] == NONE_SENT
    rule = answer.headers["x-altyn-rule"]
    assert rule == "userName with password, or token, is mandatory"


@pytest.mark.parametrize("method", ["register.do", "getLastOrdersForMerchants.do"])
async def test_a_token_with_an_empty_login_is_accepted(gateway: Gateway, method: str) -> None:
    empty = {"userName": "", "password": "", "token": "test-token"}
    answer = await post(gateway, method, **empty)
    assert "mandatory, but missing" in answer.headers["x-altyn-rule"]


# ── The language of a refusal ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "fields", "text"),
    [
        ("register.do", {"merchantLogin": "none-such"}, "Merchant login is invalid"),
        ("register.do", {"merchantLogin": "stranger"}, "Access denied."),
        ("register.do", {}, "The amount is missing."),
    ],
)
async def test_an_early_refusal_is_in_the_default_language_of_the_shop(
    gateway: Gateway, method: str, fields: dict[str, str], text: str
) -> None:
    answer = await post(gateway, method, **credentials("english-api"), **fields)
    assert answer.json()["errorMessage"] == text


@pytest.mark.parametrize("method", ["registerPreAuth.do", "reverse.do", "paymentOrder.do"])
async def test_a_missing_permission_is_refused_in_the_default_language_of_the_shop(
    gateway: Gateway, method: str
) -> None:
    answer = await post(gateway, method, **credentials("english-closed-api"))
    assert answer.json()["errorMessage"] == "Access denied."
    russian = await post(gateway, method, **credentials("english-closed-api"), language="ru")
    assert russian.json()["errorMessage"] == "Доступ запрещён"


async def test_a_missing_permission_over_soap_is_refused_in_the_language_of_the_shop(
    gateway: Gateway,
) -> None:
    message = SOAP_REGISTER.replace("registerOrder", "registerOrderPreAuth")
    response = await ask(gateway, message, "english-closed-api")
    assert response.returned.get("errorMessage") == "Access denied."


# ── Which login is the right one ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "hint"),
    [
        (DEMO_OPERATOR_LOGIN, "is a user of the personal account: the API takes test-api"),
        ("test", "is the login of the shop itself: the API takes test-api"),
        ("sweets", "logins of the API end in -api: is it sweets-api?"),
        ("TEST-Api", "upper and lower case differ in logins: is it test-api?"),
    ],
)
async def test_the_rule_names_the_login_of_the_api(gateway: Gateway, login: str, hint: str) -> None:
    answer = await post(gateway, "register.do", userName=login, password=DEMO_PASSWORD)
    assert answer.json() == {"errorCode": "5", "errorMessage": "Доступ запрещён"}
    assert answer.headers["x-altyn-rule"].startswith("userName or password is wrong: ")
    assert answer.headers["x-altyn-rule"].endswith(hint)


async def test_a_wrong_password_of_an_api_user_has_no_hint(gateway: Gateway) -> None:
    answer = await post(gateway, "register.do", userName=DEMO_API_LOGIN, password="wrong")
    assert answer.headers["x-altyn-rule"] == "userName or password is wrong"


@pytest.mark.parametrize("login", ["Сладости", "a b", "x" * 500, "12\r\n"])
async def test_a_text_that_cannot_be_a_login_is_not_repeated(gateway: Gateway, login: str) -> None:
    answer = await post(gateway, "register.do", userName=login, password="wrong")
    assert answer.headers["x-altyn-rule"] == "userName or password is wrong"


async def test_the_rule_of_a_soap_fault_has_the_hint_too(gateway: Gateway) -> None:
    response = await ask(gateway, SOAP_REGISTER, DEMO_OPERATOR_LOGIN)
    assert response.fault_code == "wsse:FailedAuthentication"
    rule = response.http.headers["x-altyn-rule"]
    assert rule.endswith("is a user of the personal account: the API takes test-api")


# ── The log ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "shown"), [("nobody-api", "nobody-api"), ("secret 1!", "not a login")]
)
async def test_a_wrong_password_has_one_line_with_login_and_failures(
    gateway: Gateway, login: str, shown: str, logbook: Logbook
) -> None:
    await post(gateway, "register.do", userName=login, password="wrong")
    (line,) = logbook.lines
    assert (line["event"], line["level"]) == ("refused", "warning")
    assert (line["login"], line["failures"]) == (shown, 1)
    assert "secret" not in str(line)


async def test_a_delayed_check_has_one_line_with_login_and_failures(
    gateway: Gateway, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def delay(*_: object, **__: object) -> bool:
        raise PasswordsBusyError("later")

    monkeypatch.setattr(CredentialCache, "check", delay)
    answer = await post(gateway, "register.do", userName="test-api", password="x")
    assert answer.status == 429
    await ask(gateway, SOAP_REGISTER)
    await plugin_call(gateway)
    rest, soap, plugin = logbook.lines
    assert (rest["event"], rest["code"]) == ("not_read", 429)
    assert (soap["event"], plugin["event"]) == ("soap_fault", "plugin_refused")
    for line in logbook.lines:
        assert (line["level"], line["login"]) == ("warning", "test-api")
        assert line["failures"] >= 0


async def test_a_plugin_with_a_wrong_password_has_one_line(
    gateway: Gateway, logbook: Logbook
) -> None:
    assert (await plugin_call(gateway)).status == 401
    (line,) = logbook.lines
    assert (line["event"], line["level"]) == ("plugin_refused", "warning")
    assert line["login"] == "test-api"
    assert line["failures"] > 0


async def plugin_call(gateway: Gateway) -> Answer:
    """A plugin sets the shop's callbacks, with a wrong password."""
    basic = base64.b64encode(b"test-api:wrong by plugin").decode()
    return await AsgiClient(gateway.router).post(
        "/mportal/mvc/public/merchant/update/test",
        body=b"{}",
        headers=(("authorization", f"Basic {basic}"), ("content-type", "application/json")),
    )
