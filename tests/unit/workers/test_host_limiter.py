"""Limits of hosts: fast ones grow, silent ones drop to one, and slow ones use half of the slots."""

from hypothesis import given
from hypothesis import strategies as st

from altyn.workers import host_limiter
from altyn.workers.host_limiter import INITIAL_LIMIT, SLOW_LIMIT_MAX, ClaimPlan, HostLimiter, Slot

SHOP = "https://shop.example:443"
ONE, TWO = 1, 2  # merchants


def answer(limiter: HostLimiter, host: str, seconds: float | None, times: int = 1) -> None:
    for _ in range(times):
        limiter.release(limiter.acquire(ONE, host), response_seconds=seconds)


def test_new_host_starts_with_the_initial_limit() -> None:
    assert HostLimiter().free(ONE, SHOP) == INITIAL_LIMIT


def test_limit_of_a_fast_host_grows_to_its_maximum() -> None:
    limiter = HostLimiter(per_host=8)
    answer(limiter, SHOP, 0.01, times=3)
    assert limiter.free(ONE, SHOP) == INITIAL_LIMIT + 3
    answer(limiter, SHOP, 0.01, times=30)
    assert limiter.free(ONE, SHOP) == 8


def test_limit_of_a_silent_host_is_one_until_it_answers() -> None:
    limiter = HostLimiter()
    answer(limiter, SHOP, 0.01, times=20)
    answer(limiter, SHOP, None)
    assert limiter.free(ONE, SHOP) == 1
    answer(limiter, SHOP, None)
    assert limiter.free(ONE, SHOP) == 1
    answer(limiter, SHOP, 0.01)
    assert limiter.free(ONE, SHOP) == 2


def test_limit_of_a_slow_host_grows_to_a_lower_maximum() -> None:
    limiter = HostLimiter()
    answer(limiter, SHOP, 5.0, times=3)
    assert limiter.free(ONE, SHOP) == INITIAL_LIMIT + 3
    answer(limiter, SHOP, 5.0, times=30)
    assert limiter.free(ONE, SHOP) == SLOW_LIMIT_MAX
    assert not limiter.is_fast(SHOP)


def test_attempt_without_contact_does_not_change_the_limit() -> None:
    limiter = HostLimiter()
    answer(limiter, SHOP, 0.01, times=4)
    limiter.release(limiter.acquire(ONE, SHOP), response_seconds=None, contacted=False)
    assert limiter.free(ONE, SHOP) == INITIAL_LIMIT + 4
    assert limiter.is_fast(SHOP)


def fill(limiter: HostLimiter, merchant: int, hosts: int) -> list[Slot]:
    """Callbacks to so many dead hosts, as many as there is room for."""
    taken = list[Slot]()
    for number in range(hosts):
        host = f"http://dead-{merchant}-{number}.example:80"
        taken += [limiter.acquire(merchant, host) for _ in range(limiter.free(merchant, host))]
    return taken


def test_dead_hosts_use_at_most_half_of_the_slots() -> None:
    limiter = HostLimiter(total=64)
    answer(limiter, SHOP, 0.01, times=40)
    for merchant in range(10, 40):
        fill(limiter, merchant, 10)

    assert limiter.taken == 32
    assert limiter.free(ONE, "http://another.example:80") == 0
    assert limiter.free(ONE, SHOP) == 32


def test_dead_hosts_of_one_merchant_leave_slots_for_other_merchants() -> None:
    limiter = HostLimiter(total=64)
    assert len(fill(limiter, ONE, 100)) == 8
    assert limiter.free(TWO, "http://new.example:80") == INITIAL_LIMIT


def test_what_is_planned_counts_as_taken() -> None:
    limiter, plan = HostLimiter(total=64), ClaimPlan()
    plan.add(ONE, SHOP, 2, fast=False)
    assert limiter.free(ONE, SHOP, plan) == 0
    plan.add(ONE, "http://second.example:80", 6, fast=False)
    assert limiter.free(ONE, "http://third.example:80", plan) == 0, "the merchant's part is planned"
    assert limiter.free(TWO, "http://third.example:80", plan) == INITIAL_LIMIT


def test_slot_taken_as_slow_is_released_as_slow() -> None:
    limiter = HostLimiter()
    first, second = limiter.acquire(ONE, SHOP), limiter.acquire(ONE, SHOP)
    limiter.release(first, response_seconds=0.01)
    limiter.release(second, response_seconds=0.01)
    assert (limiter.taken, limiter.taken_by_slow) == (0, 0)
    assert not limiter.slow_of_merchant


def test_the_hosts_used_longest_ago_are_forgotten() -> None:
    limiter = HostLimiter()
    many = host_limiter.HOSTS_REMEMBERED + 5
    busy = limiter.acquire(ONE, "http://busy.example:80")
    for number in range(many):
        answer(limiter, f"http://{number}.example:80", None)
    limiter.forget_old()
    assert len(limiter.hosts) == host_limiter.HOSTS_REMEMBERED
    assert busy.host in limiter.hosts, "something is on its way there"
    assert f"http://{many - 1}.example:80" in limiter.hosts
    assert "http://0.example:80" not in limiter.hosts


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from((0.01, 5.0, None)), st.booleans()), max_size=80
    )
)
def test_number_of_taken_slots_is_always_correct(
    steps: list[tuple[int, float | None, bool]],
) -> None:
    limiter, out = HostLimiter(total=16, per_host=4), list[Slot]()
    for number, seconds, begins in steps:
        merchant, host = number % 3, f"http://{number}.example:80"
        if begins and limiter.free(merchant, host):
            out.append(limiter.acquire(merchant, host))
        elif out:
            limiter.release(out.pop(number % len(out)), response_seconds=seconds)
        assert limiter.taken == len(out) <= limiter.total
        assert limiter.taken_by_slow == sum(slot.slow for slot in out) <= limiter.total // 2
        assert limiter.slow_of_merchant.total() == limiter.taken_by_slow
        assert all(host.in_flight >= 0 for host in limiter.hosts.values())
