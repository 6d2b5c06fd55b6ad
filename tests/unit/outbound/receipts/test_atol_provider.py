"""The provider ATOL Online against the stand-in: a receipt is sent until its result is known, and
it is registered once, whatever the network and the other side do.

Source: fiscal.md §9, §14.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import pytest

from altyn.domain.merchant import Merchant
from altyn.domain.receipt.settings import FfdVersion
from altyn.domain.receipt.values import Receipt, ReceiptKind
from altyn.operations.fiscal import FiscalOutcome, FiscalResponse
from altyn.outbound.receipts.atol.client import AtolClient, new_session
from altyn.outbound.receipts.atol.provider import AtolProvider
from tests.atol_server import PASSWORD, AtolServer, Failure, Fault, atol_server
from tests.unit.outbound.receipts.atol_receipts import MADE_AT, a_receipt, a_shop

pytestmark = pytest.mark.asyncio
REGISTERED, ACCEPTED, REJECTED, UNKNOWN = (
    FiscalOutcome.REGISTERED,
    FiscalOutcome.ACCEPTED,
    FiscalOutcome.REJECTED,
    FiscalOutcome.UNKNOWN,
)
TIMEOUT_SECONDS: Final = 30
SHORT_SECONDS: Final = 0.3  # where a request hangs


@dataclass
class Clocks:
    """The gateway's clock, and the real time in which tokens live."""

    at: datetime = MADE_AT
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.at


@dataclass
class Site:
    """A provider in front of the stand-in, and the receipts as the gateway keeps them."""

    server: AtolServer
    provider: AtolProvider
    clocks: Clocks
    merchant: Merchant
    passwords: dict[str, str] = field(default_factory=lambda: {"sealed": PASSWORD})

    async def ask(self, receipt: Receipt) -> tuple[Receipt, FiscalResponse]:
        """One attempt; the receipt with the provider's id, as it is saved afterwards."""
        response = await self.provider.register(receipt, self.merchant)
        kept = response.provider_id or receipt.provider_id
        return replace(receipt, provider_id=kept), response

    async def until_known(self, receipt: Receipt) -> FiscalResponse:
        """Attempts until the result is final, with the pauses between them."""
        while True:
            receipt, response = await self.ask(receipt)
            if response.outcome in {REGISTERED, REJECTED}:
                return response
            self.clocks.at += timedelta(minutes=1)
            assert self.clocks.at < MADE_AT + timedelta(hours=1), response


@asynccontextmanager
async def a_site(
    server: AtolServer | None = None, *, timeout_seconds: float = TIMEOUT_SECONDS
) -> AsyncIterator[Site]:
    async with atol_server(server) as served, new_session() as session:
        clocks, passwords = Clocks(), {"sealed": PASSWORD}
        client = AtolClient(
            session, served.url, timeout_seconds=timeout_seconds, seconds=lambda: clocks.seconds
        )
        provider = AtolProvider(
            client, clock=clocks, reveal=lambda _merchant, _key, stored: passwords.get(stored)
        )
        yield Site(served, provider, clocks, a_shop(), passwords)


@pytest.mark.parametrize("ffd", FfdVersion)
@pytest.mark.parametrize("kind", [ReceiptKind.PAYMENT, ReceiptKind.REFUND, ReceiptKind.CLOSING])
async def test_receipt_is_accepted_then_registered(kind: ReceiptKind, ffd: FfdVersion) -> None:
    async with a_site() as site:
        receipt, first = await site.ask(a_receipt(kind=kind, ffd=ffd))
        assert (first.outcome, first.provider_id) == (ACCEPTED, receipt.provider_id)
        receipt, second = await site.ask(receipt)
        assert second.outcome is ACCEPTED
        receipt, third = await site.ask(receipt)
        assert third.outcome is REGISTERED
        (document,) = site.server.registered
    assert document.version == ("v4" if ffd is FfdVersion.V1_05 else "v5")
    assert document.operation == ("sell_refund" if kind is ReceiptKind.REFUND else "sell")
    assert document.external_id == str(receipt.receipt_id)
    fiscal = third.fiscal
    assert fiscal is not None
    assert (fiscal.amount_minor, fiscal.document_number, fiscal.receipt_number) == (20004, 101, 1)
    assert (fiscal.fn_number, fiscal.shift_number) == ("9999078900000123", 23)
    assert (fiscal.ecr_registration_number, fiscal.ofd_inn) == ("0000111118041361", "7700000008")
    assert (fiscal.document_attribute, fiscal.fns_site) == ("3449555941", "www.nalog.gov.ru")
    assert fiscal.ofd_receipt_url == "https://ofd.example/1"
    assert abs(fiscal.registered_at - datetime.now(fiscal.registered_at.tzinfo)) < timedelta(
        minutes=1
    )


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("at", ["token", "document", "report"])
async def test_every_fault_leaves_one_registered_receipt(fault: Fault, at: str) -> None:
    seconds = SHORT_SECONDS if fault is Fault.HANGING else TIMEOUT_SECONDS
    async with a_site(timeout_seconds=seconds) as site:
        receipt = a_receipt()
        if at != "token":
            await site.ask(replace(receipt, version=9))  # it brings the token
        if at == "report":
            receipt, _ = await site.ask(receipt)
        site.server.faults.append(fault)
        receipt, response = await site.ask(receipt)
        assert response.outcome is not REJECTED
        assert (response.outcome is UNKNOWN) == bool(response.problem)
        assert (await site.until_known(receipt)).outcome is REGISTERED
        own = [
            each
            for each in site.server.by_id.values()
            if each.external_id.startswith(str(receipt.receipt_id))
        ]
        assert len(own) == 1
    assert PASSWORD not in str(response)


async def test_repeated_document_is_recognised() -> None:
    async with a_site() as site:
        receipt = a_receipt()
        one, two = await asyncio.gather(site.ask(receipt), site.ask(receipt))
        assert one[1].outcome is two[1].outcome is ACCEPTED
        assert one[1].provider_id == two[1].provider_id
        assert len(site.server.by_id) == 1


async def test_token_is_renewed_once_for_many_receipts() -> None:
    async with a_site() as site:
        receipts = [replace(a_receipt(), version=number) for number in range(1, 21)]
        await asyncio.gather(*(site.ask(each) for each in receipts))
        assert site.server.calls["getToken"] == 1
        site.server.end_tokens()
        asked = await asyncio.gather(*(site.ask(each) for each in receipts))
        assert {response.outcome for _, response in asked} == {ACCEPTED}
        assert site.server.calls["getToken"] == 2


async def test_token_is_kept_for_a_day_per_version_of_the_protocol() -> None:
    async with a_site() as site:
        await site.ask(a_receipt())
        await site.ask(a_receipt(ffd=FfdVersion.V1_05))
        assert site.server.calls["getToken"] == 2
        site.clocks.seconds += 22 * 3600
        await site.ask(replace(a_receipt(), version=4))
        assert site.server.calls["getToken"] == 2
        site.clocks.seconds += 2 * 3600
        await site.ask(replace(a_receipt(), version=5))
        assert site.server.calls["getToken"] == 3


async def test_refused_login_keeps_the_receipt_and_is_not_tried_at_once() -> None:
    async with a_site(AtolServer(password="another")) as site:
        receipt, response = await site.ask(a_receipt())
        assert response.outcome is UNKNOWN
        assert "fiscal.login and fiscal.password" in (response.problem or "")
        await site.ask(receipt)
        assert site.server.calls["getToken"] == 1
        site.server.password = PASSWORD
        site.clocks.seconds += 61
        assert (await site.until_known(receipt)).outcome is REGISTERED


async def test_new_password_is_used_at_once() -> None:
    async with a_site(AtolServer(password="another")) as site:
        receipt, _ = await site.ask(a_receipt())
        site.passwords["sealed"] = "another"
        assert (await site.until_known(receipt)).outcome is REGISTERED


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"group": ""}, "lacks fiscal.group"),
        ({"group": "", "company_email": ""}, "fiscal.group, fiscal.company_email"),
        ({"password": "sealed elsewhere"}, "fiscal.password"),
        ({"group": "group-2"}, "fiscal.group"),
        ({"group": "../group?1#/"}, "fiscal.group"),
    ],
)
async def test_wrong_settings_keep_the_receipt(settings: dict[str, str], problem: str) -> None:
    async with a_site() as site:
        site.merchant = a_shop(**settings)
        receipt, response = await site.ask(a_receipt())
        assert response.outcome is UNKNOWN
        assert problem in (response.problem or "")
        site.merchant = a_shop()
        assert (await site.until_known(receipt)).outcome is REGISTERED


@pytest.mark.parametrize(
    ("receipt", "problem"),
    [
        (a_receipt(email=None), "e-mail address and phone number"),
        (a_receipt(ofd_params={"additional_check_props": "longer than 16 characters"}), "error 32"),
    ],
)
async def test_receipt_that_can_never_be_registered_is_rejected(
    receipt: Receipt, problem: str
) -> None:
    async with a_site() as site:
        _, response = await site.ask(receipt)
        assert response.outcome is REJECTED
        assert problem in (response.problem or "")


@pytest.mark.parametrize(
    ("failure", "remedy"),
    [(Failure(128), "cart"), (Failure(2007, kind="agent"), "cart"), (Failure(13), "cart")],
)
async def test_failure_of_the_receipt_itself_is_final(failure: Failure, remedy: str) -> None:
    async with a_site() as site:
        site.server.failures.append(failure)
        response = await site.until_known(a_receipt())
        assert response.outcome is REJECTED
        assert remedy in (response.problem or "")
        assert len(site.server.by_id) == 1


@pytest.mark.parametrize(
    "failures",
    [[Failure(1, kind="timeout")], [Failure(120)], [Failure(2009, kind="agent"), Failure(115)]],
)
async def test_failure_of_a_register_is_followed_by_the_next_document(
    failures: list[Failure],
) -> None:
    async with a_site() as site:
        site.server.failures.extend(failures)
        receipt = a_receipt()
        response = await site.until_known(receipt)
        assert response.outcome is REGISTERED
        (registered,) = site.server.registered
        documents = len(failures) + 1
        assert registered.external_id == f"{receipt.receipt_id}-{documents}"
        assert len(site.server.by_id) == documents


async def test_next_document_waits_and_is_the_same_for_two_processes() -> None:
    async with a_site() as site:
        site.server.failures.append(Failure(120))
        receipt, _ = await site.ask(a_receipt())
        await site.ask(receipt)
        _, early = await site.ask(receipt)
        assert early.outcome is UNKNOWN
        assert "cash registers of the group" in (early.problem or "")
        assert len(site.server.by_id) == 1
        site.clocks.at += timedelta(minutes=1)
        one, two = await asyncio.gather(site.ask(receipt), site.ask(receipt))
        assert one[1].provider_id == two[1].provider_id != receipt.provider_id
        assert len(site.server.by_id) == 2


async def test_slow_queue_is_asked_with_growing_pauses_for_hours() -> None:
    async with a_site(AtolServer(polls=1_000_000)) as site:
        receipt, response = await site.ask(a_receipt())
        pauses = [response.again_after]
        while site.clocks.at < MADE_AT + timedelta(hours=5):
            site.clocks.at += response.again_after
            receipt, response = await site.ask(receipt)
            assert response.outcome is ACCEPTED
            pauses.append(response.again_after)
        assert pauses == sorted(pauses)
        assert (pauses[0], pauses[-1]) == (timedelta(seconds=2), timedelta(minutes=10))
        assert len(pauses) < 70
        next(iter(site.server.by_id.values())).polls = 0
        assert (await site.ask(receipt))[1].outcome is REGISTERED


async def test_unknown_document_is_not_sent_again() -> None:
    async with a_site() as site:
        receipt, _ = await site.ask(a_receipt())
        site.server.by_id.clear()
        receipt, response = await site.ask(receipt)
        assert response.outcome is UNKNOWN
        assert "group and the address" in (response.problem or "")
        assert site.server.by_id == {}


async def test_provider_that_is_away_keeps_the_receipt() -> None:
    async with a_site() as site:
        port = site.server.port
    async with new_session() as session:
        client = AtolClient(session, f"http://127.0.0.1:{port}/possystem", timeout_seconds=5)
        provider = AtolProvider(client, clock=Clocks(), reveal=lambda *_: PASSWORD)
        response = await provider.register(a_receipt(), a_shop())
    assert response.outcome is UNKNOWN
    assert "no connection" in (response.problem or "")


async def test_session_sends_no_cookies_and_uses_no_proxy() -> None:
    async with new_session() as session:
        assert isinstance(session.cookie_jar, aiohttp.DummyCookieJar)
        assert session.trust_env is False
