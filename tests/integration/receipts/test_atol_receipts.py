"""Receipts of paid orders arrive at the stand-in of ATOL Online, each once, and sum to the ledger.

Source: fiscal.md §1, §9, §14.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from altyn.domain.receipt.contact import Contact
from altyn.domain.receipt.settings import FfdVersion
from altyn.domain.receipt.values import Receipt, ReceiptKind, ReceiptState
from altyn.operations.decisions import Refused
from tests.asgi_client import AsgiClient
from tests.atol_server import PASSWORD, AtolServer, Document, Failure, Fault, atol_server
from tests.atol_shop import use_atol
from tests.integration.receipts.fiscal_shop import AMOUNT, CUP, PIECES, TEA, FiscalShop, part
from tests.merchant_changes import changed
from tests.shop import open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]
WAIT_SECONDS: Final = 120
PUBLIC_URL: Final = "https://pay.example"
KEPT: Final = """
    SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries
    WHERE order_id = $1 AND account = 'merchant'
"""
ROWS: Final = """
    SELECT t::text AS row FROM merchant_settings AS t UNION ALL SELECT t::text FROM outbox AS t
    UNION ALL SELECT t::text FROM receipts AS t UNION ALL SELECT t::text FROM order_events AS t
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A shop that fiscalises at the stand-in."""

    shop: FiscalShop
    server: AtolServer

    async def documents(self, order_id: str) -> list[Document]:
        """The registered documents of an order's receipts."""
        own = {str(each.receipt_id) for each in await self.shop.receipts(order_id)}
        return [each for each in self.server.registered if each.external_id[:36] in own]

    async def kept_minor(self, order_id: str) -> int:
        """What the merchant has of an order, by the ledger."""
        return int(await self.shop.shop.pool.fetchval(KEPT, order_id))

    async def settled(self, order_id: str) -> Sequence[Receipt]:
        """The receipts of an order, as soon as none of them is on its way any more."""
        async with asyncio.timeout(WAIT_SECONDS):
            while any(
                each.state is ReceiptState.SENT for each in await self.shop.receipts(order_id)
            ):
                await self.shop.shop.travel(timedelta(minutes=1))
                await asyncio.sleep(0.2)
        return await self.shop.receipts(order_id)

    async def until_sent(self) -> Document:
        """The first document, as soon as the stand-in has it."""
        while not self.server.by_id:  # noqa: ASYNC110 - it happens at the other side
            await asyncio.sleep(0.01)
        return next(iter(self.server.by_id.values()))

    async def until_problem(self, order_id: str) -> str:
        """The problem of the order's receipt, as soon as there is one."""
        while True:
            (receipt,) = await self.shop.receipts(order_id)
            if receipt.problem:
                return receipt.problem
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_site(
    database_url: str, home: Path, ffd: FfdVersion = FfdVersion.V1_2, **server: object
) -> AsyncIterator[Site]:
    async with (
        atol_server(AtolServer(**server)) as served,  # type: ignore[arg-type]
        open_shop(database_url, home, atol_url=served.url, public_url=PUBLIC_URL) as shop,
    ):
        await use_atol(database_url, home / "keys.json", ffd)
        merchants = shop.gateway.world.merchants
        # A NOTIFY in the gateway's own task ends the wait.
        while (found := await merchants.by_login("test")) and not found.settings.fiscal.group:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        measure = PIECES if ffd is FfdVersion.V1_05 else "0"
        yield Site(FiscalShop(shop, measure), served)


@pytest.fixture(params=FfdVersion)
async def site(
    request: pytest.FixtureRequest, own_database_url: str, tmp_path: Path
) -> AsyncIterator[Site]:
    async with a_site(own_database_url, tmp_path, request.param) as opened:
        yield opened


async def test_life_of_an_order_is_registered_and_shown(site: Site) -> None:
    shop = site.shop
    order_id = await shop.paid()
    items = json.dumps([part(CUP, 1)])
    await shop.done("refund.do", orderId=order_id, amount=10000, refundItems=items)
    await shop.done("closeOfdReceipt.do", mdOrder=order_id)
    receipts = await site.settled(order_id)
    assert [(each.kind, each.state) for each in receipts] == [
        (ReceiptKind.PAYMENT, ReceiptState.DELIVERED),
        (ReceiptKind.REFUND, ReceiptState.DELIVERED),
        (ReceiptKind.CLOSING, ReceiptState.DELIVERED),
    ]
    documents = await site.documents(order_id)
    assert sorted((each.operation, each.total_minor) for each in documents) == [
        ("sell", AMOUNT - 10000),
        ("sell", AMOUNT),
        ("sell_refund", -10000),
    ]
    shown = await shop.shown(orderId=order_id)
    assert [each["receiptStatus"] for each in shown] == [1, 4, 1]
    assert shown[0]["fn_number"] == "9999078900000123"
    assert shown[0]["ofd_receipt_url"].startswith("https://ofd.example/")
    assert site.server.refusals == []


async def test_report_of_a_result_makes_the_gateway_ask_at_once(
    own_database_url: str, tmp_path: Path
) -> None:
    async with a_site(own_database_url, tmp_path, polls=1_000_000) as site:
        order_id = await site.shop.paid()
        document = await site.until_sent()
        await site.shop.shop.travel(timedelta(hours=1))
        client = AsgiClient(site.shop.shop.gateway.router, ip="127.0.0.1")
        url = document.sent["service"]["callback_url"]
        assert url.startswith(f"{PUBLIC_URL}/receipts/results/")
        path = urlsplit(url).path
        for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), path.rpartition("/")[0]):
            assert (await client.post(wrong, body=b"{}")).status == 404
        document.polls = 0
        async with asyncio.timeout(30):
            # A report that arrives while a worker asks is without effect; the next one has it.
            while (await site.shop.receipts(order_id))[0].state is ReceiptState.SENT:
                assert (await client.post(path, body=b'{"status": "fail"}')).status == 200
                await asyncio.sleep(0.05)
        (receipt,) = await site.shop.receipts(order_id)
        assert receipt.state is ReceiptState.DELIVERED


async def test_document_that_was_refused_for_good_is_sent_again_under_another_id(
    site: Site,
) -> None:
    site.server.failures.append(Failure(2006))
    order_id = await site.shop.paid()
    (failed,) = await site.settled(order_id)
    assert (failed.state, await site.documents(order_id)) == (ReceiptState.FAILED, [])
    made = await site.shop.resend(failed, Contact())
    assert isinstance(made, Receipt)
    _, sent = await site.settled(order_id)
    assert (sent.state, sent.receipt_id) == (ReceiptState.DELIVERED, made.receipt_id)
    (document,) = await site.documents(order_id)
    assert (document.external_id, document.total_minor) == (str(made.receipt_id), AMOUNT)
    assert isinstance(await site.shop.resend(failed, Contact()), Refused)


async def test_wrong_settings_name_the_setting_and_lose_nothing(
    own_database_url: str, tmp_path: Path
) -> None:
    async with a_site(own_database_url, tmp_path) as site:
        async with changed(site.shop.shop, {"fiscal.group": "another-group"}):
            order_id = await site.shop.paid()
            problem = await site.until_problem(order_id)
        assert "fiscal.group" in problem
        assert PASSWORD not in problem
        (receipt,) = await site.settled(order_id)
        assert receipt.state is ReceiptState.DELIVERED


async def test_password_is_nowhere_in_clear(own_database_url: str, tmp_path: Path) -> None:
    async with a_site(own_database_url, tmp_path) as site:
        await site.settled(await site.shop.paid())
        rows = [row["row"] for row in await site.shop.shop.pool.fetch(ROWS)]
        assert any("encrypted1:" in row for row in rows)
        assert not [row for row in rows if PASSWORD in row]


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_fails_the_documents_sum_to_the_ledger(
    own_database_url: str, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    async with a_site(own_database_url, tmp_path, chance=random.Random(seed)) as site:
        site.server.failures.extend([Failure(1, kind="timeout"), Failure(120)])
        site.server.faults.extend([Fault.LOST, Fault.EXPIRED, Fault.LOST, Fault.HTML])
        order_ids = await asyncio.gather(*(life_of(site.shop, chance) for _ in range(4)))
        for order_id in order_ids:
            receipts = await site.settled(order_id)
            assert all(each.state is ReceiptState.DELIVERED for each in receipts)
            documents = await site.documents(order_id)
            assert sum(each.total_minor for each in documents) == await site.kept_minor(order_id)
            assert len(documents) == len(receipts)
    assert site.server.refusals == []


async def life_of(shop: FiscalShop, chance: random.Random) -> str:
    """A paid order with some deposits and refunds by positions; its id."""
    two_phase = chance.random() < 0.5
    tea, cups = (chance.randint(1, 6), chance.randint(1, 2)) if two_phase else (6, 2)
    refunds = chance.sample([(CUP, 10000)] * cups + [(TEA, 3334)] * tea, chance.randint(0, 2))
    order_id = await shop.paid(two_phase=two_phase)
    if two_phase:
        items = json.dumps([part(TEA, tea), part(CUP, cups)])
        amount = tea * 3334 + cups * 10000
        await shop.done("deposit.do", orderId=order_id, amount=amount, depositItems=items)
    for position, amount in refunds:
        items = json.dumps([part(position, 1)])
        await shop.done("refund.do", orderId=order_id, amount=amount, refundItems=items)
    return order_id
