"""The store counts the messages of a shop, and a limit of 0 lets none through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from altyn.storage.database import Pool
from altyn.storage.shop_links import ShopLinkStore
from tests.builders import REGISTERED_AT
from tests.shop import open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

NOW: Final = REGISTERED_AT
SINCE: Final = NOW - timedelta(hours=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pool]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as shop:
        yield shop.pool


@pytest.mark.parametrize("most", [0, 1, 3])
async def test_as_many_messages_are_reserved_as_the_limit_allows(pool: Pool, most: int) -> None:
    links = ShopLinkStore(pool)
    merchant = 950 + most
    reserved = [await links.reserve(merchant, NOW, since=SINCE, most=most) for _ in range(5)]
    assert reserved == [True] * most + [False] * (5 - most)
    assert len(await links.sent(merchant, since=SINCE)) == most
