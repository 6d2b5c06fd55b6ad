"""Order ids: they contain their merchant, sort by time, and cannot be guessed."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.order_id import (
    MERCHANTS_MAX,
    merchant_of,
    new_order_id,
    new_order_number,
)
from altyn.masking import mask_text

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
MERCHANTS = st.integers(1, MERCHANTS_MAX)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@given(TIMES, MERCHANTS)
def test_order_id_contains_its_merchant(now: datetime, merchant_id: int) -> None:
    order_id = new_order_id(now, merchant_id)
    assert merchant_of(order_id) == merchant_id
    assert merchant_of(UUID(str(order_id))) == merchant_id
    assert (order_id.version, order_id.variant) == (8, RFC_4122)


@given(TIMES, st.timedeltas(timedelta(milliseconds=1), timedelta(days=999)), MERCHANTS, MERCHANTS)
def test_later_ids_are_greater(now: datetime, by: timedelta, one: int, other: int) -> None:
    earlier, later = new_order_id(now, one), new_order_id(now + by, other)
    assert earlier < later
    assert str(earlier) < str(later)
    assert earlier.bytes < later.bytes


@given(MERCHANTS)
def test_ids_of_one_millisecond_differ_in_random_bits_alone(merchant_id: int) -> None:
    ids = [new_order_id(NOW, merchant_id).int for _ in range(64)]
    assert len(set(ids)) == 64
    assert len({each >> 56 for each in ids}) == 1
    # and in each of these bits: one that never moves would be guessed
    moved = 0
    for each in ids:
        moved |= each ^ ids[0]
    assert moved == (1 << 56) - 1


@pytest.mark.parametrize("merchant_id", [0, -1, MERCHANTS_MAX + 1])
def test_merchant_number_outside_the_layout_is_refused(merchant_id: int) -> None:
    with pytest.raises(AssertionError):
        new_order_id(NOW, merchant_id)


def test_id_of_another_form_has_no_merchant() -> None:
    assert merchant_of(uuid4()) is None
    assert merchant_of(UUID(int=0)) is None
    assert merchant_of(UUID(int=0x8 << 76 | 0b10 << 62)) is None


def test_generated_numbers_are_of_eighteen_digits() -> None:
    numbers = {new_order_number(NOW) for _ in range(100)}
    assert all(len(number) == 18 and number.isdigit() for number in numbers)
    assert len(numbers) > 90


def test_generated_numbers_are_not_masked_as_card_numbers() -> None:
    numbers = [new_order_number(NOW) for _ in range(500)]
    assert [mask_text(number) for number in numbers] == numbers
