"""A running gateway with its demo shop, and a payer in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asgi_client import AsgiClient
from tests.integration.payment_page.till import PAYER_IP, Till
from tests.shop import open_shop


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The folder of the shops' own page sets, empty."""
    folder = tmp_path / "templates"
    folder.mkdir()
    return folder


@pytest.fixture
async def till(database_url: str, tmp_path: Path) -> AsyncIterator[Till]:
    async with open_shop(database_url, tmp_path) as shop:
        yield Till(shop, AsgiClient(shop.gateway.router, PAYER_IP))
