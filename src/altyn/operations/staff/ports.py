"""What the use-cases of staff need from outside: a store, a clock, and the hashing of passwords."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from altyn.domain.account.roles import AccountRole
from altyn.domain.merchant import Merchant, MerchantSettings
from altyn.operations.ports import Clock
from altyn.operations.staff.actors import StaffActor
from altyn.operations.staff.errors import SettingRefusedError


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A checked change of one setting: its key and the typed value; None means the default."""

    key: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSummary:
    """A user as staff may see it; `role` is None for an API user."""

    login: str
    role: AccountRole | None
    must_change_password: bool
    blocked: bool


@dataclass(frozen=True, slots=True)
class CertificateSummary:
    """A certificate with which a merchant checks its callbacks; `created_at` is UTC."""

    alias: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsVersion:
    """Settings as they were from `changed_at` (UTC) until the next version."""

    version: int
    settings: MerchantSettings
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class CurrentSettings:
    """The settings that are in force, and the number of their version."""

    version: int
    settings: MerchantSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMerchant:
    """A merchant to add: what was checked of it. `settings` are those that are not the default."""

    login: str
    name: str
    parent_id: int | None
    settings: Sequence[SettingChange]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user of the API to add."""

    merchant_id: int
    login: str
    password_hash: str = field(repr=False)
    must_change_password: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsUpdate:
    """A new version of a merchant's settings: what changes from the version before it."""

    merchant_id: int
    version: int
    changes: Sequence[SettingChange]
    changed_at: datetime
    changed_by: str


class StaffStore(Protocol):
    """Merchants, users, tokens and settings in the database.

    Each change is saved whole or not at all, and all processes see it within a second.
    """

    async def merchants(self) -> Sequence[Merchant]:
        """All merchants, in the order of their numbers."""
        ...

    async def merchant(self, login: str) -> Merchant | None:
        """The merchant of this login, or of an API user's login."""
        ...

    async def users(self, merchant_id: int) -> Sequence[UserSummary]: ...

    async def user_logins(self) -> Sequence[str]:
        """The logins of all users, of the API and of the personal account."""
        ...

    async def token_count(self, merchant_id: int) -> int: ...

    async def certificates(self, merchant_id: int) -> Sequence[CertificateSummary]:
        """All certificates of a merchant, newest first: that one signs."""
        ...

    async def settings_history(self, merchant_id: int) -> Sequence[SettingsVersion]:
        """All versions of a merchant's settings, newest first."""
        ...

    async def settings_in_force(self, merchant_id: int) -> CurrentSettings | None:
        """The newest version; None: there is no such merchant."""
        ...

    async def add_merchant(self, merchant: NewMerchant, *, by: str, now: datetime) -> bool:
        """Add a merchant under the next number. False: the login is taken."""
        ...

    async def block_merchant(self, login: str, *, blocked: bool) -> bool:
        """Block or unblock a merchant. False: no merchant has the login."""
        ...

    async def add_settings(self, update: SettingsUpdate) -> bool:
        """Save a version of settings. False: another change has taken this version's number."""
        ...

    async def add_user(self, user: NewUser) -> bool:
        """Add a user of the API. False: the login is taken."""
        ...

    async def set_password(self, login: str, password_hash: str, *, must_change: bool) -> bool:
        """Replace a user's password. False: no user has the login."""
        ...

    async def block_user(self, login: str, *, blocked: bool) -> bool:
        """Block or unblock a user. False: no user has the login."""
        ...

    async def add_token(self, login: str, token: str, *, now: datetime) -> str | None:
        """Add a token of an API user; the login whose token it is now. None: no such API user."""
        ...

    async def remove_token(self, token: str) -> bool:
        """Delete a token. False: there was none."""
        ...


Encrypt = Callable[[int, str, str], str]
"""Encrypts the value of a secret setting: the merchant's number, the key, the value."""


def no_secrets(_merchant_id: int, key: str, _value: str) -> str:
    """For contexts that may not change secret settings. Raises SettingRefusedError."""
    raise SettingRefusedError(key, "changed by `altyn merchant set` only")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffContext:
    """Who acts, and everything that a use-case of staff may reach."""

    actor: StaffActor
    store: StaffStore
    clock: Clock
    hash_password: Callable[[str], Awaitable[str]]
    encrypt: Encrypt = no_secrets
