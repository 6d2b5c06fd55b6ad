"""Lost responses are found out: the order ends as the bank decided, and nothing is done twice.

Cards of the sandbox lose responses at every stage; processes die between request and response; the
sandbox's clock jumps while a request is in flight.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from altyn.operations.connector import payment_key
from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest, AcquirerResponse
from altyn.protocol.test_cards import Fault, card_for_fault
from altyn.simulators.issuer import IssuerSimulator
from altyn.workers.reconciliation import settle_unknown
from tests.audit import audit, unsettled
from tests.shop import GOOD, Shop, acquirer_of, open_shop

WITHIN_SECONDS: Final = 30
QUICK: Final = {"acquirer_timeout_seconds": 0.2}


pytestmark = pytest.mark.slow


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, **QUICK) as opened:
        yield opened


async def until_known(shop: Shop) -> None:
    """Wait until the gateway's worker has settled every attempt."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while await unsettled(shop.pool):  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.05)


async def must_be(shop: Shop, order_id: str, status: int, *sums: int) -> None:
    """The order's status, approved, deposited and refunded; and that all books agree."""
    shown = await shop.see(order_id)
    assert (shown.status, shown.approved, shown.deposited, shown.refunded) == (status, *sums), shown
    assert await audit(shop.pool, [order_id]) == []


# ── Cards that lose answers ───────────────────────────────────────────────────────────────────────

# Fault → status, approved, deposited of a purchase of 1000 once everything is known.
PAID: Final = (2, 1000, 1000)
FAILED: Final = (0, 0, 0)
ENDS: Final = {
    Fault.TIMEOUT_NOT_SENT: FAILED,
    Fault.APPROVED_ANSWER_LOST: PAID,
    Fault.DECLINED_ANSWER_LOST: FAILED,
    Fault.PENDING_THEN_APPROVED: PAID,
    Fault.PENDING_THEN_DECLINED: FAILED,
    Fault.DEPOSIT_ANSWER_LOST: PAID,
    Fault.REVERSAL_ANSWER_LOST: PAID,
    Fault.REFUND_ANSWER_LOST: PAID,
    Fault.HOST_NOT_AVAILABLE: FAILED,
    Fault.SLOW: PAID,  # slower than the gateway waits
}


def test_every_fault_has_a_row() -> None:
    assert ENDS.keys() == set(Fault)


async def test_every_fault_of_a_payment_is_settled(shop: Shop) -> None:
    order_ids = {fault: await shop.register(1000) for fault in Fault}
    await asyncio.gather(*(shop.pay(order_ids[f], card_for_fault(f)) for f in Fault))
    await until_known(shop)
    for fault, order_id in order_ids.items():
        await must_be(shop, order_id, *ENDS[fault], 0)
        if ENDS[fault] == FAILED:  # the payer takes another card
            assert "redirect" in await shop.pay(order_id, GOOD)
            await must_be(shop, order_id, *PAID, 0)


@pytest.mark.parametrize(
    ("fault", "verb", "amount", "ends"),
    [
        (Fault.DEPOSIT_ANSWER_LOST, "deposit", 0, (2, 1000, 1000, 0)),
        (Fault.DEPOSIT_ANSWER_LOST, "deposit", 400, (2, 1000, 400, 0)),
        (Fault.REVERSAL_ANSWER_LOST, "reverse", 0, (3, 0, 0, 0)),
        (Fault.REVERSAL_ANSWER_LOST, "reverse", 400, (1, 600, 0, 0)),
    ],
)
async def test_lost_response_about_a_hold_is_settled(
    shop: Shop, fault: Fault, verb: str, amount: int, ends: tuple[int, ...]
) -> None:
    order_id = await shop.paid(1000, two_phase=True, pan=card_for_fault(fault))
    answer = await shop.call(f"{verb}.do", orderId=order_id, amount=amount)
    assert answer["errorCode"] == "7"  # not known yet
    await until_known(shop)
    await must_be(shop, order_id, *ends)


async def test_lost_response_about_a_refund_is_settled(shop: Shop) -> None:
    order_id = await shop.paid(1000, pan=card_for_fault(Fault.REFUND_ANSWER_LOST))
    for _ in range(2):  # repeated while it is not known, it is still one refund
        await shop.call("refund.do", orderId=order_id, amount=600, externalRefundId="R-1")
    await until_known(shop)
    await must_be(shop, order_id, 4, 1000, 400, 600)


# ── Processes that die ────────────────────────────────────────────────────────────────────────────


class DyingProcess:
    """Stops the process for ever at a request to the bank other than an inquiry."""

    def __init__(self, shop: Shop, *, carried_out: bool) -> None:
        acquirer = acquirer_of(shop.gateway.world)
        self._ask, self._carried_out = acquirer.ask, carried_out
        self.reached = asyncio.Event()
        acquirer.ask = self.ask  # type: ignore[method-assign]

    async def ask(self, request: AcquirerRequest) -> AcquirerResponse:
        if request.operation is AcquirerOperation.INQUIRE:
            return await self._ask(request)
        if self._carried_out:
            await self._ask(request)
        self.reached.set()
        await asyncio.Event().wait()
        raise AssertionError("never reached")


Act = Callable[[Shop, str], Any]
PAY: Final[Act] = lambda shop, order_id: shop.pay(order_id)  # noqa: E731 - one of a table
DEPOSIT: Final[Act] = lambda shop, order_id: shop.call(  # noqa: E731
    "deposit.do", orderId=order_id, amount=400
)
REVERSE: Final[Act] = lambda shop, order_id: shop.call("reverse.do", orderId=order_id)  # noqa: E731
REFUND: Final[Act] = lambda shop, order_id: shop.call(  # noqa: E731
    "refund.do", orderId=order_id, amount=400, externalRefundId="R-1"
)


@pytest.mark.parametrize(
    ("two_phase", "act", "carried_out", "not_carried_out"),
    [
        (False, PAY, (2, 1000, 1000, 0), (0, 0, 0, 0)),
        (True, PAY, (1, 1000, 0, 0), (0, 0, 0, 0)),
        (True, DEPOSIT, (2, 1000, 400, 0), (1, 1000, 0, 0)),
        (True, REVERSE, (3, 0, 0, 0), (1, 1000, 0, 0)),
        (False, REVERSE, (3, 0, 0, 0), (2, 1000, 1000, 0)),
        (False, REFUND, (4, 1000, 600, 400), (2, 1000, 1000, 0)),
    ],
    ids=["purchase", "hold", "deposit", "reversal", "reversal-of-deposit", "refund"],
)
@pytest.mark.parametrize("bank_did_it", [True, False], ids=["bank-did-it", "bank-did-not"])
async def test_killed_process_leaves_no_attempt_unsettled(
    database_url: str,
    tmp_path: Path,
    *,
    two_phase: bool,
    act: Act,
    carried_out: tuple[int, ...],
    not_carried_out: tuple[int, ...],
    bank_did_it: bool,
) -> None:
    async with open_shop(database_url, tmp_path, **QUICK) as shop:
        register = shop.register if act is PAY else shop.paid
        order_id = await register(1000, two_phase=two_phase)
        process = DyingProcess(shop, carried_out=bank_did_it)
        dying = asyncio.create_task(act(shop, order_id))
        await process.reached.wait()
        dying.cancel()
        with suppress(asyncio.CancelledError):
            await dying
        assert await unsettled(shop.pool) == 1
    async with open_shop(database_url, tmp_path, **QUICK) as shop:
        await until_known(shop)
        await must_be(shop, order_id, *(carried_out if bank_did_it else not_carried_out))
        if not bank_did_it:  # the shop may repeat it, and then it is done
            await act(shop, order_id)
            await must_be(shop, order_id, *carried_out)


# ── A clock that jumps ────────────────────────────────────────────────────────────────────────────


class HeldAcquirer:
    """Holds requests to the bank other than inquiries until they are released."""

    def __init__(self, shop: Shop) -> None:
        acquirer = acquirer_of(shop.gateway.world)
        self._ask = acquirer.ask
        self.reached, self.released = asyncio.Event(), asyncio.Event()
        acquirer.ask = self.ask  # type: ignore[method-assign]

    async def ask(self, request: AcquirerRequest) -> AcquirerResponse:
        if request.operation is not AcquirerOperation.INQUIRE:
            self.reached.set()
            await self.released.wait()
        return await self._ask(request)


@pytest.mark.parametrize("by", [timedelta(minutes=5), timedelta(days=8)], ids=["5-min", "8-days"])
async def test_jump_of_the_clock_keeps_an_authorisation_in_flight(
    database_url: str, tmp_path: Path, by: timedelta
) -> None:
    async with open_shop(database_url, tmp_path) as shop:  # the bank may take its usual 15 s
        order_id = await shop.register(1000)
        acquirer = HeldAcquirer(shop)
        paying = asyncio.create_task(shop.pay(order_id))
        await acquirer.reached.wait()
        moving = asyncio.create_task(shop.travel(by))
        await asyncio.sleep(1.5)  # a pulse of the worker, after the jump
        acquirer.released.set()
        answer = await paying
        await moving
        assert "redirect" in answer, answer
        assert "error" not in answer, answer
        await must_be(shop, order_id, 2, 1000, 1000, 0)


# ── The worker ────────────────────────────────────────────────────────────────────────────────────


async def test_attempt_that_was_just_asked_is_left_to_its_own_request(
    database_url: str, tmp_path: Path
) -> None:
    async with open_shop(database_url, tmp_path) as shop:
        order_id = await shop.register(1000)
        acquirer = HeldAcquirer(shop)
        paying = asyncio.create_task(shop.pay(order_id))
        await acquirer.reached.wait()
        world = shop.gateway.world
        assert await settle_unknown(world) == 0
        acquirer.released.set()
        await paying
        await must_be(shop, order_id, 2, 1000, 1000, 0)


async def test_gateway_that_got_no_response_agrees_with_the_books_of_the_bank(shop: Shop) -> None:
    order_id = await shop.register(1000, two_phase=True)
    await shop.pay(order_id, card_for_fault(Fault.APPROVED_ANSWER_LOST))
    order = await shop.gateway.world.orders.load(await shop.key(order_id))
    assert order is not None
    bank = IssuerSimulator(shop.pool, shop.clock.now)
    books = await bank.books(payment_key(order.order_id, 1))
    assert books is not None
    assert books.held_minor == 1000
    assert (await shop.see(order_id)).approved == 0
    await until_known(shop)
    await must_be(shop, order_id, 1, 1000, 0, 0)
    assert UUID(order_id) == order.order_id
