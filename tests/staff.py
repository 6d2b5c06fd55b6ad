"""The provider's staff, as the command line acts for them, over one connection of a test."""

from __future__ import annotations

from typing import Final

from altyn.operations.ports import Clock
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.ports import Encrypt, StaffContext, no_secrets
from altyn.operations.staff.settings import change_settings
from altyn.storage.clock import SystemClock
from altyn.storage.database import Connection
from altyn.storage.staff import staff_context
from tests.shop import Shop

AUDIT_KEY: Final = b"a" * 32


def operator(
    connection: Connection,
    *,
    clock: Clock | None = None,
    token_key: bytes = b"k" * 32,
    name: str = "tests",
    encrypt: Encrypt = no_secrets,
) -> StaffContext:
    """What the use-cases of staff need, for an operator of this name."""
    return staff_context(
        connection,
        actor=StaffActor(name=name, role=StaffRole.OPERATOR),
        clock=clock or SystemClock(),
        token_key=token_key,
        audit_key=AUDIT_KEY,
        encrypt=encrypt,
    )


async def change_settings_of(shop: Shop, login: str, **changes: object) -> None:
    """Change a merchant's settings as the command line does, and wait for the gateway."""
    async with shop.pool.acquire() as connection:
        staff = operator(connection)
        merchant = await find_merchant(login, staff)
        await change_settings(merchant.merchant_id, changes, staff)
    merchants = shop.gateway.world.merchants
    for _ in range(500):
        found = await merchants.by_login(login)
        if found and all(getattr(found.settings, name) == value for name, value in changes.items()):
            return
        await shop.gateway.world.sleep(0.01)
    raise AssertionError("the gateway has not loaded the change")
