"""A payout survives lost answers, crashes and repetitions: a sum is never paid out twice.

Source: rest-orders.md §3.7; docs/decisions/0023-payouts.md.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from altyn.operations.paying.card import payout
from altyn.operations.ports import ResultUnknown
from altyn.protocol.test_cards import Fault, card_for_fault
from tests.asgi_client import AsgiClient
from tests.audit import audit, unsettled
from tests.integration.one_call.requests import EXPIRY
from tests.integration.rest.outlets import Outlets, log_as_written
from tests.receiver import a_receiver
from tests.shop import GOOD, OrderState, Shop, acquirer_of, new_number, open_shop

pytestmark = pytest.mark.slow

SUM: Final = 700_00
PAID_OUT: Final = OrderState(4, "REFUNDED", 0, 0, SUM, 0)
CVC: Final = "97531"  # too long for the CVC of a card, so that it stands nowhere by chance
NOT_KNOWN: Final = (
    "7",
    "Банк ещё не ответил. Не повторяйте выплату: узнайте её статус по номеру заказа",
)
PAYOUTS_AT_BANK: Final = """
    SELECT count(*) FROM simulators.bank_requests
    WHERE operation = 'PAYOUT' AND outcome = 'APPROVED' AND split_part(key, '-', 1) = $1
"""


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, acquirer_timeout_seconds=0.2) as opened:
        yield opened


def a_payout(pan: str = GOOD, **changes: object) -> dict[str, Any]:
    return {
        "orderNumber": new_number(),
        "amount": SUM,
        "pan": pan,
        "expiry": EXPIRY,
        "cardholderName": "IVAN PETROV",
        **changes,
    }


async def until_known(shop: Shop) -> None:
    """Wait until the gateway's worker has settled every attempt."""
    async with asyncio.timeout(30):
        while await unsettled(shop.pool):  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.05)


async def order_of(shop: Shop, number: object) -> str:
    status = await shop.call("getOrderStatusExtended.do", orderNumber=number)
    named = {each["name"]: each["value"] for each in status["attributes"]}
    order_id: str = named["mdOrder"]
    return order_id


async def at_bank(shop: Shop, order_id: str) -> int:
    """How often the bank has paid out this order."""
    count: int = await shop.pool.fetchval(PAYOUTS_AT_BANK, UUID(order_id).hex)
    return count


@pytest.mark.parametrize(
    "fault", [Fault.APPROVED_ANSWER_LOST, Fault.PENDING_THEN_APPROVED, Fault.SLOW]
)
async def test_late_approval_is_found_out_and_counts_once(shop: Shop, fault: Fault) -> None:
    request = a_payout(card_for_fault(fault))
    answer = await shop.call("instantRefund.do", **request)
    assert (answer["errorCode"], answer["errorMessage"]) == NOT_KNOWN
    assert answer["orderStatus"]["ErrorCode"] == "7"
    again = await shop.call("instantRefund.do", **request)
    assert again["errorCode"] == "1"
    await until_known(shop)
    assert await shop.see(answer["orderId"]) == PAID_OUT
    assert await at_bank(shop, answer["orderId"]) == 1
    assert await audit(shop.pool, [answer["orderId"]]) == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.TIMEOUT_NOT_SENT, 151018),
        (Fault.DECLINED_ANSWER_LOST, 116),
        (Fault.PENDING_THEN_DECLINED, 116),
        (Fault.HOST_NOT_AVAILABLE, 907),
    ],
)
async def test_late_refusal_ends_the_order(shop: Shop, fault: Fault, code: int) -> None:
    answer = await shop.call("instantRefund.do", **a_payout(card_for_fault(fault)))
    assert answer["errorCode"] == "7"
    await until_known(shop)
    assert await shop.see(answer["orderId"]) == OrderState(6, "DECLINED", 0, 0, 0, code)
    assert await at_bank(shop, answer["orderId"]) == 0
    assert await audit(shop.pool, [answer["orderId"]]) == []


@pytest.mark.parametrize(("dies", "paid"), [("before", 0), ("after", 1)])
async def test_process_that_dies_at_the_bank_pays_out_at_most_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, dies: str, paid: int
) -> None:
    acquirer = acquirer_of(shop.gateway.world)
    ask = acquirer.ask

    async def dying(request: Any) -> Any:
        monkeypatch.undo()
        if dies == "after":
            await ask(request)
        raise ConnectionResetError("the process has died")

    monkeypatch.setattr(acquirer, "ask", dying)
    request = a_payout()
    assert (await shop.call("instantRefund.do", **request))["errorCode"] == "7"
    assert (await shop.call("instantRefund.do", **request))["errorCode"] == "1"
    await until_known(shop)
    order_id = await order_of(shop, request["orderNumber"])
    assert (await shop.see(order_id)).refunded == SUM * paid
    assert (await shop.see(order_id)).status == (4 if paid else 6)
    assert await at_bank(shop, order_id) == paid
    assert await audit(shop.pool, [order_id]) == []


async def test_crash_before_the_attempt_leaves_an_order_that_ends_with_its_session(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object, **__: object) -> Any:
        raise ResultUnknown

    request = a_payout()
    with monkeypatch.context() as patch:
        patch.setattr(payout, "perform", crash)
        assert (await shop.call("instantRefund.do", **request))["errorCode"] == "7"
    assert (await shop.call("instantRefund.do", **request))["errorCode"] == "1"
    order_id = await order_of(shop, request["orderNumber"])
    assert await shop.see(order_id) == OrderState(0, "CREATED", 0, 0, 0, -100)
    assert (await shop.pay(order_id))["errorMessage"] == "Неверный статус заказа"
    assert (await shop.call("decline.do", orderId=order_id))["errorCode"] == "7"
    await shop.travel(timedelta(minutes=21))
    assert await shop.see(order_id) == OrderState(6, "DECLINED", 0, 0, 0, -2007)
    assert await at_bank(shop, order_id) == 0
    assert await audit(shop.pool, [order_id]) == []


async def test_equal_calls_at_once_pay_out_once(shop: Shop) -> None:
    request = a_payout()
    answers = await asyncio.gather(*(shop.call("instantRefund.do", **request) for _ in range(8)))
    assert Counter(each["errorCode"] for each in answers) == {"0": 1, "1": 7}
    (done,) = (each for each in answers if each["errorCode"] == "0")
    assert await at_bank(shop, done["orderId"]) == 1
    assert await audit(shop.pool, [done["orderId"]]) == []


async def test_card_and_cvc_come_out_nowhere(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_receiver() as receiver:
        with log_as_written():
            outlets = Outlets(shop.gateway, receiver, lambda: capsys.readouterr().err)
            fields = {name: str(value) for name, value in a_payout(cvc="123").items()}
            await outlets.rest("instantRefund.do", fields)
            await outlets.rest("instantRefund.do", {**fields, "cvc": CVC})
            address = f"/payment/rest/instantRefund.do?pan={GOOD}&cvc={CVC}"
            assert (await AsgiClient(shop.gateway.router).get(address)).status == 405
            for digits in (GOOD, CVC):
                assert await outlets.with_digits(digits) == []
