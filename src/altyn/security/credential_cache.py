"""What this process remembers of passwords it has already checked.
 Every API call carries the shop's password, and argon2 per call would cost a hundred times the call
itself: here its answer is remembered under a digest whose key dies with the process. Source:
architecture.md §6; rest-orders.md §1.2.
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
class _Flight:
    """One argon2 under way, shared by all who bring the same credential meanwhile."""

    login: str
    stored_hash: str
    task: asyncio.Task[bool]


class CredentialMemory:
    """Answers whether a secret is a login's, paying for the hash once per credential.

    A digest covers login, secret and stored hash together, so an answer cannot outlive a change of
    the password, and a remembered failure never turns wrong; only room bounds it. Successes and
    failures have rooms of their own: a flood of wrong passwords pushes nobody out who was right.
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
        self._flights: dict[bytes, _Flight] = {}
        # Counted apart from `_flights`: a forgotten check still takes its turn at the hasher.
        self._checks_by_hash: Counter[str] = Counter()

    async def check(self, login: str, secret: str, stored_hash: str) -> bool:
        """Whether `secret` (a password or a token) is the one whose argon2 hash is stored for
        `login`.

        For an unknown login pass `NOBODYS_HASH`, so that its refusal tells nothing.
        Refuses: PasswordsBusyError (too many other secrets wait), then StoredHashError.
        """
        if len(login) > LOGIN_LENGTH_MAX or len(secret) > PASSWORD_LENGTH_MAX:
            return False
        digest = self._digest(login, secret, stored_hash)
        if self._is_known_good(login, digest):
            return True
        if self._is_known_bad(digest):
            return False
        flight = self._flights.get(digest) or self._take_off(login, secret, stored_hash, digest)
        # Shielded, for a caller who hangs up must not take the answer from those who wait with him.
        return await asyncio.shield(flight.task)

    def forget(self, login: str) -> None:
        """Drop all that is remembered of a login, also what checks under way would have
        remembered."""
        self._successes.pop(login, None)
        for digest in [digest for digest, whose in self._failures.items() if whose == login]:
            del self._failures[digest]
        for digest in [digest for digest, flight in self._flights.items() if flight.login == login]:
            del self._flights[digest]

    def forget_all(self) -> None:
        """Drop everything: for when it is not known what was missed."""
        self._successes.clear()
        self._failures.clear()
        self._flights.clear()

    def _is_known_good(self, login: str, digest: bytes) -> bool:
        known = self._successes.get(login)
        if known is None or not hmac.compare_digest(known, digest):
            return False
        self._successes.move_to_end(login)
        return True

    def _is_known_bad(self, digest: bytes) -> bool:
        # A look-up may take its time by the digest: without the process's key nobody can choose
        # one.
        if digest not in self._failures:
            return False
        self._failures.move_to_end(digest)
        return True

    def _take_off(self, login: str, secret: str, stored_hash: str, digest: bytes) -> _Flight:
        if self._checks_by_hash[stored_hash] >= self._checks_per_hash_max:
            # Guesses at one login may fill that login's share of the queue, and nobody else's;
            # all unknown logins are one hash, and so one share.
            raise PasswordsBusyError("too many passwords of one login wait already")
        self._checks_by_hash[stored_hash] += 1

        async def fly() -> bool:
            answer = await self._verify(secret, stored_hash)
            if self._flights.get(digest) is flight:
                self._remember(login, digest, answer=answer)
            return answer

        flight = _Flight(login, stored_hash, asyncio.create_task(fly(), name="check password"))
        self._flights[digest] = flight
        flight.task.add_done_callback(lambda _: self._land(flight, digest))
        return flight

    def _land(self, flight: _Flight, digest: bytes) -> None:
        if not flight.task.cancelled():
            # Looked at, so that asyncio does not mourn it when all callers are gone.
            flight.task.exception()
        if self._flights.get(digest) is flight:
            del self._flights[digest]
        self._checks_by_hash[flight.stored_hash] -= 1
        if not self._checks_by_hash[flight.stored_hash]:
            del self._checks_by_hash[flight.stored_hash]

    def _remember(self, login: str, digest: bytes, *, answer: bool) -> None:
        if answer:
            self._successes[login] = digest
            self._successes.move_to_end(login)
            if len(self._successes) > self._logins_max:
                self._successes.popitem(last=False)
        else:
            self._failures[digest] = login
            if len(self._failures) > self._failures_max:
                self._failures.popitem(last=False)

    def _digest(self, login: str, secret: str, stored_hash: str) -> bytes:
        # Lengths first: without them "ab" + "c" and "a" + "bc" would be one message.
        lengths = f"{len(login)},{len(secret)},"
        message = (lengths + login + secret + stored_hash).encode("utf-8", "surrogatepass")
        # a keyed BLAKE2b: as good a keyed digest as an HMAC, at a third of its price per request
        return hashlib.blake2b(message, key=self._digest_key, digest_size=32).digest()
