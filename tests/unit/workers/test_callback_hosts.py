"""HostLimiter: a prompt host earns more, a silent one keeps one, and half is never for the slow."""

from hypothesis import given
from hypothesis import strategies as st

from altyn.workers import callback_hosts
from altyn.workers.callback_hosts import FIRST, SLOW_MAX, HostLimiter, Plan, Slot

SHOP = "https://shop.example:443"
ONE, TWO = 1, 2  # merchants


def answer(places: HostLimiter, origin: str, seconds: float | None, times: int = 1) -> None:
    for _ in range(times):
        places.leave(places.take(ONE, origin), answered_in=seconds)


def test_a_new_host_gets_a_few_places() -> None:
    assert HostLimiter().free(ONE, SHOP) == FIRST


def test_a_host_that_answers_earns_more_up_to_its_bound() -> None:
    places = HostLimiter(per_host=8)
    answer(places, SHOP, 0.01, times=3)
    assert places.free(ONE, SHOP) == FIRST + 3
    answer(places, SHOP, 0.01, times=30)
    assert places.free(ONE, SHOP) == 8


def test_a_silent_host_is_tried_one_at_a_time_until_it_speaks() -> None:
    places = HostLimiter()
    answer(places, SHOP, 0.01, times=20)
    answer(places, SHOP, None)
    assert places.free(ONE, SHOP) == 1
    answer(places, SHOP, None)
    assert places.free(ONE, SHOP) == 1
    answer(places, SHOP, 0.01)
    assert places.free(ONE, SHOP) == 2


def test_a_slow_host_that_answers_earns_a_few_more() -> None:
    places = HostLimiter()
    answer(places, SHOP, 5.0, times=3)
    assert places.free(ONE, SHOP) == FIRST + 3
    answer(places, SHOP, 5.0, times=30)
    assert places.free(ONE, SHOP) == SLOW_MAX
    assert not places.prompt(SHOP)


def test_a_host_that_was_not_asked_is_none_the_worse() -> None:
    places = HostLimiter()
    answer(places, SHOP, 0.01, times=4)
    places.leave(places.take(ONE, SHOP), answered_in=None, asked=False)
    assert places.free(ONE, SHOP) == FIRST + 4
    assert places.prompt(SHOP)


def fill(places: HostLimiter, merchant: int, hosts: int) -> list[Slot]:
    """Callbacks to so many dead hosts, as many as there is room for."""
    taken = list[Slot]()
    for number in range(hosts):
        origin = f"http://dead-{merchant}-{number}.example:80"
        taken += [places.take(merchant, origin) for _ in range(places.free(merchant, origin))]
    return taken


def test_dead_hosts_together_leave_half_of_the_places_to_others() -> None:
    places = HostLimiter(total=64)
    answer(places, SHOP, 0.01, times=40)
    for merchant in range(10, 40):
        fill(places, merchant, 10)

    assert places.taken == 32
    assert places.free(ONE, "http://another.example:80") == 0
    assert places.free(ONE, SHOP) == 32


def test_one_merchants_dead_hosts_leave_room_for_other_merchants() -> None:
    places = HostLimiter(total=64)
    assert len(fill(places, ONE, 100)) == 8
    assert places.free(TWO, "http://new.example:80") == FIRST


def test_what_is_planned_counts_as_taken() -> None:
    places, plan = HostLimiter(total=64), Plan()
    plan.add(ONE, SHOP, 2, prompt=False)
    assert places.free(ONE, SHOP, plan) == 0
    plan.add(ONE, "http://second.example:80", 6, prompt=False)
    assert places.free(ONE, "http://third.example:80", plan) == 0, "the merchant's part is planned"
    assert places.free(TWO, "http://third.example:80", plan) == FIRST


def test_a_place_taken_as_unknown_is_given_back_as_such() -> None:
    places = HostLimiter()
    first, second = places.take(ONE, SHOP), places.take(ONE, SHOP)
    places.leave(first, answered_in=0.01)
    places.leave(second, answered_in=0.01)
    assert (places.taken, places.taken_by_slow) == (0, 0)
    assert not places.slow_of_merchant


def test_the_hosts_used_longest_ago_are_forgotten() -> None:
    places = HostLimiter()
    many = callback_hosts.HOSTS_REMEMBERED + 5
    busy = places.take(ONE, "http://busy.example:80")
    for number in range(many):
        answer(places, f"http://{number}.example:80", None)
    places.forget_old()
    assert len(places.hosts) == callback_hosts.HOSTS_REMEMBERED
    assert busy.origin in places.hosts, "something is on its way there"
    assert f"http://{many - 1}.example:80" in places.hosts
    assert "http://0.example:80" not in places.hosts


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from((0.01, 5.0, None)), st.booleans()), max_size=80
    )
)
def test_places_are_neither_lost_nor_made(steps: list[tuple[int, float | None, bool]]) -> None:
    places, out = HostLimiter(total=16, per_host=4), list[Slot]()
    for number, seconds, begins in steps:
        merchant, origin = number % 3, f"http://{number}.example:80"
        if begins and places.free(merchant, origin):
            out.append(places.take(merchant, origin))
        elif out:
            places.leave(out.pop(number % len(out)), answered_in=seconds)
        assert places.taken == len(out) <= places.total
        assert places.taken_by_slow == sum(place.slow for place in out) <= places.total // 2
        assert places.slow_of_merchant.total() == places.taken_by_slow
        assert all(host.in_flight >= 0 for host in places.hosts.values())
