"""Card numbers in texts that are no card fields: which are found, and which digits are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.card.free_text import (
    holds_card_number,
    is_card_number_alone,
    mask_card_numbers,
    mask_document,
)
from altyn.protocol.test_cards import ALL

PAN = "4111111111111111"
MASKED = "411111**1111"


@pytest.mark.parametrize("pan", sorted({card.pan for card in ALL}))
def test_every_test_card_is_found(pan: str) -> None:
    assert mask_card_numbers(f"card {pan}, please") == f"card {pan[:6]}**{pan[-4:]}, please"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PAN, MASKED),
        ("4111 1111 1111 1111 12/34", f"{MASKED} 12/34"),
        ("4111-1111-1111-1111", MASKED),
        ("12 4111.1111.1111.1111", f"12 {MASKED}"),
        (f"{PAN} and {PAN}", f"{MASKED} and {MASKED}"),
        (f"IVAN{PAN}", f"IVAN{MASKED}"),
    ],
)
def test_card_number_in_a_text_is_masked(text: str, shown: str) -> None:
    assert mask_card_numbers(text) == shown
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # the check digit is wrong
        "4600000000008",  # a barcode of 13 digits
        "1764194400000",  # milliseconds
        "9999999999999995",  # no payment system
        f"1{PAN}{PAN}",  # a longer number
        "41111111-1111-4111-8111-111111111111",  # an order's id
        "+7 900 000-00-00, 12.12.2026 10:10",
        "",
    ],
)
def test_other_digits_stay_as_they_are(text: str) -> None:
    assert mask_card_numbers(text) == text
    assert not holds_card_number(text)


@pytest.mark.parametrize(
    ("text", "alone"),
    [(PAN, True), (f"№ {PAN}", True), (f"ORDER-{PAN}", True), (f"A{PAN}", False), ("A-1", False)],
)
def test_digits_joined_with_text_are_a_name_of_the_shop(text: str, *, alone: bool) -> None:
    assert is_card_number_alone(text) is alone


def test_numbers_and_names_of_a_document_are_masked() -> None:
    document = {PAN: [int(PAN), {"a": PAN}, 1.5, True, None]}
    assert mask_document(document) == {MASKED: [MASKED, {"a": MASKED}, 1.5, True, None]}


@given(st.text(), st.text())
def test_a_masked_text_has_no_card_number(before: str, after: str) -> None:
    assert PAN not in mask_card_numbers(f"{before} {PAN} {after}")


@given(st.text(alphabet="0123456789 -.", max_size=200))
def test_any_digits_are_masked_once(text: str) -> None:
    masked = mask_card_numbers(text)
    assert mask_card_numbers(masked) == masked
