"""Passwords: argon2 with named costs, in threads whose number and whose queue are bounded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from argon2 import extract_parameters

from altyn.domain.credentials import PASSWORD_LENGTH_MAX
from altyn.security import passwords
from altyn.security.passwords import (
    NOBODYS_HASH,
    PasswordDesk,
    PasswordsBusyError,
    StoredHashError,
    hash_password,
    hash_password_now,
    needs_rehash,
    verify_password,
)

CHEAP_OLD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


class SlowHasher:
    """Stands for argon2: it holds its thread until it is let go, and counts who is inside."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.inside = self.inside_max = self.calls = 0
        self._lock = threading.Lock()

    def verify(self, _stored_hash: str, _password: bytes) -> bool:
        with self._lock:
            self.calls += 1
            self.inside += 1
            self.inside_max = max(self.inside, self.inside_max)
        assert self.let_go.wait(60)
        with self._lock:
            self.inside -= 1
        return True


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowHasher]:
    hasher = SlowHasher()
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    yield hasher
    hasher.let_go.set()


async def until_inside(hasher: SlowHasher, count: int) -> None:
    while hasher.inside < count:  # noqa: ASYNC110 - it is a thread that we wait for
        await asyncio.sleep(0.001)


async def test_a_password_is_known_again_and_another_is_not() -> None:
    stored = await hash_password("пароль-1")

    assert await verify_password("пароль-1", stored)
    assert not await verify_password("пароль-2", stored)
    assert not await verify_password("", stored)


async def test_equal_passwords_have_unequal_hashes() -> None:
    assert await hash_password("same") != await hash_password("same")


def test_the_hash_is_argon2id_with_the_named_costs() -> None:
    stored = hash_password_now("secret1")
    found = extract_parameters(stored)

    assert stored.startswith("$argon2id$")
    assert found.memory_cost == passwords.MEMORY_COST_KIB == 19_456
    assert (found.time_cost, found.parallelism) == (2, 1)
    assert not needs_rehash(stored)
    assert needs_rehash(CHEAP_OLD_HASH)


async def test_nobodys_hash_costs_as_much_and_opens_to_nobody() -> None:
    assert extract_parameters(NOBODYS_HASH) == extract_parameters(hash_password_now("x"))
    assert not await verify_password("", NOBODYS_HASH)
    assert not await verify_password(NOBODYS_HASH[-43:], NOBODYS_HASH)


@pytest.mark.parametrize("stored", ["", "secret1", "$argon2id$v=19$", CHEAP_OLD_HASH[:-60]])
async def test_a_broken_row_is_no_wrong_password(stored: str) -> None:
    with pytest.raises(StoredHashError):
        await verify_password("secret1", stored)


async def test_a_password_of_any_length_and_spelling_is_answered(slow: SlowHasher) -> None:
    slow.let_go.set()

    assert await verify_password("\udcff", NOBODYS_HASH)  # a lone surrogate reaches the hasher
    assert not await verify_password("x" * (PASSWORD_LENGTH_MAX + 1), NOBODYS_HASH)
    assert slow.calls == 1, "what is too long costs nothing"
    with pytest.raises(ValueError, match="at most 256"):
        await hash_password("x" * (PASSWORD_LENGTH_MAX + 1))


async def test_no_more_hashes_run_at_once_than_allowed(slow: SlowHasher) -> None:
    desk = PasswordDesk(concurrency=2, waiting_max=10)
    tasks = [asyncio.create_task(desk.verify("x", "hash")) for _ in range(10)]
    await until_inside(slow, 2)
    slow.let_go.set()

    assert await asyncio.gather(*tasks) == [True] * 10
    assert slow.inside_max == 2
    desk.close()


async def test_while_hashes_run_the_event_loop_goes_on(slow: SlowHasher) -> None:
    desk = PasswordDesk(concurrency=1)
    task = asyncio.create_task(desk.verify("x", "hash"))

    await until_inside(slow, 1)  # we are running here while the hasher is held
    assert not task.done()
    slow.let_go.set()
    assert await task
    desk.close()


async def test_over_the_queue_the_refusal_is_immediate_and_passes(slow: SlowHasher) -> None:
    desk = PasswordDesk(concurrency=1, waiting_max=3)
    tasks = [asyncio.create_task(desk.verify("x", "hash")) for _ in range(3)]
    await until_inside(slow, 1)

    with pytest.raises(PasswordsBusyError):
        await desk.verify("x", "hash")
    slow.let_go.set()
    await asyncio.gather(*tasks)
    assert await desk.verify("x", "hash")
    desk.close()


async def test_who_hangs_up_while_waiting_costs_nothing(slow: SlowHasher) -> None:
    desk = PasswordDesk(concurrency=1, waiting_max=3)
    tasks = [asyncio.create_task(desk.verify("x", "hash")) for _ in range(3)]
    await until_inside(slow, 1)
    for task in tasks[1:]:
        task.cancel()
    await asyncio.wait(tasks[1:])
    slow.let_go.set()

    assert await tasks[0]
    assert await desk.verify("x", "hash")
    assert slow.calls == 2
    desk.close()
