"""A user of the personal account, and the lock after failed logins.

Source: personal-account.md §1, §2.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from altyn.domain.account.roles import Action, Rights

FAILED_LOGINS_MAX: Final = 10
LOCK_TIME: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUser:
    """A user as it is stored. `version` counts its changes.

    `failed_logins` counts since the last login or lock. `code_secret` is the encrypted secret of
    one-time codes, None without a second factor; `code_step` is the time step of the last code.
    """

    merchant_id: int
    login: str
    password_hash: str = field(repr=False)
    rights: Rights
    must_change_password: bool = False
    blocked: bool = False
    failed_logins: int = 0
    locked_until: datetime | None = None
    code_secret: str | None = field(default=None, repr=False)
    code_step: int = 0
    version: int = 1

    def may(self, action: Action) -> bool:
        """Whether the user has this right; a user with a one-time password has none."""
        return not self.must_change_password and not self.blocked and self.rights.allow(action)

    def is_locked(self, now: datetime) -> bool:
        """Whether failed logins keep the user out at this time (UTC)."""
        return self.locked_until is not None and now < self.locked_until

    def admits(self, checked_hash: str, now: datetime) -> bool:
        """Whether a password that was right for this hash is still right now: checking takes a
        while, and of many guesses at once those after the tenth failure meet the lock."""
        return self.password_hash == checked_hash and not self.is_locked(now)


def after_failed_login(user: AccountUser, now: datetime) -> AccountUser:
    """Count a failed login; the tenth one locks the login for 30 minutes. Another one does not end
    the lock."""
    if user.is_locked(now):
        return user
    failures = user.failed_logins + 1
    if failures < FAILED_LOGINS_MAX:
        return replace(user, failed_logins=failures, locked_until=None)
    return replace(user, failed_logins=0, locked_until=now + LOCK_TIME)


def after_login(user: AccountUser) -> AccountUser:
    """Forget earlier failures."""
    return replace(user, failed_logins=0, locked_until=None)


def with_password(user: AccountUser, password_hash: str, *, must_change: bool) -> AccountUser:
    """Replace the password; a lock ends with the password that was guessed at."""
    unlocked = after_login(user)
    return replace(unlocked, password_hash=password_hash, must_change_password=must_change)
