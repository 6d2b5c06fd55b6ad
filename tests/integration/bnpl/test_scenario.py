"""Payment in parts at an offline shop, step by step (002, 3 and 4), over REST and over SOAP.

Source: bnpl.md §2, §5, §7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from altyn.inbound.soap.endpoint import PATH
from tests.integration.bnpl.payer import TWO_WEEKS, Payer
from tests.integration.payment_page.page_client import RETURN_URL
from tests.merchant_changes import changed
from tests.receiver import a_receiver, set_callbacks
from tests.shop import CREDENTIALS, new_number
from tests.soap import SoapAnswer, Values, envelope, read_answer, wrapper

pytestmark = pytest.mark.slow

SOAP_HEADERS = (("content-type", "text/xml; charset=UTF-8"), ("soapaction", '""'))
LINK = "/payment/merchants/test/payment_ru.html?mdOrder="
REFUSED_PHONES = ("79990000000", "79991230000")
SCORING_REFUSED, SESSION_OVER, WRONG_STATUS = 120, -2007, 7


class CashRegister(Protocol):
    """The back end of a shop's cash register, in one of the two spellings of the protocol."""

    async def register(self, *, hold: bool) -> tuple[str, str]: ...
    async def deposit(self, order_id: str, amount: int) -> int: ...
    async def reverse(self, order_id: str) -> int: ...
    async def refund(self, order_id: str, amount: int) -> int: ...
    async def status(self, order_id: str) -> tuple[int, str, int, int, int]: ...
    async def outcome(self, order_id: str) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True)
class RestRegister:
    """Sends forms, gets JSON."""

    payer: Payer

    async def register(self, *, hold: bool) -> tuple[str, str]:
        """The order's id and the link for the buyer."""
        path = "registerPreAuth.do" if hold else "register.do"
        answer = await self._call(path, amount=150000, returnUrl=RETURN_URL, number=new_number())
        return answer["orderId"], answer["formUrl"]

    async def deposit(self, order_id: str, amount: int) -> int:
        return await self._code("deposit.do", orderId=order_id, amount=amount)

    async def reverse(self, order_id: str) -> int:
        return await self._code("reverse.do", orderId=order_id)

    async def refund(self, order_id: str, amount: int) -> int:
        return await self._code("refund.do", orderId=order_id, amount=amount)

    async def status(self, order_id: str) -> tuple[int, str, int, int, int]:
        """Status, way, approved, deposited and refunded."""
        return _shown(await self._call("getOrderStatusExtended.do", orderId=order_id))

    async def outcome(self, order_id: str) -> tuple[int, int]:
        """Status and action code."""
        shown = await self._call("getOrderStatusExtended.do", orderId=order_id)
        return shown["orderStatus"], shown["actionCode"]

    async def _code(self, path: str, **fields: object) -> int:
        return int((await self._call(path, **fields))["errorCode"])

    async def _call(self, path: str, **fields: object) -> dict[str, Any]:
        number = {"orderNumber": fields.pop("number")} if "number" in fields else {}
        return await self.payer.shop.call(path, **fields, **number)


@dataclass(frozen=True, slots=True)
class SoapRegister:
    """Sends and gets envelopes."""

    payer: Payer

    async def register(self, *, hold: bool) -> tuple[str, str]:
        """The order's id and the link for the buyer."""
        operation = "registerOrderPreAuth" if hold else "registerOrder"
        order = {"merchantOrderNumber": new_number(), "amount": "150000", "returnUrl": RETURN_URL}
        members = (await self._call(operation, order)).members
        return members["orderId"], members["formUrl"]

    async def deposit(self, order_id: str, amount: int) -> int:
        values = {"orderId": order_id, "depositAmount": str(amount)}
        return (await self._call("depositOrder", values)).code

    async def reverse(self, order_id: str) -> int:
        return (await self._call("reverseOrder", {"orderId": order_id})).code

    async def refund(self, order_id: str, amount: int) -> int:
        values = {"orderId": order_id, "refundAmount": str(amount)}
        return (await self._call("refundOrder", values)).code

    async def status(self, order_id: str) -> tuple[int, str, int, int, int]:
        """Status, way, approved, deposited and refunded."""
        return _shown((await self._call("getOrderStatusExtended", {"orderId": order_id})).members)

    async def outcome(self, order_id: str) -> tuple[int, int]:
        """Status and action code."""
        shown = (await self._call("getOrderStatusExtended", {"orderId": order_id})).members
        return int(shown["orderStatus"]), int(shown["actionCode"])

    async def _call(self, operation: str, values: Values) -> SoapAnswer:
        body = envelope(wrapper(operation, values), *CREDENTIALS.values())
        answer = await self.payer.client.http.post(PATH, body=body, headers=SOAP_HEADERS)
        return read_answer(operation, answer.body)


REGISTERS = pytest.mark.parametrize("spelling", [RestRegister, SoapRegister])
STAGES = pytest.mark.parametrize("hold", [False, True], ids=["one-stage", "two-stage"])


@REGISTERS
async def test_one_stage_purchase_and_refund(
    payer: Payer, database_url: str, spelling: type[RestRegister | SoapRegister]
) -> None:
    register: CashRegister = spelling(payer)
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url(), parameters="paymentWay")
        order_id, link = await register.register(hold=False)  # 3.1, 3.2
        assert f"{LINK}{order_id}" in link  # 3.3: the buyer gets this link
        await payer.to_card(order_id)  # 3.4
        answer = await payer.at_bank(order_id)
        assert answer.location.startswith(RETURN_URL)
        await receiver.until(lambda got: len(got) == 1)  # 3.5
        assert receiver.got[0].notification == ("deposited", "1")
        assert receiver.got[0].parameters["paymentWay"] == "BNPL"
        assert await register.status(order_id) == (2, "BNPL", 150000, 150000, 0)  # 3.7
        await payer.after(TWO_WEEKS)
        assert await register.reverse(order_id) == 7  # 4.1: the day of the payment is over
        assert await register.refund(order_id, 50000) == 0  # 4.2
        assert await register.status(order_id) == (4, "BNPL", 150000, 100000, 50000)
        await receiver.until(lambda got: len(got) == 2)
        await set_callbacks(database_url)
    assert receiver.of(order_id) == [("deposited", "1"), ("refunded", "1")]
    assert [amount for amount, _ in await payer.states(order_id)] == [37500, 37500, 25000, 0]
    await payer.must_be_consistent()


@REGISTERS
async def test_two_stage_purchase_is_completed_in_part(
    payer: Payer, database_url: str, spelling: type[RestRegister | SoapRegister]
) -> None:
    register: CashRegister = spelling(payer)
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url())
        order_id, _ = await register.register(hold=True)
        await payer.to_card(order_id)
        await payer.pay_first_part(order_id)
        assert await register.status(order_id) == (1, "BNPL", 150000, 0, 0)
        await payer.client.wait(days=2)
        assert await register.deposit(order_id, 120000) == 0  # 3.6
        assert await register.status(order_id) == (2, "BNPL", 150000, 120000, 0)
        await receiver.until(lambda got: len(got) == 2)
        await set_callbacks(database_url)
    assert receiver.of(order_id) == [("approved", "1"), ("deposited", "1")]
    await payer.must_be_consistent()


@REGISTERS
async def test_payment_and_hold_are_cancelled(
    payer: Payer, spelling: type[RestRegister | SoapRegister]
) -> None:
    register: CashRegister = spelling(payer)
    for hold in (False, True):
        order_id, _ = await register.register(hold=hold)
        await payer.to_card(order_id)
        await payer.pay_first_part(order_id)
        assert await register.reverse(order_id) == 0  # 4.1
        assert (await register.status(order_id))[:2] == (3, "BNPL")
        assert [state for _, state in await payer.states(order_id)] == ["ended"] * 4
    await payer.must_be_consistent()


@REGISTERS
@STAGES
async def test_order_of_a_buyer_whom_the_scoring_refuses_is_declined(
    payer: Payer,
    database_url: str,
    spelling: type[RestRegister | SoapRegister],
    *,
    hold: bool,
) -> None:
    register: CashRegister = spelling(payer)
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url())
        async with changed(payer.shop, {"payment_attempts": len(REFUSED_PHONES)}):
            order_id, _ = await register.register(hold=hold)
        for phone, status in zip(REFUSED_PHONES, (0, 6), strict=True):
            refused = payer.with_phone(phone)
            await refused.ask_code(order_id)
            await refused.type_code(order_id)
            assert await register.outcome(order_id) == (status, SCORING_REFUSED)
            assert await register.status(order_id) == (status, "BNPL", 0, 0, 0)
            assert await refused.plan(order_id) == []
        await receiver.until(lambda got: len(got) == 1)
        await _must_be_unpaid_for_good(register, order_id)
        await set_callbacks(database_url)
    assert receiver.of(order_id) == [("approved" if hold else "deposited", "0")]
    await payer.must_be_consistent()


@REGISTERS
@STAGES
async def test_order_that_the_buyer_leaves_unpaid_expires(
    payer: Payer,
    database_url: str,
    spelling: type[RestRegister | SoapRegister],
    *,
    hold: bool,
) -> None:
    register: CashRegister = spelling(payer)
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url())
        at_code, _ = await register.register(hold=hold)
        at_card, _ = await register.register(hold=hold)
        await payer.ask_code(at_code)
        await payer.to_card(at_card)
        await payer.client.wait(minutes=19)
        assert (await register.outcome(at_card))[0] == 0
        await payer.client.wait(minutes=1)
        await receiver.until(lambda got: len(got) == 2)
        for order_id in (at_code, at_card):
            assert await register.outcome(order_id) == (6, SESSION_OVER)
            await payer.pay_first_part(order_id)  # too late
            assert await register.outcome(order_id) == (6, SESSION_OVER)
            assert await payer.plan(order_id) == []
            await _must_be_unpaid_for_good(register, order_id)
        await set_callbacks(database_url)
    for order_id in (at_code, at_card):
        assert receiver.of(order_id) == [("declinedByTimeout", "0")]
    await payer.must_be_consistent()


async def _must_be_unpaid_for_good(register: CashRegister, order_id: str) -> None:
    """The shop can neither complete nor give back what was never paid."""
    assert await register.deposit(order_id, 0) == WRONG_STATUS
    assert await register.reverse(order_id) == WRONG_STATUS
    assert await register.refund(order_id, 50000) == WRONG_STATUS
    assert (await register.outcome(order_id))[0] == 6


def _shown(members: Mapping[str, Any]) -> tuple[int, str, int, int, int]:
    sums = members["paymentAmountInfo"]
    return (
        int(members["orderStatus"]),
        str(members["paymentWay"]),
        int(sums["approvedAmount"]),
        int(sums["depositedAmount"]),
        int(sums["refundedAmount"]),
    )
