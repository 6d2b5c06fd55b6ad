"""The demo shop with an account at the stand-in of ATOL Online."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import asyncpg

from altyn.domain.receipt.settings import FfdVersion
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.settings import change_settings
from altyn.security.keys import KeyRing
from altyn.security.setting_secrets import SettingSecrets
from tests.atol_server import GROUP, INN, LOGIN, PASSWORD
from tests.staff import operator

ACCOUNT: Final[dict[str, object]] = {
    "fiscal.provider": "atol",
    "fiscal.inn": INN,
    "fiscal.group": GROUP,
    "fiscal.login": LOGIN,
    "fiscal.password": PASSWORD,
    "fiscal.payment_address": "https://shop.example",
    "fiscal.company_email": "shop@shop.example",
}


async def use_atol(
    database_url: str, keys: Path, ffd: FfdVersion = FfdVersion.V1_2, **changes: object
) -> None:
    """Give the demo shop its account, as `altyn merchant set` does. `keys` is the key file."""
    secrets = SettingSecrets.of(KeyRing.load(keys))
    connection = await asyncpg.connect(database_url)
    try:
        staff = operator(connection, encrypt=secrets.encrypt)
        merchant = await find_merchant("test", staff)
        wanted = {**ACCOUNT, "fiscal.ffd": ffd, **changes}
        await change_settings(merchant.merchant_id, wanted, staff)
    finally:
        await connection.close()
