"""One process lets no more attempts through than the limits allow, whatever comes at once."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.attempt_limits import AttemptLimits, Limit, UnpaidAttempts
from altyn.operations.paying.card.limiter import (
    VERDICT_TIME,
    AttemptLimiter,
    Beginning,
    LimitedAttempt,
)
from tests.builders import REGISTERED_AT, a_merchant

NOW: Final = REGISTERED_AT
LIMITS: Final = AttemptLimits(
    card_attempts_day=3, address_attempts_hour=5, refusals_count=4, refusals_percent=80
)
MERCHANT: Final = a_merchant()


@dataclass
class Counts:
    """The saved attempts of one merchant, in memory."""

    saved: list[LimitedAttempt] = field(default_factory=list)
    refusals: int = 0
    payments: int = 0
    asked: int = 0

    async def unpaid(
        self, merchant_id: int, fingerprint: str, network: str | None, _now: datetime
    ) -> UnpaidAttempts:
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
async def test_attempts_at_once_never_exceed_the_limits(
    attempts: list[LimitedAttempt], data: st.DataObject
) -> None:
    """Each attempt begins, is checked and is saved; the steps of several are mixed in any order."""
    counts = Counts()
    limiter = AttemptLimiter(counts, LIMITS)
    steps: list[tuple[str, Beginning | LimitedAttempt]] = [("begin", each) for each in attempts]
    with ExitStack() as stack:
        while steps:
            step, subject = steps.pop(data.draw(st.integers(0, len(steps) - 1)))
            if isinstance(subject, LimitedAttempt):
                steps.append(("check", stack.enter_context(limiter.begin(subject))))
            elif step == "check" and await limiter.broken_limit(subject, MERCHANT, NOW):
                subject.end()
            elif step == "check":
                steps.append(("save", subject))
            else:
                counts.saved.append(subject.attempt)
                subject.end()
    for card in "abc":
        assert sum(each.fingerprint == card for each in counts.saved) <= LIMITS.card_attempts_day
    for network in "nm":
        assert sum(each.network == network for each in counts.saved) <= LIMITS.address_attempts_hour


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
        assert limiter.begin(an_attempt()).earlier == UnpaidAttempts()
    assert limiter.begin(an_attempt()).earlier == UnpaidAttempts()


async def test_a_failed_attempt_leaves_nothing_in_memory() -> None:
    limiter = AttemptLimiter(Counts(), LIMITS)
    with pytest.raises(ZeroDivisionError), limiter.begin(an_attempt()):
        _ = 1 // 0
    assert limiter.begin(an_attempt()).earlier == UnpaidAttempts()


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
