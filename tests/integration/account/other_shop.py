"""A user of another shop, for tests of what must not be reached from one shop to another."""

from __future__ import annotations

from typing import Final

from altyn.storage.database import Pool
from tests.integration.account.browser import OWNER

CHILD_OWNER: Final = "child-owner"
"""An owner of the demo shop's child; the password is that of the demo shop's owner."""


async def add_child_owner(pool: Pool) -> None:
    """Add the user CHILD_OWNER."""
    await pool.execute(
        "INSERT INTO logins (merchant_id, login)"
        " SELECT merchant_id, $1 FROM merchants WHERE login = 'test-child'",
        CHILD_OWNER,
    )
    await pool.execute(
        "INSERT INTO account_users (merchant_id, login, password_hash, role)"
        " SELECT merchants.merchant_id, $1, password_hash, 'owner'"
        " FROM merchants, account_users"
        " WHERE merchants.login = 'test-child' AND account_users.login = $2",
        CHILD_OWNER,
        OWNER,
    )
