"""Who calls the API: login and password, or a token, turned into an API user.

Every request passes here, so users are remembered, and argon2 is paid once per password and
process. Source: rest-orders.md §1.2; architecture.md §6.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.credentials import TOKEN_LENGTH_MAX, is_login
from altyn.operations.ports import Overloaded
from altyn.security.credential_cache import CredentialMemory
from altyn.security.passwords import NOBODYS_HASH, PasswordsBusyError
from altyn.storage.database import Listener, Pool
from altyn.storage.remembered import Remembered
from altyn.storage.statements import statement

USERS_CHANNEL: Final = "altyn_users"
"""Its payload is the login of the user who changed."""

TOKEN_KEY_PURPOSE: Final = "api-tokens"  # noqa: S105 - the name of a key, not a key
"""What the key of the tokens' digests is derived for: `KeyRing.derive(TOKEN_KEY_PURPOSE)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiUser:
    """A caller who is who he says. Whether he may pass is the door's to say: `blocked` and
    `must_change_password` have refusals of their own."""

    merchant_id: int
    login: str
    must_change_password: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """A user and what his password is checked against."""

    user: ApiUser
    password_hash: str = field(repr=False)


class CredentialStore:
    """Checks who is calling; a change made by any process is believed within a second."""

    def __init__(
        self,
        pool: Pool,
        listener: Listener,
        *,
        token_key: bytes,
        memory: CredentialMemory | None = None,
    ) -> None:
        self._pool = pool
        self._token_key = token_key
        self._memory = memory or CredentialMemory()

        def listening() -> bool:
            return listener.listening

        self._users = Remembered(self._load_user, listening=listening)
        self._logins_by_token = Remembered(self._find_token, listening=listening)
        listener.on(USERS_CHANNEL, self._changed, on_gap=self._forget_all)

    async def authenticate(self, user_name: str, password: str) -> ApiUser | None:
        """The API user whose login and password these are; None for a wrong pair.

        Raises Overloaded when too many passwords wait to be checked.
        """
        known = await self._users.get(user_name) if is_login(user_name) else None
        # An unknown login costs as much as a known one, so the time tells nobody which exist.
        stored_hash = known.password_hash if known else NOBODYS_HASH
        try:
            right = await self._memory.check(user_name, password, stored_hash)
        except PasswordsBusyError as error:
            raise Overloaded(str(error)) from None
        return known.user if known and right else None

    async def by_token(self, token: str) -> ApiUser | None:
        """The API user a token stands for; None for an unknown token."""
        if not 0 < len(token) <= TOKEN_LENGTH_MAX:
            return None
        login = await self._logins_by_token.get(token_digest(token, self._token_key))
        known = await self._users.get(login) if login else None
        return known.user if known else None

    async def _load_user(self, login: str) -> _Known | None:
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
        return _Known(user, row["password_hash"])

    async def _find_token(self, digest: bytes) -> str | None:
        rows = await statement("find_token").fetch(self._pool, token_hash=digest)
        return str(rows[0]["login"]) if rows else None

    def _changed(self, login: str) -> None:
        self._users.drop(login)
        self._memory.forget(login)
        self._logins_by_token.drop_where(lambda whose: whose == login)

    async def _forget_all(self) -> None:
        self._users.drop_all()
        self._logins_by_token.drop_all()


def token_digest(token: str, key: bytes) -> bytes:
    """What is stored of a token: without the key file nobody can try tokens against a dump."""
    return hmac.digest(key, token.encode("utf-8", "surrogatepass"), "sha256")
