"""The credential memory: one hash per credential, right answers always, and no room without end."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.security.credential_cache import CredentialMemory
from altyn.security.passwords import PasswordsBusyError, StoredHashError, hash_password_now

LOGIN, SECRET, STORED = "shop-api", "secret1", "hash of secret1"


class Hasher:
    """Stands for argon2: `hash of X` is X's; counts what it was asked, and can be held."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.held: asyncio.Event | None = None
        self.broken = False

    async def verify(self, secret: str, stored_hash: str) -> bool:
        self.asked.append(secret)
        if self.held is not None:
            await self.held.wait()
        if self.broken:
            raise StoredHashError
        return stored_hash == f"hash of {secret}"


@pytest.fixture
def hasher() -> Hasher:
    return Hasher()


@pytest.fixture
def memory(hasher: Hasher) -> CredentialMemory:
    return CredentialMemory(verify=hasher.verify, checks_per_hash_max=3)


async def test_the_hash_is_paid_once(memory: CredentialMemory, hasher: Hasher) -> None:
    assert [await memory.check(LOGIN, SECRET, STORED) for _ in range(5)] == [True] * 5
    assert hasher.asked == [SECRET]


async def test_a_failure_is_paid_once_too(memory: CredentialMemory, hasher: Hasher) -> None:
    assert [await memory.check(LOGIN, "wrong", STORED) for _ in range(5)] == [False] * 5
    assert hasher.asked == ["wrong"]


async def test_a_failure_does_not_spoil_a_success(memory: CredentialMemory, hasher: Hasher) -> None:
    assert await memory.check(LOGIN, SECRET, STORED)
    assert not await memory.check(LOGIN, "wrong", STORED)
    assert await memory.check(LOGIN, SECRET, STORED)
    assert hasher.asked == [SECRET, "wrong"]


async def test_a_changed_password_takes_effect_with_the_stored_hash(
    memory: CredentialMemory,
) -> None:
    assert await memory.check(LOGIN, SECRET, STORED)
    assert not await memory.check(LOGIN, "secret2", STORED)

    assert not await memory.check(LOGIN, SECRET, "hash of secret2")
    assert await memory.check(LOGIN, "secret2", "hash of secret2")


async def test_a_secret_of_one_login_opens_no_other(
    memory: CredentialMemory, hasher: Hasher
) -> None:
    assert await memory.check(LOGIN, SECRET, STORED)
    assert not await memory.check("other-api", SECRET, "hash of other")
    assert len(hasher.asked) == 2


@given(st.lists(st.tuples(*[st.text("ab,1", max_size=3)] * 3), max_size=30))
def test_answers_are_those_of_the_hash_whatever_was_asked_before(
    asked: list[tuple[str, str, str]],
) -> None:
    async def run() -> None:
        memory = CredentialMemory(verify=Hasher().verify, logins_max=3, failures_max=3)
        for login, secret, of in asked:
            answer = await memory.check(login, secret, f"hash of {of}")
            assert answer == (secret == of)

    asyncio.run(run())


async def test_where_the_login_ends_and_the_secret_begins_matters(
    memory: CredentialMemory,
) -> None:
    assert not await memory.check("shop", "secret", "hash of shopsecret")
    assert await memory.check("", "shopsecret", "hash of shopsecret")


async def test_many_at_once_pay_one_hash(memory: CredentialMemory, hasher: Hasher) -> None:
    hasher.held = asyncio.Event()
    callers = [asyncio.create_task(memory.check(LOGIN, SECRET, STORED)) for _ in range(100)]
    await asyncio.sleep(0)
    hasher.held.set()

    assert await asyncio.gather(*callers) == [True] * 100
    assert hasher.asked == [SECRET]


async def test_a_caller_who_hangs_up_takes_the_answer_from_nobody(
    memory: CredentialMemory, hasher: Hasher
) -> None:
    hasher.held = asyncio.Event()
    first, second = (asyncio.create_task(memory.check(LOGIN, SECRET, STORED)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    hasher.held.set()

    assert await second
    assert first.cancelled()
    assert hasher.asked == [SECRET]


async def test_a_broken_row_is_told_to_all_and_remembered_for_none(
    memory: CredentialMemory, hasher: Hasher
) -> None:
    hasher.broken = True
    told = await asyncio.gather(
        *(memory.check(LOGIN, SECRET, STORED) for _ in range(3)), return_exceptions=True
    )
    assert [type(error) for error in told] == [StoredHashError] * 3

    hasher.broken = False
    assert await memory.check(LOGIN, SECRET, STORED)
    assert len(hasher.asked) == 2


async def test_what_is_forgotten_is_paid_again(memory: CredentialMemory, hasher: Hasher) -> None:
    for login in (LOGIN, "other-api"):
        await memory.check(login, SECRET, STORED)
        await memory.check(login, "wrong", STORED)
    hasher.asked.clear()

    memory.forget(LOGIN)
    for login in (LOGIN, "other-api"):
        await memory.check(login, SECRET, STORED)
        await memory.check(login, "wrong", STORED)
    assert hasher.asked == [SECRET, "wrong"], "the other login is not forgotten"

    memory.forget_all()
    await memory.check("other-api", SECRET, STORED)
    await memory.check("other-api", "wrong", STORED)
    assert len(hasher.asked) == 4


@pytest.mark.parametrize("everything", [False, True])
async def test_a_check_under_way_is_not_remembered_after_forgetting(
    memory: CredentialMemory, hasher: Hasher, *, everything: bool
) -> None:
    hasher.held = asyncio.Event()
    before = asyncio.create_task(memory.check(LOGIN, SECRET, STORED))
    await asyncio.sleep(0)
    if everything:
        memory.forget_all()
    else:
        memory.forget(LOGIN)
    hasher.held.set()

    assert await before
    assert await memory.check(LOGIN, SECRET, STORED)
    assert len(hasher.asked) == 2


async def test_successes_are_bounded_and_the_least_used_goes(hasher: Hasher) -> None:
    memory = CredentialMemory(verify=hasher.verify, logins_max=2)
    for login in ("a", "b", "a", "c"):
        await memory.check(login, SECRET, STORED)
    hasher.asked.clear()

    await memory.check("a", SECRET, STORED)
    assert not hasher.asked
    await memory.check("b", SECRET, STORED)
    assert hasher.asked == [SECRET]


async def test_a_flood_of_wrong_passwords_pushes_no_right_one_out(hasher: Hasher) -> None:
    memory = CredentialMemory(verify=hasher.verify, failures_max=5)
    await memory.check(LOGIN, SECRET, STORED)
    for guess in range(50):
        await memory.check(LOGIN, f"guess {guess}", STORED)
    hasher.asked.clear()

    assert await memory.check(LOGIN, SECRET, STORED)
    assert not await memory.check(LOGIN, "guess 49", STORED)
    assert not hasher.asked
    assert len(memory._failures) == 5  # bounded: nothing outside can show it


async def test_guesses_at_one_login_leave_the_hasher_to_others(
    memory: CredentialMemory, hasher: Hasher
) -> None:
    hasher.held = asyncio.Event()
    guesses = [asyncio.create_task(memory.check(LOGIN, f"guess {n}", STORED)) for n in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(PasswordsBusyError):
        await memory.check(LOGIN, "guess 4", STORED)
    other = asyncio.create_task(memory.check("other-api", "other", "hash of other"))
    hasher.held.set()

    assert await other
    assert await asyncio.gather(*guesses) == [False] * 3
    assert await memory.check(LOGIN, SECRET, STORED), "and the login is not shut out for ever"
    assert not memory._checks_by_hash  # else the counts would grow with every hash ever seen
    assert not memory._flights


async def test_forgetting_gives_no_guesser_a_larger_share(
    memory: CredentialMemory, hasher: Hasher
) -> None:
    hasher.held = asyncio.Event()
    guesses = [asyncio.create_task(memory.check(LOGIN, f"guess {n}", STORED)) for n in range(3)]
    await asyncio.sleep(0)
    memory.forget(LOGIN)

    with pytest.raises(PasswordsBusyError):
        await memory.check(LOGIN, "guess 4", STORED)
    hasher.held.set()
    await asyncio.gather(*guesses)


async def test_what_is_too_long_is_wrong_and_costs_nothing(
    memory: CredentialMemory, hasher: Hasher
) -> None:
    assert not await memory.check("x" * 256, SECRET, STORED)
    assert not await memory.check(LOGIN, "x" * 257, STORED)
    assert not hasher.asked


async def test_no_secret_is_kept_in_clear(memory: CredentialMemory) -> None:
    await memory.check(LOGIN, SECRET, STORED)
    await memory.check(LOGIN, "wrong-guess", STORED)

    kept = repr(memory.__dict__)
    assert LOGIN in kept
    assert SECRET not in kept
    assert "wrong-guess" not in kept


async def test_with_the_real_hash() -> None:
    memory = CredentialMemory()
    stored = hash_password_now(SECRET)

    assert await memory.check(LOGIN, SECRET, stored)
    assert await memory.check(LOGIN, SECRET, stored)
    assert not await memory.check(LOGIN, "wrong", stored)
