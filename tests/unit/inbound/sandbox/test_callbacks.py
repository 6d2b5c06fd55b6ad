"""The sandbox's HTTP API for callbacks: its responses and its refusals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from starlette.applications import Starlette

from altyn.domain.callback import CallbackSettings, ChecksumKind
from altyn.domain.callback_history import CallbackDetail, CallbackSummary
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import EntryId, EntryState
from altyn.inbound.sandbox.callbacks import callback_routes
from altyn.protocol.dialects.classic.callbacks.checksum import asymmetric, symmetric
from altyn.security.signing_keys import certificate_of
from tests.asgi_client import HOST, Answer, AsgiClient
from tests.builders import a_merchant
from tests.callbacks import ID, NOW, SIGNED, a_delivery, a_summary

KEY = "sb-test-key-0001"
NOBODYS = EntryId(8, UUID("01a1fdfa-4600-8000-88c0-b0723ad2dd34"), 1, 1)


@dataclass
class StoredCallbacks:
    """Two callbacks: one of which everything is known, one that is on its way."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    resent: list[tuple[EntryId, str | None]] = field(default_factory=list)

    async def newest(
        self,
        merchant_id: int | None,
        *,
        subject_id: UUID | None = None,
        order_number: str | None = None,
        state: EntryState | None = None,
        limit: int,
    ) -> Sequence[CallbackSummary]:
        self.asked.append(
            {
                "merchant_id": merchant_id,
                "subject_id": subject_id,
                "order_number": order_number,
                "state": state,
                "limit": limit,
            }
        )
        return [a_summary()]

    async def show(self, which: EntryId) -> CallbackDetail | None:
        if which.merchant_id != ID.merchant_id:
            return None
        return CallbackDetail(a_summary(id=which, attempts=2), (a_delivery(),))

    async def resend(self, which: EntryId, *, receiver: str | None, now: object) -> bool:
        assert now == NOW
        if which != ID:
            return False
        self.resent.append((which, receiver))
        return True


@dataclass(frozen=True)
class Certificate:
    alias: str
    pem: str


def refusal_of_url(url: str) -> str | None:
    return None if url.startswith("http://") else "This is no complete address."


@dataclass
class Sandbox:
    """The application, and what is behind it."""

    stored: StoredCallbacks = field(default_factory=StoredCallbacks)
    settings: CallbackSettings = field(default_factory=lambda: CallbackSettings(key=KEY))
    certificates: list[Certificate] = field(default_factory=list)

    async def get(self, merchant_id: int) -> Merchant:
        raise AssertionError("merchants are found by their logins here")

    async def children(self, merchant_id: int) -> Sequence[Merchant]:
        raise AssertionError("nobody's children are asked for here")

    async def by_login(self, login: str) -> Merchant | None:
        merchant = a_merchant(callbacks=self.settings)
        return replace(merchant, login=login, merchant_id=7) if login == "test" else None

    async def certificates_of(self, merchant_id: int) -> Sequence[Certificate]:
        assert merchant_id == ID.merchant_id
        return self.certificates

    @property
    def client(self) -> AsgiClient:
        routes = callback_routes(
            self.stored, self, lambda: NOW, self.certificates_of, refusal_of_url
        )
        return AsgiClient(Starlette(routes=routes))

    async def post(self, address: str, request: object, origin: str = f"http://{HOST}") -> Answer:
        body = json.dumps(request).encode()
        return await self.client.post(address, body=body, headers={"origin": origin})

    async def verdict(self, request: object) -> dict[str, Any]:
        answer = await self.post("/sandbox/callbacks/verify", request)
        assert answer.status == 200, answer.text
        members: dict[str, Any] = answer.json()
        return members


def received(checksum: str, **more: str) -> str:
    named = dict(pair.split("=") for pair in SIGNED_QUERY.split("&"))
    return "&".join(f"{k}={v}" for k, v in {**named, **more, "checksum": checksum}.items())


SIGNED_QUERY = f"mdOrder={ID.subject_id}&operation=deposited&orderNumber=A-1&status=1"


async def test_callbacks_are_listed() -> None:
    sandbox = Sandbox()

    answer = await sandbox.client.get("/sandbox/callbacks")

    (line,) = answer.json()["callbacks"]
    assert line["id"] == str(ID)
    assert (line["shop"], line["orderNumber"], line["operation"]) == ("test", "A-1", "deposited")
    assert (line["state"], line["onItsWay"], line["tries"]) == ("waiting", False, 1)
    assert line["answer"] == {"status": 500, "problem": None}
    assert (line["createdAt"], line["settledAt"]) == ("2026-11-21T12:00:00.000+00:00", None)
    assert sandbox.stored.asked == [
        {"merchant_id": None, "subject_id": None, "order_number": None, "state": None, "limit": 20}
    ]


async def test_a_list_is_narrowed() -> None:
    sandbox = Sandbox()
    address = "/sandbox/callbacks"

    await sandbox.client.get(address, {"shop": "test", "order": "A-1", "limit": "5"})
    await sandbox.client.get(address, {"order": str(ID.subject_id), "state": "dead"})

    assert sandbox.stored.asked == [
        {"merchant_id": 7, "subject_id": None, "order_number": "A-1", "state": None, "limit": 5},
        {
            "merchant_id": None,
            "subject_id": ID.subject_id,
            "order_number": None,
            "state": EntryState.DEAD,
            "limit": 20,
        },
    ]


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"shop": "nobody"}, 404, "shop: there is no 'nobody'"),
        ({"state": "lost"}, 400, "state: one of waiting, delivered, dead"),
        ({"limit": "0"}, 400, "limit: 1 to 1000"),
        ({"limit": "many"}, 400, "limit: 1 to 1000"),
    ],
)
async def test_invalid_filter_is_refused(query: dict[str, str], status: int, error: str) -> None:
    answer = await Sandbox().client.get("/sandbox/callbacks", query)

    assert (answer.status, answer.json()) == (status, {"error": error})


async def test_callback_is_shown_with_every_delivery() -> None:
    answer = await Sandbox().client.get(f"/sandbox/callbacks/{ID}")

    first, second = answer.json()["attempts"]
    assert first["request"]["headers"] == [["Authorization", "•••"]]
    assert first["answer"] == {
        "status": 500,
        "headers": [["Content-Type", "text/plain"]],
        "body": "out of order",
    }
    assert (first["try"], first["signed"], first["checksum"]) == (1, SIGNED, "AB")
    assert second["try"] == 2
    assert "nothing recorded" in second["problem"]


@pytest.mark.parametrize("text", ["nonsense", str(ID.subject_id), str(NOBODYS)])
async def test_unknown_callback_is_not_found(text: str) -> None:
    shown = await Sandbox().client.get(f"/sandbox/callbacks/{text}")
    resent = await Sandbox().post(f"/sandbox/callbacks/{text}/resend", {})

    assert (shown.status, resent.status) == (404, 404)
    assert text in shown.json()["error"]


async def test_a_callback_is_sent_again() -> None:
    sandbox = Sandbox()
    address = f"/sandbox/callbacks/{ID}/resend"

    empty = await sandbox.client.post(address, body=b"")
    other = await sandbox.post(address, {"to": "http://127.0.0.1:9091/"})

    assert empty.json()["id"] == other.json()["id"] == str(ID)
    assert sandbox.stored.resent == [(ID, None), (ID, "http://127.0.0.1:9091/")]


async def test_invalid_resend_is_refused() -> None:
    sandbox = Sandbox()
    address = f"/sandbox/callbacks/{ID}/resend"
    on_its_way = replace(ID, version=4)

    nowhere = await sandbox.post(address, {"to": "shop.example"})
    misspelt = await sandbox.post(address, {"too": "http://127.0.0.1:9091/"})
    stranger = await sandbox.post(address, {}, origin="https://evil.example")
    busy = await sandbox.post(f"/sandbox/callbacks/{on_its_way}/resend", {})

    assert (nowhere.status, misspelt.status, stranger.status, busy.status) == (400, 400, 403, 409)
    assert nowhere.json() == {"error": "to: This is no complete address."}
    assert "is on its way" in busy.json()["error"]
    assert sandbox.stored.resent == []


async def test_checksum_is_checked_by_a_shops_key_or_another() -> None:
    good = received(symmetric(KEY, SIGNED))

    by_shop = await Sandbox().verdict({"received": good, "shop": "test"})
    by_key = await Sandbox().verdict({"received": good, "key": KEY})
    computed = await Sandbox().verdict(
        {"received": good, "key": KEY, "computed": symmetric(KEY, SIGNED[:-1])}
    )

    assert by_shop == by_key
    assert by_shop["right"] is True
    assert (by_shop["signed"], by_shop["expected"]) == (SIGNED, symmetric(KEY, SIGNED))
    assert computed["right"] is False
    assert computed["received"]["right"] is True
    (mistake,) = computed["computed"]["mistakes"]
    assert computed["computed"]["madeOf"] == SIGNED[:-1]
    assert mistake.keys() == {"name", "happened", "remedy"}


async def test_callback_without_a_checksum_is_checked_too() -> None:
    verdict = await Sandbox().verdict({"received": SIGNED_QUERY, "key": KEY})

    assert verdict["right"] is False
    assert (verdict["received"], verdict["computed"]) == (None, None)
    assert len(verdict["mistakes"]) == 1


@pytest.fixture(scope="module")
def private_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


async def test_asymmetric_checksum_is_checked_by_its_certificate(
    private_key: RSAPrivateKey,
) -> None:
    pem = certificate_of(private_key, "test", NOW)
    newer = certificate_of(generate_private_key(65537, 2048), "test", NOW)
    sandbox = Sandbox(
        settings=CallbackSettings(checksum=ChecksumKind.ASYMMETRIC),
        certificates=[Certificate("new", newer), Certificate("old", pem)],
    )
    checksum = asymmetric(private_key, SIGNED)

    named = await sandbox.verdict(
        {"received": received(checksum, sign_alias="old"), "shop": "test"}
    )
    other = await sandbox.verdict({"received": received(checksum), "shop": "test"})
    unknown = await sandbox.post(
        "/sandbox/callbacks/verify",
        {"received": received(checksum, sign_alias="none"), "shop": "test"},
    )
    computed = await sandbox.post(
        "/sandbox/callbacks/verify",
        {"received": received(checksum, sign_alias="old"), "shop": "test", "computed": "AB"},
    )

    assert (named["right"], other["right"]) == (True, False)
    assert unknown.json()["error"].endswith("it has: new, old")
    assert "no shop can compute" in computed.json()["error"]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"received": SIGNED_QUERY}, 400, "name either the shop"),
        ({"received": SIGNED_QUERY, "shop": "test", "key": KEY}, 400, "name either the shop"),
        ({"received": "nothing", "key": KEY}, 400, "received: This is not a callback"),
        ({"received": SIGNED_QUERY, "shop": "nobody"}, 404, "shop: there is no"),
        ({"shop": "test"}, 400, "missing required field `received`"),
        ({"received": "a=" + "b" * 70_000, "key": KEY}, 400, "at most 65536 bytes"),
    ],
)
async def test_invalid_check_is_refused(body: dict[str, str], status: int, error: str) -> None:
    answer = await Sandbox().post("/sandbox/callbacks/verify", body)

    assert answer.status == status
    assert error in answer.json()["error"]


async def test_shop_without_a_key_is_refused() -> None:
    answer = await Sandbox(settings=CallbackSettings()).post(
        "/sandbox/callbacks/verify", {"received": SIGNED_QUERY, "shop": "test"}
    )

    assert (answer.status, "callbacks.key=" in answer.json()["error"]) == (400, True)
