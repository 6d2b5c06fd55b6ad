"""A running gateway per module, with the demo shop and some shops that may do less.

Every REST test uses the real router, with the tables, the operations, PostgreSQL and the simulated
bank behind it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from altyn import main
from altyn.domain.moscow import to_moscow
from altyn.main import Gateway
from altyn.settings import load
from altyn.storage.clock import SandboxClock
from tests.integration.rest.logbook import Logbook, logbook_kept
from tests.integration.rest.shops import add_shops


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    """A gateway in this process. Its clock stands at a noon of Moscow, far from every midnight."""
    settings = dataclasses.replace(
        load({}), home=_home(tmp_path_factory), database_url=database_url
    )
    await main.prepare(settings)
    async with main.running(settings) as gateway:
        clock = gateway.world.clock
        assert isinstance(clock, SandboxClock)
        tomorrow = to_moscow(clock.now()) + timedelta(days=1)
        await clock.set(tomorrow.replace(hour=12, minute=0, second=0, microsecond=0))
        await add_shops(gateway)
        yield gateway


@pytest_asyncio.fixture(loop_scope="module")
async def logbook() -> AsyncIterator[Logbook]:
    """What the gateway logs during a test, events as dictionaries."""
    with logbook_kept() as logbook:
        yield logbook


def _home(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("home")
