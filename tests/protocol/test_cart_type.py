"""A cart is read alike by the quick way for plain carts and by the reader of JSON of any shape.

Source: fiscal.md §3; decision 0012 (card numbers).
"""

import json
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from altyn.domain.cart.document import Cart
from altyn.domain.cart.plain import plain_text
from altyn.protocol import types as t
from altyn.protocol.cart_type import CART
from altyn.protocol.json_text import JSON_CHARS, compact_json
from altyn.protocol.malformed import Malformed
from tests.protocol.test_types import NO_CONTEXT

COMPACT: Final = (
    '{"customerDetails":{"email":"a@shop.example","phone":null},"cartItems":{"items":['
    '{"positionId":"1","name":"Чай «Май» – 5 шт.","itemCode":"4600000000008","itemPrice":75,'
    '"quantity":{"measure":"шт.","value":2},"itemAmount":150,"itemCurrency":643,'
    '"tax":{"taxType":6,"taxSum":0},"itemDetails":null,'
    '"itemAttributes":{"attributes":[{"name":"paymentMethod","value":"1"}]}}]}}'
)


def read(text: str) -> str | None:
    """The text that is kept of a cart; None where it is refused."""
    try:
        cart: Cart = CART.parse(text, NO_CONTEXT)
    except Malformed:
        return None
    return cart.text


def read_as_any_json(text: str) -> str | None:
    try:
        return compact_json(text)
    except Malformed:
        return None


def test_plain_cart_is_kept_as_it_was_sent() -> None:
    assert read(COMPACT) == COMPACT == plain_text(COMPACT)


@pytest.mark.parametrize("indent", [None, 2])
def test_plain_cart_with_spaces_is_kept_without_them(indent: int | None) -> None:
    spaced = json.dumps(json.loads(COMPACT), ensure_ascii=False, indent=indent)
    assert read(spaced) == COMPACT == plain_text(spaced)


@pytest.mark.parametrize(
    ("sent", "instead"),
    [
        ('"taxSum":0', '"taxSum":-0'),
        ('"taxSum":0', '"taxSum":0,"taxSum":0'),
        ('"taxType":6', '"taxType":6.0'),
        ("Чай", "\\u0427ай"),
        ("Чай", "Чай\\/"),
        ("Чай", "Чай\\b"),
        ("Чай", "Чай\x7f"),
        ("Чай", "Чай\u202e"),
        ("Чай", "Чай\ud800"),
        ("Чай", "4111 1111 1111 1111"),
        ('"phone":null', '"phone":"4111111111111111"'),
        ('"itemAmount":150', '"itemAmount":151'),
        ('"positionId"', '"own":[],"positionId"'),
        ("[", "[ "),
        ("}", ""),
        ("Чай", "Ч" * JSON_CHARS),
    ],
)
def test_other_spellings_are_left_to_the_reader_of_any_json(sent: str, instead: str) -> None:
    text = COMPACT.replace(sent, instead, 1)
    assert text != COMPACT
    assert read(text) == read_as_any_json(text)
    assert CART.has_masked(text) == t.JSON.has_masked(text)


PIECES: Final = st.sampled_from(
    ['"', "\\", "\\n", "\\b", "\\u0008", ",", ":", "{", "}", "[", "]", " ", "\n", "0", "-0", "e1",
     "1.0", "null", '"value":2,', '"phone":null,', "411111111111111", "1111", "é", "\x7f", "\x08",
     "\u0085", "\u2028", "\ud83d"]
)  # fmt: skip
EDITS: Final = st.lists(
    st.tuples(st.integers(0, len(COMPACT)), st.integers(0, 4), st.one_of(PIECES, st.text())),
    min_size=1,
    max_size=4,
)


@given(edits=EDITS)
@example(edits=[(len(COMPACT), 0, " ")])
def test_any_edit_of_a_plain_cart_is_read_alike(edits: list[tuple[int, int, str]]) -> None:
    text = COMPACT
    for place, removed, added in edits:
        text = text[:place] + added + text[place + removed :]
    assert read(text) == read_as_any_json(text)
    assert CART.has_masked(text) == t.JSON.has_masked(text)


VALUES: Final = st.one_of(
    st.none(),
    st.integers(-1, 10**16),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["1", "4111111111111111", "\x1d"]),
)
NAMES: Final = st.sampled_from([*json.loads(COMPACT)["cartItems"]["items"][0], "unknown"])


@given(
    changes=st.dictionaries(NAMES, VALUES, max_size=3),
    customer=st.dictionaries(st.sampled_from(["email", "phone", "inn"]), VALUES, max_size=2),
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 1]),
    separators=st.sampled_from([None, (",", ":")]),
)
def test_changed_carts_are_read_alike(
    changes: dict[str, Any],
    customer: dict[str, Any],
    *,
    ascii_only: bool,
    indent: int | None,
    separators: tuple[str, str] | None,
) -> None:
    document = json.loads(COMPACT)
    document["cartItems"]["items"][0] |= changes
    document["customerDetails"] = customer
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent, separators=separators)
    assert read(text) == read_as_any_json(text)
    assert CART.has_masked(text) == t.JSON.has_masked(text)
