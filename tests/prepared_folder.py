"""Data folders of gateways that have been started before: copies of one that is made once.

A first start makes PostgreSQL's files, the tables, the keys and the demo shop, which takes seconds.
Tests of something else begin with a copy. Its PostgreSQL leaves writing to the operating system
(`fsync`): a killed process loses nothing by that, and no test switches the machine off.
"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Final

import asyncpg

from altyn import main
from altyn.embedded_postgres import EmbeddedPostgres
from tests.shop import settings_of

POSTGRES: Final = "postgres"
_NOT_SYNCED: Final = ("fsync", "full_page_writes")


class PreparedFolder:
    """The folder that is copied. `root` is where it is made, when the first copy is needed."""

    root: Path | None = None

    @classmethod
    def copy_to(cls, home: Path) -> None:
        """Make a data folder: its PostgreSQL is stopped, its gateway has been started before."""
        assert cls.root is not None, "the fixture `prepared_folder` names the folder"
        original = cls.root / "prepared"
        if not original.exists():
            original.mkdir()
            asyncio.run(_prepare(original))
        home.mkdir(parents=True, exist_ok=True)
        # The program keeps the owner of each file, which PostgreSQL demands.
        subprocess.run(["cp", "-a", f"{original}/.", str(home)], check=True)


async def _prepare(home: Path) -> None:
    with EmbeddedPostgres(home / POSTGRES) as server:
        await main.prepare(settings_of(server.url, home))
        connection = await asyncpg.connect(server.url)
        try:
            for name in _NOT_SYNCED:
                await connection.execute(f"ALTER SYSTEM SET {name} = off")
        finally:
            await connection.close()
