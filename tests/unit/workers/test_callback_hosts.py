"""Places: a prompt host earns more, a silent one keeps one, and half is never for the slow."""

from hypothesis import given
from hypothesis import strategies as st

from altyn.workers.callback_hosts import FIRST, Places

SHOP = "https://shop.example:443"
DEAD = "http://dead.example:80"


def answer(places: Places, origin: str, seconds: float | None, times: int = 1) -> None:
    for _ in range(times):
        slow = places.take(origin)
        places.leave(origin, slow=slow, answered_in=seconds)


def test_a_new_host_gets_a_few_places() -> None:
    assert Places().free(SHOP) == FIRST


def test_a_host_that_answers_earns_more_up_to_its_bound() -> None:
    places = Places(per_host=8)
    answer(places, SHOP, 0.01, times=3)
    assert places.free(SHOP) == FIRST + 3
    answer(places, SHOP, 0.01, times=30)
    assert places.free(SHOP) == 8


def test_a_silent_host_is_tried_one_at_a_time_until_it_speaks() -> None:
    places = Places()
    answer(places, SHOP, 0.01, times=20)
    answer(places, SHOP, None)
    assert places.free(SHOP) == 1
    answer(places, SHOP, None)
    assert places.free(SHOP) == 1
    answer(places, SHOP, 0.01)
    assert places.free(SHOP) == 2


def test_a_slow_host_loses_half_of_its_places() -> None:
    places = Places()
    answer(places, SHOP, 0.01, times=14)
    answer(places, SHOP, 5.0)
    assert places.free(SHOP) == 8
    assert not places.prompt(SHOP)


def test_dead_hosts_together_leave_half_of_the_places_to_others() -> None:
    places = Places(total=64)
    answer(places, SHOP, 0.01, times=40)
    dead = [f"http://dead-{number}.example:80" for number in range(100)]
    for origin in dead:
        for _ in range(places.free(origin)):
            places.take(origin)

    assert places.taken == 32
    assert places.free(dead[-1]) == 0
    assert places.free(SHOP) == 32


def test_a_place_taken_as_unknown_is_given_back_as_such() -> None:
    places = Places()
    first, second = places.take(SHOP), places.take(SHOP)
    places.leave(SHOP, slow=first, answered_in=0.01)
    places.leave(SHOP, slow=second, answered_in=0.01)
    assert (places.taken, places.taken_by_slow) == (0, 0)


def test_hosts_of_which_nothing_bad_is_known_are_forgotten() -> None:
    places = Places()
    answer(places, SHOP, 0.01)
    answer(places, DEAD, None)
    places.forget_idle()
    assert list(places.hosts) == [DEAD]


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from((0.01, 5.0, None)), st.booleans()), max_size=80
    )
)
def test_places_are_neither_lost_nor_made(steps: list[tuple[int, float | None, bool]]) -> None:
    places, out = Places(total=16, per_host=4), list[tuple[str, bool]]()
    for number, seconds, begins in steps:
        origin = f"http://{number}.example:80"
        if begins and places.free(origin):
            out.append((origin, places.take(origin)))
        elif out:
            back, slow = out.pop(number % len(out))
            places.leave(back, slow=slow, answered_in=seconds)
        assert places.taken == len(out) <= places.total
        assert 0 <= places.taken_by_slow == sum(slow for _, slow in out) <= places.total // 2
        assert all(host.in_flight >= 0 for host in places.hosts.values())
