"""The history of callbacks: found by shop, order and state, with all deliveries, and resent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from altyn.domain.callback import (
    CALLBACK,
    CallbackRequest,
    CallbackResponse,
    callback_entry,
)
from altyn.domain.order_id import new_order_id
from altyn.domain.outbox import (
    AttemptResult,
    ClaimedEntry,
    ClaimOrder,
    DeliveryQueue,
    EntryId,
    EntryState,
    Settlement,
    Verdict,
)
from altyn.operations.ports import Actor
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.database import Pool
from altyn.storage.orders import OrderStore
from altyn.storage.outbox import HIDDEN, OutboxStore
from altyn.storage.outbox_notifier import OUTBOX_CHANNEL, queue_of
from tests.builders import an_order
from tests.callbacks import settled_callback
from tests.integration.storage.processes import Staff

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOP = "https://shop.example/cb?own=1"
ORIGIN = "https://shop.example:443"
LONG = 3600  # seconds


@pytest.fixture
def outbox(pool: Pool) -> OutboxStore:
    return OutboxStore(pool)


@pytest.fixture
def history(pool: Pool) -> CallbackHistory:
    return CallbackHistory(pool)


@pytest.fixture
async def merchant(pool: Pool) -> int:
    return (await Staff(pool).add_shop("shop")).merchant_id


async def put(
    outbox: OutboxStore,
    merchant: int,
    number: str = "A-1",
    *,
    subject: UUID | None = None,
    version: int = 1,
    at: datetime = NOW,
) -> EntryId:
    """One callback about an order."""
    subject = subject or new_order_id(at, merchant)
    parameters = {"mdOrder": str(subject), "orderNumber": number, "status": "1"}
    entry = callback_entry(operation="deposited", receiver=SHOP, parameters=parameters)
    await outbox.add(merchant, subject, version, [entry], at)
    return EntryId(merchant, subject, version, 1)


async def claim(
    outbox: OutboxStore, queue: DeliveryQueue, *, lease: int = LONG, now: datetime = NOW
) -> tuple[ClaimedEntry, ...]:
    return (await outbox.claim({queue: ClaimOrder(1, lease)}, now=now)).entries


async def go(
    outbox: OutboxStore,
    merchant: int,
    state: EntryState,
    *,
    status: int | None = None,
    at: datetime = NOW,
) -> None:
    """One delivery of the due callback."""
    (callback,) = await claim(outbox, DeliveryQueue(CALLBACK, merchant, ORIGIN), now=at)
    request = CallbackRequest(
        method="POST",
        url=f"{callback.receiver}&status=1",
        headers=(("Content-Type", "text/plain"), ("Authorization", "secret")),
        body="сумма=1".encode(),
        signed="status;1;",
        checksum="AB",
    )
    response = (
        CallbackResponse(problem="no answer", took_seconds=1.5)
        if status is None
        else CallbackResponse(
            status=status, headers=(("Server", "till"),), body="so", took_seconds=0.012
        )
    )
    due_at = at + timedelta(seconds=30) if state is EntryState.WAITING else None
    await outbox.settle(
        settled_callback(callback, state, response, at=at, due_at=due_at, request=request)
    )


async def test_callback_is_shown_with_all_deliveries(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await go(outbox, merchant, EntryState.WAITING)
    later = NOW + timedelta(seconds=30)
    await go(outbox, merchant, EntryState.DELIVERED, status=200, at=later)

    shown = await history.show(which)

    assert shown is not None
    summary = shown.summary
    assert (summary.merchant, summary.order_number, summary.status) == ("shop", "A-1", "1")
    assert (summary.state, summary.attempts, summary.failures) == (EntryState.DELIVERED, 2, 1)
    assert (summary.settled_at, summary.response_status, summary.problem) == (later, 200, None)
    first, second = shown.deliveries
    assert (first.attempt, first.status, first.problem) == (1, None, "no answer")
    assert (first.took_ms, first.at) == (1500, NOW)
    assert (second.method, second.url) == ("POST", f"{SHOP}&status=1")
    assert second.headers == (("Content-Type", "text/plain"), ("Authorization", HIDDEN))
    assert (second.body, second.signed, second.checksum) == ("сумма=1", "status;1;", "AB")
    assert (second.status, second.response) == (200, "so")
    assert second.response_headers == (("Server", "till"),)


async def test_problem_of_an_attempt_without_a_delivery_is_shown(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    (callback,) = await claim(outbox, DeliveryQueue(CALLBACK, merchant, ORIGIN))
    problem = "the handler failed (ValueError); the gateway's log says why"
    result = AttemptResult(verdict=Verdict.FAILED, problem=problem)
    await outbox.settle(
        Settlement(entry=callback, result=result, state=EntryState.DEAD, settled_at=NOW)
    )

    shown = await history.show(which)

    assert shown is not None
    assert (shown.summary.response_status, shown.summary.problem) == (None, problem)


async def test_delivery_of_a_killed_worker_is_shown_as_unrecorded(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await claim(outbox, DeliveryQueue(CALLBACK, merchant, ORIGIN), lease=0)

    shown = await history.show(which)

    assert shown is not None
    assert not shown.summary.is_sending
    assert list(shown.attempts()) == [(1, None)]
    assert "stopped before the answer; it is sent again" in shown.unrecorded(1)


async def test_callback_that_is_being_sent_is_not_resent(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await claim(outbox, DeliveryQueue(CALLBACK, merchant, ORIGIN))

    assert not await history.resend(which, receiver=None, now=NOW)
    shown = await history.show(which)

    assert shown is not None
    assert shown.summary.is_sending


async def test_unknown_callback_is_neither_shown_nor_resent(
    history: CallbackHistory, merchant: int
) -> None:
    nothing = EntryId(merchant, new_order_id(NOW, merchant), 1, 1)

    assert await history.show(nothing) is None
    assert not await history.resend(nothing, receiver=None, now=NOW)


async def test_callbacks_are_found_by_shop_order_and_state(
    pool: Pool, outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    other = (await Staff(pool).add_shop("other")).merchant_id
    orders = OrderStore(pool)
    theirs = []
    for number, (place, whose) in enumerate([(0, merchant), (1, other), (2, merchant)]):
        order = an_order(
            merchant_id=whose,
            order_id=new_order_id(NOW, whose),
            order_number="SAME" if number < 2 else "OWN",
        )
        await orders.register(order, Actor(name="test"))
        at = NOW + timedelta(seconds=place)
        theirs.append(await put(outbox, whose, order.order_number, subject=order.order_id, at=at))
    a, b, c = theirs
    await go(outbox, other, EntryState.DEAD, status=500, at=NOW + timedelta(seconds=1))

    async def found(merchant_id: int | None, **narrowed: object) -> list[EntryId]:
        lines = await history.newest(merchant_id, limit=10, **narrowed)  # type: ignore[arg-type]
        return [line.id for line in lines]

    assert await found(None) == [c, b, a]
    assert await found(merchant) == [c, a]
    assert await found(None, order_number="SAME") == [b, a]
    assert await found(other, order_number="SAME") == [b]
    assert await found(None, order_number="NONE") == []
    assert await found(None, subject_id=c.subject_id) == [c]
    assert await found(None, state=EntryState.DEAD) == [b]
    assert await found(None, state=EntryState.WAITING, order_number="SAME") == [a]
    assert [line.id for line in await history.newest(None, limit=1)] == [c]


async def test_resend_starts_a_new_schedule_and_notifies_the_workers(
    database_url: str, outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await go(outbox, merchant, EntryState.DEAD, status=500)
    payloads: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(database_url)
    await listener.add_listener(
        OUTBOX_CHANNEL, lambda *notification: payloads.put_nowait(str(notification[-1]))
    )

    later = NOW + timedelta(days=1)
    assert await history.resend(which, receiver="http://127.0.0.1:9090/cb", now=later)

    async with asyncio.timeout(30):
        queue = queue_of(await payloads.get())
    await listener.close()
    assert queue == DeliveryQueue(CALLBACK, merchant, "http://127.0.0.1:9090")
    (again,) = await claim(outbox, queue, now=later)
    assert (again.id, again.receiver) == (which, "http://127.0.0.1:9090/cb")
    assert (again.attempt, again.failures) == (2, 0)


async def test_a_resend_keeps_the_address_unless_another_is_named(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await go(outbox, merchant, EntryState.DELIVERED, status=200)

    assert await history.resend(which, receiver=None, now=NOW)

    shown = await history.show(which)
    assert shown is not None
    assert (shown.summary.receiver, shown.summary.state) == (SHOP, EntryState.WAITING)
    assert shown.summary.settled_at is None


async def test_all_dead_callbacks_of_one_shop_are_resent(
    pool: Pool, outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    other = (await Staff(pool).add_shop("other")).merchant_id
    for whose in (merchant, merchant, other):
        await put(outbox, whose)
        await go(outbox, whose, EntryState.DEAD, status=500)
    arrived = await put(outbox, merchant)
    await go(outbox, merchant, EntryState.DELIVERED, status=200)

    assert await history.resend_dead(merchant, now=NOW) == 2
    assert await history.resend_dead(merchant, now=NOW) == 0

    states = [(line.merchant, line.state) for line in await history.newest(None, limit=10)]
    assert sorted(states) == [
        ("other", EntryState.DEAD),
        ("shop", EntryState.DELIVERED),
        ("shop", EntryState.WAITING),
        ("shop", EntryState.WAITING),
    ]
    shown = await history.show(arrived)
    assert shown is not None
    assert shown.summary.state is EntryState.DELIVERED


async def test_recent_deliveries_are_the_newest_in_order(
    pool: Pool, outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    other = (await Staff(pool).add_shop("other")).merchant_id
    which = await put(outbox, merchant)
    for place, status in enumerate((500, 503, 200)):
        outcome = EntryState.DELIVERED if status == 200 else EntryState.WAITING
        at = NOW + timedelta(seconds=30 * place)
        await go(outbox, merchant, outcome, status=status, at=at)

    recent = await history.recent(None, NOW, 10)

    assert [(each.attempt, each.status, each.at - NOW) for each in recent] == [
        (2, 503, timedelta(seconds=30)),
        (3, 200, timedelta(seconds=60)),
    ]
    last = recent[-1]
    assert (last.id, last.merchant, last.order_number) == (which, "shop", "A-1")
    assert (last.method, last.address) == ("POST", "https://shop.example/cb"), "without its query"
    assert (last.state, last.attempts, last.delivered) == (EntryState.DELIVERED, 3, True)
    assert [each.attempt for each in await history.recent(None, NOW, 1)] == [3]
    assert await history.recent(other, NOW, 10) == []
    assert len(await history.recent(merchant, NOW - timedelta(days=1), 10)) == 3
