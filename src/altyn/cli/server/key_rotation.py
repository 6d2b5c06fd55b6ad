"""Rotates the keys of the card vault while the gateway runs, and shows which cards use which key.

A rotation adds a key and moves the stored cards to it, in batches. A run that was interrupted is
continued by the next one.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from altyn.cli.database import with_pool
from altyn.cli.environment import POSTGRES
from altyn.cli.output import CommandError
from altyn.cli.progress import Progress
from altyn.installation_keys import KeyFile
from altyn.security.keys import KeyRing
from altyn.security.vault import Vault
from altyn.settings import Settings
from altyn.storage.card_store import CardStore

if TYPE_CHECKING:
    from altyn.storage.database import Pool

REMOVABLE_AFTER_SECONDS: Final = 300
"""Running gateways reread the key file every minute. A key may be removed when all have done so."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A key ring, and how many stored cards are under each key; also keys that the ring lacks."""

    ring: KeyRing
    cards: Mapping[str, int]

    @property
    def waiting(self) -> dict[str, int]:
        """Cards under keys of the ring that are not active: a rotation moves them."""
        return {
            key_id: self.cards[key_id]
            for key_id in self.ring.vault_keys
            if key_id != self.ring.active and self.cards.get(key_id)
        }

    @property
    def without_key(self) -> dict[str, int]:
        """Cards under keys that the ring does not have."""
        return {
            key_id: cards
            for key_id, cards in self.cards.items()
            if key_id not in self.ring.vault_keys
        }

    @property
    def removable(self) -> tuple[str, ...]:
        """Keys that no stored card needs."""
        return tuple(
            key_id
            for key_id in self.ring.vault_keys
            if key_id != self.ring.active and not self.cards.get(key_id)
        )


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation has done: `use` is the state after it; `continued` a run before it."""

    use: KeyUse
    continued: bool
    moved: int
    unreadable: Mapping[str, int]


def has_database(settings: Settings) -> bool:
    """Whether there is a gateway whose stored cards use the key file."""
    return settings.database_url is not None or (settings.home / POSTGRES).exists()


def rotate_keys(settings: Settings, file: KeyFile, *, quiet: bool) -> Rotation:
    """Continue an interrupted rotation, else add a key; then move all cards to the active key.

    `quiet`: the progress goes to standard error. The keys are changed only when the database
    answers.
    """

    async def work(pool: "Pool") -> Rotation:
        ring = file.load()
        cards = CardStore(pool, Vault(ring, reread=file.load))
        before = KeyUse(ring, await cards.count_by_key())
        stream = sys.stderr if quiet else sys.stdout
        progress = Progress(stream, "cards moved", sum(before.waiting.values()))
        moved = await cards.rewrap_all(moved=progress.add) if before.waiting else None
        continued = moved is not None and moved.rows > 0
        if moved is None or not continued:
            ring = KeyRing.rotate(file.path, file.service)
            progress.total = sum(before.cards.get(key_id, 0) for key_id in ring.vault_keys)
            moved = await cards.rewrap_all(moved=progress.add)
        progress.end()
        use = KeyUse(ring, await cards.count_by_key())
        return Rotation(use, continued, moved.rows, moved.unreadable_by_key)

    return with_pool(settings, work)


def key_use(settings: Settings, file: KeyFile) -> KeyUse:
    """Which stored cards use which key."""

    async def work(pool: "Pool") -> KeyUse:
        ring = file.load()
        return KeyUse(ring, await CardStore(pool, Vault(ring)).count_by_key())

    return with_pool(settings, work)


def remove_key(settings: Settings, file: KeyFile, key_id: str) -> KeyRing:
    """Remove a key that no stored card needs.

    Refuses: as `KeyRing.refuse_removal`; then with CommandError: cards are under it; the key file
    was changed a moment ago, so that a running gateway may still use it for new cards.
    """
    file.load().refuse_removal(key_id, file.path)
    if has_database(settings):
        needed = key_use(settings, file).cards.get(key_id, 0)
        if needed:
            raise CommandError(
                f"{needed} stored cards are under key {key_id}, and would be lost. Run `altyn keys "
                "rotate` to move them to the active key."
            )
    age = time.time() - file.path.stat().st_mtime if file.path.exists() else 0.0
    if 0 <= age < REMOVABLE_AFTER_SECONDS:
        wait = int(REMOVABLE_AFTER_SECONDS - age) + 1
        raise CommandError(
            f"The key file was changed {int(age)} s ago, and running gateways may still encrypt "
            f"with key {key_id}. Run the command again in {wait} s."
        )
    return KeyRing.remove(file.path, key_id, file.service)
