"""`altyn migrate`: prepares a database for this version of Altyn before gateways start.

It is for installations where one machine prepares the database and several machines run gateways.
`serve` also applies the migrations.
"""

import asyncio

from altyn.cli.environment import read_settings, settings_with_database
from altyn.cli.output import JsonFlag, print_json, print_line
from altyn.settings import Settings


def migrate(as_json: JsonFlag = False) -> None:  # noqa: FBT002 - an option of the command
    """Apply the migrations of this version to the database; it may be run again."""
    from altyn.storage.database import address

    with settings_with_database(read_settings(), create=True) as settings:
        applied = asyncio.run(_prepare(settings))
        database_address = address(settings.database_url or "")
    if as_json:
        print_json({"database": database_address, "applied": list(applied)})
        return
    for name in applied:
        print_line(f"applied {name}")
    summary = f"{len(applied)} migrations applied" if applied else "no migration was missing"
    print_line(f"{database_address} is up to date: {summary}.")


async def _prepare(settings: Settings) -> list[str]:
    """Migrate; print a note where a newer version has migrated the database further."""
    from altyn.cli.database import check_schema
    from altyn.main import prepare
    from altyn.storage.database import connect

    applied = await prepare(settings)
    pool = await connect(settings.database_url or "", pool_size=1)
    try:
        await check_schema(pool)
    finally:
        await pool.close()
    return applied
