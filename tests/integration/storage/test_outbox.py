"""The outbox: what is put in is given out to one sender, in order, until it is settled."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from altyn.domain.callback import (
    Callback,
    CallbackRequest,
    Delivery,
    DeliveryQueue,
    Outcome,
    Reply,
    callback_entry,
)
from altyn.storage.database import Pool
from altyn.storage.outbox import OutboxStore, lane_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOP = "https://shop.example/cb"
LANE = DeliveryQueue(1, "https://shop.example:443")
OTHER_LANE = DeliveryQueue(1, "http://slow.example:80")
LONG = 3600  # seconds


@pytest.fixture
def outbox(pool: Pool) -> OutboxStore:
    return OutboxStore(pool)


async def put(
    outbox: OutboxStore,
    version: int = 1,
    *,
    subject: UUID | None = None,
    receivers: tuple[str, ...] = (SHOP,),
    merchant: int = 1,
) -> UUID:
    """One change, told to some addresses; its subject."""
    subject = subject or uuid4()
    announcements = [
        callback_entry(operation="deposited", receiver=receiver, parameters={"status": "1"})
        for receiver in receivers
    ]
    await outbox.announce(merchant, subject, version, announcements, NOW)
    return subject


async def claim(
    outbox: OutboxStore,
    lane: DeliveryQueue = LANE,
    *,
    slots: int = 10,
    lease: int = LONG,
    now: datetime = NOW,
) -> list[Callback]:
    return list((await outbox.claim({lane: slots}, {lane: lease}, now=now)).callbacks)


def tried(callback: Callback, outcome: Outcome, *, again_in: timedelta | None = None) -> Delivery:
    reply = Reply(status=200) if outcome is Outcome.DELIVERED else Reply(problem="no answer")
    return Delivery(
        callback=callback,
        at=NOW,
        letter=CallbackRequest(method="GET", url=callback.receiver),
        reply=reply,
        outcome=outcome,
        settled_at=NOW,
        due_at=NOW + again_in if again_in is not None else None,
    )


async def test_what_was_put_in_is_claimed_as_it_was(outbox: OutboxStore) -> None:
    subject = await put(outbox)

    (callback,) = await claim(outbox)

    assert callback.id.subject_id == subject
    assert callback.parameters == {"status": "1"}
    assert (callback.operation, callback.receiver) == ("deposited", SHOP)
    assert (callback.attempt, callback.failures, callback.created_at) == (1, 0, NOW)


async def test_the_same_version_is_announced_once(outbox: OutboxStore) -> None:
    subject = await put(outbox)
    await put(outbox, subject=subject)

    assert len(await claim(outbox)) == 1


async def test_a_claim_is_for_one_alone_until_its_lease_ends(outbox: OutboxStore) -> None:
    await put(outbox)

    assert len(await claim(outbox)) == 1
    assert await claim(outbox) == []


async def test_what_a_killed_sender_left_is_claimed_again(outbox: OutboxStore) -> None:
    await put(outbox)
    await claim(outbox, lease=0)

    (again,) = await claim(outbox)

    assert again.attempt == 2
    assert again.failures == 0, "nobody knows whether it failed"


async def test_many_claim_at_once_and_none_gets_anothers(outbox: OutboxStore) -> None:
    for _ in range(60):
        await put(outbox)

    claims = await asyncio.gather(*(claim(outbox, slots=7) for _ in range(12)))

    got = [each.id for claimed in claims for each in claimed]
    assert len(got) == len(set(got))
    rest = await claim(outbox, slots=100)
    assert len(got) + len(rest) == 60


async def test_a_lane_gives_no_more_than_its_slots(outbox: OutboxStore) -> None:
    for _ in range(5):
        await put(outbox)
        await put(outbox, receivers=("http://slow.example/",))

    claimed = await outbox.claim({LANE: 2, OTHER_LANE: 1}, {LANE: LONG, OTHER_LANE: LONG}, now=NOW)

    assert sorted(each.origin for each in claimed.callbacks) == [
        OTHER_LANE.origin,
        LANE.origin,
        LANE.origin,
    ]


async def test_of_one_order_the_older_change_goes_first(outbox: OutboxStore) -> None:
    subject = await put(outbox, 2)
    await put(outbox, 3, subject=subject)

    (first,) = await claim(outbox)
    assert first.id.version == 2
    assert await claim(outbox) == [], "the newer one waits while the older is on its way"

    assert await outbox.settle(tried(first, Outcome.DELIVERED)) is True
    (second,) = await claim(outbox)
    assert second.id.version == 3
    assert await outbox.settle(tried(second, Outcome.DELIVERED)) is False


async def test_a_newer_change_waits_for_a_failing_older_one(outbox: OutboxStore) -> None:
    subject = await put(outbox, 2)
    await put(outbox, 3, subject=subject)
    (first,) = await claim(outbox)

    await outbox.settle(tried(first, Outcome.WAITING, again_in=timedelta(seconds=30)))

    assert await claim(outbox) == []
    later = NOW + timedelta(seconds=30)
    assert await outbox.lanes() == {LANE: later}, "nothing is looked for before it can be sent"
    await put(outbox, 4, subject=subject)
    (again,) = await claim(outbox, now=later)
    assert (again.id, again.attempt, again.failures) == (first.id, 2, 1)
    assert await outbox.settle(tried(again, Outcome.DEAD)) is True
    (second,) = await claim(outbox)
    assert second.id.version == 3, "what was given up is in nobody's way"


async def test_two_addresses_of_one_order_do_not_wait_for_each_other(outbox: OutboxStore) -> None:
    subject = await put(outbox, 2, receivers=(SHOP, "https://shop.example/second"))
    await put(outbox, 3, subject=subject, receivers=(SHOP, "https://shop.example/second"))

    claimed = await claim(outbox)

    assert sorted(each.receiver for each in claimed) == [SHOP, "https://shop.example/second"]
    assert {each.id.version for each in claimed} == {2}


async def test_a_late_failure_says_nothing_about_the_next_try(outbox: OutboxStore) -> None:
    await put(outbox)
    (slow,) = await claim(outbox, lease=0)
    (quick,) = await claim(outbox)

    await outbox.settle(tried(slow, Outcome.DEAD))

    assert await claim(outbox) == [], "the second sender still has it"
    await outbox.settle(tried(quick, Outcome.DELIVERED))
    assert not await outbox.lanes()


async def test_what_has_arrived_stays_arrived(outbox: OutboxStore) -> None:
    await put(outbox)
    (slow,) = await claim(outbox, lease=0)
    (quick,) = await claim(outbox)

    await outbox.settle(tried(slow, Outcome.DELIVERED))
    await outbox.settle(tried(quick, Outcome.WAITING, again_in=timedelta()))

    assert not await outbox.lanes()


async def test_lanes_tell_when_their_first_is_due(outbox: OutboxStore) -> None:
    assert await outbox.lanes() == {}
    await put(outbox)
    await put(outbox, receivers=("http://slow.example/",))
    await put(outbox, merchant=2)
    (callback,) = await claim(outbox, OTHER_LANE)
    await outbox.settle(tried(callback, Outcome.WAITING, again_in=timedelta(seconds=30)))

    assert await outbox.lanes() == {
        LANE: NOW,
        OTHER_LANE: NOW + timedelta(seconds=30),
        DeliveryQueue(2, LANE.origin): NOW,
    }


async def test_a_lane_is_told_by_its_payload() -> None:
    assert lane_of("7 https://shop.example:443") == DeliveryQueue(7, "https://shop.example:443")


async def test_every_try_is_kept_with_both_directions(outbox: OutboxStore, pool: Pool) -> None:
    await put(outbox)
    (callback,) = await claim(outbox)
    letter = CallbackRequest(
        method="POST",
        url="https://shop.example/cb?cms=1",
        headers=(("Content-Type", "text/plain"), ("Authorization", "a token")),
        body=b"status=1",
        signed="status;1;",
        checksum="AB",
    )
    reply = Reply(status=500, headers=(("Server", "x\0y"),), body="no\0!", took_seconds=0.25)

    await outbox.settle(
        Delivery(
            callback=callback,
            at=NOW,
            letter=letter,
            reply=reply,
            outcome=Outcome.DEAD,
            settled_at=NOW,
        )
    )

    row = dict(await pool.fetchrow("SELECT * FROM deliveries") or {})
    assert (row["attempt"], row["status"], row["took_ms"]) == (1, 500, 250)
    assert (row["signed"], row["checksum"], row["body"]) == ("status;1;", "AB", "status=1")
    assert "a token" not in row["headers"], "a merchant's header may hold a secret"
    assert "text/plain" in row["headers"]
    assert row["answer"] == "no�!", "PostgreSQL's text has no room for a null"


async def test_what_is_old_and_settled_is_forgotten(outbox: OutboxStore, pool: Pool) -> None:
    await put(outbox)
    await put(outbox)
    first, second = await claim(outbox)
    await outbox.settle(tried(first, Outcome.DELIVERED))

    assert await outbox.purge(before=NOW) == 0
    assert await outbox.purge(before=NOW + timedelta(seconds=1)) == 1

    left = await pool.fetch("SELECT subject_id FROM outbox")
    assert [row["subject_id"] for row in left] == [second.id.subject_id]
    assert await pool.fetchval("SELECT count(*) FROM deliveries") == 0


async def test_depths_are_told_by_merchant(outbox: OutboxStore, pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO merchants (merchant_id, login, name, created_at)"
        " VALUES (1, 'one', 'One', $1), (2, 'two', 'Two', $1)",
        NOW,
    )
    await put(outbox)
    await put(outbox)
    await put(outbox, merchant=2)

    assert await outbox.depths() == {"one": (2, NOW), "two": (1, NOW)}


async def test_a_try_that_never_ends_well_or_badly_can_go_on_for_ever(
    outbox: OutboxStore, pool: Pool
) -> None:
    await put(outbox)
    await pool.execute("UPDATE outbox SET attempts = 32767")

    (callback,) = await claim(outbox)

    assert callback.attempt == 32767


async def test_of_two_that_claim_at_once_the_loser_knows_that_there_was_something(
    outbox: OutboxStore, pool: Pool, database_url: str
) -> None:
    await put(outbox)
    async with pool.acquire() as winner, winner.transaction():
        await winner.execute("UPDATE outbox SET lease_until = 'infinity'")
        losing = asyncio.create_task(outbox.claim({LANE: 5}, {LANE: LONG}, now=NOW))
        await somebody_waits_for_a_row(database_url)
    claimed = await losing

    assert (claimed.callbacks, claimed.contended) == ((), True)
    nothing = await outbox.claim({LANE: 5}, {LANE: LONG}, now=NOW)
    assert (nothing.callbacks, nothing.contended) == ((), False)


async def somebody_waits_for_a_row(database_url: str) -> None:
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
