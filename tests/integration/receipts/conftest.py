"""A shop whose orders have a cart, and its receipts, for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.receipts.fiscal_shop import FiscalShop
from tests.shop import open_shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FiscalShop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield FiscalShop(opened)
