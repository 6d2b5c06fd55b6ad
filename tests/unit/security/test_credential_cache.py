"""The credential cache: one hash per credential, always the right result, and bounded cache."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.security.check_queue import CheckQueue
from altyn.security.credential_cache import CredentialCache
from altyn.security.failed_passwords import FailedPasswords
from altyn.security.passwords import PasswordsBusyError, StoredHashError, hash_password_now

LOGIN, SECRET, STORED = "shop-api", "secret1", "hash of secret1"


class Hasher:
    """Replaces argon2: `hash of X` is X's. It records its calls, and can be held."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.held: asyncio.Event | None = None
        self.broken = False

    async def verify(self, secret: str, stored_hash: str) -> bool:
        self.checked.append(secret)
        if self.held is not None:
            await self.held.wait()
        if self.broken:
            raise StoredHashError
        return stored_hash == f"hash of {secret}"


@pytest.fixture
def hasher() -> Hasher:
    return Hasher()


@pytest.fixture
def cache(hasher: Hasher) -> CredentialCache:
    return CredentialCache(
        verify=hasher.verify, queue=CheckQueue(running_max=9, per_login_and_address_max=3)
    )


async def test_password_is_hashed_once(cache: CredentialCache, hasher: Hasher) -> None:
    assert [await cache.check(LOGIN, SECRET, STORED) for _ in range(5)] == [True] * 5
    assert hasher.checked == [SECRET]


async def test_wrong_password_is_hashed_once(cache: CredentialCache, hasher: Hasher) -> None:
    assert [await cache.check(LOGIN, "wrong", STORED) for _ in range(5)] == [False] * 5
    assert hasher.checked == ["wrong"]


async def test_failure_does_not_remove_a_success(cache: CredentialCache, hasher: Hasher) -> None:
    assert await cache.check(LOGIN, SECRET, STORED)
    assert not await cache.check(LOGIN, "wrong", STORED)
    assert await cache.check(LOGIN, SECRET, STORED)
    assert hasher.checked == [SECRET, "wrong"]


async def test_changed_password_takes_effect_with_the_stored_hash(
    cache: CredentialCache,
) -> None:
    assert await cache.check(LOGIN, SECRET, STORED)
    assert not await cache.check(LOGIN, "secret2", STORED)

    assert not await cache.check(LOGIN, SECRET, "hash of secret2")
    assert await cache.check(LOGIN, "secret2", "hash of secret2")


async def test_secret_of_one_login_is_wrong_for_another(
    cache: CredentialCache, hasher: Hasher
) -> None:
    assert await cache.check(LOGIN, SECRET, STORED)
    assert not await cache.check("other-api", SECRET, "hash of other")
    assert len(hasher.checked) == 2


@given(st.lists(st.tuples(*[st.text("ab,1", max_size=3)] * 3), max_size=30))
def test_results_are_those_of_the_hash_after_any_earlier_checks(
    checked: list[tuple[str, str, str]],
) -> None:
    async def run() -> None:
        cache = CredentialCache(verify=Hasher().verify, logins_max=3, failures_max=3)
        for number, (login, secret, of) in enumerate(checked):
            # From another address each time: failures of one address would delay its next check.
            address = f"198.51.100.{number}"
            answer = await cache.check(login, secret, f"hash of {of}", address=address)
            assert answer == (secret == of)

    asyncio.run(run())


async def test_boundary_of_login_and_secret_matters(
    cache: CredentialCache,
) -> None:
    assert not await cache.check("shop", "secret", "hash of shopsecret")
    assert await cache.check("", "shopsecret", "hash of shopsecret")


async def test_concurrent_checks_share_one_hash(cache: CredentialCache, hasher: Hasher) -> None:
    hasher.held = asyncio.Event()
    callers = [asyncio.create_task(cache.check(LOGIN, SECRET, STORED)) for _ in range(100)]
    await asyncio.sleep(0)
    hasher.held.set()

    assert await asyncio.gather(*callers) == [True] * 100
    assert hasher.checked == [SECRET]


async def test_cancelled_caller_does_not_cancel_the_check_for_others(
    cache: CredentialCache, hasher: Hasher
) -> None:
    hasher.held = asyncio.Event()
    first, second = (asyncio.create_task(cache.check(LOGIN, SECRET, STORED)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    hasher.held.set()

    assert await second
    assert first.cancelled()
    assert hasher.checked == [SECRET]


async def test_broken_row_fails_for_all_callers_and_is_not_cached(
    cache: CredentialCache, hasher: Hasher
) -> None:
    hasher.broken = True
    results = await asyncio.gather(
        *(cache.check(LOGIN, SECRET, STORED) for _ in range(3)), return_exceptions=True
    )
    assert [type(error) for error in results] == [StoredHashError] * 3

    hasher.broken = False
    assert await cache.check(LOGIN, SECRET, STORED)
    assert len(hasher.checked) == 2


async def test_forgotten_login_is_hashed_again(cache: CredentialCache, hasher: Hasher) -> None:
    for login in (LOGIN, "other-api"):
        await cache.check(login, SECRET, STORED)
        await cache.check(login, "wrong", STORED)
    hasher.checked.clear()

    cache.forget(LOGIN)
    for login in (LOGIN, "other-api"):
        await cache.check(login, SECRET, STORED)
        await cache.check(login, "wrong", STORED)
    assert hasher.checked == [SECRET, "wrong"], "the other login is still cached"


async def test_check_in_progress_is_not_cached_after_forgetting(
    cache: CredentialCache, hasher: Hasher
) -> None:
    hasher.held = asyncio.Event()
    before = asyncio.create_task(cache.check(LOGIN, SECRET, STORED))
    await asyncio.sleep(0)
    cache.forget(LOGIN)
    hasher.held.set()

    assert await before
    assert await cache.check(LOGIN, SECRET, STORED)
    assert len(hasher.checked) == 2


async def test_successes_are_bounded_and_the_least_used_is_removed(hasher: Hasher) -> None:
    cache = CredentialCache(verify=hasher.verify, logins_max=2)
    for login in ("a", "b", "a", "c"):
        await cache.check(login, SECRET, STORED)
    hasher.checked.clear()

    await cache.check("a", SECRET, STORED)
    assert not hasher.checked
    await cache.check("b", SECRET, STORED)
    assert hasher.checked == [SECRET]


async def test_flood_of_wrong_passwords_removes_no_success(hasher: Hasher) -> None:
    cache = CredentialCache(verify=hasher.verify, failures_max=5)
    await cache.check(LOGIN, SECRET, STORED)
    for guess in range(50):
        await cache.check(LOGIN, f"guess {guess}", STORED, address=f"198.51.100.{guess}")
    hasher.checked.clear()

    assert await cache.check(LOGIN, SECRET, STORED)
    assert not await cache.check(LOGIN, "guess 49", STORED)
    assert not hasher.checked
    assert len(cache._failures) == 5  # bounded: nothing outside can show it


async def test_guesses_at_one_login_do_not_block_other_logins_or_addresses(hasher: Hasher) -> None:
    cache = CredentialCache(verify=hasher.verify, queue=CheckQueue(per_login_and_address_max=3))
    hasher.held = asyncio.Event()

    def begin(login: str, secret: str, stored: str, address: str) -> asyncio.Task[bool]:
        return asyncio.create_task(cache.check(login, secret, stored, address=address))

    guesses = [begin(LOGIN, f"guess {n}", STORED, "198.51.100.7") for n in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(PasswordsBusyError):
        await cache.check(LOGIN, "guess 5", STORED, address="198.51.100.7")
    shop = begin(LOGIN, SECRET, STORED, "203.0.113.9")
    other = begin("other-api", "other", "hash of other", "198.51.100.7")
    while hasher.checked != ["guess 0"]:  # noqa: ASYNC110 - until the first check runs
        await asyncio.sleep(0)
    hasher.held.set()

    assert await shop
    assert await other
    assert await asyncio.gather(*guesses) == [False] * 4
    assert hasher.checked[0] == "guess 0"
    assert set(hasher.checked[1:4]) == {SECRET, "other", "guess 1"}, "each has its turn"


async def test_right_password_is_known_after_its_caller_was_refused_as_busy(
    hasher: Hasher,
) -> None:
    cache = CredentialCache(verify=hasher.verify, wait_seconds_max=0.01)
    hasher.held = asyncio.Event()
    with pytest.raises(PasswordsBusyError, match="waits"):
        await cache.check(LOGIN, SECRET, STORED)
    hasher.held.set()
    while not cache._successes:  # noqa: ASYNC110 - polls a task in the background
        await asyncio.sleep(0)

    hasher.held.clear()
    assert await cache.check(LOGIN, SECRET, STORED)
    assert hasher.checked == [SECRET]


async def test_pause_after_guesses_delays_the_right_password_and_does_not_refuse_it(
    hasher: Hasher,
) -> None:
    now = [0.0]
    failed = FailedPasswords(monotonic=lambda: now[0])
    cache = CredentialCache(verify=hasher.verify, queue=CheckQueue(failed=failed))
    for _ in range(30):
        failed.add(LOGIN, "198.51.100.7")

    with pytest.raises(PasswordsBusyError, match="delay the next check"):
        await cache.check(LOGIN, SECRET, STORED, address="198.51.100.7")
    assert await cache.check(LOGIN, SECRET, STORED, address="203.0.113.9") is True
    assert await cache.check(LOGIN, SECRET, STORED, address="198.51.100.7"), "it is cached now"


async def test_too_long_values_are_wrong_and_not_hashed(
    cache: CredentialCache, hasher: Hasher
) -> None:
    assert not await cache.check("x" * 256, SECRET, STORED)
    assert not await cache.check(LOGIN, "x" * 257, STORED)
    assert not hasher.checked


async def test_secrets_are_not_kept_in_clear(cache: CredentialCache) -> None:
    await cache.check(LOGIN, SECRET, STORED)
    await cache.check(LOGIN, "wrong-guess", STORED)

    kept = repr(cache.__dict__)
    assert LOGIN in kept
    assert SECRET not in kept
    assert "wrong-guess" not in kept


async def test_real_argon2_hash_is_checked() -> None:
    cache = CredentialCache()
    stored = hash_password_now(SECRET)

    assert await cache.check(LOGIN, SECRET, stored)
    assert await cache.check(LOGIN, SECRET, stored)
    assert not await cache.check(LOGIN, "wrong", stored)
