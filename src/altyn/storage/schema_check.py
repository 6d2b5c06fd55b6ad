"""Whether a newer version has applied a migration that this process cannot go on with.

Most migrations only add, and older processes go on. One that they cannot go on with is marked
(`migrate.py`): then this process must not write. `migrate` notifies all processes with its commit;
after a lost connection each asks the database.
"""

import contextlib
from typing import Final

import asyncpg
import structlog

from altyn.storage.migrate import known_numbers
from altyn.storage.statements import statement

REMEDY: Final = "Start the newer version here, and stop this process."

log = structlog.get_logger("altyn.database")


class SchemaCheck:
    """Compares the migrations of a database with those that this process knows."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._known = known_numbers()
        self._cause: str | None = None
        self._newest = max(self._known)
        self._logged = False

    @property
    def cause(self) -> str | None:
        """Which migration this process cannot go on with, and why; None while there is none."""
        return self._cause

    @property
    def problem(self) -> str | None:
        """Why this process serves no requests any more, with the remedy; None while it may."""
        return None if self._cause is None else f"{self._cause} {REMEDY}"

    @property
    def newer(self) -> str | None:
        """What a newer version has migrated while this process may go on; None: nothing."""
        if self._cause is not None or self._newest in self._known:
            return None
        return (
            f"the database has migration {self._newest} of a newer Altyn, this one knows "
            f"{max(self._known)}. It can go on with this database"
        )

    def found(self, number: int, reason: str) -> None:
        """A migration that stops older processes; one line in the log when this is one of them."""
        if number in self._known or self._cause is not None:
            return
        known = max(self._known)
        self._cause = (
            f"the database has migration {number}, this process knows {known}: a newer Altyn has "
            f"migrated it, and older processes cannot go on ({reason})."
        )
        log.error(
            "process_is_outdated",
            database=self._database,
            migration=number,
            known=known,
            reason=reason,
            remedy=REMEDY,
        )

    def notified(self, payload: str) -> None:
        """A notification of `migrate`: number, space, reason."""
        number, _, reason = payload.partition(" ")
        self.found(int(number), reason)

    async def check(self, connection: object) -> None:
        """Ask the database. One that was never migrated, or before migrations were marked, has no
        migration that is too new."""
        with contextlib.suppress(asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
            known = sorted(self._known)
            for row in await statement("unknown_migrations").fetch(connection, known=known):
                self._newest = max(self._newest, row["number"])
                if row["stops_older"] is not None:
                    self.found(row["number"], row["stops_older"])

    def log_newer(self) -> None:
        """One line in the log, once, where this process goes on with a newer database."""
        if self.newer is None or self._logged:
            return
        self._logged = True
        log.info(
            "database_is_newer",
            database=self._database,
            migration=self._newest,
            known=max(self._known),
        )
