"""Housekeeping moves cards to the active key, and deletes cards past their time."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from altyn.domain.card.values import Pan
from altyn.security.keys import KeyRing
from altyn.security.vault import Vault
from altyn.storage.card_store import CardStore
from altyn.storage.database import Pool, connect
from altyn.storage.migrate import migrate
from altyn.workers.housekeeping import maintain_cards, run_housekeeping
from tests.integration.storage.processes import eventually

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEPT, DELETED = Pan("4111111111111111"), Pan("5555555555555599")


async def test_cards_are_moved_to_the_active_key_and_deleted_in_time(
    own_database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    first = KeyRing.create(path)
    connection = await asyncpg.connect(own_database_url)
    await migrate(connection)
    await connection.close()
    pool = await connect(own_database_url, pool_size=2)
    try:
        cards = CardStore(pool, Vault(first, reread=lambda: KeyRing.load(path)))
        await cards.keep(1, KEPT, until=NOW + timedelta(hours=1))
        await cards.keep(1, DELETED, until=NOW - timedelta(seconds=1))
        second = KeyRing.rotate(path)
        await maintain_cards(cards, NOW)
        rows = await pool.fetch("SELECT key_id FROM card_vault")
        assert [row["key_id"] for row in rows] == [second.active]
        assert second.active != first.active
        assert await cards.reveal(1, cards.fingerprint(1, KEPT)) == KEPT
        assert await cards.reveal(1, cards.fingerprint(1, DELETED)) is None
    finally:
        await pool.close()


@dataclass
class MovedClock:
    """A clock that the test moves."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


class NoCallbacks:
    """A store without callbacks."""

    async def purge(self, *, before: datetime, limit: int = 1) -> int:
        del before, limit
        return 0


async def test_worker_deletes_the_card_of_a_binding_that_was_disabled_a_set_time_ago(
    own_database_url: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(own_database_url)
    await migrate(connection)
    await connection.close()
    pool = await connect(own_database_url, pool_size=2)
    clock = MovedClock()
    cards = CardStore(
        pool, Vault(KeyRing.create(tmp_path / "keys.json")), keep_unused=timedelta(days=10)
    )
    worker = asyncio.create_task(
        run_housekeeping(
            cards, NoCallbacks(), clock, keep_callbacks=timedelta(days=90), pulse_seconds=0.01
        )
    )

    async def is_kept(pan: Pan) -> bool:
        return await cards.reveal(1, cards.fingerprint(1, pan)) is not None

    try:
        for pan in (KEPT, DELETED):
            await cards.keep(1, pan, until=NOW + timedelta(hours=1))
            await add_binding(pool, cards.fingerprint(1, pan))
        clock.time = NOW + timedelta(days=100)
        await pulses(clock, cards)
        assert await is_kept(KEPT)
        assert await is_kept(DELETED), "an active binding needs its card, whatever the time"
        await pool.execute(
            "UPDATE bindings SET active = false, changed_at = $1 WHERE fingerprint = $2",
            clock.time,
            bytes.fromhex(cards.fingerprint(1, DELETED)),
        )
        clock.time += timedelta(days=10) - timedelta(seconds=1)
        await pulses(clock, cards)
        assert await is_kept(DELETED), "the binding may be enabled again"
        clock.time += timedelta(seconds=1)
        await eventually(lambda: is_not(is_kept(DELETED)))
        assert await is_kept(KEPT)
        assert not worker.done()
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await pool.close()


async def is_not(fact: Awaitable[bool]) -> bool:
    return not await fact


async def pulses(clock: MovedClock, cards: CardStore) -> None:
    """Wait until housekeeping has run at this time: it has deleted a card that nothing needs."""
    await cards.keep(2, KEPT, until=clock.time - timedelta(seconds=1))

    async def gone() -> bool:
        return await cards.reveal(2, cards.fingerprint(2, KEPT)) is None

    await eventually(gone)


async def add_binding(pool: Pool, fingerprint: str) -> None:
    await pool.execute(
        "INSERT INTO bindings (merchant_id, binding_id, version, client_id, fingerprint,"
        " masked_pan, expiry, holder, active, category, created_at, changed_at) VALUES"
        " (1, gen_random_uuid(), 1, 'client', $1, '411111**1111', '203412', '', true, 'COMMON',"
        " $2, $2)",
        bytes.fromhex(fingerprint),
        NOW,
    )
