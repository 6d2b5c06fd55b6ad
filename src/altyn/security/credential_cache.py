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
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from altyn.domain.credentials import PASSWORD_LENGTH_MAX
from altyn.security.check_queue import CheckQueue
from altyn.security.failed_passwords import subscriber_of
from altyn.security.passwords import PasswordsBusyError, verify_password

LOGINS_MAX: Final = 20_000
FAILURES_MAX: Final = 4_096
LOGIN_LENGTH_MAX: Final = 255
WAIT_SECONDS_MAX: Final = 5.0
PAUSE_SECONDS_WAITED_MAX: Final = 1.0
"""A caller whose check is paused for longer is answered at once; the check stays in the queue."""

Verify = Callable[[str, str], Awaitable[bool]]


@dataclass(slots=True, eq=False)
class _Check:
    """One argon2 check in progress; all calls with the same credential share it."""

    login: str
    task: asyncio.Task[bool]


class CredentialCache:
    """Checks whether a secret is the password of a login; each credential is hashed once.

    A digest covers login, secret and stored hash together, so a cached success or failure is never
    used after a change of the password. Successes and failures have separate limits, so a flood of
    wrong passwords does not remove cached successes. A check that was begun is finished even if its
    callers have been answered as busy, so the right password is known at the next call.
    """

    def __init__(
        self,
        *,
        verify: Verify = verify_password,
        logins_max: int = LOGINS_MAX,
        failures_max: int = FAILURES_MAX,
        queue: CheckQueue | None = None,
        wait_seconds_max: float = WAIT_SECONDS_MAX,
    ) -> None:
        self._verify = verify
        self._logins_max = logins_max
        self._failures_max = failures_max
        self._queue = queue or CheckQueue()
        self._wait_seconds_max = wait_seconds_max
        self._digest_key = secrets.token_bytes(32)
        self._successes: OrderedDict[str, bytes] = OrderedDict()
        # By digest of the credential: the digest of the login, which may be a mistyped card number.
        self._failures: OrderedDict[bytes, bytes] = OrderedDict()
        self._checks: dict[tuple[bytes, str], _Check] = {}

    async def check(self, login: str, secret: str, stored_hash: str, *, address: str = "") -> bool:
        """Whether `secret` is the password whose argon2 hash is stored for `login`.

        For an unknown login pass `DECOY_HASH`, so that the response time does not show that the
        login is unknown. `address` is the caller's.
        Refuses: PasswordsBusyError (too many other secrets wait, or a pause after failures), then
        StoredHashError.
        """
        if len(login) > LOGIN_LENGTH_MAX or len(secret) > PASSWORD_LENGTH_MAX:
            return False
        digest = self._digest(login, secret, stored_hash)
        if self._is_success(login, digest):
            return True
        if self._is_failure(digest):
            return False
        # Each address has a check of its own, so that no pause of another address delays it.
        key = (digest, subscriber_of(address))
        check = self._checks.get(key) or self._start_check(login, secret, stored_hash, key)
        if self._queue.paused(login, address) > PAUSE_SECONDS_WAITED_MAX and not check.task.done():
            raise PasswordsBusyError("earlier wrong passwords delay the next check; repeat later")
        try:
            async with asyncio.timeout(self._wait_seconds_max):
                # Shielded: a caller that leaves must not cancel the check for the other callers.
                return await asyncio.shield(check.task)
        except TimeoutError:
            raise PasswordsBusyError("the check of the password waits for others") from None

    def failures(self, login: str, address: str) -> int:
        """How often this login has failed from this address lately."""
        return self._queue.failed.count(login, subscriber_of(address))

    def forget(self, login: str) -> None:
        """Remove the cached results of a login; its checks in progress will not be cached."""
        self._successes.pop(login, None)
        by = self._digest(login, "", "")
        for digest in [digest for digest, failed in self._failures.items() if failed == by]:
            del self._failures[digest]
        for key in [key for key, check in self._checks.items() if check.login == login]:
            del self._checks[key]

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

    def _start_check(
        self, login: str, secret: str, stored_hash: str, key: tuple[bytes, str]
    ) -> _Check:
        digest, address = key
        turn = self._queue.enter(login, address)

        async def run() -> bool:
            right = await self._queue.run(
                turn, login, address, lambda: self._verify(secret, stored_hash)
            )
            if self._checks.get(key) is check:
                self._keep(login, digest, right=right)
            return right

        check = _Check(login, asyncio.create_task(run(), name="check password"))
        self._checks[key] = check
        check.task.add_done_callback(lambda _: self._finish(check, key))
        return check

    def _finish(self, check: _Check, key: tuple[bytes, str]) -> None:
        if not check.task.cancelled():
            # Retrieve the exception, or asyncio logs it as never retrieved when no caller is left.
            check.task.exception()
        if self._checks.get(key) is check:
            del self._checks[key]

    def _keep(self, login: str, digest: bytes, *, right: bool) -> None:
        if right:
            self._successes[login] = digest
            self._successes.move_to_end(login)
            if len(self._successes) > self._logins_max:
                self._successes.popitem(last=False)
        else:
            self._failures[digest] = self._digest(login, "", "")
            if len(self._failures) > self._failures_max:
                self._failures.popitem(last=False)

    def _digest(self, login: str, secret: str, stored_hash: str) -> bytes:
        # The lengths come first: without them "ab" + "c" and "a" + "bc" would be one message.
        lengths = f"{len(login)},{len(secret)},"
        message = (lengths + login + secret + stored_hash).encode("utf-8", "surrogatepass")
        # A keyed BLAKE2b is as secure as an HMAC, at a third of its cost per request.
        return hashlib.blake2b(message, key=self._digest_key, digest_size=32).digest()
