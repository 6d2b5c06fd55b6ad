"""Pages that renew themselves: their requests are no activity, so they keep no session open."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.integration.account.browser import BASE, Browser
from tests.shop import Shop, open_shop

PAGES: Final = {
    "orders.html": f"{BASE}/orders",
    "callbacks.html": f"{BASE}/callbacks",
    "reports.html": f"{BASE}/reports",
}
"""The pages that renew themselves, by their templates."""

_RENEWED: Final = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="every ')
_POLLS: Final = re.compile(r'hx-trigger="[^"]*every ')

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop with a report that a worker of another process builds."""
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        await opened.pool.execute(
            "INSERT INTO export_jobs (merchant_id, job_id, kind, format, request, requested_by,"
            " created_at, runs, lease_until)"
            " SELECT merchant_id, gen_random_uuid(), 'refunds', 'csv',"
            ' \'{"kind":"refunds","format":"csv","first":"2026-01-01","last":"2026-01-01"}\','
            " 'test-owner', $1, 1, now() + interval '1 day'"
            " FROM merchants WHERE login = 'test'",
            opened.clock.now(),
        )
        yield opened


def renewing_templates() -> list[str]:
    """The names of the account's templates that ask for news without their user."""
    folders = [Path(str(files(f"altyn.inbound.{name}"))) for name in ("personal_account", "web")]
    templates = [each for folder in folders for each in folder.rglob("*.html")]
    return [each.name for each in templates if _POLLS.search(each.read_text("utf-8"))]


async def test_every_page_that_renews_itself_is_in_the_table() -> None:
    assert sorted(renewing_templates()) == sorted(PAGES)


@pytest.mark.parametrize("page", PAGES.values())
async def test_page_that_renews_itself_keeps_no_session_open(shop: Shop, page: str) -> None:
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    addresses = [unescape(each) for each in _RENEWED.findall((await browser.get(page)).text)]
    assert len(addresses) == 1
    assert (await browser.get(addresses[0])).status == 200
    for _ in range(4):
        await shop.travel(timedelta(minutes=4))
        await browser.get(addresses[0])
    assert (await browser.get(page)).status == 303


@pytest.mark.parametrize("page", PAGES.values())
async def test_request_by_hand_keeps_a_session_open(shop: Shop, page: str) -> None:
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    for _ in range(4):
        await shop.travel(timedelta(minutes=4))
        assert (await browser.get(page)).status == 200
