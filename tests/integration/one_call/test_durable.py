"""A call that registers and pays survives lost answers, crashes and repetitions, and keeps secrets.

Source: rest-orders.md §5.4 to §5.6.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from altyn.operations.paying.card import register_and_pay
from altyn.operations.ports import ResultUnknown
from altyn.protocol.test_cards import Fault, card_for_fault
from tests.asgi_client import AsgiClient
from tests.audit import audit, unsettled
from tests.integration.one_call.requests import a_call
from tests.integration.rest.outlets import Outlets, log_as_written
from tests.receiver import a_receiver
from tests.shop import ENROLLED, GOOD, OrderState, Shop, new_number, open_shop

pytestmark = pytest.mark.slow

PAID: Final = OrderState(2, "DEPOSITED", 1500_00, 1500_00, 0, 0)
CVC: Final = "97531"  # too long for the CVC of a card, so that it stands nowhere by chance
METHODS: Final = ("motoPayment.do", "instantPayment.do", "verifyCard.do")


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, acquirer_timeout_seconds=0.2) as opened:
        yield opened


async def until_known(shop: Shop) -> None:
    """Wait until the gateway's worker has settled every attempt."""
    async with asyncio.timeout(30):
        while await unsettled(shop.pool):  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.05)


async def test_lost_answer_of_the_bank_is_found_out(shop: Shop) -> None:
    number = new_number()
    request = a_call(card_for_fault(Fault.APPROVED_ANSWER_LOST), orderNumber=number)
    answer = await shop.call("instantPayment.do", **request)
    assert (answer["errorCode"], answer["waiting"]) == (0, True)
    assert "redirect" not in answer
    again = await shop.call("instantPayment.do", **request)
    assert again["errorCode"] == 1
    await until_known(shop)
    assert await shop.see(answer["orderId"]) == PAID
    assert await audit(shop.pool, [answer["orderId"]]) == []


async def test_lost_answer_about_a_card_check_is_found_out(shop: Shop) -> None:
    request = a_call(card_for_fault(Fault.APPROVED_ANSWER_LOST))
    answer = await shop.call("verifyCard.do", **request)
    assert answer["waiting"] is True
    await until_known(shop)
    assert (await shop.see(answer["orderId"])).status == 3


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_NOT_SENT, Fault.DECLINED_ANSWER_LOST])
async def test_only_attempt_ends_the_order_when_it_fails_later(shop: Shop, fault: Fault) -> None:
    answer = await shop.call("motoPayment.do", **a_call(card_for_fault(fault)))
    await until_known(shop)
    assert (await shop.see(answer["orderId"])).status == 6
    assert await audit(shop.pool, [answer["orderId"]]) == []


@pytest.mark.parametrize("method", METHODS)
async def test_equal_calls_at_once_pay_once(shop: Shop, method: str) -> None:
    request = a_call()
    answers = await asyncio.gather(*(shop.call(method, **request) for _ in range(8)))
    assert Counter(int(each["errorCode"]) for each in answers) == {0: 1, 1: 7}
    (done,) = (each for each in answers if int(each["errorCode"]) == 0)
    assert await audit(shop.pool, [done["orderId"]]) == []


async def test_crash_before_the_payment_leaves_an_order_that_can_be_paid(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object, **__: object) -> Any:
        raise ResultUnknown

    request = a_call()
    with monkeypatch.context() as patch:
        patch.setattr(register_and_pay, "pay_by_card", crash)
        assert (await shop.call("instantPayment.do", **request))["errorCode"] == 7
    assert (await shop.call("instantPayment.do", **request))["errorCode"] == 1
    number = request["orderNumber"]
    status = await shop.call("getOrderStatusExtended.do", orderNumber=number)
    assert (status["orderStatus"], status["actionCode"]) == (0, -100)
    order_id = {each["name"]: each["value"] for each in status["attributes"]}["mdOrder"]
    assert "redirect" in await shop.pay(order_id)
    assert await shop.see(order_id) == PAID


@pytest.mark.parametrize("method", METHODS)
async def test_card_and_cvc_come_out_nowhere(
    shop: Shop, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_receiver() as receiver:
        with log_as_written():
            outlets = Outlets(shop.gateway, receiver, lambda: capsys.readouterr().err)
            for pan in (GOOD, ENROLLED):
                fields = {name: str(value) for name, value in a_call(pan).items()}
                await outlets.rest(method, fields)
                await outlets.rest(method, {**fields, "cvc": CVC})
                address = f"/payment/rest/{method}?pan={pan}&cvc={CVC}"
                assert (await AsgiClient(shop.gateway.router).get(address)).status == 405
            for digits in (GOOD, ENROLLED, CVC):
                assert await outlets.with_digits(digits) == []
