"""One process lets no more attempts through than the limits allow, whatever comes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altyn.domain.card.attempt_limits import AttemptLimits, Limit, UnpaidAttempts
from altyn.operations.paying.card.beginning import LimitedAttempt
from altyn.operations.paying.card.limiter import VERDICT_TIME, AttemptLimiter
from tests.builders import REGISTERED_AT, a_merchant

NOW: Final = REGISTERED_AT
LIMITS: Final = AttemptLimits(
    card_attempts_day=3, address_attempts_hour=5, refusals_count=4, refusals_percent=80
)
MERCHANT: Final = a_merchant()


@dataclass
class Counts:
    """The saved attempts of one merchant, in memory; `meanwhile` runs once, during a count."""

    saved: list[LimitedAttempt] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    reads: int = 0
    refusals: int = 0
    payments: int = 0
    asked: int = 0

    async def unpaid(
        self, merchant_id: int, fingerprint: str, network: str | None, _now: datetime
    ) -> UnpaidAttempts:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        self.reads += 1
        mine = [each for each in self.saved if each.merchant_id == merchant_id]
        return UnpaidAttempts(
            with_card=sum(each.fingerprint == fingerprint for each in mine),
            from_network=sum(network is not None and each.network == network for each in mine),
        )

    async def refused(self, _merchant_id: int, _now: datetime) -> int:
        self.asked += 1
        return self.refusals

    async def paid(self, _merchant_id: int, _now: datetime, *, enough: int) -> int:
        return min(self.payments, enough)


def an_attempt(card: str = "a", network: str | None = "n") -> LimitedAttempt:
    return LimitedAttempt(merchant_id=MERCHANT.merchant_id, fingerprint=card, network=network)


class Steps:
    """Ends each step of an attempt when the test says so; `turns` lets the others run."""

    def __init__(self) -> None:
        self.admitted, self.committed, self.answered = (asyncio.Event() for _ in range(3))

    def end_all(self) -> None:
        for step in (self.admitted, self.committed, self.answered):
            step.set()


async def turns(number: int = 20) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def begin(
    counts: Counts, limiter: AttemptLimiter, attempt: LimitedAttempt, steps: Steps
) -> Limit | None:
    """A payment: checked by the limits, admitted, committed by the store, answered by it."""
    with limiter.begin(attempt) as beginning:
        broken = await limiter.broken_limit(beginning, MERCHANT, NOW)
        if broken is not None:
            return broken.limit
        await steps.admitted.wait()
        beginning.saving()
        await steps.committed.wait()
        counts.saved.append(attempt)
        await steps.answered.wait()
        beginning.end()
    return None


@settings(deadline=None)
@given(
    attempts=st.lists(
        st.builds(
            an_attempt,
            card=st.sampled_from(["a", "b", "c"]),
            network=st.sampled_from(["n", "m", None]),
        ),
        min_size=1,
        max_size=12,
    ),
    data=st.data(),
)
async def test_attempts_at_once_use_the_limits_up_and_never_exceed_them(
    attempts: list[LimitedAttempt], data: st.DataObject
) -> None:
    """The steps of all attempts are mixed in any order; a refusal has its limit reached."""
    counts = Counts()
    limiter = AttemptLimiter(counts, LIMITS)
    each_of = [Steps() for _ in attempts]
    payments = [
        asyncio.create_task(begin(counts, limiter, attempt, steps))
        for attempt, steps in zip(attempts, each_of, strict=True)
    ]
    events = [step for steps in each_of for step in vars(steps).values()]
    for step in data.draw(st.permutations(events)):
        step.set()
        await turns(data.draw(st.integers(0, 3)))
    limits = await asyncio.gather(*payments)
    for attempt, limit in zip(attempts, limits, strict=True):
        with_card = sum(each.fingerprint == attempt.fingerprint for each in counts.saved)
        from_network = sum(each.network == attempt.network for each in counts.saved)
        assert with_card <= LIMITS.card_attempts_day
        assert attempt.network is None or from_network <= LIMITS.address_attempts_hour
        assert limit is not Limit.CARD or with_card == LIMITS.card_attempts_day
        assert limit is not Limit.ADDRESS or from_network == LIMITS.address_attempts_hour


async def test_attempt_that_is_saved_during_the_count_is_counted_once() -> None:
    """The second attempt counts when the first is committed and has no answer of the store."""
    counts = Counts(saved=[an_attempt()])
    limiter = AttemptLimiter(counts, LIMITS)
    first, second = Steps(), Steps()
    second.end_all()
    payments = [
        asyncio.create_task(begin(counts, limiter, an_attempt(), steps))
        for steps in (first, second)
    ]
    first.admitted.set()
    first.committed.set()
    await turns()
    assert not payments[1].done(), "whether the first is counted is not known yet"
    first.answered.set()
    assert await asyncio.gather(*payments) == [None, None]
    assert len(counts.saved) == LIMITS.card_attempts_day


async def test_attempt_that_ends_during_the_count_is_counted_once() -> None:
    counts = Counts(saved=[an_attempt()])
    limiter = AttemptLimiter(counts, LIMITS)
    with limiter.begin(an_attempt()) as first, limiter.begin(an_attempt()) as second:

        def save_first() -> None:
            counts.saved.append(first.attempt)
            first.saving().end()

        counts.meanwhile = save_first
        assert await limiter.broken_limit(second, MERCHANT, NOW) is None


async def test_attempt_that_a_limit_refuses_does_not_count_for_those_behind_it() -> None:
    """The first attempt's card is used up; the address has room for one more."""
    network = LIMITS.address_attempts_hour - 1
    counts = Counts(saved=[an_attempt("a", "n")] * 3 + [an_attempt("b", "n")] * (network - 3))
    limiter = AttemptLimiter(counts, LIMITS)
    with limiter.begin(an_attempt("a", "n")) as first, limiter.begin(an_attempt("c")) as second:
        behind = asyncio.create_task(limiter.broken_limit(second, MERCHANT, NOW))
        await turns()
        assert await limiter.broken_limit(first, MERCHANT, NOW)
        assert await behind is None


async def test_refusal_that_is_certain_waits_for_no_other_attempt() -> None:
    counts = Counts(saved=[an_attempt()] * LIMITS.card_attempts_day)
    limiter = AttemptLimiter(counts, LIMITS)
    with limiter.begin(an_attempt()) as first, limiter.begin(an_attempt()) as second:
        first.saving()
        assert await limiter.broken_limit(second, MERCHANT, NOW)
    assert counts.reads == 1


async def test_attempt_far_below_the_limits_is_counted_by_one_read() -> None:
    counts = Counts()
    limiter = AttemptLimiter(counts, LIMITS)
    with limiter.begin(an_attempt()) as first, limiter.begin(an_attempt()) as second:
        first.saving()
        assert await limiter.broken_limit(second, MERCHANT, NOW) is None
    assert counts.reads == 1


async def test_attempts_one_after_another_reach_the_limit_exactly() -> None:
    counts = Counts()
    limiter = AttemptLimiter(counts, LIMITS)
    for _ in range(LIMITS.card_attempts_day):
        with limiter.begin(an_attempt()) as beginning:
            assert await limiter.broken_limit(beginning, MERCHANT, NOW) is None
            counts.saved.append(beginning.attempt)
    with limiter.begin(an_attempt()) as beginning:
        broken = await limiter.broken_limit(beginning, MERCHANT, NOW)
    assert broken is not None
    assert broken.limit is Limit.CARD


async def test_an_attempt_that_is_saved_is_not_counted_in_memory_any_more() -> None:
    limiter = AttemptLimiter(Counts(), LIMITS)
    with limiter.begin(an_attempt()) as beginning:
        beginning.end()
        assert limiter.begin(an_attempt()).earlier.at_most() == UnpaidAttempts()
    assert limiter.begin(an_attempt()).earlier.at_most() == UnpaidAttempts()


async def test_a_failed_attempt_leaves_nothing_in_memory() -> None:
    limiter = AttemptLimiter(Counts(), LIMITS)
    with pytest.raises(ZeroDivisionError), limiter.begin(an_attempt()):
        _ = 1 // 0
    assert limiter.begin(an_attempt()).earlier.at_most() == UnpaidAttempts()


async def checked(limiter: AttemptLimiter, now: datetime) -> Limit | None:
    with limiter.begin(an_attempt()) as beginning:
        broken = await limiter.broken_limit(beginning, MERCHANT, now)
    return broken.limit if broken else None


async def test_the_refusals_of_a_merchant_are_counted_once_a_second() -> None:
    counts = Counts(refusals=3)
    limiter = AttemptLimiter(counts, LIMITS)
    assert await checked(limiter, NOW) is None
    counts.refusals = 4
    assert await checked(limiter, NOW + VERDICT_TIME - timedelta(microseconds=1)) is None
    assert counts.asked == 1
    assert await checked(limiter, NOW + VERDICT_TIME) is Limit.MERCHANT
    counts.payments = 2
    assert await checked(limiter, NOW + VERDICT_TIME) is Limit.MERCHANT
    assert await checked(limiter, NOW + 2 * VERDICT_TIME) is None


async def test_a_clock_that_jumps_back_does_not_keep_a_verdict() -> None:
    counts = Counts(refusals=4)
    limiter = AttemptLimiter(counts, LIMITS)
    assert await checked(limiter, NOW) is Limit.MERCHANT
    counts.refusals = 0
    assert await checked(limiter, NOW - timedelta(days=1)) is None
