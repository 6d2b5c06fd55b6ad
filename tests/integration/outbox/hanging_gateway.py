"""A gateway in a process of its own whose handler of notes never ends, so that it can be killed."""

import asyncio
from multiprocessing.connection import Connection
from pathlib import Path

from altyn import main
from altyn.domain.outbox import AttemptResult, ClaimedEntry
from tests.integration.outbox.ledger_note import WRITTEN, Books, with_notes
from tests.shop import settings_of


def hang_at_a_note(pipe: Connection, database_url: str, home: Path) -> None:
    """Carry out the entries of the outbox until the process is killed.

    Sends `begun`, with the id of the entry, when an attempt has begun.
    """
    asyncio.run(_run(pipe, database_url, home))


async def _run(pipe: Connection, database_url: str, home: Path) -> None:
    async def hang(entry: ClaimedEntry) -> AttemptResult:
        pipe.send(("begun", str(entry.id)))
        await asyncio.Event().wait()
        return WRITTEN

    books = Books(hang, seconds=1)
    async with main.running(settings_of(database_url, home), with_notes(books)):
        await asyncio.Event().wait()
