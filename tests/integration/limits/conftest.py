"""A running gateway with its demo shop, and a client of its payment page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asgi_client import AsgiClient
from tests.integration.payment_page.page_client import PAYER_IP, PageClient
from tests.shop import open_shop


@pytest.fixture
async def client(own_database_url: str, tmp_path: Path) -> AsyncIterator[PageClient]:
    async with open_shop(own_database_url, tmp_path) as shop:
        yield PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP))
