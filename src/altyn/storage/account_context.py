"""What the operations of the personal account need, over a pool of PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from altyn.domain.account.audit import AUDIT_KEY_PURPOSE
from altyn.domain.account.sessions import SessionRules
from altyn.domain.account.user import AccountUser
from altyn.domain.merchant import Merchant
from altyn.operations.account.ports import AccountContext, NewCodes
from altyn.operations.ports import Clock, MerchantsByNumber, Overloaded, UnknownMerchantError
from altyn.security.failed_passwords import FailedPasswords, subscriber_of
from altyn.security.generated_secrets import (
    new_account_password,
    new_password,
    new_session_secret,
    new_token,
)
from altyn.security.keys import KeyRing
from altyn.security.one_time_codes import code_address, matching_step, new_code_secret
from altyn.security.passwords import DECOY_HASH, PasswordHashing, PasswordsBusyError
from altyn.security.setting_secrets import SettingSecrets
from altyn.storage.account import AccountTables
from altyn.storage.audit import AuditLog
from altyn.storage.credentials import TOKEN_KEY_PURPOSE
from altyn.storage.merchants import merchant_of
from altyn.storage.statements import statement

CODE_SECRET: Final = "one-time codes of {login}"  # noqa: S105 - the name of a secret
"""The name under which the secret of a user's codes is encrypted."""

ISSUER: Final = "Altyn"
WAITING_MAX: Final = 16
# A thread of its own: a flood of wrong passwords in the account does not delay calls of the API.
_HASHING: Final = PasswordHashing(waiting_max=WAITING_MAX)


def account_context(
    connections: Any,
    *,
    ring: KeyRing,
    clock: Clock,
    rules: SessionRules,
    merchants: MerchantsByNumber | None = None,
) -> AccountContext:
    """What the operations of the personal account need.

    `connections` is a pool, or a connection whose transaction goes on. `merchants` are those that
    the process keeps in memory; without them each is read from the database.
    """
    audit = AuditLog(ring.derive(AUDIT_KEY_PURPOSE))
    store = AccountTables(connections, audit=audit, token_key=ring.derive(TOKEN_KEY_PURPOSE))
    return AccountContext(
        store=store,
        merchants=merchants or StoredMerchants(connections),
        clock=clock,
        passwords=_Passwords(),
        failed_logins=FailedAddresses(),
        codes=_Codes(SettingSecrets.of(ring)),
        new_secret=new_session_secret,
        new_password=new_account_password,
        new_api_password=new_password,
        new_token=new_token,
        rules=rules,
    )


class FailedAddresses:
    """The `FailedLogins` port, in the memory of one process: from an address with twenty failures
    lately, one login in two seconds is checked."""

    def __init__(self) -> None:
        self._failed = FailedPasswords()

    def add(self, login: str, address: str) -> None:
        """Count a failed login."""
        self._failed.add(login, subscriber_of(address))

    def pause_seconds(self, address: str) -> float:
        """How long the address has to wait; no login is empty, so the address alone counts."""
        return self._failed.pause_seconds("", subscriber_of(address))


class _Passwords:
    """The `Passwords` port."""

    async def hash(self, password: str) -> str:
        try:
            return await _HASHING.hash(password)
        except PasswordsBusyError as error:
            raise Overloaded(str(error)) from None

    async def verify(self, password: str, stored_hash: str | None) -> bool:
        try:
            right = await _HASHING.verify(password, stored_hash or DECOY_HASH)
        except PasswordsBusyError as error:
            raise Overloaded(str(error)) from None
        return right and stored_hash is not None


@dataclass(frozen=True, slots=True)
class _Codes:
    """The `Codes` port."""

    secrets: SettingSecrets

    def new(self, user: AccountUser) -> NewCodes:
        name, secret = CODE_SECRET.format(login=user.login), new_code_secret()
        return NewCodes(
            secret=secret,
            address=code_address(secret, user.login, ISSUER),
            stored=self.secrets.encrypt(user.merchant_id, name, secret),
        )

    def matching_step(self, user: AccountUser, code: str, now: datetime) -> int | None:
        name = CODE_SECRET.format(login=user.login)
        stored = user.code_secret or ""
        secret = self.secrets.reveal(user.merchant_id, name, stored)
        return None if secret is None else matching_step(secret, code, now, after=user.code_step)


@dataclass(frozen=True, slots=True)
class StoredMerchants:
    """Merchants, read from the database each time."""

    connections: Any

    async def get(self, merchant_id: int) -> Merchant:
        rows = await statement("load_merchant").fetch(self.connections, merchant_id=merchant_id)
        if not rows:
            raise UnknownMerchantError(merchant_id)
        return merchant_of(rows[0])
