"""Numbers of a cart: the quick way for whole numbers and the exact way by Decimal give the same.

Source: fiscal.md §7 (number tolerance).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.numbers import decimal, thousandths, whole


@given(st.one_of(st.integers(-(10**19), 10**19), st.integers(-999, 999)))
def test_integers_and_their_digits_are_read_as_decimals_are(number: int) -> None:
    exact = decimal(f"{number}.0")
    for sent in (number, str(number), f" {number} "):
        assert whole(sent) == exact
        assert thousandths(sent) == (None if exact is None else exact * 1000)


@pytest.mark.parametrize("sent", ["", "007", "²", "1_000", "+1", "٣", "1" * 19, True, None, [1]])
def test_other_spellings_are_read_as_decimals_are(sent: object) -> None:
    assert whole(sent) == decimal(sent)
