"""Passwords: argon2 with named costs, in a bounded number of threads with a bounded queue."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from argon2 import extract_parameters

from altyn.domain.credentials import PASSWORD_LENGTH_MAX
from altyn.security import passwords
from altyn.security.passwords import (
    DECOY_HASH,
    PasswordHashing,
    PasswordsBusyError,
    StoredHashError,
    hash_password,
    hash_password_now,
    verify_password,
)

CHEAP_OLD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


class SlowHasher:
    """Replaces argon2: holds its thread until it is released, and counts the calls inside."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.inside = self.inside_max = self.calls = 0
        self._lock = threading.Lock()

    def verify(self, _stored_hash: str, _password: bytes) -> bool:
        with self._lock:
            self.calls += 1
            self.inside += 1
            self.inside_max = max(self.inside, self.inside_max)
        assert self.release.wait(60)
        with self._lock:
            self.inside -= 1
        return True


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowHasher]:
    hasher = SlowHasher()
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    yield hasher
    hasher.release.set()


async def until_inside(hasher: SlowHasher, count: int) -> None:
    while hasher.inside < count:  # noqa: ASYNC110 - it is a thread that we wait for
        await asyncio.sleep(0.001)


async def test_right_password_is_accepted_and_others_are_refused() -> None:
    stored = await hash_password("пароль-1")

    assert await verify_password("пароль-1", stored)
    assert not await verify_password("пароль-2", stored)
    assert not await verify_password("", stored)


async def test_equal_passwords_have_different_hashes() -> None:
    assert await hash_password("same") != await hash_password("same")


def test_hash_is_argon2id_with_the_named_costs() -> None:
    stored = hash_password_now("secret1")
    found = extract_parameters(stored)

    assert stored.startswith("$argon2id$")
    assert found.memory_cost == passwords.MEMORY_COST_KIB == 19_456
    assert (found.time_cost, found.parallelism) == (2, 1)


async def test_decoy_hash_costs_as_much_and_matches_no_password() -> None:
    assert extract_parameters(DECOY_HASH) == extract_parameters(hash_password_now("x"))
    assert not await verify_password("", DECOY_HASH)
    assert not await verify_password(DECOY_HASH[-43:], DECOY_HASH)


@pytest.mark.parametrize("stored", ["", "secret1", "$argon2id$v=19$", CHEAP_OLD_HASH[:-60]])
async def test_broken_row_is_an_error_and_not_a_wrong_password(stored: str) -> None:
    with pytest.raises(StoredHashError):
        await verify_password("secret1", stored)


async def test_password_of_any_length_and_spelling_gets_a_result(slow: SlowHasher) -> None:
    slow.release.set()

    assert await verify_password("\udcff", DECOY_HASH)  # a lone surrogate reaches the hasher
    assert not await verify_password("x" * (PASSWORD_LENGTH_MAX + 1), DECOY_HASH)
    assert slow.calls == 1, "a too long password is not hashed"
    with pytest.raises(ValueError, match="at most 256"):
        await hash_password("x" * (PASSWORD_LENGTH_MAX + 1))


async def test_number_of_concurrent_hashes_is_bounded(slow: SlowHasher) -> None:
    hashing = PasswordHashing(concurrency=2, waiting_max=10)
    tasks = [asyncio.create_task(hashing.verify("x", "hash")) for _ in range(10)]
    await until_inside(slow, 2)
    slow.release.set()

    assert await asyncio.gather(*tasks) == [True] * 10
    assert slow.inside_max == 2
    hashing.close()


async def test_event_loop_runs_while_hashes_are_computed(slow: SlowHasher) -> None:
    hashing = PasswordHashing(concurrency=1)
    task = asyncio.create_task(hashing.verify("x", "hash"))

    await until_inside(slow, 1)  # this runs while the hasher is held
    assert not task.done()
    slow.release.set()
    assert await task
    hashing.close()


async def test_full_queue_refuses_at_once_and_recovers(slow: SlowHasher) -> None:
    hashing = PasswordHashing(concurrency=1, waiting_max=3)
    tasks = [asyncio.create_task(hashing.verify("x", "hash")) for _ in range(3)]
    await until_inside(slow, 1)

    with pytest.raises(PasswordsBusyError):
        await hashing.verify("x", "hash")
    slow.release.set()
    await asyncio.gather(*tasks)
    assert await hashing.verify("x", "hash")
    hashing.close()


async def test_cancelled_waiting_call_is_not_hashed(slow: SlowHasher) -> None:
    hashing = PasswordHashing(concurrency=1, waiting_max=3)
    tasks = [asyncio.create_task(hashing.verify("x", "hash")) for _ in range(3)]
    await until_inside(slow, 1)
    for task in tasks[1:]:
        task.cancel()
    await asyncio.wait(tasks[1:])
    slow.release.set()

    assert await tasks[0]
    assert await hashing.verify("x", "hash")
    assert slow.calls == 2
    hashing.close()
