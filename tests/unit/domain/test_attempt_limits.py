"""Which attempts count against the limits, and when a limit is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain import action_codes as codes
from altyn.domain.card.attempt_limits import (
    LIMIT_CODES,
    PRODUCTION_LIMITS,
    SANDBOX_LIMITS,
    AttemptLimits,
    Limit,
    LimitSettings,
    UnpaidAttempts,
    broken_limit,
    counts,
    network_of,
)
from altyn.domain.order import AttemptState, Kind
from altyn.protocol.action_codes import ACTION_CODES
from tests.builders import a_card, an_attempt

NUMBERS = st.integers(min_value=1, max_value=1_000)
LIMITS = st.builds(
    AttemptLimits,
    card_attempts_day=NUMBERS,
    address_attempts_hour=NUMBERS,
    refusals_count=NUMBERS,
    refusals_percent=st.integers(min_value=1, max_value=100),
)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (AttemptState.WAITING, True),
        (AttemptState.ABANDONED, True),
        (AttemptState.ASKED, True),
        (AttemptState.PENDING, True),
        (AttemptState.UNKNOWN, True),
        (AttemptState.DECLINED, True),
        (AttemptState.APPROVED, False),
        (AttemptState.NOT_SENT, False),
    ],
)
def test_an_attempt_counts_from_its_beginning_until_it_is_paid(
    state: AttemptState, *, expected: bool
) -> None:
    assert counts(an_attempt(state=state, action_code=None)) is expected


def test_every_state_has_been_thought_of() -> None:
    assert len(AttemptState) == 8


@pytest.mark.parametrize("code", sorted(ACTION_CODES))
def test_declines_for_want_of_an_answer_and_by_limits_do_not_count(code: int) -> None:
    unanswered = {-1, 907, 910, 31, -2018, 151017, 151018, 151019, 9001}
    by_limit = {-2000, -2001, -2002, 999}
    declined = an_attempt(state=AttemptState.DECLINED, action_code=code)
    assert counts(declined) is (code not in unanswered | by_limit)


@pytest.mark.parametrize("kind", [Kind.DEPOSIT, Kind.REVERSE, Kind.REFUND])
def test_only_payments_count(kind: Kind) -> None:
    assert not counts(an_attempt(kind, state=AttemptState.DECLINED, action_code=116))


def test_declined_payout_counts_as_a_declined_payment() -> None:
    payout = an_attempt(Kind.PAYOUT, state=AttemptState.DECLINED, action_code=116, card=a_card())
    assert counts(payout)
    assert not counts(replace(payout, state=AttemptState.APPROVED))


def test_only_card_payments_count() -> None:
    assert not counts(an_attempt(state=AttemptState.DECLINED, action_code=116, card=None))


def test_each_limit_has_an_action_code_with_a_text() -> None:
    assert set(LIMIT_CODES) == set(Limit)
    assert all(ACTION_CODES[code].text_class.ru for code in LIMIT_CODES.values())
    assert all(ACTION_CODES[code].text_class.en for code in LIMIT_CODES.values())


def test_an_attempt_that_a_limit_refuses_does_not_count() -> None:
    for limit in set(Limit) - {Limit.ORDER}:  # of the order there is no attempt
        refused = an_attempt(state=AttemptState.DECLINED, action_code=LIMIT_CODES[limit])
        assert not counts(refused)


@given(limits=LIMITS, with_card=st.integers(0, 2_000), from_network=st.integers(0, 2_000))
def test_the_attempt_after_the_last_allowed_one_is_refused(
    limits: AttemptLimits, with_card: int, from_network: int
) -> None:
    broken = broken_limit(UnpaidAttempts(with_card=with_card, from_network=from_network), limits)
    if with_card >= limits.card_attempts_day:
        assert broken is not None
        assert (broken.limit, broken.action_code) == (Limit.CARD, codes.LIMIT_EXCEEDED)
    elif from_network >= limits.address_attempts_hour:
        assert broken is not None
        assert (broken.limit, broken.action_code) == (Limit.ADDRESS, codes.IP_BLACKLISTED)
    else:
        assert broken is None


@given(limits=LIMITS, refusals=st.integers(0, 5_000), paid=st.integers(0, 5_000))
def test_refusals_are_too_many_by_number_and_share(
    limits: AttemptLimits, refusals: int, paid: int
) -> None:
    many = refusals >= limits.refusals_count
    share = refusals * 100 >= limits.refusals_percent * (refusals + paid)
    assert limits.too_many_refusals(refusals, paid) is (many and share)


@given(limits=LIMITS, refusals=st.integers(0, 5_000), paid=st.integers(0, 50_000))
def test_no_more_paid_attempts_need_be_counted_than_are_enough(
    limits: AttemptLimits, refusals: int, paid: int
) -> None:
    counted = min(paid, limits.enough_paid(refusals))
    assert limits.too_many_refusals(refusals, counted) is limits.too_many_refusals(refusals, paid)


@given(limits=LIMITS, own=st.integers(min_value=1, max_value=1_000))
def test_own_limits_of_a_merchant_replace_those_of_the_gateway(
    limits: AttemptLimits, own: int
) -> None:
    assert limits.with_own(LimitSettings()) == limits
    changed = limits.with_own(LimitSettings(card_attempts_day=own))
    assert changed.card_attempts_day == own
    assert changed.address_attempts_hour == limits.address_attempts_hour


def test_production_is_stricter_than_the_sandbox_in_every_limit() -> None:
    assert PRODUCTION_LIMITS.card_attempts_day < SANDBOX_LIMITS.card_attempts_day
    assert PRODUCTION_LIMITS.address_attempts_hour < SANDBOX_LIMITS.address_attempts_hour
    assert PRODUCTION_LIMITS.refusals_count < SANDBOX_LIMITS.refusals_count
    assert PRODUCTION_LIMITS.refusals_percent < SANDBOX_LIMITS.refusals_percent


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113", None),
        ("payer", None),
        ("", None),
        (None, None),
    ],
)
def test_network_of_an_address(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


@given(st.text(max_size=39))
def test_any_text_has_a_network_or_none(address: str) -> None:
    network_of(address)
