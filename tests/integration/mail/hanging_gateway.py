"""A gateway in a process of its own, so that it can be killed while it sends a mail."""

import asyncio
from multiprocessing.connection import Connection
from pathlib import Path

from altyn import main
from tests.integration.mail.mails import FROM
from tests.shop import settings_of


def send_mails(_pipe: Connection, database_url: str, home: Path, smtp_url: str) -> None:
    """Carry out the entries of the outbox until the process is killed."""
    asyncio.run(_run(database_url, home, smtp_url))


async def _run(database_url: str, home: Path, smtp_url: str) -> None:
    settings = settings_of(database_url, home, smtp_url=smtp_url, mail_from=FROM)
    async with main.running(settings):
        await asyncio.Event().wait()
