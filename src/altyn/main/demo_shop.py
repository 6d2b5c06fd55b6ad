"""Reads which of the demo shop's published credentials are still valid.

Passwords and tokens are stored as hashes: a published one is compared with them. They are read from
the database, so that a page shows a change at once, and no failed login is counted.
"""

from __future__ import annotations

from typing import Any, Final

from altyn.domain.callback import CallbackSettings
from altyn.inbound.console.facts import DemoShop
from altyn.inbound.sandbox.requests.repeat import KnownSecrets
from altyn.operations.ports import Overloaded
from altyn.security.passwords import PasswordsBusyError, verify_password
from altyn.storage.credentials import token_digest
from altyn.storage.database import Pool
from altyn.storage.demo import (
    DEMO_API_LOGIN,
    DEMO_CHILD_API_LOGIN,
    DEMO_LOGIN,
    DEMO_PASSWORD,
    DEMO_TOKEN,
)
from altyn.storage.merchant_settings import read_settings
from altyn.storage.statements import statement

API_LOGINS: Final = (DEMO_API_LOGIN, DEMO_CHILD_API_LOGIN)


class DemoShopReader:
    """Reads the credentials of the demo shop; `token_key` is that of the tokens' digests.

    Whether a hash is that of the published password is computed once for each hash.
    """

    def __init__(self, pool: Pool, token_key: bytes) -> None:
        self._pool = pool
        self._token_digest = token_digest(DEMO_TOKEN, token_key)
        self._compared: dict[str, tuple[str, bool]] = {}

    async def shop(self) -> DemoShop:
        """What the console shows. Raises Overloaded: many passwords are being checked."""
        callbacks = await self._callbacks()
        return DemoShop(
            api_login=DEMO_API_LOGIN,
            password=DEMO_PASSWORD if await self._has_password(DEMO_API_LOGIN) else None,
            token=DEMO_TOKEN if await self._has_token() else None,
            callback_key=callbacks.key,
            checksum=callbacks.checksum,
        )

    async def secrets(self) -> KnownSecrets:
        """What the request log may send again. Raises Overloaded, as `shop`."""
        valid = [login for login in API_LOGINS if await self._has_password(login)]
        return KnownSecrets(
            passwords=dict.fromkeys(valid, DEMO_PASSWORD),
            shop=DEMO_LOGIN,
            token=DEMO_TOKEN if await self._has_token() else "",
        )

    async def _callbacks(self) -> CallbackSettings:
        found = await self._row("find_merchant", login=DEMO_LOGIN)
        row = found and await self._row("newest_settings", merchant_id=found["merchant_id"])
        return read_settings(row["settings"]).callbacks if row else CallbackSettings()

    async def _has_password(self, login: str) -> bool:
        row = await self._row("load_api_user", login=login)
        if row is None:
            return False
        stored_hash = row["password_hash"]
        known = self._compared.get(login)
        if known is None or known[0] != stored_hash:
            known = (stored_hash, await _is_published(stored_hash))
            self._compared[login] = known
        return known[1]

    async def _has_token(self) -> bool:
        row = await self._row("find_token", token_hash=self._token_digest)
        return row is not None and row["login"] == DEMO_API_LOGIN

    async def _row(self, name: str, **values: object) -> Any:
        rows = await statement(name).fetch(self._pool, **values)
        return rows[0] if rows else None


async def _is_published(stored_hash: str) -> bool:
    try:
        return await verify_password(DEMO_PASSWORD, stored_hash)
    except PasswordsBusyError as error:
        raise Overloaded(str(error)) from None
