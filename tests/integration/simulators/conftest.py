"""The bank and ACS simulators over the module's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from starlette.applications import Starlette

from altyn.simulators.acs import DirectoryServer, routes
from altyn.simulators.issuer import IssuerSimulator
from tests.integration.simulators.acs_client import BASE, KEY, AcsClient
from tests.integration.simulators.bank_client import BankClient


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[BankClient]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=20) as pool:
        await IssuerSimulator.prepare(pool)
        yield BankClient(pool)


@pytest.fixture
async def acs(database_url: str) -> AsyncIterator[AcsClient]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=8) as pool:
        await DirectoryServer.prepare(pool)
        directory = DirectoryServer(pool, KEY, BASE)
        yield AcsClient(directory, Starlette(routes=list(routes(directory))), pool)
