"""Hashes and verifies passwords with argon2, in separate threads.

A hash takes about 30 milliseconds and 19 megabytes, on purpose. The threads keep that work out of
the event loop; the limits bound the memory that a flood of wrong passwords can take.
Source: docs/architecture.md.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from altyn.domain.credentials import PASSWORD_LENGTH_MAX

Result = TypeVar("Result")

# The parameters that OWASP names first for argon2id. A process may use 120 MB in all. Parallelism
# in one hash would take cores from the event loop and not make an attacker's work harder.
TIME_COST: Final = 2
MEMORY_COST_KIB: Final = 19 * 1024
PARALLELISM: Final = 1
HASH_BYTES: Final = 32
SALT_BYTES: Final = 16

CONCURRENCY: Final = 1
WAITING_MAX: Final = 64

_HASHER: Final = PasswordHasher(
    time_cost=TIME_COST,
    memory_cost=MEMORY_COST_KIB,
    parallelism=PARALLELISM,
    hash_len=HASH_BYTES,
    salt_len=SALT_BYTES,
    type=Type.ID,
)


class PasswordsBusyError(Exception):
    """Too many passwords wait to be checked; the caller should try again later (HTTP 429)."""


class StoredHashError(Exception):
    """The stored value is not a password hash: a broken row, not a wrong password."""


class PasswordHashing:
    """Hashes and verifies passwords in at most `concurrency` threads; refuses a call at once when
    `waiting_max` calls wait."""

    def __init__(self, *, concurrency: int = CONCURRENCY, waiting_max: int = WAITING_MAX) -> None:
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="passwords")
        self._waiting_max = waiting_max
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """An argon2id hash with a fresh salt.

        Refuses: ValueError (too long), then PasswordsBusyError.
        """
        return await self._run(lambda: hash_password_now(password))

    async def verify(self, password: str, stored_hash: str) -> bool:
        """Whether this is the password. Refuses: PasswordsBusyError, then StoredHashError."""
        if len(password) > PASSWORD_LENGTH_MAX:
            return False
        return await self._run(lambda: _verify_now(password, stored_hash))

    def close(self) -> None:
        """End the threads; waiting calls are cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= self._waiting_max:
            raise PasswordsBusyError(f"{self._waiting} passwords are waiting already")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


_HASHING: Final = PasswordHashing()


async def hash_password(password: str) -> str:
    """Hash in the threads of this process; see PasswordHashing.hash."""
    return await _HASHING.hash(password)


async def verify_password(password: str, stored_hash: str) -> bool:
    """Verify in the threads of this process; see PasswordHashing.verify."""
    return await _HASHING.verify(password, stored_hash)


def hash_password_now(password: str) -> str:
    """Hash in the caller's thread. Refuses: ValueError (longer than 256 characters)."""
    if len(password) > PASSWORD_LENGTH_MAX:
        raise ValueError(f"a password has at most {PASSWORD_LENGTH_MAX} characters")
    return _HASHER.hash(_octets(password))


def _verify_now(password: str, stored_hash: str) -> bool:
    try:
        return _HASHER.verify(stored_hash, _octets(password))
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise StoredHashError("the stored password hash cannot be used") from error


def _octets(password: str) -> bytes:
    # Malformed input can hold lone surrogates; the result is a wrong password, not an exception.
    return password.encode("utf-8", "surrogatepass")


def _make_decoy_hash() -> str:
    salt, digest = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(HASH_BYTES)
    costs = f"m={MEMORY_COST_KIB},t={TIME_COST},p={PARALLELISM}"
    return f"$argon2id$v=19${costs}${_unpadded(salt)}${_unpadded(digest)}"


def _unpadded(content: bytes) -> str:
    return base64.b64encode(content).decode().rstrip("=")


# A hash that matches no password. It is checked for an unknown login, so that this refusal takes as
# long as any other, and does not show which logins exist.
DECOY_HASH: Final = _make_decoy_hash()
