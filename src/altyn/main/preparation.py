"""What is done once before any process serves: the database of this version, the sandbox's life.

It refuses what must never meet: real money with a sandbox's keys, the demo shop with production.
"""

import asyncpg

from altyn.security.keys import KeyRing
from altyn.settings import Settings, SettingsError
from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.storage.clock import SystemClock
from altyn.storage.credentials import TOKEN_KEY_PURPOSE
from altyn.storage.database import Pool, connect
from altyn.storage.demo import demo_exists, seed_demo
from altyn.storage.migrate import migrate
from altyn.storage.statements import statement


async def prepare(settings: Settings) -> list[str]:
    """Bring the database to this version, and the sandbox to life; return what was migrated.

    Done once, before any process serves; harmless when repeated.
    Refuses: keys made for the other mode, an unreachable database, one of a newer Altyn, in
    production the demo shop.
    """
    assert settings.database_url is not None
    if not settings.sandbox:
        production_keys(settings)
    pool = await connect(settings.database_url, pool_size=2)
    try:
        # A migration may take longer than the pool lets any other statement take.
        connection = await asyncpg.connect(settings.database_url)
        try:
            applied = await migrate(connection)
        finally:
            await connection.close()
        if settings.sandbox:
            await _prepare_sandbox(settings, pool)
        else:
            await _refuse_demo(pool)
    finally:
        await pool.close()
    return applied


async def _prepare_sandbox(settings: Settings, pool: Pool) -> None:
    """The pretended bank's tables, the keys and the demo shop, where they are missing."""
    ring = KeyRing.create(settings.keys)
    if not ring.sandbox:
        raise SettingsError(
            f"{settings.keys} holds production's keys, and the sandbox must not write where they "
            "are used. Set ALTYN_MODE=production, or name another ALTYN_KEY_FILE."
        )
    await _refuse_productions_database(pool)
    await IssuerSimulator.prepare(pool)
    await DirectoryServer.prepare(pool)
    await seed_demo(pool, clock=SystemClock(), token_key=ring.derive(TOKEN_KEY_PURPOSE))


def production_keys(settings: Settings) -> KeyRing:
    """The key ring of a gateway that handles real money."""
    ring = KeyRing.load(settings.keys)
    if ring.sandbox:
        raise SettingsError(
            f"{settings.keys} was made for a sandbox, and production does not use such keys. "
            "Make others with `altyn keys create FILE` and name the file in ALTYN_KEY_FILE."
        )
    return ring


async def _refuse_productions_database(pool: Pool) -> None:
    """A sandbox has its demo shop from the first start; shops without it are real ones."""
    if await statement("list_merchants").fetch(pool) and not await demo_exists(pool):
        raise SettingsError(
            "the database holds shops and no demo shop, so it is production's. Set "
            "ALTYN_MODE=production, or name another database in ALTYN_DATABASE_URL."
        )


async def _refuse_demo(pool: Pool) -> None:
    """Everybody knows the demo shop's password."""
    if await demo_exists(pool):
        raise SettingsError(
            "the database holds the sandbox's demo shop, whose password everybody knows. Name a "
            "database of production's own in ALTYN_DATABASE_URL."
        )
