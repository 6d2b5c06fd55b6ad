"""A cart comes back from its column as it was sent, packed or not."""

from hypothesis import given
from hypothesis import strategies as st

from altyn.storage.carts import PACKED_FROM, pack_cart, unpack_cart

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS, st.integers(min_value=1, max_value=300))
def test_cart_is_read_as_it_was_written(text: str, times: int) -> None:
    cart = '{"a": "' + text * times + '"}'
    assert unpack_cart(pack_cart(cart)) == cart


@given(TEXTS)
def test_only_long_carts_are_packed(text: str) -> None:
    short = ("[" + text)[:200]
    assert pack_cart(short) == short.encode()
    long = short.ljust(PACKED_FROM)
    assert len(pack_cart(long)) < PACKED_FROM
