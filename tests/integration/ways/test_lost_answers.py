"""Lost answers of the test wallet: the gateway inquires until the outcome is known."""

from __future__ import annotations

import asyncio

import pytest

from altyn.domain.order import AttemptState, Order
from altyn.domain.waiting import EnterCode
from altyn.operations.paying.steps import Ended
from altyn.workers.reconciliation import settle_unknown
from tests.audit import unsettled
from tests.integration.ways.customers import WITHIN_SECONDS, Customers
from tests.ways.wallet import CODE, DECLINED_CODE, NO_MONEY_CODE, Asks, Fault

pytestmark = pytest.mark.slow

NOT_SENT_CODE = -1


async def loaded(customers: Customers, order_id: str) -> Order:
    order = await customers.shop.gateway.world.orders.load(await customers.shop.key(order_id))
    assert order is not None
    return order


async def until_known(customers: Customers) -> None:
    """Wait until the gateway's own worker has settled every attempt."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while await unsettled(customers.shop.pool):  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.05)


async def test_lost_answer_of_begin_makes_the_order_wait(customers: Customers) -> None:
    customers.wallet.faults.append(Fault.RESPONSE_LOST)
    order_id = await customers.shop.register(1000_00)
    ended = await customers.begin(order_id)
    assert isinstance(ended, Ended)
    assert ended.order.attempt(1).state is AttemptState.UNKNOWN
    async with asyncio.timeout(WITHIN_SECONDS):
        while (await loaded(customers, order_id)).waiting is None:  # noqa: ASYNC110 - in the gateway
            await asyncio.sleep(0.05)
    await customers.must_be(order_id, 0, 0, 0, 0)
    await customers.confirm(order_id)
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


@pytest.mark.parametrize("fault", [Fault.REQUEST_LOST, Fault.UNREACHABLE])
async def test_request_that_never_arrived_ends_the_attempt(
    customers: Customers, fault: Fault
) -> None:
    customers.wallet.faults.append(fault)
    order_id = await customers.shop.register(1000_00)
    assert isinstance(await customers.begin(order_id), Ended)
    await until_known(customers)
    order = await loaded(customers, order_id)
    assert (order.attempt(1).state, order.attempts_left) == (AttemptState.NOT_SENT, 2)
    assert order.action_code == NOT_SENT_CODE
    await customers.must_be(order_id, 0, 0, 0, 0)


async def test_decline_at_once_leaves_the_order_payable(customers: Customers) -> None:
    customers.wallet.faults.append(Fault.DECLINED)
    order_id = await customers.shop.register(1000_00)
    assert isinstance(await customers.begin(order_id), Ended)
    assert (await customers.status(order_id))["actionCode"] == NO_MONEY_CODE
    await customers.must_be(order_id, 0, 0, 0, 0)


@pytest.mark.parametrize("fault", [Fault.RESPONSE_LOST, Fault.REQUEST_LOST, Fault.PROCESSING])
@pytest.mark.parametrize(
    ("verb", "two_phase", "done"),
    [
        ("deposit", True, (2, 1000_00, 1000_00, 0)),
        ("reverse", True, (3, 0, 0, 0)),
        ("refund", False, (4, 1000_00, 0, 1000_00)),
    ],
)
async def test_lost_answer_of_a_later_request_is_inquired(
    customers: Customers,
    fault: Fault,
    verb: str,
    done: tuple[int, int, int, int],
    *,
    two_phase: bool,
) -> None:
    order_id = await customers.paid(1000_00, two_phase=two_phase)
    customers.wallet.faults.append(fault)
    answer = await customers.shop.call(f"{verb}.do", orderId=order_id, amount=0)
    assert answer["errorCode"] != "0"
    if fault is Fault.PROCESSING:
        customers.wallet.finish(await customers.payment(order_id, 2))
    await until_known(customers)
    if fault is Fault.REQUEST_LOST:
        answer = await customers.shop.call(f"{verb}.do", orderId=order_id, amount=0)
        assert answer["errorCode"] == "0", answer
    await customers.must_be(order_id, *done)


async def test_lost_notification_is_made_up_for_by_an_inquiry(customers: Customers) -> None:
    order_id, refused_id = await customers.waiting(1000_00), await customers.waiting(500_00)
    assert customers.wallet.confirm(await customers.payment(order_id))
    assert customers.wallet.refuse(await customers.payment(refused_id))
    await until_known(customers)
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)
    await customers.must_be(refused_id, 0, 0, 0, 0)
    assert (await customers.status(refused_id))["actionCode"] == DECLINED_CODE


async def test_unanswered_inquiry_does_not_end_the_wait(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    customers.wallet.answers_inquiries = False
    before = await loaded(customers, order_id)
    async with asyncio.timeout(WITHIN_SECONDS):
        while (await loaded(customers, order_id)).version == before.version:
            await settle_unknown(customers.shop.gateway.world)
            await asyncio.sleep(0.05)
    after = await loaded(customers, order_id)
    assert (after.attempt(1).state, after.waiting) == (AttemptState.PENDING, before.waiting)
    customers.wallet.answers_inquiries = True
    await customers.confirm(order_id)


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.REQUEST_LOST])
async def test_code_that_did_not_arrive_may_be_sent_again(
    customers: Customers, fault: Fault
) -> None:
    customers.wallet.asks = Asks.CODE
    order_id = await customers.waiting(1000_00)
    customers.wallet.faults.append(fault)
    ended = await customers.begin(order_id, code=CODE)
    assert isinstance(ended, Ended)
    assert ended.order.waiting == EnterCode(phone="79001234567")
    assert isinstance(await customers.begin(order_id, code=CODE), Ended)
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


async def test_lost_answer_to_a_code_is_inquired(customers: Customers) -> None:
    customers.wallet.asks = Asks.CODE
    order_id = await customers.waiting(1000_00)
    customers.wallet.faults.append(Fault.RESPONSE_LOST)
    assert isinstance(await customers.begin(order_id, code=CODE), Ended)
    await until_known(customers)
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)
