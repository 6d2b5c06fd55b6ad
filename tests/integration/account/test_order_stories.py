"""The page of one order, in the account and in the console: what each kind of order shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.account.browser import OPERATOR, Browser
from tests.integration.account.order_pages import ORDERS
from tests.shop import GOOD, Shop, new_number, open_shop

CONSOLE = "/console/orders"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def operator(shop: Shop) -> Browser:
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    return browser


async def stories(browser: Browser, order_id: str, language: str) -> list[str]:
    """The order's page in the account and in the console, with plain spaces."""
    shown = [
        await browser.get(f"{pages}/{order_id}?lang={language}") for pages in (ORDERS, CONSOLE)
    ]
    assert [each.status for each in shown] == [200, 200]
    return [unescape(each.text).replace("\u202f", " ").replace("\xa0", " ") for each in shown]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ru", ("Выплата на карту, 700,00 ₽", "Выплачено", "выплата магазина на карту")),
        ("en", ("Payout to a card, 700.00 ₽", "Paid out", "payout of the shop to a card")),
    ],
)
async def test_payout_is_shown(
    operator: Browser, shop: Shop, language: str, texts: tuple[str, ...]
) -> None:
    paid_out = await shop.call(
        "instantRefund.do",
        orderNumber=new_number(),
        amount=700_00,
        pan=GOOD,
        expiry="209912",
        cardholderName="IVAN PETROV",
    )
    for page in await stories(operator, paid_out["orderId"], language):
        for text in texts:
            assert text in page
