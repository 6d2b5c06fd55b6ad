"""Housekeeping moves cards to the active key, and deletes cards past their time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from altyn.domain.card.values import Pan
from altyn.security.keys import KeyRing
from altyn.security.vault import Vault
from altyn.storage.card_store import CardStore
from altyn.storage.database import connect
from altyn.storage.migrate import migrate
from altyn.workers.housekeeping import maintain_cards

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEPT, DELETED = Pan("4111111111111111"), Pan("5555555555555599")


async def test_cards_are_moved_to_the_active_key_and_deleted_in_time(
    empty_database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    first = KeyRing.create(path)
    connection = await asyncpg.connect(empty_database_url)
    await migrate(connection)
    await connection.close()
    pool = await connect(empty_database_url, pool_size=2)
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
