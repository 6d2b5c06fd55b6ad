"""A gateway in a process of its own, so that it can be killed while it sends a mail.

Run as `python -m tests.integration.mail.hanging_gateway DATABASE_URL HOME SMTP_URL`.
"""

import asyncio
import sys
from pathlib import Path

from altyn import main
from tests.integration.mail.mails import FROM
from tests.shop import settings_of


async def run(database_url: str, home: str, smtp_url: str) -> None:
    """Carry out the entries of the outbox until the process is killed."""
    settings = settings_of(database_url, Path(home), smtp_url=smtp_url, mail_from=FROM)
    async with main.running(settings):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
