"""Users of the personal account, their sessions and what they change, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from altyn.domain.account.audit import AuditEntry, ChainedEntry, ChainHead
from altyn.domain.account.roles import AccountRole, Action, Rights
from altyn.domain.account.sessions import AccountSession, SessionStage
from altyn.domain.account.user import AccountUser
from altyn.operations.account.ports import ApiPassword, UserChange
from altyn.storage.audit import AuditLog, Columns
from altyn.storage.credentials import USERS_CHANNEL, token_digest
from altyn.storage.statements import statement

Row = asyncpg.Record


class AccountTables:
    """The `AccountStore` port over a pool, or over a connection whose transaction goes on.

    Each change is one statement, with its entry of the audit log.
    """

    def __init__(self, connections: Any, *, audit: AuditLog, token_key: bytes) -> None:
        self._connections = connections
        self._audit = audit
        self._token_key = token_key

    async def user(self, login: str) -> AccountUser | None:
        """The user with this login."""
        rows = await statement("load_account_user").fetch(self._connections, login=login)
        return _user_of(rows[0]) if rows else None

    async def users(self, merchant_id: int) -> Sequence[AccountUser]:
        """The users of a merchant, by login."""
        rows = await statement("list_account_users").fetch(
            self._connections, merchant_id=merchant_id
        )
        return [_user_of(row) for row in rows]

    async def logins(self, merchant_id: int) -> Sequence[str]:
        """All logins of a merchant."""
        rows = await statement("list_logins").fetch(self._connections, merchant_id=merchant_id)
        return [row["login"] for row in rows]

    async def add_user(self, user: AccountUser, entry: AuditEntry) -> bool:
        """Add a user. False: the login is taken."""
        try:
            return await self._write(
                "add_account_user",
                entry,
                login=user.login,
                password_hash=user.password_hash,
                role=str(user.rights.role),
                must_change_password=user.must_change_password,
            )
        except asyncpg.UniqueViolationError:
            return False

    async def save_user(self, change: UserChange, *, idle_since: datetime) -> bool:
        """Save a change of a user. False: the user was changed meanwhile."""
        user, opens = change.user, change.opens

        return await self._write(
            "save_account_user",
            change.entry,
            **_user_columns(user),
            ends_all=change.ends_all,
            ended_hash=change.ended_hash,
            idle_since=idle_since,
            token_hash=opens.token_hash if opens else None,
            stage=str(opens.stage) if opens else None,
            ends_at=opens.ends_at if opens else None,
        )

    async def session(
        self, merchant_id: int, token_hash: bytes
    ) -> tuple[AccountSession, AccountUser] | None:
        """A session and its user."""
        rows = await statement("load_account_session").fetch(
            self._connections, merchant_id=merchant_id, token_hash=token_hash
        )
        return (_session_of(rows[0]), _user_of(rows[0])) if rows else None

    async def touch_session(self, session: AccountSession, now: datetime) -> None:
        """Keep the time of a session's latest request."""
        await statement("touch_account_session").execute(
            self._connections,
            merchant_id=session.merchant_id,
            token_hash=session.token_hash,
            now=now,
        )

    async def sessions(
        self, merchant_id: int, *, now: datetime, idle_since: datetime, limit: int
    ) -> Sequence[AccountSession]:
        """The sessions of a merchant that are not over, the one that was used last first."""
        rows = await statement("list_account_sessions").fetch(
            self._connections,
            merchant_id=merchant_id,
            now=now,
            idle_since=idle_since,
            limit=limit,
        )
        return [_session_of(row) for row in rows]

    async def end_session(self, token_hash: bytes, entry: AuditEntry) -> bool:
        """End a session of the entry's merchant. False: there is none with this hash."""
        return await self._write("end_account_session", entry, token_hash=token_hash)

    async def add_entry(self, entry: AuditEntry) -> None:
        """Add an entry for what was done elsewhere."""
        await self._audit.write(self._connections, entry)

    async def api_password(self, merchant_id: int, login: str) -> ApiPassword | None:
        """The password of an API user of this merchant."""
        rows = await statement("load_api_credentials").fetch(
            self._connections, merchant_id=merchant_id, login=login
        )
        return _api_password_of(merchant_id, rows[0]) if rows else None

    async def save_api_password(self, password: ApiPassword, entry: AuditEntry) -> bool:
        """Save a password of an API user. False: it was changed meanwhile."""
        saved = await self._write(
            "save_api_password",
            entry,
            login=password.login,
            password_hash=password.password_hash,
            previous_password_hash=password.previous_hash,
            password_changed_at=password.changed_at,
            version=password.version,
        )
        return await self._notified(password.login, saved)

    async def replace_tokens(self, login: str, token: str, entry: AuditEntry) -> bool:
        """Put a token in place of all of an API user. False: there is no such user."""
        digest = token_digest(token, self._token_key)
        replaced = await self._write("replace_tokens", entry, login=login, token_hash=digest)
        return await self._notified(login, replaced)

    async def restore_tokens(self, login: str, entry: AuditEntry, *, since: datetime) -> bool:
        """Restore the tokens that were replaced after `since`. False: there are none."""
        restored = await self._write("restore_tokens", entry, login=login, replaced_after=since)
        return await self._notified(login, restored)

    async def audit_head(self, merchant_id: int) -> ChainHead:
        """What is stored of a merchant's newest entry."""
        return await self._audit.head(self._connections, merchant_id)

    async def audit_entries(
        self, merchant_id: int, *, after: int, limit: int
    ) -> Sequence[ChainedEntry]:
        """Entries behind a number, in order."""
        return await self._audit.entries(self._connections, merchant_id, after=after, limit=limit)

    async def newest_audit_entries(
        self, merchant_id: int, *, before: int, limit: int
    ) -> Sequence[ChainedEntry]:
        """Entries before a number, newest first."""
        return await self._audit.newest(self._connections, merchant_id, before=before, limit=limit)

    async def _write(self, name: str, entry: AuditEntry, /, **values: Any) -> bool:
        return await self._audit.write(self._connections, entry, name, **values)

    async def _notified(self, login: str, changed: bool) -> bool:  # noqa: FBT001 - passed on
        """Notify every process of a change of an API user."""
        if changed:
            await statement("notify").execute(
                self._connections, channel=USERS_CHANNEL, payload=login
            )
        return changed


def _user_columns(user: AccountUser) -> Columns:
    return {
        "login": user.login,
        "password_hash": user.password_hash,
        "role": str(user.rights.role),
        "granted": sorted(user.rights.granted),
        "revoked": sorted(user.rights.revoked),
        "must_change_password": user.must_change_password,
        "blocked": user.blocked,
        "failed_logins": user.failed_logins,
        "locked_until": user.locked_until,
        "code_secret": user.code_secret,
        "code_step": user.code_step,
        "version": user.version,
    }


def _user_of(row: Row) -> AccountUser:
    return AccountUser(
        merchant_id=row["merchant_id"],
        login=row["login"],
        password_hash=row["password_hash"],
        rights=Rights(
            AccountRole(row["role"]),
            granted=_actions(row["granted"]),
            revoked=_actions(row["revoked"]),
        ),
        must_change_password=row["must_change_password"],
        blocked=row["blocked"],
        failed_logins=row["failed_logins"],
        locked_until=row["locked_until"],
        code_secret=row["code_secret"],
        code_step=row["code_step"],
        version=row["version"],
    )


def _actions(names: Sequence[str]) -> frozenset[Action]:
    """The rights by their names; one of a newer version has no effect here."""
    known = frozenset(Action)
    return frozenset(Action(name) for name in names if name in known)


def _session_of(row: Row) -> AccountSession:
    return AccountSession(
        merchant_id=row["merchant_id"],
        token_hash=row["token_hash"],
        login=row["login"],
        stage=SessionStage(row["stage"]),
        created_at=row["created_at"],
        last_request_at=row["last_request_at"],
        ends_at=row["ends_at"],
        address=row["address"],
    )


def _api_password_of(merchant_id: int, row: Row) -> ApiPassword:
    return ApiPassword(
        merchant_id=merchant_id,
        login=row["login"],
        password_hash=row["password_hash"],
        must_change=row["must_change_password"],
        previous_hash=row["previous_password_hash"],
        changed_at=row["password_changed_at"],
        tokens_replaced_at=row["tokens_replaced_at"],
        version=row["version"],
    )
