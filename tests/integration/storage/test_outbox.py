"""The outbox in PostgreSQL: an entry is claimed by one worker, in order, until it is settled."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from altyn.domain.callback import (
    CALLBACK,
    CallbackRequest,
    CallbackResponse,
    callback_entry,
)
from altyn.domain.outbox import ClaimedEntry, ClaimOrder, DeliveryQueue, EntryState, Settlement
from altyn.storage.database import Pool
from altyn.storage.outbox import OutboxStore
from altyn.storage.outbox_notifier import queue_of
from tests.callbacks import settled_callback

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOP = "https://shop.example/cb"
QUEUE = DeliveryQueue(CALLBACK, 1, "https://shop.example:443")
OTHER_QUEUE = DeliveryQueue(CALLBACK, 1, "http://slow.example:80")
LONG = 3600  # seconds


@pytest.fixture
def outbox(pool: Pool) -> OutboxStore:
    return OutboxStore(pool)


async def waiting_queues(outbox: OutboxStore) -> Mapping[DeliveryQueue, datetime]:
    return await outbox.waiting_queues([CALLBACK])


async def put(
    outbox: OutboxStore,
    version: int = 1,
    *,
    subject: UUID | None = None,
    receivers: tuple[str, ...] = (SHOP,),
    merchant: int = 1,
) -> UUID:
    """One change with callbacks to some addresses; its subject."""
    subject = subject or uuid4()
    entries = [
        callback_entry(operation="deposited", receiver=receiver, parameters={"status": "1"})
        for receiver in receivers
    ]
    await outbox.add(merchant, subject, version, entries, NOW)
    return subject


async def claim(
    outbox: OutboxStore,
    queue: DeliveryQueue = QUEUE,
    *,
    slots: int = 10,
    lease: int = LONG,
    now: datetime = NOW,
) -> list[ClaimedEntry]:
    return list((await outbox.claim({queue: ClaimOrder(slots, lease)}, now=now)).entries)


def tried(
    callback: ClaimedEntry, state: EntryState, *, again_in: timedelta | None = None
) -> Settlement:
    response = (
        CallbackResponse(status=200)
        if state is EntryState.DELIVERED
        else CallbackResponse(problem="no answer")
    )
    due_at = NOW + again_in if again_in is not None else None
    return settled_callback(callback, state, response, at=NOW, due_at=due_at)


async def test_added_entry_is_claimed_unchanged(outbox: OutboxStore) -> None:
    subject = await put(outbox)

    (callback,) = await claim(outbox)

    assert callback.id.subject_id == subject
    assert callback.parameters == {"status": "1"}
    assert (callback.operation, callback.receiver) == ("deposited", SHOP)
    assert (callback.attempt, callback.failures, callback.created_at) == (1, 0, NOW)


async def test_same_version_is_added_once(outbox: OutboxStore) -> None:
    subject = await put(outbox)
    await put(outbox, subject=subject)

    assert len(await claim(outbox)) == 1


async def test_claimed_entry_is_not_claimed_again_before_the_lease_ends(
    outbox: OutboxStore,
) -> None:
    await put(outbox)

    assert len(await claim(outbox)) == 1
    assert await claim(outbox) == []


async def test_entry_of_a_killed_worker_is_claimed_again(outbox: OutboxStore) -> None:
    await put(outbox)
    await claim(outbox, lease=0)

    (again,) = await claim(outbox)

    assert again.attempt == 2
    assert again.failures == 0, "nobody knows whether it failed"


async def test_concurrent_claims_never_overlap(outbox: OutboxStore) -> None:
    for _ in range(60):
        await put(outbox)

    claims = await asyncio.gather(*(claim(outbox, slots=7) for _ in range(12)))

    got = [each.id for claimed in claims for each in claimed]
    assert len(got) == len(set(got))
    rest = await claim(outbox, slots=100)
    assert len(got) + len(rest) == 60


async def test_claim_takes_at_most_the_slots_of_each_queue(outbox: OutboxStore) -> None:
    for _ in range(5):
        await put(outbox)
        await put(outbox, receivers=("http://slow.example/",))

    orders = {QUEUE: ClaimOrder(2, LONG), OTHER_QUEUE: ClaimOrder(1, LONG)}
    claimed = await outbox.claim(orders, now=NOW)

    assert sorted(each.host for each in claimed.entries) == [
        OTHER_QUEUE.host,
        QUEUE.host,
        QUEUE.host,
    ]


async def test_older_change_of_an_order_is_claimed_first(outbox: OutboxStore) -> None:
    subject = await put(outbox, 2)
    await put(outbox, 3, subject=subject)

    (first,) = await claim(outbox)
    assert first.id.version == 2
    assert await claim(outbox) == [], "the newer one waits while the older is on its way"

    assert await outbox.settle(tried(first, EntryState.DELIVERED)) is True
    (second,) = await claim(outbox)
    assert second.id.version == 3
    assert await outbox.settle(tried(second, EntryState.DELIVERED)) is False


async def test_a_newer_change_waits_for_a_failing_older_one(outbox: OutboxStore) -> None:
    subject = await put(outbox, 2)
    await put(outbox, 3, subject=subject)
    (first,) = await claim(outbox)

    await outbox.settle(tried(first, EntryState.WAITING, again_in=timedelta(seconds=30)))

    assert await claim(outbox) == []
    later = NOW + timedelta(seconds=30)
    assert await waiting_queues(outbox) == {QUEUE: later}, (
        "nothing is looked for before it can be sent"
    )
    await put(outbox, 4, subject=subject)
    (again,) = await claim(outbox, now=later)
    assert (again.id, again.attempt, again.failures) == (first.id, 2, 1)
    assert await outbox.settle(tried(again, EntryState.DEAD)) is True
    (second,) = await claim(outbox)
    assert second.id.version == 3, "what was given up is in nobody's way"


async def test_two_addresses_of_one_order_do_not_wait_for_each_other(outbox: OutboxStore) -> None:
    subject = await put(outbox, 2, receivers=(SHOP, "https://shop.example/second"))
    await put(outbox, 3, subject=subject, receivers=(SHOP, "https://shop.example/second"))

    claimed = await claim(outbox)

    assert sorted(each.receiver for each in claimed) == [SHOP, "https://shop.example/second"]
    assert {each.id.version for each in claimed} == {2}


async def test_late_failure_does_not_change_the_next_attempt(outbox: OutboxStore) -> None:
    await put(outbox)
    (slow,) = await claim(outbox, lease=0)
    (quick,) = await claim(outbox)

    await outbox.settle(tried(slow, EntryState.DEAD))

    assert await claim(outbox) == [], "the second sender still has it"
    await outbox.settle(tried(quick, EntryState.DELIVERED))
    assert not await waiting_queues(outbox)


async def test_delivered_entry_stays_delivered(outbox: OutboxStore) -> None:
    await put(outbox)
    (slow,) = await claim(outbox, lease=0)
    (quick,) = await claim(outbox)

    await outbox.settle(tried(slow, EntryState.DELIVERED))
    await outbox.settle(tried(quick, EntryState.WAITING, again_in=timedelta()))

    assert not await waiting_queues(outbox)


async def test_waiting_queues_have_the_time_of_their_first_entry(outbox: OutboxStore) -> None:
    assert await waiting_queues(outbox) == {}
    await put(outbox)
    await put(outbox, receivers=("http://slow.example/",))
    await put(outbox, merchant=2)
    (callback,) = await claim(outbox, OTHER_QUEUE)
    await outbox.settle(tried(callback, EntryState.WAITING, again_in=timedelta(seconds=30)))

    assert await waiting_queues(outbox) == {
        QUEUE: NOW,
        OTHER_QUEUE: NOW + timedelta(seconds=30),
        DeliveryQueue(CALLBACK, 2, QUEUE.host): NOW,
    }


async def test_queue_is_read_from_the_payload_of_a_notification() -> None:
    shop = "https://shop.example:443"
    assert queue_of(f"7 receipt {shop}") == DeliveryQueue("receipt", 7, shop)
    before = queue_of(f"7 {shop}")
    assert before == DeliveryQueue(CALLBACK, 7, shop), "as the version before this one wrote it"


async def test_every_delivery_is_recorded_with_request_and_response(
    outbox: OutboxStore, pool: Pool
) -> None:
    await put(outbox)
    (callback,) = await claim(outbox)
    request = CallbackRequest(
        method="POST",
        url="https://shop.example/cb?cms=1",
        headers=(("Content-Type", "text/plain"), ("Authorization", "a token")),
        body=b"status=1",
        signed="status;1;",
        checksum="AB",
    )
    response = CallbackResponse(
        status=500, headers=(("Server", "x\0y"),), body="no\0!", took_seconds=0.25
    )

    await outbox.settle(
        settled_callback(callback, EntryState.DEAD, response, at=NOW, request=request)
    )

    row = dict(await pool.fetchrow("SELECT * FROM deliveries") or {})
    assert (row["attempt"], row["status"], row["took_ms"]) == (1, 500, 250)
    assert (row["signed"], row["checksum"], row["body"]) == ("status;1;", "AB", "status=1")
    assert "a token" not in row["headers"], "a merchant's header may hold a secret"
    assert "text/plain" in row["headers"]
    assert row["answer"] == "no�!", "PostgreSQL's text has no room for a null"


async def test_old_settled_entries_are_purged(outbox: OutboxStore, pool: Pool) -> None:
    await put(outbox)
    await put(outbox)
    first, second = await claim(outbox)
    await outbox.settle(tried(first, EntryState.DELIVERED))

    assert await outbox.purge(before=NOW) == 0
    assert await outbox.purge(before=NOW + timedelta(seconds=1)) == 1

    left = await pool.fetch("SELECT subject_id FROM outbox")
    assert [row["subject_id"] for row in left] == [second.id.subject_id]
    assert await pool.fetchval("SELECT count(*) FROM deliveries") == 0


async def test_depths_are_counted_by_merchant(outbox: OutboxStore, pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO merchants (merchant_id, login, name, created_at)"
        " VALUES (1, 'one', 'One', $1), (2, 'two', 'Two', $1)",
        NOW,
    )
    await put(outbox)
    await put(outbox)
    await put(outbox, merchant=2)

    assert {each.merchant: (each.waiting, each.oldest) for each in await outbox.depths()} == {
        "one": (2, NOW),
        "two": (1, NOW),
    }


async def test_number_of_attempts_stops_at_the_columns_maximum(
    outbox: OutboxStore, pool: Pool
) -> None:
    await put(outbox)
    await pool.execute("UPDATE outbox SET attempts = 32767")

    (callback,) = await claim(outbox)

    assert callback.attempt == 32767


async def test_slower_of_two_claims_learns_that_the_queue_is_contended(
    outbox: OutboxStore, pool: Pool, database_url: str
) -> None:
    await put(outbox)
    async with pool.acquire() as winner, winner.transaction():
        await winner.execute("UPDATE outbox SET lease_until = 'infinity'")
        losing = asyncio.create_task(outbox.claim({QUEUE: ClaimOrder(5, LONG)}, now=NOW))
        await a_transaction_waits_for_a_row(database_url)
    claimed = await losing

    assert (claimed.entries, claimed.contended) == ((), frozenset({QUEUE}))
    nothing = await outbox.claim({QUEUE: ClaimOrder(5, LONG)}, now=NOW)
    assert (nothing.entries, nothing.contended) == ((), frozenset())


async def a_transaction_waits_for_a_row(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        async with asyncio.timeout(20):
            while not await connection.fetchval(  # noqa: ASYNC110 - it happens in PostgreSQL
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ):
                await asyncio.sleep(0.01)
    finally:
        await connection.close()
