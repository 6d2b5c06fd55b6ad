"""The history of callbacks: found by shop, order and state, shown with every try, sent again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from altyn.domain.callback import (
    CallbackId,
    CallbackRequest,
    Delivery,
    DeliveryQueue,
    Outcome,
    Reply,
    callback_entry,
)
from altyn.domain.order_id import new_order_id
from altyn.operations.ports import Actor
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.database import Pool
from altyn.storage.orders import OrderStore
from altyn.storage.outbox import HIDDEN, OUTBOX_CHANNEL, OutboxStore, lane_of
from tests.builders import an_order
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
) -> CallbackId:
    """One callback about an order."""
    subject = subject or new_order_id(at, merchant)
    told = {"mdOrder": str(subject), "orderNumber": number, "status": "1"}
    announcement = callback_entry(operation="deposited", receiver=SHOP, parameters=told)
    await outbox.announce(merchant, subject, version, [announcement], at)
    return CallbackId(merchant, subject, version, 1)


async def go(
    outbox: OutboxStore,
    merchant: int,
    outcome: Outcome,
    *,
    status: int | None = None,
    at: datetime = NOW,
) -> None:
    """One try of what is due."""
    lane = DeliveryQueue(merchant, ORIGIN)
    (callback,) = (await outbox.claim({lane: 1}, {lane: LONG}, now=at)).callbacks
    letter = CallbackRequest(
        method="POST",
        url=f"{callback.receiver}&status=1",
        headers=(("Content-Type", "text/plain"), ("Authorization", "secret")),
        body="сумма=1".encode(),
        signed="status;1;",
        checksum="AB",
    )
    reply = (
        Reply(problem="no answer", took_seconds=1.5)
        if status is None
        else Reply(status=status, headers=(("Server", "till"),), body="so", took_seconds=0.012)
    )
    due_at = at + timedelta(seconds=30) if outcome is Outcome.WAITING else None
    await outbox.settle(
        Delivery(
            callback=callback,
            at=at,
            letter=letter,
            reply=reply,
            outcome=outcome,
            settled_at=at,
            due_at=due_at,
        )
    )


async def test_a_callback_is_shown_with_every_try_both_ways(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await go(outbox, merchant, Outcome.WAITING)
    later = NOW + timedelta(seconds=30)
    await go(outbox, merchant, Outcome.DELIVERED, status=200, at=later)

    shown = await history.show(which)

    assert shown is not None
    line = shown.line
    assert (line.merchant, line.order_number, line.status) == ("shop", "A-1", "1")
    assert (line.state, line.tries, line.failures) == (Outcome.DELIVERED, 2, 1)
    assert (line.settled_at, line.answer_status, line.problem) == (later, 200, None)
    first, second = shown.tries
    assert (first.attempt, first.status, first.problem) == (1, None, "no answer")
    assert (first.took_ms, first.at) == (1500, NOW)
    assert (second.method, second.url) == ("POST", f"{SHOP}&status=1")
    assert second.headers == (("Content-Type", "text/plain"), ("Authorization", HIDDEN))
    assert (second.body, second.signed, second.checksum) == ("сумма=1", "status;1;", "AB")
    assert (second.status, second.answer) == (200, "so")
    assert second.answer_headers == (("Server", "till"),)


async def test_what_a_killed_sender_left_is_told_as_that(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    lane = DeliveryQueue(merchant, ORIGIN)
    await outbox.claim({lane: 1}, {lane: 0}, now=NOW)

    shown = await history.show(which)

    assert shown is not None
    assert not shown.line.on_its_way
    assert list(shown.attempts()) == [(1, None)]
    assert "stopped before the answer; it is sent again" in shown.unrecorded(1)


async def test_what_is_on_its_way_is_told_and_left_alone(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    lane = DeliveryQueue(merchant, ORIGIN)
    await outbox.claim({lane: 1}, {lane: LONG}, now=NOW)

    assert not await history.resend(which, receiver=None, now=NOW)
    shown = await history.show(which)

    assert shown is not None
    assert shown.line.on_its_way


async def test_nobody_has_heard_of_it(history: CallbackHistory, merchant: int) -> None:
    nothing = CallbackId(merchant, new_order_id(NOW, merchant), 1, 1)

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
    await go(outbox, other, Outcome.DEAD, status=500, at=NOW + timedelta(seconds=1))

    async def found(merchant_id: int | None, **narrowed: object) -> list[CallbackId]:
        lines = await history.newest(merchant_id, limit=10, **narrowed)  # type: ignore[arg-type]
        return [line.id for line in lines]

    assert await found(None) == [c, b, a]
    assert await found(merchant) == [c, a]
    assert await found(None, order_number="SAME") == [b, a]
    assert await found(other, order_number="SAME") == [b]
    assert await found(None, order_number="NONE") == []
    assert await found(None, subject_id=c.subject_id) == [c]
    assert await found(None, state=Outcome.DEAD) == [b]
    assert await found(None, state=Outcome.WAITING, order_number="SAME") == [a]
    assert [line.id for line in await history.newest(None, limit=1)] == [c]


async def test_a_resend_begins_a_new_round_at_once_and_wakes_the_senders(
    database_url: str, outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await go(outbox, merchant, Outcome.DEAD, status=500)
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(database_url)
    await listener.add_listener(OUTBOX_CHANNEL, lambda *said: heard.put_nowait(str(said[-1])))

    later = NOW + timedelta(days=1)
    assert await history.resend(which, receiver="http://127.0.0.1:9090/cb", now=later)

    async with asyncio.timeout(30):
        lane = lane_of(await heard.get())
    await listener.close()
    assert lane == DeliveryQueue(merchant, "http://127.0.0.1:9090")
    (again,) = (await outbox.claim({lane: 1}, {lane: LONG}, now=later)).callbacks
    assert (again.id, again.receiver) == (which, "http://127.0.0.1:9090/cb")
    assert (again.attempt, again.failures) == (2, 0)


async def test_a_resend_keeps_the_address_unless_another_is_named(
    outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    which = await put(outbox, merchant)
    await go(outbox, merchant, Outcome.DELIVERED, status=200)

    assert await history.resend(which, receiver=None, now=NOW)

    shown = await history.show(which)
    assert shown is not None
    assert (shown.line.receiver, shown.line.state) == (SHOP, Outcome.WAITING)
    assert shown.line.settled_at is None


async def test_everything_dead_of_one_shop_is_sent_again(
    pool: Pool, outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    other = (await Staff(pool).add_shop("other")).merchant_id
    for whose in (merchant, merchant, other):
        await put(outbox, whose)
        await go(outbox, whose, Outcome.DEAD, status=500)
    arrived = await put(outbox, merchant)
    await go(outbox, merchant, Outcome.DELIVERED, status=200)

    assert await history.resend_dead(merchant, now=NOW) == 2
    assert await history.resend_dead(merchant, now=NOW) == 0

    states = [(line.merchant, line.state) for line in await history.newest(None, limit=10)]
    assert sorted(states) == [
        ("other", Outcome.DEAD),
        ("shop", Outcome.DELIVERED),
        ("shop", Outcome.WAITING),
        ("shop", Outcome.WAITING),
    ]
    shown = await history.show(arrived)
    assert shown is not None
    assert shown.line.state is Outcome.DELIVERED


async def test_recent_tries_are_the_newest_oldest_first(
    pool: Pool, outbox: OutboxStore, history: CallbackHistory, merchant: int
) -> None:
    other = (await Staff(pool).add_shop("other")).merchant_id
    which = await put(outbox, merchant)
    for place, status in enumerate((500, 503, 200)):
        outcome = Outcome.DELIVERED if status == 200 else Outcome.WAITING
        at = NOW + timedelta(seconds=30 * place)
        await go(outbox, merchant, outcome, status=status, at=at)

    seen = await history.recent(None, NOW, 10)

    assert [(each.attempt, each.status, each.at - NOW) for each in seen] == [
        (2, 503, timedelta(seconds=30)),
        (3, 200, timedelta(seconds=60)),
    ]
    last = seen[-1]
    assert (last.id, last.merchant, last.order_number) == (which, "shop", "A-1")
    assert (last.method, last.address) == ("POST", "https://shop.example/cb"), "without its query"
    assert (last.state, last.tries, last.delivered) == (Outcome.DELIVERED, 3, True)
    assert [each.attempt for each in await history.recent(None, NOW, 1)] == [3]
    assert await history.recent(other, NOW, 10) == []
    assert len(await history.recent(merchant, NOW - timedelta(days=1), 10)) == 3
