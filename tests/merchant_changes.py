"""Changes of the demo shop's settings for the time of a test, seen by the gateway of the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from altyn.domain.merchant import Merchant, Permission
from altyn.operations.staff.setting_table import by_key
from altyn.operations.staff.settings import change_settings
from tests.shop import Shop
from tests.staff import operator


@asynccontextmanager
async def permissions_off(shop: Shop, *permissions: Permission) -> AsyncIterator[None]:
    """Take these permissions from the demo shop."""
    before = (await _demo_merchant(shop)).settings.permissions
    async with changed(shop, {"permissions": sorted(before - set(permissions))}):
        yield


@asynccontextmanager
async def changed(shop: Shop, changes: Mapping[str, object]) -> AsyncIterator[None]:
    """Change settings of the demo shop, by their keys, and put them back afterwards."""
    before = by_key((await _demo_merchant(shop)).settings)
    await _change(shop, changes)
    try:
        yield
    finally:
        await _change(shop, {key: before[key] for key in changes})


async def _change(shop: Shop, changes: Mapping[str, object]) -> None:
    """Change settings, and wait until the gateway has read them."""
    merchant = await _demo_merchant(shop)
    async with shop.pool.acquire() as connection:
        staff = operator(connection, clock=shop.gateway.world.clock)
        settings = await change_settings(merchant.merchant_id, changes, staff)
    # A NOTIFY in the gateway's own task ends the wait.
    while (await _demo_merchant(shop)).settings != settings:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.005)


async def _demo_merchant(shop: Shop) -> Merchant:
    merchant = await shop.gateway.world.merchants.by_login("test")
    assert merchant is not None
    return merchant
