"""Opens the gateway's database for one command, as a pool or with the rights of the staff.

The error for a database without our tables names the command that creates them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import asyncpg

from altyn.cli.actors import actor_name
from altyn.cli.environment import settings_with_database
from altyn.cli.output import CommandError, print_note
from altyn.domain.account.audit import AUDIT_KEY_PURPOSE
from altyn.installation_keys import load_keys
from altyn.operations.ports import Clock
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.ports import StaffContext
from altyn.security.setting_secrets import SettingSecrets
from altyn.settings import Settings
from altyn.storage.clock import SystemClock
from altyn.storage.credentials import TOKEN_KEY_PURPOSE
from altyn.storage.database import Pool, connect
from altyn.storage.schema_check import SchemaCheck
from altyn.storage.staff import staff_context
from altyn.storage.statements import statement

Result = TypeVar("Result")

OPERATOR: Final = StaffActor(name=actor_name("altyn merchant"), role=StaffRole.OPERATOR)
"""The actor of changes from the command line: the provider's staff. The history of settings
and the audit log record the name."""


def with_pool(settings: Settings, work: Callable[[Pool], Awaitable[Result]]) -> Result:
    """Run `work` with a pool of the gateway's database; its result. The gateway may be stopped.

    Refuses with CommandError: no gateway in the data folder, a database without our tables.
    """

    async def run(url: str) -> Result:
        pool = await connect(url, pool_size=1)
        try:
            await check_schema(pool)
            return await work(pool)
        except asyncpg.UndefinedTableError:
            raise CommandError(
                "The database has not been prepared yet. Run `altyn migrate`, or start the "
                "gateway with `altyn serve`."
            ) from None
        finally:
            await pool.close()

    with settings_with_database(settings) as connected:
        assert connected.database_url is not None
        return asyncio.run(run(connected.database_url))


async def check_schema(pool: Pool) -> None:
    """Print a note where a newer version has migrated the database.

    Refuses with CommandError where this version cannot go on with it.
    """
    schema = SchemaCheck("the gateway's database")
    await schema.check(pool)
    if schema.problem is not None:
        raise CommandError(schema.problem)
    if schema.newer is not None:
        print_note(schema.newer)


def with_staff(settings: Settings, work: Callable[[StaffContext], Awaitable[Result]]) -> Result:
    """Run `work` with the rights of the provider's staff, as for adding a shop; its result.

    One command is one transaction: it is applied completely or not at all.
    """
    ring = load_keys(settings)

    async def run(pool: Pool) -> Result:
        async with pool.acquire() as connection, connection.transaction():
            clock = await gateway_clock(connection, settings)
            staff = staff_context(
                connection,
                actor=OPERATOR,
                clock=clock,
                token_key=ring.derive(TOKEN_KEY_PURPOSE),
                audit_key=ring.derive(AUDIT_KEY_PURPOSE),
                encrypt=SettingSecrets.of(ring).encrypt,
            )
            return await work(staff)

    return with_pool(settings, run)


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """The sandbox's clock: the real time plus the offset that was stored when the command began."""

    ahead_by: timedelta

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self.ahead_by


async def gateway_clock(connection: object, settings: Settings) -> Clock:
    """The gateway's clock, for a command that reads or writes its database."""
    rows = await statement("load_clock").fetch(connection) if settings.sandbox else []
    return OffsetClock(rows[0]["ahead_by"]) if rows else SystemClock()
