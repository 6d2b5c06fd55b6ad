"""The pretended bank and ACS over the module's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from starlette.applications import Starlette

from altyn.simulators.acs import DirectoryServer, routes
from altyn.simulators.issuer import IssuerSimulator
from tests.integration.simulators.desk import RequestHandler
from tests.integration.simulators.scene import BASE, KEY, Scene


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[RequestHandler]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=20) as pool:
        await IssuerSimulator.prepare(pool)
        yield RequestHandler(pool)


@pytest.fixture
async def scene(database_url: str) -> AsyncIterator[Scene]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=8) as pool:
        await DirectoryServer.prepare(pool)
        directory = DirectoryServer(pool, KEY, BASE)
        yield Scene(directory, Starlette(routes=list(routes(directory))), pool)
