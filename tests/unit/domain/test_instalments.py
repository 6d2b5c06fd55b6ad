"""The plan of a payment in parts: it adds up to the kopeck, whatever is charged and refunded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.instalments import (
    DAYS_BETWEEN,
    PLAN,
    CardReturn,
    InstalmentDue,
    Plan,
    day_of,
    later_instalments,
    plan_of,
    plan_text,
    read_plan,
)

SUMS = st.integers(4, 10**12)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(SUMS, DAYS)
def test_four_parts_add_up_and_the_first_has_the_kopecks_that_remain(
    amount: int, day: date
) -> None:
    plan = plan_of(amount, day)
    sums = [part.unpaid_minor for part in plan.parts]
    assert sum(sums) == amount
    assert sums[1:] == [amount // 4] * 3
    assert 0 <= sums[0] - sums[1] < 4
    assert [part.due_on - day for part in plan.parts] == [
        timedelta(days=DAYS_BETWEEN * n) for n in range(4)
    ]


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (date(2028, 2, 1), ["2028-02-01", "2028-02-15", "2028-02-29", "2028-03-14"]),
        (date(2027, 2, 1), ["2027-02-01", "2027-02-15", "2027-03-01", "2027-03-15"]),
        (date(2026, 11, 30), ["2026-11-30", "2026-12-14", "2026-12-28", "2027-01-11"]),
        (date(2028, 2, 29), ["2028-02-29", "2028-03-14", "2028-03-28", "2028-04-11"]),
    ],
)
def test_dates_go_over_the_ends_of_months_and_years(first: date, days: list[str]) -> None:
    assert [part.due_on.isoformat() for part in plan_of(1000_00, first).parts] == days


def test_day_of_a_plan_is_the_day_in_moscow() -> None:
    assert day_of(datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert day_of(datetime(2026, 11, 30, 21, tzinfo=UTC)) == date(2026, 12, 1)


def test_later_part_is_due_when_its_day_begins_in_moscow() -> None:
    paid_at = datetime(2026, 11, 27, 9, tzinfo=UTC)
    due = InstalmentDue(number=2, due_on=date(2026, 12, 11))
    assert paid_at + due.due_after(paid_at) == datetime(2026, 12, 10, 21, tzinfo=UTC)
    late = datetime(2027, 1, 1, tzinfo=UTC)
    assert due.due_after(late) == timedelta(0)


def test_refund_makes_unpaid_parts_smaller_from_the_last_one() -> None:
    plan, returns = plan_of(1000_00, date(2026, 11, 27)).charged(1).shortened(300_00)
    assert [part.amount_minor for part in plan.parts] == [250_00, 250_00, 200_00, 0]
    assert returns == ()


def test_surplus_of_a_refund_returns_to_the_card_from_the_last_charged_part() -> None:
    plan = plan_of(1000_00, date(2026, 11, 27)).charged(1).charged(2)
    plan, returns = plan.shortened(800_00)
    assert [part.amount_minor for part in plan.parts] == [200_00, 0, 0, 0]
    assert returns == (CardReturn(2, 250_00), CardReturn(1, 50_00))


@given(SUMS, st.data())
def test_any_charges_and_refunds_lose_nothing(amount: int, data: st.DataObject) -> None:
    plan, kept, to_card = plan_of(amount, date(2026, 11, 27)).charged(1), amount, 0
    for number in (2, 3, 4):
        for _ in range(data.draw(st.integers(0, 2))):
            back = data.draw(st.integers(0, kept))
            plan, returns = plan.shortened(back)
            kept -= back
            to_card += sum(each.amount_minor for each in returns)
            check(plan, kept, to_card)
        if data.draw(st.booleans()):
            plan = plan.charged(number)
            check(plan, kept, to_card)
    plan, returns = plan.shortened(kept)
    check(plan, 0, to_card + sum(each.amount_minor for each in returns))


def check(plan: Plan, kept_minor: int, to_card_minor: int) -> None:
    """The payer pays what the shop keeps, and nothing goes back that was not charged."""
    assert plan.unpaid_minor + plan.charged_minor - plan.returned_minor == kept_minor
    assert plan.returned_minor == to_card_minor
    for part in plan.parts:
        assert part.unpaid_minor >= 0
        assert 0 <= part.returned_minor <= part.charged_minor
        assert not (part.unpaid_minor and part.charged_minor)


def test_plan_is_kept_as_text_and_names_its_later_parts() -> None:
    plan = plan_of(1000_03, date(2026, 11, 27)).charged(1)
    assert read_plan(plan_text(plan)) == plan
    later = later_instalments({PLAN: plan_text(plan)})
    assert [(each.number, each.due_on.isoformat()) for each in later] == [
        (2, "2026-12-11"),
        (3, "2026-12-25"),
        (4, "2027-01-08"),
    ]
    assert later_instalments({}) == ()
