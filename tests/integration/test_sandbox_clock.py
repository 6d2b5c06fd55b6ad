"""The sandbox's clock over HTTP: a refused move changes nothing, and it can be put back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.shop import Shop, open_shop

HOUR = timedelta(hours=1)


@pytest.fixture
async def shop(own_database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(own_database_url, tmp_path) as opened:
        yield opened


async def post(shop: Shop, path: str, members: object) -> tuple[int, dict[str, Any]]:
    answer = await shop.post_json(path, members)
    return answer.status, answer.json()


@pytest.mark.parametrize(
    "move",
    [
        {"to": "2150-01-01T00:00:00Z"},
        {"to": "9999-12-31T23:59:59-03:00"},
        {"days": 999_999_999},
        {"seconds": 1e300},
        {"to": "2020-01-01T00:00:00Z"},
    ],
)
async def test_refused_move_changes_nothing(shop: Shop, move: dict[str, object]) -> None:
    order_id = await shop.register(1000_00)
    before = shop.clock.now()

    status, members = await post(shop, "/sandbox/clock", move)

    assert status == 400
    assert "2100-01-01" in members["error"] or "forward only" in members["error"]
    assert shop.clock.now() < before + HOUR
    assert (await shop.see(order_id)).status == 0


async def test_clock_is_put_back_when_nothing_lies_in_the_future(shop: Shop) -> None:
    await post(shop, "/sandbox/clock", {"days": 7})

    status, members = await post(shop, "/sandbox/clock/reset", {})

    assert (status, members["warning"]) == (200, None)
    assert shop.clock.now() < datetime.now(UTC) + HOUR


async def test_clock_is_put_back_over_the_future_only_by_force(shop: Shop) -> None:
    await post(shop, "/sandbox/clock", {"days": 7})
    order_id = await shop.register(1000_00)

    status, members = await post(shop, "/sandbox/clock/reset", {})
    assert status == 409
    assert "1 order" in members["error"]
    assert "altyn clock reset --force" in members["error"]
    assert shop.clock.now() > datetime.now(UTC) + 6 * 24 * HOUR

    status, members = await post(shop, "/sandbox/clock/reset", {"force": True})
    assert status == 200
    assert "1 order" in members["warning"]
    assert shop.clock.now() < datetime.now(UTC) + HOUR
    assert (await shop.see(order_id)).status == 0


async def test_clock_is_not_put_back_by_a_page_of_another_site(shop: Shop) -> None:
    answer = await shop.post_json("/sandbox/clock/reset", {}, origin="https://evil.example")

    assert answer.status == 403
