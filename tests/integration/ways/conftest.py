"""A running gateway with the test wallet registered, its shop, and the wallet's payers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.ways.customers import Customers
from tests.shop import open_shop
from tests.ways.connector import in_process
from tests.ways.registration import wallet_extensions
from tests.ways.wallet import Wallet


@pytest.fixture
async def customers(database_url: str, tmp_path: Path) -> AsyncIterator[Customers]:
    """The shop and its payers. Lost answers are looked for after 0.4 seconds."""
    wallet = Wallet()
    extensions = wallet_extensions(in_process(wallet))
    opened = open_shop(database_url, tmp_path, extensions, acquirer_timeout_seconds=0.2)
    async with opened as shop:
        wallet.now = shop.clock.now
        yield Customers(shop, wallet)
