"""The main page of the account: whose figures it shows, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from altyn.domain.action_codes import NOT_ENOUGH_MONEY
from altyn.protocol.test_cards import card_for_action_code
from tests.integration.account.browser import BASE, OPERATOR, Browser
from tests.integration.account.other_shop import CHILD_OWNER, add_child_owner
from tests.shop import Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        await opened.paid(123_400)
        await opened.paid(100_000, two_phase=True)
        refused = await opened.register(5_000)
        await opened.pay(refused, card_for_action_code(NOT_ENOUGH_MONEY))
        yield opened


async def test_first_page_after_the_login_shows_the_figures(shop: Shop) -> None:
    browser = Browser(shop.gateway.router)
    opened = await browser.log_in(OPERATOR)
    assert opened.location == BASE
    for days in ("", "?days=1", "?days=30", "?days=9999", "?days=x&currency=840"):
        shown = await browser.get(f"{BASE}{days}")
        assert shown.status == 200
        assert "1\u202f234.00\u00a0₽" in shown.text  # the hold is no turnover yet
        assert "2 paid" in shown.text
        assert "66.7%" in shown.text
        assert "Not enough money on the card" in shown.text
        assert "Key figures" in shown.text


async def test_figures_of_another_shop_are_not_shown(shop: Shop) -> None:
    browser = Browser(shop.gateway.router)
    await add_child_owner(shop.pool)
    await browser.log_in(CHILD_OWNER)
    shown = await browser.get(f"{BASE}?merchant=test&merchant_id=1")
    assert "There are no orders in the period" in shown.text
    assert "234.00" not in shown.text
