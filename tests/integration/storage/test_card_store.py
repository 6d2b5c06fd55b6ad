"""Kept cards: encrypted, decrypted for their merchant only, deleted in time, rotated online."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from altyn.domain.card.binding import Binding
from altyn.domain.card.values import Pan
from altyn.security.keys import KeyRing
from altyn.security.vault import DecryptionError, KeyMissingError, Vault
from altyn.storage.bindings import BindingStore
from altyn.storage.card_store import KEEP_UNUSED, LOOK_AGAIN, CardStore
from altyn.storage.database import Pool
from altyn.storage.statements import statement
from tests.integration.storage.processes import NOW

PAN = Pan("4111111111111111")
OTHER = Pan("5555555555554444")
SOON = NOW + timedelta(minutes=20)
LATER = NOW + timedelta(minutes=40)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "altyn.keys"
    KeyRing.create(path)
    return path


def store_of(pool: Pool, key_file: Path) -> CardStore:
    return CardStore(pool, Vault(KeyRing.load(key_file), reread=lambda: KeyRing.load(key_file)))


async def test_kept_card_is_revealed_to_its_merchant_only(pool: Pool, key_file: Path) -> None:
    cards = store_of(pool, key_file)
    await asyncio.gather(cards.keep(1, PAN, until=SOON), cards.keep(2, OTHER, until=SOON))
    fingerprint = cards.fingerprint(1, PAN)
    assert await cards.reveal(1, fingerprint) == PAN
    assert await cards.reveal(2, cards.fingerprint(2, OTHER)) == OTHER
    assert await cards.reveal(2, fingerprint) is None
    assert await cards.reveal(1, cards.fingerprint(1, OTHER)) is None
    assert fingerprint != cards.fingerprint(2, PAN)


async def test_cards_loaded_in_one_batch_belong_to_their_keys(pool: Pool, key_file: Path) -> None:
    cards = store_of(pool, key_file)
    await asyncio.gather(cards.keep(1, PAN, until=SOON), cards.keep(2, OTHER, until=SOON))
    first, second = cards.fingerprint(1, PAN), cards.fingerprint(2, OTHER)
    keys = [(2, second), (2, first), (1, first), (1, second), (2, second)]
    revealed = await asyncio.gather(*(cards.reveal(*key) for key in keys))
    assert revealed == [OTHER, None, PAN, None, OTHER]


async def test_no_column_holds_the_number_in_clear(pool: Pool, key_file: Path) -> None:
    cards = store_of(pool, key_file)
    await cards.keep(1, PAN, until=SOON)
    row = await pool.fetchrow("SELECT * FROM card_vault")
    assert row is not None
    stored = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert PAN.reveal().encode() not in stored
    assert PAN.last4.encode() * 2 not in stored


async def test_row_copied_to_another_merchant_is_refused(pool: Pool, key_file: Path) -> None:
    cards = store_of(pool, key_file)
    await cards.keep(1, PAN, until=SOON)
    await pool.execute("UPDATE card_vault SET merchant_id = 2")
    with pytest.raises(DecryptionError):
        await cards.reveal(2, cards.fingerprint(1, PAN))


async def test_card_kept_twice_stays_for_the_longer_time(pool: Pool, key_file: Path) -> None:
    cards = store_of(pool, key_file)
    # Together, so that both are in one statement; then one after the other, in both orders.
    await asyncio.gather(cards.keep(1, PAN, until=LATER), cards.keep(1, PAN, until=SOON))
    await cards.keep(1, PAN, until=SOON)
    await cards.keep(1, OTHER, until=SOON)
    await cards.keep(1, OTHER, until=LATER)
    kept = await pool.fetch("SELECT keep_until FROM card_vault")
    assert [row["keep_until"] for row in kept] == [LATER, LATER]
    assert await cards.purge(LATER) == 0
    assert await cards.reveal(1, cards.fingerprint(1, PAN)) == PAN


async def test_purge_deletes_only_cards_past_their_time(pool: Pool, key_file: Path) -> None:
    cards = store_of(pool, key_file)
    await cards.keep(1, PAN, until=SOON)
    await cards.keep(1, OTHER, until=LATER)
    assert await cards.purge(SOON + timedelta(seconds=1)) == 1
    assert await cards.reveal(1, cards.fingerprint(1, PAN)) is None
    assert await cards.reveal(1, cards.fingerprint(1, OTHER)) == OTHER


async def test_purge_deletes_more_cards_than_one_batch(pool: Pool, key_file: Path) -> None:
    cards = store_of(pool, key_file)
    await cards.keep(1, PAN, until=SOON)
    await pool.execute(
        "INSERT INTO card_vault SELECT 2, int8send(n), key_id, wrapped_key, nonce, ciphertext,"
        " keep_until FROM card_vault, generate_series(1, 1200) AS n"
    )
    assert await cards.purge(LATER) == 1201
    assert await pool.fetchval("SELECT count(*) FROM card_vault") == 0


ADD_BINDING = """
    INSERT INTO bindings (merchant_id, binding_id, version, client_id, fingerprint, masked_pan,
                          expiry, holder, active, category, created_at, changed_at)
    VALUES (1, $1, 1, 'client', $2, '411111**1111', '209912', '', true, 'COMMON', $3, $3)
"""

WAITING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                   AND query LIKE 'WITH due AS%' AND datname = current_database())
"""


async def due(pool: Pool, now: datetime) -> int:
    """How many cards housekeeping reads."""
    count: int = await pool.fetchval("SELECT count(*) FROM card_vault WHERE check_at < $1", now)
    return count


async def stored_card(pool: Pool, cards: CardStore) -> Binding:
    """A stored card whose number is kept for its sake only."""
    await cards.keep(1, PAN, until=SOON)
    fingerprint = cards.fingerprint(1, PAN)
    binding_id = uuid4()
    await pool.execute(ADD_BINDING, binding_id, bytes.fromhex(fingerprint), NOW)
    found = await BindingStore(pool, lambda _: None).load(1, binding_id)
    assert found is not None
    return found


async def test_card_of_an_active_stored_card_is_checked_once_in_a_while(
    pool: Pool, key_file: Path
) -> None:
    cards = store_of(pool, key_file)
    await stored_card(pool, cards)
    assert await due(pool, LATER) == 1
    assert await cards.purge(LATER) == 0
    assert await due(pool, LATER + LOOK_AGAIN) == 0
    assert await cards.purge(LATER + LOOK_AGAIN + timedelta(seconds=1)) == 0
    assert await cards.reveal(1, cards.fingerprint(1, PAN)) == PAN


@pytest.mark.parametrize("days", [0, 3, 30])
async def test_card_of_a_removed_stored_card_is_deleted_after_its_days(
    pool: Pool, key_file: Path, days: int
) -> None:
    vault = Vault(KeyRing.load(key_file), reread=lambda: KeyRing.load(key_file))
    cards = CardStore(pool, vault, keep_unused=timedelta(days=days))
    binding = await stored_card(pool, cards)
    await cards.purge(LATER)
    removed_at = LATER + timedelta(days=2)
    removed = binding.changed(removed_at, active=False, expiry=binding.expiry)
    assert await BindingStore(pool, lambda _: None).save(removed, ())
    end = removed_at + timedelta(days=days)
    for day in range(days):
        assert await cards.purge(removed_at + timedelta(days=day, seconds=1)) == 0
    assert await cards.purge(end + timedelta(seconds=1)) == 1


async def test_removal_does_not_delete_a_card_whose_payment_goes_on(
    pool: Pool, key_file: Path
) -> None:
    vault = Vault(KeyRing.load(key_file), reread=lambda: KeyRing.load(key_file))
    cards = CardStore(pool, vault, keep_unused=timedelta(0))
    binding = await stored_card(pool, cards)
    await cards.purge(LATER)
    hour = LATER + timedelta(hours=1)
    await cards.keep(1, PAN, until=hour)
    removed = binding.changed(LATER, active=False, expiry=binding.expiry)
    assert await BindingStore(pool, lambda _: None).save(removed, ())
    assert await cards.purge(hour - timedelta(seconds=1)) == 0
    assert await cards.purge(hour + timedelta(seconds=1)) == 1


async def test_removal_during_the_check_of_its_card_makes_the_check_due_again(
    pool: Pool, database_url: str, key_file: Path
) -> None:
    """Housekeeping has read the stored card as active, and waits for the removal to commit."""
    cards = store_of(pool, key_file)
    binding = await stored_card(pool, cards)
    removed = binding.changed(LATER, active=False, expiry=binding.expiry)
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        await statement("save_binding").execute(
            connection,
            merchant_id=1,
            binding_id=removed.binding_id,
            version=removed.version,
            expiry=removed.expiry,
            active=False,
            removed_by_payer=False,
            charged_at=None,
            instalments_made=None,
            instalments_made_minor=None,
            at=removed.changed_at,
            entries="[]",
        )
        check = asyncio.create_task(cards.purge(LATER + timedelta(seconds=1)))
        while not await pool.fetchval(WAITING):  # noqa: ASYNC110 - PostgreSQL has no event for it
            await asyncio.sleep(0.01)
    assert await check == 0
    assert await due(pool, LATER + timedelta(seconds=1)) == 1, "not in LOOK_AGAIN only"
    await connection.close()
    day = timedelta(days=1)
    assert await cards.purge(LATER + KEEP_UNUSED - day) == 0
    assert await cards.purge(LATER + KEEP_UNUSED + day) == 1


async def test_rotation_moves_every_card_to_the_new_key(pool: Pool, key_file: Path) -> None:
    running = store_of(pool, key_file)
    pans = [Pan(str(2_200_000_000_000_000 + number)) for number in range(7)]
    await asyncio.gather(
        *(running.keep(merchant, pan, until=SOON) for merchant in (1, 2) for pan in pans)
    )
    ring = KeyRing.rotate(key_file)
    rotated = await store_of(pool, key_file).rewrap_all(batch=3)
    assert (rotated.rows, rotated.unreadable) == (14, 0)
    keys = await pool.fetch("SELECT DISTINCT key_id FROM card_vault")
    assert [row["key_id"] for row in keys] == [ring.active]
    # A process that does not have the new key yet reads the key file when a row needs it.
    for merchant in (1, 2):
        for pan in pans:
            assert await running.reveal(merchant, running.fingerprint(merchant, pan)) == pan
    again = await running.rewrap_all()
    assert (again.rows, again.unreadable) == (0, 0)


async def test_card_under_an_unknown_key_is_counted_and_left_alone(
    pool: Pool, key_file: Path
) -> None:
    cards = store_of(pool, key_file)
    await cards.keep(1, PAN, until=SOON)
    await cards.keep(1, OTHER, until=SOON)
    await pool.execute(
        "UPDATE card_vault SET key_id = 'lost' WHERE fingerprint = $1",
        bytes.fromhex(cards.fingerprint(1, PAN)),
    )
    KeyRing.rotate(key_file)
    rotated = await cards.rewrap_all(batch=1)
    assert (rotated.rows, rotated.unreadable) == (1, 1)
    with pytest.raises(KeyMissingError, match="lost"):
        await cards.reveal(1, cards.fingerprint(1, PAN))
    # When the payer sends the card again, it is encrypted under the active key.
    await cards.keep(1, PAN, until=SOON)
    assert await cards.reveal(1, cards.fingerprint(1, PAN)) == PAN
