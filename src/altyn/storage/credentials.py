"""Authenticates callers of the API, by login and password or by a token.

Every request passes here, so users are cached, and a password is hashed once per process.
Source: rest-orders.md §1.2; docs/architecture.md.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import Counter

from altyn.domain.credentials import TOKEN_LENGTH_MAX, FailedLogin, is_login
from altyn.operations.ports import LoginDelayed
from altyn.security.credential_cache import CredentialCache
from altyn.security.passwords import DECOY_HASH, PasswordsBusyError
from altyn.storage.database import Listener, Pool
from altyn.storage.row_cache import RowCache
from altyn.storage.statements import statement

AUTHENTICATION_FAILURES: Final = Counter(
    "altyn_authentication_failures",
    "Calls whose login or password was wrong, or whose check was delayed after failures.",
    ["result"],
)

USERS_CHANNEL: Final = "altyn_users"
"""The payload is the login of the user that was changed."""

TOKEN_KEY_PURPOSE: Final = "api-tokens"  # noqa: S105 - the name of a key, not a key
"""What the key of the tokens' digests is derived for: `KeyRing.derive(TOKEN_KEY_PURPOSE)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiUser:
    """An authenticated user of the API.

    The request handler decides about access: `blocked` and `must_change_password` have refusals of
    their own.
    """

    merchant_id: int
    login: str
    must_change_password: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class _StoredUser:
    """A user, and the hash that its password is checked against."""

    user: ApiUser
    password_hash: str = field(repr=False)


class CredentialStore:
    """Checks credentials; a change by any process takes effect here within a second."""

    def __init__(
        self,
        pool: Pool,
        listener: Listener,
        *,
        token_key: bytes,
        checks: CredentialCache | None = None,
    ) -> None:
        self._pool = pool
        self._token_key = token_key
        self._checks = checks or CredentialCache()

        def listening() -> bool:
            return listener.listening

        self._users = RowCache(self._load_user, listening=listening)
        self._logins_by_token = RowCache(self._find_token, listening=listening)
        listener.on(USERS_CHANNEL, self._changed, on_gap=self._drop_all)

    async def authenticate(
        self, user_name: str, password: str, address: str = ""
    ) -> ApiUser | None:
        """The API user with this login and password; None for a wrong pair.

        `address` is the caller's. A failure is counted; the caller logs it with `failed_login`.
        Raises LoginDelayed when too many passwords wait to be checked, or after many failures of
        this login or address; the check goes on, and the right password is accepted at the next
        call.
        """
        stored = await self._users.get(user_name) if is_login(user_name) else None
        # An unknown login takes as long as a known one, so the time does not show which exist.
        stored_hash = stored.password_hash if stored else DECOY_HASH
        try:
            right = await self._checks.check(user_name, password, stored_hash, address=address)
        except PasswordsBusyError as error:
            AUTHENTICATION_FAILURES.labels("delayed").inc()
            raise LoginDelayed(str(error), self.failed_login(user_name, address)) from None
        if stored and right:
            return stored.user
        AUTHENTICATION_FAILURES.labels("wrong").inc()
        return None

    def failed_login(self, user_name: str, address: str) -> FailedLogin:
        """What the log line of a call says about its login, after a failure."""
        shown = user_name if is_login(user_name) else "not a login"
        return FailedLogin(shown, self._checks.failures(user_name, address))

    async def by_token(self, token: str) -> ApiUser | None:
        """The API user of a token; None for an unknown token."""
        if not 0 < len(token) <= TOKEN_LENGTH_MAX:
            return None
        login = await self._logins_by_token.get(token_digest(token, self._token_key))
        stored = await self._users.get(login) if login else None
        return stored.user if stored else None

    async def _load_user(self, login: str) -> _StoredUser | None:
        rows = await statement("load_api_user").fetch(self._pool, login=login)
        if not rows:
            return None
        row = rows[0]
        user = ApiUser(
            merchant_id=row["merchant_id"],
            login=row["login"],
            must_change_password=row["must_change_password"],
            blocked=row["blocked"],
        )
        return _StoredUser(user, row["password_hash"])

    async def _find_token(self, digest: bytes) -> str | None:
        rows = await statement("find_token").fetch(self._pool, token_hash=digest)
        return str(rows[0]["login"]) if rows else None

    def _changed(self, login: str) -> None:
        self._users.drop(login)
        self._checks.forget(login)
        self._logins_by_token.drop_where(lambda owner: owner == login)

    async def _drop_all(self) -> None:
        self._users.drop_all()
        self._logins_by_token.drop_all()


def token_digest(token: str, key: bytes) -> bytes:
    """What is stored of a token: without the key file, tokens cannot be guessed from a dump."""
    return hmac.digest(key, token.encode("utf-8", "surrogatepass"), "sha256")
