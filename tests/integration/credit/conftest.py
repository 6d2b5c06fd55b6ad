"""A running gateway with the bank that decides applications, and an applicant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asgi_client import AsgiClient
from tests.integration.credit.applicant import Applicant
from tests.integration.payment_page.page_client import PageClient
from tests.shop import open_shop


@pytest.fixture
async def applicant(database_url: str, tmp_path: Path) -> AsyncIterator[Applicant]:
    async with open_shop(database_url, tmp_path) as shop:
        yield Applicant(PageClient(shop, AsgiClient(shop.gateway.router, ip="127.0.0.1")))
