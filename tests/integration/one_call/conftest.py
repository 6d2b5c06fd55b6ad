"""A shop for the tests of methods that register an order and pay it in one call."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.shop import Shop, open_shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened
