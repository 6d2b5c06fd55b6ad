"""A cache of password checks, in the memory of one process.

Every API call carries the shop's password, and an argon2 check costs about a hundred times as much
as the call itself. The result is kept under a keyed digest; its key is lost when the process ends.
Source: docs/architecture.md; rest-orders.md §1.2.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from altyn.domain.credentials import PASSWORD_LENGTH_MAX
from altyn.security.passwords import PasswordsBusyError, verify_password

LOGINS_MAX: Final = 20_000
FAILURES_MAX: Final = 4_096
CHECKS_PER_HASH_MAX: Final = 8
LOGIN_LENGTH_MAX: Final = 255

Verify = Callable[[str, str], Awaitable[bool]]


@dataclass(slots=True, eq=False)
class _Check:
    """One argon2 check in progress; all calls with the same credential share it."""

    login: str
    stored_hash: str
    task: asyncio.Task[bool]


class CredentialCache:
    """Checks whether a secret is the password of a login; each credential is hashed once.

    A digest covers login, secret and stored hash together, so a cached success or failure is never
    used after a change of the password. Successes and failures have separate limits, so a flood of
    wrong passwords does not remove cached successes.
    """

    def __init__(
        self,
        *,
        verify: Verify = verify_password,
        logins_max: int = LOGINS_MAX,
        failures_max: int = FAILURES_MAX,
        checks_per_hash_max: int = CHECKS_PER_HASH_MAX,
    ) -> None:
        self._verify = verify
        self._logins_max = logins_max
        self._failures_max = failures_max
        self._checks_per_hash_max = checks_per_hash_max
        self._digest_key = secrets.token_bytes(32)
        self._successes: OrderedDict[str, bytes] = OrderedDict()
        self._failures: OrderedDict[bytes, str] = OrderedDict()
        self._checks: dict[bytes, _Check] = {}
        # Counted separately from `_checks`: a check that `forget` removed still uses the hasher.
        self._checks_by_hash: Counter[str] = Counter()

    async def check(self, login: str, secret: str, stored_hash: str) -> bool:
        """Whether `secret` is the password whose argon2 hash is stored for `login`.

        For an unknown login pass `DECOY_HASH`, so that the response time does not show that the
        login is unknown.
        Refuses: PasswordsBusyError (too many other secrets wait), then StoredHashError.
        """
        if len(login) > LOGIN_LENGTH_MAX or len(secret) > PASSWORD_LENGTH_MAX:
            return False
        digest = self._digest(login, secret, stored_hash)
        if self._is_success(login, digest):
            return True
        if self._is_failure(digest):
            return False
        check = self._checks.get(digest) or self._start_check(login, secret, stored_hash, digest)
        # Shielded: a caller that disconnects must not cancel the check for the other callers.
        return await asyncio.shield(check.task)

    def forget(self, login: str) -> None:
        """Remove the cached results of a login; its checks in progress will not be cached."""
        self._successes.pop(login, None)
        for digest in [digest for digest, failed in self._failures.items() if failed == login]:
            del self._failures[digest]
        for digest in [digest for digest, check in self._checks.items() if check.login == login]:
            del self._checks[digest]

    def _is_success(self, login: str, digest: bytes) -> bool:
        known = self._successes.get(login)
        if known is None or not hmac.compare_digest(known, digest):
            return False
        self._successes.move_to_end(login)
        return True

    def _is_failure(self, digest: bytes) -> bool:
        # The time of this look-up depends on the digest, which an attacker cannot choose without
        # the key of the process.
        if digest not in self._failures:
            return False
        self._failures.move_to_end(digest)
        return True

    def _start_check(self, login: str, secret: str, stored_hash: str, digest: bytes) -> _Check:
        if self._checks_by_hash[stored_hash] >= self._checks_per_hash_max:
            # Guesses at one login can fill only that login's share of the hasher's queue. All
            # unknown logins have the same hash, so together they have one share.
            raise PasswordsBusyError("too many passwords of one login are waiting already")
        self._checks_by_hash[stored_hash] += 1

        async def run() -> bool:
            right = await self._verify(secret, stored_hash)
            if self._checks.get(digest) is check:
                self._keep(login, digest, right=right)
            return right

        check = _Check(login, stored_hash, asyncio.create_task(run(), name="check password"))
        self._checks[digest] = check
        check.task.add_done_callback(lambda _: self._finish(check, digest))
        return check

    def _finish(self, check: _Check, digest: bytes) -> None:
        if not check.task.cancelled():
            # Retrieve the exception, or asyncio logs it as never retrieved when no caller is left.
            check.task.exception()
        if self._checks.get(digest) is check:
            del self._checks[digest]
        self._checks_by_hash[check.stored_hash] -= 1
        if not self._checks_by_hash[check.stored_hash]:
            del self._checks_by_hash[check.stored_hash]

    def _keep(self, login: str, digest: bytes, *, right: bool) -> None:
        if right:
            self._successes[login] = digest
            self._successes.move_to_end(login)
            if len(self._successes) > self._logins_max:
                self._successes.popitem(last=False)
        else:
            self._failures[digest] = login
            if len(self._failures) > self._failures_max:
                self._failures.popitem(last=False)

    def _digest(self, login: str, secret: str, stored_hash: str) -> bytes:
        # The lengths come first: without them "ab" + "c" and "a" + "bc" would be one message.
        lengths = f"{len(login)},{len(secret)},"
        message = (lengths + login + secret + stored_hash).encode("utf-8", "surrogatepass")
        # A keyed BLAKE2b is as secure as an HMAC, at a third of its cost per request.
        return hashlib.blake2b(message, key=self._digest_key, digest_size=32).digest()
