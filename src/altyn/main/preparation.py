"""Prepares the database and the sandbox once, before a process serves requests.

Unsafe combinations are refused: production with a sandbox's keys or the demo shop, and the reverse.
"""

import asyncio

import asyncpg

from altyn.domain.account.audit import AUDIT_KEY_PURPOSE
from altyn.installation_keys import KeyFile
from altyn.security.keys import KeyRing
from altyn.settings import Settings, SettingsError
from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.bnpl_service.service import BnplService
from altyn.simulators.cash_register.register import CashRegisters
from altyn.simulators.credit.bank import CreditBank
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.phones.phones import Phones
from altyn.storage.clock import SystemClock
from altyn.storage.credentials import TOKEN_KEY_PURPOSE
from altyn.storage.database import Pool, connect
from altyn.storage.demo import demo_exists, seed_demo
from altyn.storage.migrate import migrate
from altyn.storage.statements import statement


async def prepare(settings: Settings) -> list[str]:
    """Migrate the database, and prepare the sandbox; return the names of the migrations.

    Called once, before a process serves requests; it may be repeated.
    Refuses: keys made for the other mode, an unreachable database, a database of a newer Altyn, and
    in production the demo shop.
    """
    assert settings.database_url is not None
    if not settings.sandbox:
        await open_keys(settings)
    pool = await connect(settings.database_url, pool_size=2)
    try:
        # A connection of its own: a migration may take longer than the pool's time-out.
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
    """Create the simulated bank's tables, the keys and the demo shop, where they are missing."""
    ring, _ = await open_keys(settings)
    await _refuse_production_database(pool)
    await prepare_simulators(pool)
    await seed_demo(
        pool,
        clock=SystemClock(),
        token_key=ring.derive(TOKEN_KEY_PURPOSE),
        audit_key=ring.derive(AUDIT_KEY_PURPOSE),
    )


async def prepare_simulators(pool: Pool) -> None:
    """Create the tables of the simulators, where they are missing."""
    await IssuerSimulator.prepare(pool)
    await DirectoryServer.prepare(pool)
    await CashRegisters.prepare(pool)
    await Phones.prepare(pool)
    await BankApp.prepare(pool)
    await BnplService.prepare(pool)
    await CreditBank.prepare(pool)


async def open_keys(settings: Settings) -> tuple[KeyRing, KeyFile]:
    """The keys, and the file to read them again; a sandbox creates it at its first start.

    In a thread, because a key service may have to unwrap them.
    Refuses: KeyFileError, KeyServiceError, SettingsError for keys made for the other mode.
    """
    return await asyncio.to_thread(_opened_keys, settings)


def _opened_keys(settings: Settings) -> tuple[KeyRing, KeyFile]:
    file = KeyFile.of(settings)
    ring = file.create() if settings.sandbox else file.load()
    if settings.sandbox and not ring.sandbox:
        raise SettingsError(
            f"{settings.keys} contains production keys, which the sandbox must not use. "
            "Set ALTYN_MODE=production, or name another ALTYN_KEY_FILE."
        )
    if ring.sandbox and not settings.sandbox:
        raise SettingsError(
            f"{settings.keys} was made for a sandbox, and production must not use its keys. "
            "Make new keys with `altyn keys create FILE` and name the file in ALTYN_KEY_FILE."
        )
    return ring, file


async def _refuse_production_database(pool: Pool) -> None:
    """Raise SettingsError if there are shops but no demo shop, which every sandbox has."""
    if await statement("list_merchants").fetch(pool) and not await demo_exists(pool):
        raise SettingsError(
            "the database has shops but no demo shop, so it belongs to production. Set "
            "ALTYN_MODE=production, or name another database in ALTYN_DATABASE_URL."
        )


async def _refuse_demo(pool: Pool) -> None:
    """Raise SettingsError for a database with the demo shop, whose password is public."""
    if await demo_exists(pool):
        raise SettingsError(
            "the database has the sandbox's demo shop, whose password is public. Name another "
            "database in ALTYN_DATABASE_URL."
        )
