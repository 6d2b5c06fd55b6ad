"""A running gateway with a shop whose payers have simulated phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.phones.phone_shop import PhoneShop
from tests.shop import open_shop


@pytest.fixture
async def phones(database_url: str, tmp_path: Path) -> AsyncIterator[PhoneShop]:
    async with open_shop(database_url, tmp_path) as shop:
        yield PhoneShop(shop)
