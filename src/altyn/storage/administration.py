"""What the provider's staff do: add merchants and users, change settings, block.

The command line, the personal account and the demo shop go through here, so that every change is
checked, kept in history where it has one, and told to all processes in the same transaction.
Source: merchant-settings.md §1-3; personal-account.md §1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import asyncpg

from altyn.domain.merchant import Merchant, MerchantSettings
from altyn.operations.ports import Clock
from altyn.security.passwords import PASSWORD_LENGTH_MAX, hash_password
from altyn.storage.credentials import TOKEN_LENGTH_MAX, USERS_CHANNEL, token_digest
from altyn.storage.database import Connection
from altyn.storage.merchant_settings import change_settings, read_settings, settings_said
from altyn.storage.merchants import LOGIN, MERCHANTS_CHANNEL, merchant_of
from altyn.storage.statements import statement

PASSWORD_LENGTH_MIN: Final = 8
TOKEN_LENGTH_MIN: Final = 8


class AdministrationError(Exception):
    """The change was not made; the text says why and what is allowed."""


class LoginTakenError(AdministrationError):
    """A merchant or user has this login already: one name must never mean two."""


class NobodyHasLoginError(AdministrationError):
    """Nobody has this login, or nobody of the kind that was meant."""


class PortalRole(StrEnum):
    """What a user of the personal account may do there (personal-account.md §2)."""

    OWNER = "owner"
    OPERATOR = "operator"
    ACCOUNTANT = "accountant"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserShown:
    """A user as staff may see him; `role` is None for API users."""

    login: str
    role: PortalRole | None
    must_change_password: bool
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsVersion:
    """Settings as they were from `changed_at` (UTC) until the next version."""

    version: int
    settings: MerchantSettings
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantShown:
    """A merchant with its users, its number of tokens, and its settings' history, newest first."""

    merchant: Merchant
    users: tuple[UserShown, ...]
    tokens: int
    history: tuple[SettingsVersion, ...]


class Administration:
    """Changes by staff, over one connection; each method is a transaction, or part of the caller's.

    `token_key` is `KeyRing.derive(TOKEN_KEY_PURPOSE)`.
    """

    def __init__(self, connection: Connection, *, clock: Clock, token_key: bytes) -> None:
        self._connection = connection
        self._clock = clock
        self._token_key = token_key

    async def merchants(self) -> Sequence[Merchant]:
        """All merchants by their numbers."""
        rows = await statement("list_merchants").fetch(self._connection)
        return [merchant_of(row) for row in rows]

    async def merchant(self, login: str) -> Merchant:
        """The merchant of this login, or of an API user's. Raises NobodyHasLoginError."""
        found = await statement("find_merchant").fetch(self._connection, login=login)
        if not found:
            raise NobodyHasLoginError(f"no merchant has the login {login}")
        rows = await statement("load_merchant").fetch(
            self._connection, merchant_id=found[0]["merchant_id"]
        )
        return merchant_of(rows[0])

    async def show(self, login: str) -> MerchantShown:
        """Everything about a merchant that is no secret. Raises NobodyHasLoginError."""
        merchant = await self.merchant(login)
        whose = {"merchant_id": merchant.merchant_id}
        users = await statement("list_users").fetch(self._connection, **whose)
        tokens = await statement("count_tokens").fetch(self._connection, **whose)
        versions = await statement("list_settings").fetch(self._connection, **whose)
        return MerchantShown(
            merchant=merchant,
            users=tuple(_user(row) for row in users),
            tokens=tokens[0]["tokens"],
            history=tuple(_version(row) for row in versions),
        )

    async def add_merchant(
        self,
        login: str,
        name: str,
        *,
        settings: MerchantSettings,
        by: str,
        parent: str | None = None,
    ) -> Merchant:
        """Add a merchant; its users come after it.

        Refuses: a malformed login, an unknown parent, settings that break their rules, a taken
        login.
        """
        _refuse_malformed(login)
        parent_id = (await self.merchant(parent)).merchant_id if parent else None
        stored = change_settings("{}", settings_said(settings))
        while True:
            try:
                async with self._connection.transaction():
                    merchant_id = await self._insert_merchant(login, name, parent_id)
                    await self._insert_login(merchant_id, login)
                    await self._insert_settings(merchant_id, 1, stored, by)
                    await self._tell_of_merchant(merchant_id)
            except asyncpg.UniqueViolationError as error:
                # Two merchants added at once want the same number: the second takes the next one.
                if error.constraint_name != "merchants_pkey":
                    raise _taken(login) from None
            else:
                return await self.merchant(login)

    async def change_settings(
        self, merchant_id: int, changes: Mapping[str, object], *, by: str
    ) -> MerchantSettings:
        """Change some settings; the old ones stay as history.

        Refuses with SettingRefusedError, as `merchant_settings.change_settings` tells.
        """
        while True:
            rows = await statement("newest_settings").fetch(
                self._connection, merchant_id=merchant_id
            )
            if not rows:
                raise NobodyHasLoginError(f"no merchant has the number {merchant_id}")
            stored = change_settings(rows[0]["settings"], changes)
            async with self._connection.transaction():
                version = rows[0]["version"] + 1
                if await self._insert_settings(merchant_id, version, stored, by):
                    await self._tell_of_merchant(merchant_id)
                    return read_settings(stored)
            # Somebody else changed them meanwhile; what was allowed then may not be now.

    async def block_merchant(self, login: str, *, blocked: bool) -> None:
        """Block a merchant with all its users, or let it work again."""
        async with self._connection.transaction():
            rows = await statement("block_merchant").fetch(
                self._connection, login=login, blocked=blocked
            )
            if not rows:
                raise NobodyHasLoginError(f"no merchant has the login {login}")
            await self._tell_of_merchant(rows[0]["merchant_id"])

    async def add_api_user(
        self, merchant: str, login: str, password: str, *, must_change: bool = False
    ) -> None:
        """Add a user for the API. Refuses: malformed login, unknown merchant, password, taken."""
        await self._add_user(merchant, login, password, must_change=must_change, role=None)

    async def add_portal_user(
        self,
        merchant: str,
        login: str,
        password: str,
        *,
        role: PortalRole = PortalRole.OPERATOR,
        must_change: bool = False,
    ) -> None:
        """Add a user for the personal account. Refuses as `add_api_user`."""
        await self._add_user(merchant, login, password, must_change=must_change, role=role)

    async def set_password(self, login: str, password: str, *, must_change: bool) -> None:
        """Give an API or portal user a new password; `must_change`: good for one login only.

        Refuses: a password outside its bounds, then NobodyHasLoginError.
        """
        password_hash = await _hashed(password)
        async with self._connection.transaction():
            rows = await statement("set_password").fetch(
                self._connection,
                login=login,
                password_hash=password_hash,
                must_change_password=must_change,
            )
            await self._tell_of_user(login, rows)

    async def block_user(self, login: str, *, blocked: bool) -> None:
        """Block an API or portal user, with his tokens, or let him in again."""
        async with self._connection.transaction():
            rows = await statement("block_user").fetch(
                self._connection, login=login, blocked=blocked
            )
            await self._tell_of_user(login, rows)

    async def add_token(self, login: str, token: str) -> None:
        """Let a token stand for an API user; adding it again changes nothing.

        Refuses: a length outside the bounds, NobodyHasLoginError, a token of somebody else.
        """
        if not TOKEN_LENGTH_MIN <= len(token) <= TOKEN_LENGTH_MAX:
            bounds = f"{TOKEN_LENGTH_MIN} to {TOKEN_LENGTH_MAX}"
            raise AdministrationError(f"a token has {bounds} characters")
        async with self._connection.transaction():
            rows = await statement("add_token").fetch(
                self._connection,
                login=login,
                token_hash=token_digest(token, self._token_key),
                now=self._clock.now(),
            )
            await self._tell_of_user(login, rows)
            if rows[0]["whose"] != login:
                raise AdministrationError("another user has this token: choose another one")

    async def remove_token(self, token: str) -> bool:
        """Make a token worthless; False when nobody had it."""
        async with self._connection.transaction():
            rows = await statement("remove_token").fetch(
                self._connection, token_hash=token_digest(token, self._token_key)
            )
            for row in rows:
                await self._tell_of_user(row["login"], rows)
        return bool(rows)

    async def _insert_merchant(self, login: str, name: str, parent_id: int | None) -> int:
        rows = await statement("add_merchant").fetch(
            self._connection, login=login, name=name, parent_id=parent_id, now=self._clock.now()
        )
        return int(rows[0]["merchant_id"])

    async def _insert_login(self, merchant_id: int, login: str) -> None:
        await statement("add_login").execute(self._connection, merchant_id=merchant_id, login=login)

    async def _insert_settings(self, merchant_id: int, version: int, stored: str, by: str) -> bool:
        rows = await statement("add_settings").fetch(
            self._connection,
            merchant_id=merchant_id,
            version=version,
            settings=stored,
            now=self._clock.now(),
            changed_by=by,
        )
        return bool(rows)

    async def _add_user(
        self, merchant: str, login: str, password: str, *, must_change: bool, role: str | None
    ) -> None:
        _refuse_malformed(login)
        merchant_id = (await self.merchant(merchant)).merchant_id
        user: dict[str, Any] = {
            "merchant_id": merchant_id,
            "login": login,
            "password_hash": await _hashed(password),
            "must_change_password": must_change,
        }
        try:
            async with self._connection.transaction():
                await self._insert_login(merchant_id, login)
                if role is None:
                    await statement("add_api_user").execute(self._connection, **user)
                else:
                    await statement("add_portal_user").execute(self._connection, role=role, **user)
                await self._tell(USERS_CHANNEL, login)
                # The merchant is found by this name too, from now on.
                await self._tell_of_merchant(merchant_id)
        except asyncpg.UniqueViolationError:
            raise _taken(login) from None

    async def _tell_of_user(self, login: str, found: Sequence[object]) -> None:
        if not found:
            raise NobodyHasLoginError(f"no user has the login {login}")
        await self._tell(USERS_CHANNEL, login)

    async def _tell_of_merchant(self, merchant_id: int) -> None:
        await self._tell(MERCHANTS_CHANNEL, str(merchant_id))

    async def _tell(self, channel: str, payload: str) -> None:
        await statement("notify").execute(self._connection, channel=channel, payload=payload)


async def _hashed(password: str) -> str:
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        bounds = f"{PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX}"
        raise AdministrationError(f"a password has {bounds} characters")
    return await hash_password(password)


def _refuse_malformed(login: str) -> None:
    if not LOGIN.fullmatch(login):
        raise AdministrationError(
            "a login has 1 to 30 Latin letters, digits, hyphens and underscores, "
            "and begins with a letter or digit"
        )


def _taken(login: str) -> LoginTakenError:
    return LoginTakenError(f"the login {login} is taken: choose another one")


def _user(row: Any) -> UserShown:
    return UserShown(
        login=row["login"],
        role=PortalRole(row["role"]) if row["role"] else None,
        must_change_password=row["must_change_password"],
        blocked=row["blocked"],
    )


def _version(row: Any) -> SettingsVersion:
    return SettingsVersion(
        version=row["version"],
        settings=read_settings(row["settings"]),
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )
