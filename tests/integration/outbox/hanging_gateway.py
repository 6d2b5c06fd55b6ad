"""A gateway in a process of its own whose handler of notes never ends, so that it can be killed.

Run as `python -m tests.integration.outbox.hanging_gateway DATABASE_URL HOME`; it prints `begun`
when an attempt has begun.
"""

import asyncio
import sys
from pathlib import Path

from altyn import main
from altyn.domain.outbox import AttemptResult, ClaimedEntry
from tests.integration.outbox.ledger_note import WRITTEN, Books, with_notes
from tests.shop import settings_of


async def hang(_: ClaimedEntry) -> AttemptResult:
    """An attempt that does not end."""
    print("begun", flush=True)  # noqa: T201 - the answer to the test that started this process
    await asyncio.Event().wait()
    return WRITTEN


async def run(database_url: str, home: str) -> None:
    """Carry out the entries of the outbox until the process is killed."""
    books = Books(hang, seconds=1)
    async with main.running(settings_of(database_url, Path(home)), with_notes(books)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
