"""A running gateway with two dialects and the classic one, and merchants who may use them."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from altyn import main
from altyn.domain.merchant import MerchantSettings
from altyn.main import Gateway
from altyn.main.extensions import Extensions
from altyn.operations.staff.merchants import add_merchant
from altyn.operations.staff.users import add_api_user
from altyn.settings import load
from altyn.storage.demo import DEMO_PASSWORD, DEMO_SETTINGS
from tests.integration.dialects.echoing_dialect import ECHOING
from tests.integration.dialects.second_dialect import SECOND
from tests.staff import operator

# login → its settings; each has an API user `<login>-api` with the demo shop's password.
MERCHANTS: Final[dict[str, MerchantSettings]] = {
    "both": dataclasses.replace(DEMO_SETTINGS, dialects=("classic", SECOND.name)),
    "second-only": dataclasses.replace(DEMO_SETTINGS, dialects=(SECOND.name,)),
    "classic-only": DEMO_SETTINGS,
    "changing": DEMO_SETTINGS,
    "echo-new": dataclasses.replace(DEMO_SETTINGS, dialects=(ECHOING.name,), status_version=20),
    "echo-old": dataclasses.replace(DEMO_SETTINGS, dialects=(ECHOING.name,), status_version=19),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    """A gateway in this process that serves the dialects of `src` and those of these tests."""
    home = tmp_path_factory.mktemp("home")
    settings = dataclasses.replace(load({}), home=home, database_url=database_url)
    await main.prepare(settings)
    async with main.running(settings, Extensions(dialects=(SECOND, ECHOING))) as gateway:
        async with gateway.pool.acquire() as connection:
            staff = operator(connection, clock=gateway.world.clock)
            for login, merchant in MERCHANTS.items():
                await add_merchant(login, login, staff, settings=merchant)
                await add_api_user(login, f"{login}-api", DEMO_PASSWORD, staff)
        yield gateway
