"""Moscow time: the midnight that ends a business day, and the dates of requests."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.moscow import (
    COMPACT_FORMAT,
    MOSCOW,
    end_of_business_day,
    from_moscow,
    to_moscow,
)

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@pytest.mark.parametrize(
    ("time", "end"),
    [
        ("2026-11-21T20:59:59.999999", "2026-11-21T21:00"),  # 23:59:59.999999 in Moscow
        ("2026-11-21T21:00:00", "2026-11-22T21:00"),  # 00:00, a new day
        ("2026-11-21T12:00:00", "2026-11-21T21:00"),
        ("2026-12-31T21:00:00", "2027-01-01T21:00"),  # 2027 has begun in Moscow
        ("2028-02-28T21:00:00", "2028-02-29T21:00"),
    ],
)
def test_the_business_day_ends_at_midnight_in_moscow(time: str, end: str) -> None:
    ends = end_of_business_day(datetime.fromisoformat(time).replace(tzinfo=UTC))
    assert ends == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert ends.tzinfo is UTC


@given(TIMES)
def test_time_is_within_its_business_day(time: datetime) -> None:
    ends = end_of_business_day(time)
    assert ends - timedelta(days=1) <= time < ends
    assert to_moscow(ends).timetz().isoformat() == "00:00:00+03:00"


@given(TIMES, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_business_day_is_the_calendar_day_of_moscow(time: datetime, by: timedelta) -> None:
    same = end_of_business_day(time) == end_of_business_day(time + by)
    assert same is (to_moscow(time).date() == to_moscow(time + by).date())


@given(TIMES)
def test_dates_of_requests_are_moscow_time(time: datetime) -> None:
    whole = time.replace(microsecond=0)
    assert from_moscow(whole.astimezone(MOSCOW).strftime("%Y-%m-%dT%H:%M:%S")) == whole


def test_both_date_formats_are_read() -> None:
    noon = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)  # summer makes no difference
    assert from_moscow("2026-06-01T12:00:00") == noon
    assert from_moscow("20260601120000", COMPACT_FORMAT) == noon


@pytest.mark.parametrize("text", ["", "2026-06-01", "2026-02-30T00:00:00", "2026-06-01T12:00:00Z"])
def test_text_that_is_not_a_date_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"time data|unconverted|out of range"):
        from_moscow(text)
