"""The store of orders: saved values are loaded again, one save of a race wins, one worker claims.

Every field of an order and of an attempt makes the round trip, so that no column is forgotten.
"""

import asyncio
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from altyn.domain.callback import callback_entry
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.cart.document import Cart
from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import Event, OrderStatus
from altyn.domain.order import Attempt, AttemptState, Due, Kind, Order, OrderRequest
from altyn.domain.order_id import new_order_id
from altyn.operations.decisions import accept
from altyn.operations.ports import Actor, OrderKey, OrderSearch
from altyn.storage.database import Pool
from altyn.storage.orders import OrderStore
from altyn.storage.records import decided_json, to_json
from altyn.storage.statements import statement
from tests.builders import a_card, an_attempt, an_order

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=3)
WHO = Actor(name="test-api", ip="203.0.113.9")

FULL_REQUEST = OrderRequest(
    description="Кофе",
    return_url="https://shop.example/ok",
    fail_url="https://shop.example/no",
    dynamic_callback_url="https://shop.example/cb",
    language="en",
    page_view="MOBILE",
    client_id="c-7",
    binding_id="b-7",
    features=("VERIFY", "FORCE_TDS"),
    email="buyer@shop.example",
    phone="79000000000",
    post_address="Moscow",
    recurring_frequency=7,
    recurring_expiry="20301231",
    fee_input=5,
    mcc="5999",
    terminal="123456",
    order_bundle=Cart.of({"cartItems": {"items": [{"positionId": "1"}]}}),
    tax_system=1,
    payer_data={"billingPayerData": {"billingPostalCode": "101000"}},
    more={"app2app": "true"},
)
FULL_AUTHENTICATION = ThreeDSData(
    version="2", ve_res="Y", pa_res="Y", a_res="C", r_req="Y", eci=5, cavv="cavv", xid="xid",
    server_trans_id="server", acs_trans_id="acs", acs_url="/acs", finish_url="https://shop.example/",
)  # fmt: skip
FIRST = Attempt(
    number=1, kind=Kind.PAY, state=AttemptState.WAITING, amount_minor=2500_00,
    started_at=NOW, payment_way="CARD", card=a_card(), inquire_at=NOW,
)  # fmt: skip
ANSWERED = replace(
    FIRST,
    state=AttemptState.UNKNOWN,
    started_at=LATER,
    answered_at=LATER,
    action_code=151019,
    rrn="632500000001",
    approval_code="123456",
    authentication=FULL_AUTHENTICATION,
    inquiries=3,
    inquire_at=LATER,
    avs_code="D",
)


def fresh(**changes: object) -> Order:
    return an_order(
        order_id=new_order_id(NOW, 1), request=FULL_REQUEST, params={"a": "1"}, payer_ip="::1",
        created_at=NOW, expires_at=NOW + timedelta(minutes=20), **changes,
    )  # fmt: skip


def key(order: Order) -> OrderKey:
    return OrderKey(order.merchant_id, order.order_id)


async def test_registered_order_is_loaded_unchanged(pool: Pool) -> None:
    store = OrderStore(pool)
    order = fresh(
        two_phase=True, auto_completion_at=LATER, auto_reverse_at=LATER + timedelta(days=1)
    )
    assert await store.register(order, WHO)
    assert await store.load(key(order)) == order
    assert await store.load_by_number(1, order.order_number) == order


async def test_every_field_of_an_order_and_of_its_attempts_is_saved(pool: Pool) -> None:
    store = OrderStore(pool)
    order = fresh(two_phase=True)
    await store.register(order, WHO)
    first = accept(order, Event.WAITING_FOR_PAYER, NOW, attempt=FIRST)
    assert await store.save(first, expected_version=1, actor=WHO)
    assert await store.load(key(order)) == first.order

    refund = an_attempt(
        Kind.REFUND, number=2, partial=True, due=Due.HOLD_RELEASE, external_refund_id="r-1"
    )
    second = accept(
        first.order, Event.HOLD_APPROVED, LATER, attempt=ANSWERED, other_attempts=(refund,),
        approved_minor=2500_00, deposited_minor=2000_00, refunded_minor=10_00, action_code=0,
        approved_at=LATER, deposited_at=LATER, reversed_at=LATER, refunded_at=LATER,
        auto_completion_at=LATER, auto_reverse_at=LATER, postponed_until=LATER,
        partly_reversed=True, payer_ip="198.51.100.7", params={"b": "2"},
        request=replace(FULL_REQUEST, email="other@shop.example"),
    )  # fmt: skip
    assert await store.save(second, expected_version=2, actor=WHO)
    loaded = await store.load(key(order))
    assert loaded == second.order
    assert loaded is not None
    blank = {field.name for field in fields(loaded) if getattr(loaded, field.name) is None}
    assert not blank, "every field has a value here, or its column would not be checked"


async def test_orders_loaded_in_one_batch_belong_to_their_keys(pool: Pool) -> None:
    store = OrderStore(pool)
    first, second, other = (
        fresh(order_number="A-1"),
        fresh(order_number="A-2"),
        replace(fresh(order_number="A-1"), merchant_id=2, order_id=new_order_id(NOW, 2)),
    )
    await asyncio.gather(*(store.register(order, WHO) for order in (first, second, other)))
    started = accept(other, Event.WAITING_FOR_PAYER, NOW, attempt=FIRST)
    assert await store.save(started, expected_version=1, actor=WHO)
    foreign, missing = OrderKey(1, other.order_id), OrderKey(2, first.order_id)
    keys = [key(second), foreign, key(other), key(first), missing, key(second)]
    assert await asyncio.gather(*(store.load(each) for each in keys)) == [
        second, None, started.order, first, None, second,
    ]  # fmt: skip
    numbers = [(2, "A-2"), (2, "A-1"), (1, "A-2"), (1, "A-1"), (3, "A-1"), (1, "A-2")]
    assert await asyncio.gather(*(store.load_by_number(*each) for each in numbers)) == [
        None, started.order, second, first, None, second,
    ]  # fmt: skip


async def test_a_page_after_the_last_one_is_empty_and_counts_all(pool: Pool) -> None:
    store = OrderStore(pool)
    orders = [fresh(order_number=f"A-{n}") for n in range(3)]
    await asyncio.gather(*(store.register(order, WHO) for order in orders))
    newest_first = sorted(orders, key=lambda order: order.order_id, reverse=True)
    query = OrderSearch(
        merchant_ids=(1,), statuses=(OrderStatus.CREATED,), by_created=True,
        since=NOW, to=NOW, size=2, page=0,
    )  # fmt: skip
    pages = [await store.search(replace(query, page=page)) for page in range(3)]
    assert [page.orders for page in pages] == [
        tuple(newest_first[:2]), tuple(newest_first[2:]), (),
    ]  # fmt: skip
    assert [page.total for page in pages] == [3, 3, 3]


async def test_a_saved_notification_is_due_after_the_waiting_ones_of_its_receiver(
    pool: Pool,
) -> None:
    store = OrderStore(pool)
    order, other = fresh(order_number="A-1"), fresh(order_number="A-2")
    await asyncio.gather(store.register(order, WHO), store.register(other, WHO))
    rows = [
        (order, 1, "https://shop.example/a", "waiting", LATER),
        (order, 2, "https://shop.example/a", "waiting", NOW),
        (order, 3, "https://shop.example/b", "delivered", LATER),
        (other, 1, "https://shop.example/b", "waiting", LATER),
    ]
    for earlier, line, receiver, state, due_at in rows:
        await pool.execute(
            "INSERT INTO outbox (merchant_id, subject_id, version, line, operation, receiver,"
            " origin, parameters, created_at, state, due_at)"
            " VALUES (1, $1, 1, $2, 'approved', $3, 'https://shop.example', '{}', $5, $4, $5)",
            earlier.order_id, line, receiver, state, due_at,
        )  # fmt: skip
    entries = [
        {"order_id": order.order_id, "line": line, "kind": "callback", "operation": "approved",
         "receiver": receiver, "origin": "https://shop.example", "parameters": {},
         "due_after_seconds": 0}
        for line, receiver in enumerate(("https://shop.example/a", "https://shop.example/b"), 1)
    ]  # fmt: skip
    await statement("save_orders").fetch(
        pool,
        merchant_ids=[1],
        order_ids=[order.order_id],
        orders=to_json([decided_json(accept(order, HistoryEvent.PARAMS_ADDED, NOW), 1, WHO)]),
        attempts="[]",
        postings="[]",
        receipts="[]",
        bindings="[]",
        charges="[]",
        entries=to_json(entries),
    )
    saved = await pool.fetch("SELECT due_at FROM outbox WHERE version = 2 ORDER BY line")
    assert [row["due_at"] for row in saved] == [LATER, NOW]


async def test_a_lost_race_saves_nothing(pool: Pool) -> None:
    store = OrderStore(pool)
    order = fresh()
    await store.register(order, WHO)
    entries = (
        callback_entry(
            operation="approved", receiver="https://shop.example/", parameters={"a": "1"}
        ),
    )
    decisions = [
        replace(accept(order, HistoryEvent.PARAMS_ADDED, NOW, params={"n": str(n)}), outbox=entries)
        for n in range(5)
    ]
    saves = [store.save(each, expected_version=1, actor=WHO) for each in decisions]
    assert sorted(await asyncio.gather(*saves)) == [False] * 4 + [True]
    assert not await store.save(decisions[0], expected_version=1, actor=WHO)
    assert await pool.fetchval("SELECT count(*) FROM order_events") == 2
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 1


async def test_order_number_is_taken_once_also_within_one_batch(pool: Pool) -> None:
    store = OrderStore(pool)
    twins = [fresh(order_number="A-1") for _ in range(3)]
    taken = await asyncio.gather(*(store.register(each, WHO) for each in twins))
    assert sorted(taken) == [False, False, True]
    assert not await store.register(fresh(order_number="A-1"), WHO)


async def test_database_refuses_a_refund_above_the_deposit(pool: Pool) -> None:
    store = OrderStore(pool)
    bad, good = fresh(order_number="bad"), fresh(order_number="good")
    await asyncio.gather(store.register(bad, WHO), store.register(good, WHO))
    over = accept(bad, HistoryEvent.REFUND_ASKED, NOW, refunded_minor=1)
    fine = accept(good, HistoryEvent.REFUND_ASKED, NOW)
    refused, saved = await asyncio.gather(
        store.save(over, expected_version=1, actor=WHO),
        store.save(fine, expected_version=1, actor=WHO),
        return_exceptions=True,
    )
    assert type(refused).__name__ == "CheckViolationError"
    assert saved is True, "one bad row fails no other in its batch"


async def unsettled(
    store: OrderStore, number: str, inquire_at: datetime, **changes: object
) -> Order:
    order = fresh(order_number=number)
    await store.register(order, WHO)
    attempt = replace(ANSWERED, inquire_at=inquire_at, **changes)  # type: ignore[arg-type]
    first = accept(order, Event.WAITING_FOR_PAYER, NOW, attempt=FIRST)
    await store.save(first, expected_version=1, actor=WHO)
    asked = accept(first.order, HistoryEvent.PAY_UNKNOWN, NOW, attempt=attempt)
    assert await store.save(asked, expected_version=2, actor=WHO)
    return asked.order


async def claim(store: OrderStore, limit: int = 16) -> list[OrderKey]:
    claimed = await store.claim_unsettled(
        LATER, asked_before=NOW, lease_until=LATER + timedelta(minutes=2), limit=limit
    )
    return [order_key for order_key, _ in claimed]


async def test_unsettled_attempts_are_claimed_once_longest_due_first(pool: Pool) -> None:
    store = OrderStore(pool)
    orders = [await unsettled(store, f"A-{n}", NOW + timedelta(seconds=n)) for n in (3, 1, 2)]
    await unsettled(store, "A-9", LATER + timedelta(seconds=1))
    oldest, middle, youngest = key(orders[1]), key(orders[2]), key(orders[0])
    assert set(await claim(store, limit=2)) == {oldest, middle}
    assert await claim(store) == [youngest], "what is claimed is left alone until its lease ends"
    assert await claim(store) == []


async def test_attempt_that_was_just_asked_is_not_claimed(pool: Pool) -> None:
    store = OrderStore(pool)
    await unsettled(store, "A-1", NOW, state=AttemptState.ASKED, started_at=LATER)
    assert await claim(store) == []


@pytest.mark.parametrize("wrong", ["", "other", "server "])
async def test_order_is_found_by_its_transaction(pool: Pool, wrong: str) -> None:
    store = OrderStore(pool)
    order = await unsettled(store, "A-1", NOW)
    assert await store.order_of_transaction(1, "server") == order.order_id
    assert await store.order_of_transaction(1, wrong) is None
    assert await store.order_of_transaction(2, "server") is None, "another shop's is not there"


async def test_order_is_due_at_its_next_due_action(pool: Pool) -> None:
    store = OrderStore(pool)
    order = fresh()
    await store.register(order, WHO)
    assert await store.due(order.expires_at - timedelta(seconds=1), limit=5) == []
    (due,) = await store.due(order.expires_at, limit=5)
    assert (due.key, due.at) == (key(order), order.expires_at)
    ended = accept(order, Event.CANCELLED, NOW)
    await store.save(ended, expected_version=1, actor=WHO)
    assert ended.order.status is OrderStatus.DECLINED
    assert await store.due(order.expires_at, limit=5) == []
