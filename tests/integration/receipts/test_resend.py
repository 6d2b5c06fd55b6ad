"""`altyn receipt`: failed receipts are listed, shown, and sent again, each once.

Source: fiscal.md §9, §14.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from altyn.cli.actors import actor_name
from altyn.cli.app import app
from altyn.cli.output import CommandError
from altyn.domain.receipt.contact import Contact
from altyn.domain.receipt.values import Receipt, ReceiptState
from altyn.operations.decisions import Refused
from tests.integration.receipts.fiscal_shop import AMOUNT, TEA, FiscalShop
from tests.merchant_changes import changed

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
CONTACT = "found@shop.example"


@dataclass(frozen=True)
class Commands:
    """`altyn receipt …` while the gateway runs."""

    async def json(self, *words: str) -> Any:
        result = await asyncio.to_thread(
            lambda: CliRunner().invoke(app, ["receipt", *words, "--json"])
        )
        if isinstance(result.exception, CommandError):
            raise result.exception
        assert result.exit_code == 0, result.exception
        return json.loads(result.output)


@pytest.fixture
def receipts(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("ALTYN_HOME", str(tmp_path))
    monkeypatch.setenv("ALTYN_DATABASE_URL", database_url)
    return Commands()


async def failed(shop: FiscalShop) -> Receipt:
    """The failed receipt of an order without a contact."""
    order_id = await shop.paid(customerDetails={})
    (receipt,) = await shop.settled(order_id)
    assert receipt.state is ReceiptState.FAILED
    return receipt


async def test_failed_receipt_is_sent_again_as_another_one(
    shop: FiscalShop, receipts: Commands
) -> None:
    first = await failed(shop)
    listed = await receipts.json("list", "--merchant", "test", "--status", "failed")
    assert str(first.receipt_id) in [each["uuid"] for each in listed]
    (made,) = await receipts.json("resend", str(first.receipt_id), "--contact", CONTACT)
    assert made["uuid"] != str(first.receipt_id)
    assert (made["replaces"], made["amount"]) == (str(first.receipt_id), AMOUNT)
    old, new = await shop.settled(str(first.order_id))
    assert (old.state, new.state) == (ReceiptState.FAILED, ReceiptState.DELIVERED)
    assert (new.kind, new.content.email) == (old.kind, CONTACT)
    shown = await receipts.json("show", str(first.order_id))
    assert [each["state"] for each in shown] == ["failed", "delivered"]
    assert (await receipts.json("show", made["uuid"]))[0]["state"] == "delivered"
    statuses = [each["receiptStatus"] for each in await shop.shown(orderId=str(first.order_id))]
    assert statuses == [2, 1]
    events = await shop.shop.pool.fetch(
        "SELECT event, actor FROM order_events WHERE order_id = $1 ORDER BY version",
        first.order_id,
    )
    assert tuple(events[-1]) == ("receipt_resent", actor_name("altyn receipt"))


async def test_receipt_is_sent_again_once_only(shop: FiscalShop, receipts: Commands) -> None:
    first = await failed(shop)
    answers = await asyncio.gather(*(shop.resend(first, Contact(CONTACT)) for _ in range(5)))
    refusals = [each for each in answers if isinstance(each, Refused)]
    assert len(refusals) == len(answers) - 1
    _, new = await shop.settled(str(first.order_id))
    assert all(str(new.receipt_id) in str(each.rule) for each in refusals)
    with pytest.raises(CommandError, match=f"again already, as receipt {new.receipt_id}"):
        await receipts.json("resend", str(first.receipt_id))
    with pytest.raises(CommandError, match="only a failed receipt"):
        await receipts.json("resend", str(new.receipt_id))


async def test_corrected_settings_fill_what_the_shop_has_not_named(
    shop: FiscalShop, receipts: Commands
) -> None:
    untaxed = {name: value for name, value in TEA.items() if name != "tax"}
    second = {**untaxed, "positionId": "2", "itemPrice": 3333}
    order = {"cartItems": {"items": [TEA, second]}}
    amount = 6 * 3334 + 6 * 3333
    bundle = json.dumps({"customerDetails": {}, **order})
    order_id = await shop.shop.register(amount, orderBundle=bundle)
    await shop.shop.pay(order_id)
    (first,) = await shop.settled(order_id)
    assert first.state is ReceiptState.FAILED
    async with changed(shop.shop, {"fiscal.tax_type": 14, "fiscal.tax_system": 1}):
        await receipts.json("resend", str(first.receipt_id), "--contact", "+7 916 000-00-01")
    _, new = await shop.settled(order_id)
    assert [line.tax_type for line in new.content.lines] == [6, 14]
    assert (new.content.tax_system, new.content.phone) == (1, "+79160000001")
    assert new.content.amount_minor == first.content.amount_minor


async def test_receipt_of_a_shop_without_receipts_is_refused(
    shop: FiscalShop, receipts: Commands
) -> None:
    first = await failed(shop)
    async with changed(shop.shop, {"fiscal.provider": "none"}):
        with pytest.raises(CommandError, match=r"set fiscal\.provider"):
            await receipts.json("resend", str(first.receipt_id))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("resend", "x"), "There is no receipt x"),
        (("show", str(uuid4())), "There is no receipt"),
        (("list", "--status", "fail"), "The statuses are: sent, delivered, failed"),
        (("list", "--merchant", "tset"), "There is no shop tset"),
        (("resend", str(uuid4()), "--contact", "12"), "--contact takes an e-mail address"),
    ],
)
async def test_wrong_arguments_are_named(
    shop: FiscalShop, receipts: Commands, words: tuple[str, ...], problem: str
) -> None:
    assert await shop.shop.pool.fetchval("SELECT true")
    with pytest.raises(CommandError, match=problem):
        await receipts.json(*words)
