"""`altyn migrate`: bring a database to this version of Altyn before its gateways are started.

It exists for data centres, where one machine prepares the database and many serve from it; `serve`
does the same by itself.
"""

import asyncio

from altyn.cli.environment import database, read_settings
from altyn.cli.output import console


def migrate() -> None:
    """Bring the database to this version; harmless when repeated."""
    from altyn.main import prepare
    from altyn.storage.database import address

    with database(read_settings(), make=True) as settings:
        applied = asyncio.run(prepare(settings))
        where = address(settings.database_url or "")
    for name in applied:
        console().print(f"applied {name}")
    done = f"{len(applied)} applied" if applied else "nothing was missing"
    console().print(f"{where} is at this version: {done}.", soft_wrap=True)
