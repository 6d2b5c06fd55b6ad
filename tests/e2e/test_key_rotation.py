"""`altyn keys rotate` while payments go on: killed at any row, it is continued by the next run.

The gateway runs in this process, the command in its own. A lock on one row stops the command in a
known place, so no test depends on speed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import pytest_asyncio

from altyn.cli.server.key_rotation import REMOVABLE_AFTER_SECONDS
from altyn.domain.card.values import Pan
from altyn.embedded_postgres import EmbeddedPostgres
from altyn.security.keys import KeyRing
from altyn.storage.card_store import BATCH, CardStore
from tests.e2e.command import environment
from tests.e2e.conftest import NOT_DURABLE
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.shop import ENROLLED, Shop, open_shop

FIRST_MERCHANT: Final = 0  # before all shops: its cards are moved first
CARDS: Final = 3 * BATCH
PANS: Final = [Pan(str(2_200_000_000_000_000 + number)) for number in range(CARDS)]
WAIT_SECONDS: Final = 60


@dataclass(frozen=True)
class Installation:
    """A gateway with stored cards, and the commands for it."""

    shop: Shop
    home: Path
    url: str

    @property
    def key_file(self) -> Path:
        return self.home / "keys.json"

    @property
    def cards(self) -> CardStore:
        vault = self.shop.gateway.world.card.vault
        assert isinstance(vault, CardStore)
        return vault

    async def by_key(self) -> dict[str, int]:
        return await self.cards.count_by_key()

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """Start `altyn keys …` in a process of its own."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "altyn", "keys", *words),
            env=environment(self.home, ALTYN_DATABASE_URL=self.url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words: str) -> str:
        """Run `altyn keys …` to its end; its output."""
        process = await self.start(*words)
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def members(self, *words: str) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(await self.run(*words, "--json"))
        return members

    @asynccontextmanager
    async def locked(self, place: int) -> AsyncIterator[None]:
        """Lock the card at this place in the order of a rotation."""
        connection = await asyncpg.connect(self.url)
        try:
            async with connection.transaction():
                await connection.execute(
                    "SELECT FROM card_vault WHERE merchant_id = $1 AND fingerprint = ("
                    "SELECT fingerprint FROM card_vault WHERE merchant_id = $1"
                    " ORDER BY fingerprint OFFSET $2 LIMIT 1) FOR UPDATE",
                    FIRST_MERCHANT,
                    place,
                )
                yield
        finally:
            await connection.close()

    async def moved_to(self, key_id: str, count: int) -> None:
        """Wait until so many cards are under a key."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (await self.by_key()).get(key_id, 0) < count:  # noqa: ASYNC110 - in PostgreSQL
                await asyncio.sleep(0.02)

    async def end_statements_that_wait(self) -> None:
        """End the statement of the killed command, which PostgreSQL would still carry out."""
        connection = await asyncpg.connect(self.url)
        try:
            ended = await connection.fetch(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock'"
            )
            assert all(row[0] for row in ended)
        finally:
            await connection.close()

    async def active_changes_from(self, key_id: str) -> str:
        """Wait until the command has added a key; its id."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (active := KeyRing.load(self.key_file).active) == key_id:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        return active


@pytest_asyncio.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    home = tmp_path / "home"
    await asyncio.to_thread(PreparedFolder.copy_to, home)
    with EmbeddedPostgres(home / POSTGRES, settings=NOT_DURABLE) as server:
        async with open_shop(server.url, home) as shop:
            installation = Installation(shop, home, server.url)
            until = shop.clock.now() + timedelta(days=1)
            await asyncio.gather(
                *(installation.cards.keep(FIRST_MERCHANT, pan, until=until) for pan in PANS)
            )
            yield installation


async def paid_after_3ds(shop: Shop, order_id: str, sent: dict[str, Any]) -> bool:
    await shop.back_from_acs(order_id, await shop.at_acs(sent))
    return (await shop.see(order_id)).status == 2


@pytest.mark.parametrize("place", [0, BATCH + 1, CARDS - 1])
async def test_rotation_that_was_killed_is_continued(
    installation: Installation, place: int
) -> None:
    first = KeyRing.load(installation.key_file).active
    async with installation.locked(place):
        command = await installation.start("rotate")
        second = await installation.active_changes_from(first)
        done_before = place // BATCH * BATCH
        await installation.moved_to(second, done_before)
        os.kill(command.pid, signal.SIGKILL)
        await command.communicate()
        await installation.end_statements_that_wait()
    killed = await installation.by_key()
    assert killed.get(second, 0) < CARDS
    assert sum(killed.values()) == CARDS

    done = await installation.members("rotate")

    assert done["continued"] is True
    assert done["active"] == second
    assert done["keys"] == [first, second], "the continued rotation adds no further key"
    assert done["moved"] == CARDS - killed.get(second, 0)
    assert done["unreadable"] == {}
    assert done["removable"] == [first]
    assert await installation.by_key() == {second: CARDS}
    for pan in PANS[:: BATCH // 2]:
        fingerprint = installation.cards.fingerprint(FIRST_MERCHANT, pan)
        assert await installation.cards.reveal(FIRST_MERCHANT, fingerprint) == pan


async def test_payments_go_on_during_a_rotation(installation: Installation) -> None:
    shop = installation.shop
    first = KeyRing.load(installation.key_file).active
    before = await shop.register(10_000)
    sent_before = await shop.pay(before, ENROLLED)
    async with installation.locked(BATCH + 1):
        command = await installation.start("rotate")
        second = await installation.active_changes_from(first)
        await installation.moved_to(second, BATCH)
        # The command waits for the row. Cards of the old key and of the new one are paid with.
        during = await shop.register(10_000)
        sent_during = await shop.pay(during, ENROLLED)
        assert await paid_after_3ds(shop, before, sent_before)
        assert await paid_after_3ds(shop, during, sent_during)
        after = await shop.register(10_000)
        sent_after = await shop.pay(after, ENROLLED)
    out, err = await command.communicate()
    assert command.returncode == 0, err.decode()
    assert await paid_after_3ds(shop, after, sent_after)
    await installation.cards.rewrap_all()  # as housekeeping does every minute
    assert set(await installation.by_key()) == {second}
    assert f"Added key {second}" in out.decode()


async def test_progress_in_a_pipe_is_lines_and_the_result_names_the_next_step(
    installation: Installation,
) -> None:
    first = KeyRing.load(installation.key_file).active
    lines = (await installation.run("rotate")).splitlines()
    second = KeyRing.load(installation.key_file).active
    assert lines[:3] == [
        f"{BATCH} of {CARDS} cards moved (33 %)",
        f"{2 * BATCH} of {CARDS} cards moved (66 %)",
        f"{CARDS} of {CARDS} cards moved (100 %)",
    ]
    assert f"Added key {second}; {CARDS} cards were moved to it." in lines
    assert f"  {first}  0 cards" in lines
    assert f"  {second}  {CARDS} cards  active" in lines
    assert any(f"altyn keys remove {first}" in line for line in lines)


async def test_cards_that_cannot_be_read_are_named_and_do_not_stop_a_rotation(
    installation: Installation,
) -> None:
    first = KeyRing.load(installation.key_file).active
    await installation.shop.pool.execute(
        "UPDATE card_vault SET key_id = 'k0-lost' WHERE fingerprint IN"
        " (SELECT fingerprint FROM card_vault ORDER BY fingerprint LIMIT 2)"
    )
    await installation.shop.pool.execute(
        "UPDATE card_vault SET wrapped_key = '\\x00' WHERE fingerprint ="
        " (SELECT max(fingerprint) FROM card_vault)"
    )
    out = await installation.run("rotate")
    second = KeyRing.load(installation.key_file).active
    assert await installation.by_key() == {"k0-lost": 2, first: 1, second: CARDS - 3}
    assert "2 cards are under key k0-lost, which the key file does not have" in out
    assert f"1 cards under key {first} cannot be decrypted" in out
    again = await installation.members("rotate")
    assert (again["continued"], again["moved"]) == (False, CARDS - 3), "a new rotation"
    assert again["unreadable"] == {"k0-lost": 2, first: 1}


async def test_unknown_and_active_keys_are_not_removed(installation: Installation) -> None:
    active = KeyRing.load(installation.key_file).active
    for key, reason in (("nope", "has no key nope"), (active, "new cards are encrypted with it")):
        refused = await installation.start("remove", key)
        _, err = await refused.communicate()
        assert refused.returncode == 1
        assert reason in " ".join(err.decode().split())


async def test_key_is_removed_when_no_card_needs_it(installation: Installation) -> None:
    first = KeyRing.load(installation.key_file).active
    KeyRing.rotate(installation.key_file)
    refused = await installation.start("remove", first)
    _, err = await refused.communicate()
    assert refused.returncode == 1
    assert f"{CARDS} stored cards are under key {first}" in " ".join(err.decode().split())

    await installation.cards.rewrap_all()
    refused = await installation.start("remove", first)
    _, err = await refused.communicate()
    assert "may still encrypt with key" in " ".join(err.decode().split())
    earlier = time.time() - REMOVABLE_AFTER_SECONDS - 1
    os.utime(installation.key_file, (earlier, earlier))
    removed = await installation.members("remove", first)
    assert removed["keys"] == [removed["active"]]
    status = await installation.members("status")
    assert status["cards"] == {removed["active"]: CARDS}
    assert status["withoutKey"] == {}
