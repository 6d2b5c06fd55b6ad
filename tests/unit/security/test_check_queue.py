"""Password guessing: shares of addresses and logins, growing pauses, and the right password."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from altyn.security.check_queue import CheckQueue
from altyn.security.failed_passwords import (
    ADDRESS_BUDGET,
    HALF_LIFE_SECONDS,
    LOGIN_BUDGET,
    OTHER_LOGIN_PAUSE_SECONDS,
    PAUSE_SECONDS_MAX,
    FailedPasswords,
    subscriber_of,
)
from altyn.security.passwords import PasswordsBusyError

ATTACKER, SHOP = "198.51.100.7", "203.0.113.9"


@dataclass
class Clock:
    seconds: float = 1_000.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def failed(clock: Clock) -> FailedPasswords:
    return FailedPasswords(monotonic=clock.now)


def test_pauses_grow_with_the_failures_of_a_login_from_an_address(failed: FailedPasswords) -> None:
    pauses = []
    for _ in range(12):
        failed.add("shop-api", ATTACKER)
        pauses.append(failed.pause_seconds("shop-api", ATTACKER))
    assert pauses == [0, 0, 0.25, 0.5, 1, 2, 4, 8, 10, 10, 10, 10]
    assert failed.pause_seconds("shop-api", SHOP) == 0, "the shop's own address is not delayed"
    assert failed.pause_seconds("other-api", ATTACKER) == 0


def test_pause_ends_and_failures_are_forgotten(failed: FailedPasswords, clock: Clock) -> None:
    for _ in range(10):
        failed.add("shop-api", ATTACKER)
    clock.seconds += 4
    assert failed.pause_seconds("shop-api", ATTACKER) == PAUSE_SECONDS_MAX - 4
    clock.seconds += PAUSE_SECONDS_MAX
    assert failed.pause_seconds("shop-api", ATTACKER) == 0
    clock.seconds += 5 * HALF_LIFE_SECONDS
    assert failed.count("shop-api", ATTACKER) == 0


def test_address_above_its_budget_waits_before_every_login(failed: FailedPasswords) -> None:
    for number in range(ADDRESS_BUDGET):
        failed.add(f"shop{number}-api", ATTACKER)
    assert failed.pause_seconds("shop0-api", ATTACKER) == PAUSE_SECONDS_MAX
    assert failed.pause_seconds("new-api", ATTACKER) == OTHER_LOGIN_PAUSE_SECONDS
    assert failed.pause_seconds("shop0-api", SHOP) == 0


def test_login_above_its_budget_delays_those_that_failed_only(failed: FailedPasswords) -> None:
    for number in range(LOGIN_BUDGET):
        failed.add("shop-api", f"198.51.100.{number}")
    assert failed.pause_seconds("shop-api", "198.51.100.1") == PAUSE_SECONDS_MAX
    assert failed.pause_seconds("shop-api", SHOP) == 0


def test_counts_are_bounded(clock: Clock) -> None:
    failed = FailedPasswords(monotonic=clock.now, counts_max=100)
    for number in range(1_000):
        failed.add(f"login{number}", ATTACKER)
    assert len(failed._counts) == 100  # nothing outside can show it


@pytest.mark.parametrize(
    ("address", "subscriber"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_subscriber_of_an_address(address: str, subscriber: str) -> None:
    assert subscriber_of(address) == subscriber


@dataclass
class Attack:
    """A queue whose checks end one after another; `order` are the logins in that order."""

    queue: CheckQueue
    order: list[str] = field(default_factory=list)

    async def check(self, login: str, address: str, *, right: bool = False) -> bool:
        turn = self.queue.enter(login, address)

        async def verify() -> bool:
            self.order.append(f"{login} {address}")
            await asyncio.sleep(0)
            return right

        return await self.queue.run(turn, login, address, verify)


async def test_forty_guessing_connections_delay_the_shop_by_one_check(
    failed: FailedPasswords,
) -> None:
    attack = Attack(CheckQueue(failed=failed))
    guesses = [asyncio.create_task(attack.check("shop-api", ATTACKER)) for _ in range(40)]
    await asyncio.sleep(0)
    shop = asyncio.create_task(attack.check("shop-api", SHOP, right=True))

    assert await shop
    assert attack.order.index(f"shop-api {SHOP}") <= 2
    refused = [task for task in guesses if task.done() and task.exception()]
    assert len(refused) == 40 - 9, "one runs, eight wait"
    for task in guesses:
        task.cancel()
    await asyncio.gather(*guesses, return_exceptions=True)


async def test_address_without_failures_goes_before_those_that_guess(
    failed: FailedPasswords,
) -> None:
    for number in range(5):
        failed.add("shop-api", f"198.51.100.{number}")
    attack = Attack(CheckQueue(failed=failed))
    addresses = [*(f"198.51.100.{number}" for number in range(5)), SHOP]
    await asyncio.gather(*(attack.check("shop-api", address) for address in addresses))
    assert attack.order.index(f"shop-api {SHOP}") == 1, "after the check that ran already"


async def test_paused_check_runs_when_its_pause_is_over(clock: Clock) -> None:
    failed = FailedPasswords()
    attack = Attack(CheckQueue(failed=failed))
    for _ in range(3):
        failed.add("shop-api", ATTACKER)
    assert failed.pause_seconds("shop-api", ATTACKER) > 0
    assert await attack.check("shop-api", ATTACKER, right=True)


async def test_full_queue_refuses_the_address_with_most_places(failed: FailedPasswords) -> None:
    attack = Attack(CheckQueue(failed=failed, running_max=0, waiting_max=10))
    guesses = [
        asyncio.create_task(attack.check(f"shop{number}-api", ATTACKER)) for number in range(10)
    ]
    await asyncio.sleep(0)
    shop = asyncio.create_task(attack.check("shop-api", SHOP))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    (refused,) = [task for task in guesses if task.done()]
    assert isinstance(refused.exception(), PasswordsBusyError)
    assert not shop.done()
    for task in (*guesses, shop):
        task.cancel()
    await asyncio.gather(*guesses, shop, return_exceptions=True)


async def test_cancelled_check_gives_its_place_back(failed: FailedPasswords) -> None:
    attack = Attack(CheckQueue(failed=failed))
    first, second, third = (
        asyncio.create_task(attack.check("shop-api", SHOP, right=True)) for _ in range(3)
    )
    await asyncio.sleep(0)
    first.cancel()
    second.cancel()
    assert await third
    assert await attack.check("shop-api", SHOP, right=True)
