"""Phone numbers: every accepted spelling of a Russian number has one normal form."""

import pytest

from altyn.domain.phone import international_phone, phone_text, russian_phone


@pytest.mark.parametrize("prefix", ["+7", "7", "8", "", "+7 ", "8 "])
@pytest.mark.parametrize(
    "number", ["9998887766", "999 888 77 66", "999-888-77-66", "(999) 888-77-66", "999.888.77.66"]
)
def test_every_spelling_of_a_russian_number_is_one_number(prefix: str, number: str) -> None:
    assert russian_phone(f"{prefix}{number}") == "79998887766"
    assert international_phone(f" {prefix}{number} ") == "+79998887766"


def test_an_unescaped_plus_changes_nothing() -> None:
    assert phone_text(" 79998887766") == "+79998887766"
    assert russian_phone(" 79998887766") == "79998887766"


@pytest.mark.parametrize(
    ("number", "russian"),
    [
        ("8 (495) 123-45-67", "74951234567"),
        ("+7 495 123 45 67", "74951234567"),
        ("8 800 555 35 35", "78005553535"),
        ("77012345678", "77012345678"),
    ],
)
def test_numbers_with_an_area_code_need_their_prefix(number: str, russian: str) -> None:
    assert russian_phone(number) == russian
    assert russian_phone(russian[1:]) is None


@pytest.mark.parametrize(
    ("number", "international"),
    [
        ("+442012345678", "+442012345678"),
        ("44 20 1234 5678", "+442012345678"),
        ("+375291234567", "+375291234567"),
        ("+9998887766", "+9998887766"),
        ("+89998887766", "+89998887766"),
        ("799988877661", "+799988877661"),
        ("7999888776", "+7999888776"),
    ],
)
def test_other_numbers_keep_their_digits(number: str, international: str) -> None:
    assert russian_phone(number) is None
    assert international_phone(number) == international


@pytest.mark.parametrize("text", ["", "+", "phone", "8999888776x", "8++9998887766", "8+9998887766"])
def test_a_text_that_is_no_number_is_no_russian_number(text: str) -> None:
    assert russian_phone(text) is None
