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
from altyn.main.endpoints import DIALECTS
from altyn.settings import load
from altyn.storage.administration import Administration
from altyn.storage.demo import DEMO_PASSWORD, DEMO_SETTINGS
from tests.integration.dialects.echoing_dialect import ECHOING
from tests.integration.dialects.second_dialect import SECOND

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
    async with main.running(settings, dialects=(*DIALECTS, SECOND, ECHOING)) as gateway:
        async with gateway.pool.acquire() as connection:
            staff = Administration(connection, clock=gateway.world.clock, token_key=b"not used")
            for login, merchant in MERCHANTS.items():
                await staff.add_merchant(login, login, settings=merchant, by="tests", parent=None)
                await staff.add_api_user(login, f"{login}-api", DEMO_PASSWORD)
        yield gateway
