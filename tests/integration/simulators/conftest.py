"""The simulators of banks, phones and the ACS over the module's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from starlette.applications import Starlette

from altyn.simulators.acs import DirectoryServer, routes
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.issuer import IssuerSimulator
from altyn.simulators.phones.phones import Phones
from tests.integration.simulators.acs_client import BASE, KEY, AcsClient
from tests.integration.simulators.bank_app_client import BankAppClient
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


@pytest.fixture
async def bank_app(database_url: str) -> AsyncIterator[BankAppClient]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=20) as pool:
        for simulator in (IssuerSimulator, Phones, BankApp):
            await simulator.prepare(pool)
        yield BankAppClient(pool)
