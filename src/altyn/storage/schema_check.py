"""Whether this process is older than the schema of its database: then it must not write.

Statements of an older version do not know the newer columns, so what they save may be incomplete.
`migrate` notifies all processes with its commit; after a lost connection each asks the database.
"""

import contextlib
from typing import Final

import asyncpg
import structlog

from altyn.storage.migrate import newest_known
from altyn.storage.statements import statement

REMEDY: Final = "Start the newer version here, and stop this process."

log = structlog.get_logger("altyn.database")


class SchemaCheck:
    """Compares the newest migration of a database with the newest one that this process knows."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._known = newest_known()
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """Why this process serves no requests any more; None while it may."""
        return self._problem

    def found(self, number: int) -> None:
        """Compare the number of the newest migration; one line in the log when it is too new."""
        if number <= self._known or self._problem is not None:
            return
        self._problem = (
            f"the database has migration {number}, this process knows {self._known}: a newer "
            f"Altyn has migrated it. {REMEDY}"
        )
        log.error(
            "process_is_outdated",
            database=self._database,
            migration=number,
            known=self._known,
            remedy=REMEDY,
        )

    async def check(self, connection: object) -> None:
        """Ask the database. Before the first migration it has no number, which is not too new."""
        with contextlib.suppress(asyncpg.UndefinedTableError):
            [row] = await statement("newest_migration").fetch(connection)
            self.found(row["number"] or 0)
