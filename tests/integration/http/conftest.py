"""A gateway with its demo shop, for tests that speak HTTP to every endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.integration.rest.logbook import Logbook, logbook_kept
from tests.raw_http import ACQUIRER_KEY
from tests.shop import Shop, open_shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """The demo shop of a gateway in this process. A statement may take a minute: hostile requests
    keep a machine busy."""
    home = tmp_path_factory.mktemp("home")
    options = {"serve_bank": True, "acquirer_key": ACQUIRER_KEY, "database_timeout_seconds": 60.0}
    async with open_shop(database_url, home, **options) as opened:
        yield opened


@pytest.fixture
def logbook() -> Iterator[Logbook]:
    """What the gateway logs during a test, as dictionaries."""
    with logbook_kept() as kept:
        yield kept
