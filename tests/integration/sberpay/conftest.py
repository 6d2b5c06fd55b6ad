"""A gateway with a shop, and the payers of SberPay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.shop import Shop, open_shop
from tests.ways.sberpay import Payers


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """The demo shop. Lost answers are looked for after a second."""
    async with open_shop(database_url, tmp_path, acquirer_timeout_seconds=0.5) as opened:
        yield opened


@pytest.fixture
def payers(shop: Shop) -> Payers:
    return Payers(shop.gateway)
