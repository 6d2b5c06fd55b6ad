"""A running gateway with the service that lends, and a payer who pays in parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asgi_client import AsgiClient
from tests.integration.bnpl.payer import Payer
from tests.integration.payment_page.page_client import PAYER_IP, PageClient
from tests.shop import open_shop


@pytest.fixture
async def payer(database_url: str, tmp_path: Path) -> AsyncIterator[Payer]:
    async with open_shop(database_url, tmp_path) as shop:
        yield Payer(PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP)))
