"""Passkeys of users of the personal account, and used challenges, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from altyn.domain.account.audit import AuditEntry
from altyn.domain.account.challenges import Challenge
from altyn.domain.account.passkeys import PASSKEYS_MAX, Passkey
from altyn.operations.account.passkey_ports import Addition, Usage
from altyn.storage.audit import AuditLog
from altyn.storage.statements import statement

_CONFLICTS: Final = {
    "account_passkeys_pkey": Addition.KNOWN,
    "account_passkeys_name_key": Addition.NAME_TAKEN,
}


@dataclass(frozen=True, slots=True)
class PasskeyTables:
    """The `PasskeyStore` port over a pool."""

    connections: Any
    audit: AuditLog

    async def passkeys(self, merchant_id: int, login: str) -> Sequence[Passkey]:
        """The passkeys of a user, the oldest first."""
        rows = await statement("list_passkeys").fetch(
            self.connections, merchant_id=merchant_id, login=login
        )
        return [_passkey_of(row) for row in rows]

    async def passkey(
        self, merchant_id: int, credential_id: bytes, user_handle: str
    ) -> Passkey | None:
        """The passkey with this credential of this user."""
        rows = await statement("load_passkey").fetch(
            self.connections,
            merchant_id=merchant_id,
            credential_id=credential_id,
            user_handle=user_handle,
        )
        return _passkey_of(rows[0]) if rows else None

    async def add(self, passkey: Passkey, challenge: Challenge, entry: AuditEntry) -> Addition:
        """Store a new passkey, and use up its challenge."""
        try:
            added = await self.audit.write(
                self.connections,
                entry,
                "add_passkey",
                challenge=challenge.value,
                ends_at=challenge.ends_at,
                credential_id=passkey.credential_id,
                login=passkey.login,
                user_handle=passkey.user_handle,
                rp_id=passkey.rp_id,
                public_key=passkey.public_key,
                sign_count=passkey.sign_count,
                name=passkey.name,
                limit=PASSKEYS_MAX,
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name not in _CONFLICTS:
                raise
            return _CONFLICTS[error.constraint_name]
        return Addition.ADDED if added else Addition.NOT_NOW

    async def rename(self, passkey: Passkey, name: str, entry: AuditEntry) -> bool | None:
        """Give a passkey another name. None: it is gone. False: the user has one of this name."""
        key = {"credential_id": passkey.credential_id, "login": passkey.login}
        try:
            renamed = await self.audit.write(
                self.connections, entry, "rename_passkey", **key, name=name
            )
        except asyncpg.UniqueViolationError:
            return False
        return renamed or None

    async def remove(self, passkey: Passkey, entry: AuditEntry) -> bool:
        """Remove a passkey. False: it is gone already."""
        key = {"credential_id": passkey.credential_id, "login": passkey.login}
        return await self.audit.write(self.connections, entry, "remove_passkey", **key)

    async def use(
        self, passkey: Passkey, challenge: Challenge, sign_count: int, now: datetime
    ) -> Usage:
        """Use up a challenge, and keep the authenticator's count."""
        [row] = await statement("use_passkey").fetch(
            self.connections,
            merchant_id=passkey.merchant_id,
            credential_id=passkey.credential_id,
            challenge=challenge.value,
            ends_at=challenge.ends_at,
            sign_count=sign_count,
            at=now,
        )
        if not row["is_first"]:
            return Usage.CHALLENGE_USED
        return Usage.COUNTED if row["is_counted"] else Usage.COUNT_NOT_HIGHER


def _passkey_of(row: asyncpg.Record) -> Passkey:
    return Passkey(**dict(row))
