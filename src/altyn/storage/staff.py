"""Merchants, users, tokens and settings in PostgreSQL: the store of the use-cases of staff.

Every change notifies all processes in its own transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from altyn.domain.account.audit import AuditAction, AuditEntry
from altyn.domain.account.roles import AccountRole
from altyn.domain.merchant import Merchant
from altyn.operations.ports import Clock
from altyn.operations.staff.actors import StaffActor
from altyn.operations.staff.ports import (
    CertificateSummary,
    CurrentSettings,
    Encrypt,
    NewMerchant,
    NewUser,
    SettingsUpdate,
    SettingsVersion,
    StaffContext,
    UserSummary,
    no_secrets,
)
from altyn.security.passwords import hash_password
from altyn.storage.audit import AuditLog
from altyn.storage.credentials import USERS_CHANNEL, token_digest
from altyn.storage.database import Connection
from altyn.storage.merchant_settings import NOTHING_STORED, merge_changes, read_settings
from altyn.storage.merchants import MERCHANTS_CHANNEL, merchant_of
from altyn.storage.statements import statement

Row = asyncpg.Record


def staff_context(
    connection: Connection,
    *,
    actor: StaffActor,
    clock: Clock,
    token_key: bytes,
    audit_key: bytes,
    encrypt: Encrypt = no_secrets,
) -> StaffContext:
    """What the use-cases of staff need, over one connection.

    `token_key` is `KeyRing.derive(TOKEN_KEY_PURPOSE)`, `audit_key` that of AUDIT_KEY_PURPOSE;
    `encrypt` encrypts secret settings.
    """
    log = StaffLog(connection, AuditLog(audit_key), actor, clock)
    store = StaffTables(connection, log, token_key=token_key)
    return StaffContext(
        actor=actor, store=store, clock=clock, hash_password=hash_password, encrypt=encrypt
    )


@dataclass(frozen=True, slots=True)
class StaffLog:
    """Adds to the audit log what an actor changes, in the transaction of the change."""

    connection: Connection
    log: AuditLog
    actor: StaffActor
    clock: Clock

    async def add(
        self, merchant_id: int, action: AuditAction, subject: str, detail: str = ""
    ) -> None:
        """Add an entry."""
        entry = AuditEntry(
            merchant_id=merchant_id,
            at=self.clock.now(),
            actor=self.actor.name,
            address=self.actor.address,
            action=action,
            subject=subject,
            detail=detail,
        )
        await self.log.append(self.connection, entry)


class StaffTables:
    """The `StaffStore` port over one connection; each change is a transaction, or part of the
    caller's."""

    def __init__(self, connection: Connection, log: StaffLog, *, token_key: bytes) -> None:
        self._connection = connection
        self._log = log
        self._token_key = token_key

    async def merchants(self) -> Sequence[Merchant]:
        """All merchants, in the order of their numbers."""
        rows = await statement("list_merchants").fetch(self._connection)
        return [merchant_of(row) for row in rows]

    async def merchant(self, login: str) -> Merchant | None:
        """The merchant of this login, or of an API user's login."""
        found = await statement("find_merchant").fetch(self._connection, login=login)
        if not found:
            return None
        rows = await statement("load_merchant").fetch(
            self._connection, merchant_id=found[0]["merchant_id"]
        )
        return merchant_of(rows[0])

    async def users(self, merchant_id: int) -> Sequence[UserSummary]:
        """The users of a merchant, of both kinds."""
        rows = await statement("list_users").fetch(self._connection, merchant_id=merchant_id)
        return [_user(row) for row in rows]

    async def user_logins(self) -> Sequence[str]:
        """The logins of all users, of the API and of the personal account."""
        rows = await statement("list_user_logins").fetch(self._connection)
        return [row["login"] for row in rows]

    async def token_count(self, merchant_id: int) -> int:
        """How many tokens the users of a merchant have."""
        rows = await statement("count_tokens").fetch(self._connection, merchant_id=merchant_id)
        return int(rows[0]["tokens"])

    async def certificates(self, merchant_id: int) -> Sequence[CertificateSummary]:
        """All certificates of a merchant, newest first: that one signs."""
        rows = await statement("list_certificates").fetch(self._connection, merchant_id=merchant_id)
        return [CertificateSummary(row["alias"], row["created_at"]) for row in rows]

    async def settings_history(self, merchant_id: int) -> Sequence[SettingsVersion]:
        """All versions of a merchant's settings, newest first."""
        rows = await statement("list_settings").fetch(self._connection, merchant_id=merchant_id)
        return [_version(row) for row in rows]

    async def settings_in_force(self, merchant_id: int) -> CurrentSettings | None:
        """The newest version of a merchant's settings."""
        row = await self._newest_settings(merchant_id)
        return (
            None if row is None else CurrentSettings(row["version"], read_settings(row["settings"]))
        )

    async def add_merchant(self, merchant: NewMerchant, *, by: str, now: datetime) -> bool:
        """Add a merchant under the next number. False: the login is taken."""
        while True:
            try:
                async with self._connection.transaction():
                    await self._insert_merchant(merchant, by=by, now=now)
            except asyncpg.UniqueViolationError as error:
                # Two merchants added at once want the same number: the second takes the next one.
                if error.constraint_name != "merchants_pkey":
                    return False
            else:
                return True

    async def block_merchant(self, login: str, *, blocked: bool) -> bool:
        """Block or unblock a merchant. False: no merchant has the login."""
        async with self._connection.transaction():
            rows = await statement("block_merchant").fetch(
                self._connection, login=login, blocked=blocked
            )
            for row in rows:
                action = AuditAction.MERCHANT_BLOCKED if blocked else AuditAction.MERCHANT_UNBLOCKED
                await self._log.add(row["merchant_id"], action, login)
                await self._notify_of_merchant(row["merchant_id"])
        return bool(rows)

    async def add_settings(self, update: SettingsUpdate) -> bool:
        """Save a version of settings. False: another change has taken this version's number."""
        newest = await self._newest_settings(update.merchant_id)
        if newest is None or newest["version"] != update.version - 1:
            return False
        stored = merge_changes(newest["settings"], update.changes)
        async with self._connection.transaction():
            saved = await self._insert_settings(update, stored)
            if saved:
                keys = sorted(
                    each.key if each.value is not None else f"{each.key} (removed, default)"
                    for each in update.changes
                )
                await self._log.add(
                    update.merchant_id,
                    AuditAction.SETTINGS_CHANGED,
                    f"version {update.version}",
                    ", ".join(keys),
                )
                await self._notify_of_merchant(update.merchant_id)
        return saved

    async def add_user(self, user: NewUser) -> bool:
        """Add a user of the API. False: the login is taken."""
        try:
            async with self._connection.transaction():
                await self._insert_login(user.merchant_id, user.login)
                await statement("add_api_user").execute(
                    self._connection,
                    merchant_id=user.merchant_id,
                    login=user.login,
                    password_hash=user.password_hash,
                    must_change_password=user.must_change_password,
                )
                await self._log.add(user.merchant_id, AuditAction.USER_ADDED, user.login, "API")
                await self._notify(USERS_CHANNEL, user.login)
                # From now on the merchant is found by this login too.
                await self._notify_of_merchant(user.merchant_id)
        except asyncpg.UniqueViolationError:
            return False
        return True

    async def set_password(self, login: str, password_hash: str, *, must_change: bool) -> bool:
        """Replace a user's password. False: no user has the login."""
        async with self._connection.transaction():
            rows = await statement("set_password").fetch(
                self._connection,
                login=login,
                password_hash=password_hash,
                must_change_password=must_change,
                now=self._log.clock.now(),
            )
            return await self._user_changed(login, rows, AuditAction.PASSWORD_RESET)

    async def block_user(self, login: str, *, blocked: bool) -> bool:
        """Block or unblock a user. False: no user has the login."""
        async with self._connection.transaction():
            rows = await statement("block_user").fetch(
                self._connection, login=login, blocked=blocked
            )
            action = AuditAction.USER_BLOCKED if blocked else AuditAction.USER_UNBLOCKED
            return await self._user_changed(login, rows, action)

    async def add_token(self, login: str, token: str, *, now: datetime) -> str | None:
        """Add a token of an API user; the login whose token it is now. None: no such API user."""
        async with self._connection.transaction():
            rows = await statement("add_token").fetch(
                self._connection,
                login=login,
                token_hash=token_digest(token, self._token_key),
                now=now,
            )
            owner = str(rows[0]["whose"]) if rows else None
            if owner == login:
                await self._log.add(rows[0]["merchant_id"], AuditAction.TOKEN_ADDED, login)
                await self._notify(USERS_CHANNEL, login)
        return owner

    async def remove_token(self, token: str) -> bool:
        """Delete a token. False: there was none."""
        async with self._connection.transaction():
            rows = await statement("remove_token").fetch(
                self._connection, token_hash=token_digest(token, self._token_key)
            )
            for row in rows:
                login = row["login"]
                await self._log.add(row["merchant_id"], AuditAction.TOKEN_REMOVED, login)
                await self._notify(USERS_CHANNEL, login)
        return bool(rows)

    async def _newest_settings(self, merchant_id: int) -> Row | None:
        rows = await statement("newest_settings").fetch(self._connection, merchant_id=merchant_id)
        return rows[0] if rows else None

    async def _insert_merchant(self, merchant: NewMerchant, *, by: str, now: datetime) -> None:
        rows = await statement("add_merchant").fetch(
            self._connection,
            login=merchant.login,
            name=merchant.name,
            parent_id=merchant.parent_id,
            now=now,
        )
        merchant_id = int(rows[0]["merchant_id"])
        await self._insert_login(merchant_id, merchant.login)
        first = SettingsUpdate(
            merchant_id=merchant_id,
            version=1,
            changes=merchant.settings,
            changed_at=now,
            changed_by=by,
        )
        await self._insert_settings(first, merge_changes(NOTHING_STORED, merchant.settings))
        await self._log.add(merchant_id, AuditAction.MERCHANT_ADDED, merchant.login)
        await self._notify_of_merchant(merchant_id)

    async def _insert_login(self, merchant_id: int, login: str) -> None:
        await statement("add_login").execute(self._connection, merchant_id=merchant_id, login=login)

    async def _insert_settings(self, update: SettingsUpdate, stored: str) -> bool:
        rows = await statement("add_settings").fetch(
            self._connection,
            merchant_id=update.merchant_id,
            version=update.version,
            settings=stored,
            now=update.changed_at,
            changed_by=update.changed_by,
        )
        return bool(rows)

    async def _user_changed(self, login: str, rows: Sequence[Row], action: AuditAction) -> bool:
        """Log a change of a user, end its sessions, notify all processes; False without a user."""
        for row in rows:
            merchant_id = row["merchant_id"]
            await self._log.add(merchant_id, action, login)
            await statement("end_account_sessions").execute(
                self._connection, merchant_id=merchant_id, login=login
            )
            await self._notify(USERS_CHANNEL, login)
        return bool(rows)

    async def _notify_of_merchant(self, merchant_id: int) -> None:
        await self._notify(MERCHANTS_CHANNEL, str(merchant_id))

    async def _notify(self, channel: str, payload: str) -> None:
        await statement("notify").execute(self._connection, channel=channel, payload=payload)


def _user(row: Row) -> UserSummary:
    return UserSummary(
        login=row["login"],
        role=AccountRole(row["role"]) if row["role"] else None,
        must_change_password=row["must_change_password"],
        blocked=row["blocked"],
    )


def _version(row: Row) -> SettingsVersion:
    return SettingsVersion(
        version=row["version"],
        settings=read_settings(row["settings"]),
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )
