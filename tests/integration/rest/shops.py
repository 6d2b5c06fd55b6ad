"""More shops for the REST tests: each lacks a permission or setting, or has one more."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from altyn.domain.merchant import BASIC, OPENING, MerchantSettings, Permission
from altyn.domain.receipt.settings import FiscalSettings
from altyn.main import Gateway
from altyn.operations.staff.merchants import add_merchant, block_merchant
from altyn.operations.staff.users import add_api_user, block_user
from altyn.storage.demo import DEMO_LOGIN, DEMO_PASSWORD, DEMO_SETTINGS
from tests.staff import operator

_CAUTIOUS: Final = OPENING - {
    Permission.PARTIAL_DEPOSIT,
    Permission.PARTIAL_REVERSAL,
    Permission.AUTO_COMPLETION,
    Permission.AUTO_REVERSE,
    Permission.CUSTOM_SESSION,
}

# login → its settings; each has an API user `<login>-api` with the demo shop's password.
SHOPS: Final[dict[str, MerchantSettings]] = {
    "stranger": DEMO_SETTINGS,
    "lister": DEMO_SETTINGS,
    "merch_child": DEMO_SETTINGS,
    "closed": replace(DEMO_SETTINGS, permissions=frozenset()),
    "cautious": replace(DEMO_SETTINGS, permissions=_CAUTIOUS),
    "second": replace(DEMO_SETTINGS, tds_version="2"),
    "careful": replace(DEMO_SETTINGS, permissions=OPENING | {Permission.AVS_REQUIRED}),
    "local": replace(DEMO_SETTINGS, ip_allow_list=("10.0.0.0/8", "2001:db8::/32")),
    "english": replace(DEMO_SETTINGS, default_language="en"),
    "english-closed": replace(DEMO_SETTINGS, default_language="en", permissions=frozenset()),
    "german": replace(DEMO_SETTINGS, default_language="de"),
    "roubles": replace(DEMO_SETTINGS, currencies=("643",)),
    "basic": replace(DEMO_SETTINGS, permissions=BASIC | {Permission.ORDER_NUMBER_GENERATION}),
    "dinars": replace(DEMO_SETTINGS, currencies=("643", "048", "392")),
    "newest": replace(DEMO_SETTINGS, status_version=46),
    "unfiscal": replace(DEMO_SETTINGS, fiscal=FiscalSettings()),
    "shut": DEMO_SETTINGS,
    "changing": DEMO_SETTINGS,
}
_CHILDREN: Final = {"merch_child"}


async def add_shops(gateway: Gateway) -> None:
    """Add the shops, a user who must change the password, and two who may not call."""
    async with gateway.pool.acquire() as connection:
        staff = operator(connection, clock=gateway.world.clock)
        for login, settings in SHOPS.items():
            parent = DEMO_LOGIN if login in _CHILDREN else None
            await add_merchant(login, login, staff, settings=settings, parent=parent)
            await add_api_user(login, f"{login}-api", DEMO_PASSWORD, staff)
        await add_api_user(DEMO_LOGIN, "test-new-api", DEMO_PASSWORD, staff, must_change=True)
        await add_api_user(DEMO_LOGIN, "test-blocked-api", DEMO_PASSWORD, staff)
        await block_user("test-blocked-api", staff, blocked=True)
        await block_merchant("shut", staff, blocked=True)
