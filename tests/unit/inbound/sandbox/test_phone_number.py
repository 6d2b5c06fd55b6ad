"""The spellings of a phone number that the simulated phones accept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.phone import russian_phone
from altyn.inbound.sandbox.phones.number import read_phone, spaced

DIGITS = st.text("0123456789", min_size=10, max_size=10)
PREFIXES = st.sampled_from(["+7", "7", "8", ""])
SEPARATORS = st.sampled_from(["", " ", "-", " (", ") ", "\u2011", "."])


@given(DIGITS, PREFIXES)
def test_any_ten_digits_after_a_prefix_are_a_number(digits: str, prefix: str) -> None:
    assert read_phone(prefix + digits) == f"7{digits}"


@given(DIGITS, PREFIXES, st.lists(SEPARATORS, min_size=10, max_size=10))
def test_separators_do_not_count(digits: str, prefix: str, separators: list[str]) -> None:
    pieces = (before + digit for before, digit in zip(separators, digits, strict=True))
    text = prefix + "".join(pieces)
    if not text.startswith(" ") or prefix:
        assert read_phone(text) == f"7{digits}"


@given(st.text())
def test_normal_form_is_eleven_digits_and_stays_as_it_is(text: str) -> None:
    phone = read_phone(text)
    if phone is not None:
        assert len(phone) == 11
        assert phone.isdigit()
        assert phone.startswith("7")
        assert read_phone(phone) == phone == read_phone(spaced(phone))


@given(st.text("+0123456789 ()-", max_size=16))
def test_russian_number_keeps_its_normal_form(text: str) -> None:
    russian = russian_phone(text)
    if russian is not None:
        assert read_phone(text) == russian


@given(st.text("0123456789", max_size=16).filter(lambda digits: len(digits) not in {10, 11}))
def test_wrong_length_is_no_number(digits: str) -> None:
    assert read_phone(digits) is None


def test_escaped_plus_that_arrives_as_a_space_is_read() -> None:
    assert read_phone(" 79998887766") == "79998887766"
    assert read_phone("+89998887766") is None
