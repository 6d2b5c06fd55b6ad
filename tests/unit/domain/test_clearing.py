"""Texts and bytes that held a card are overwritten, unless another part of the program has them."""

from __future__ import annotations

import ctypes
import gc

import pytest

from altyn.domain.card.values import Cvc, Pan
from altyn.domain.clearing import clear, clear_unshared

DIGITS = "4111111111111111"


def fresh(text: str) -> str:
    """A text that nothing else refers to."""
    return "".join(list(text))


@pytest.mark.parametrize("text", [DIGITS, f"{DIGITS}é", f"{DIGITS}Ж", f"{DIGITS}\U0001f600"])
def test_text_of_every_width_becomes_zeros(text: str) -> None:
    own = fresh(text)
    clear_unshared(own)
    assert [ord(each) for each in own] == [0] * len(text)


def test_bytes_become_zeros() -> None:
    own = bytes(bytearray(DIGITS.encode()))
    clear(own)
    assert own == bytes(len(DIGITS))


def test_shared_value_is_not_changed() -> None:
    own = fresh(DIGITS)
    other = [own]
    clear_unshared(own)
    assert other == [DIGITS]


def test_short_value_is_not_changed() -> None:
    own = fresh("1234567")
    clear(own)
    assert own == "1234567"


def test_digits_of_a_card_are_overwritten_when_it_is_freed() -> None:
    digits = fresh(DIGITS)
    address, size = id(digits), len(digits)
    offset = len(ctypes.string_at(address, 96).split(digits.encode())[0])
    pan = Pan(digits)
    del digits
    assert ctypes.string_at(address + offset, size) == DIGITS.encode()
    gc.disable()
    try:
        del pan
        assert ctypes.string_at(address + offset, size) != DIGITS.encode()
    finally:
        gc.enable()


def test_digits_that_another_part_holds_stay() -> None:
    digits = fresh(DIGITS)
    del_me = Pan(digits)
    del del_me
    assert digits == DIGITS


def test_refused_card_is_freed_without_an_error() -> None:
    with pytest.raises(ValueError, match="card number"):
        Pan("none")
    with pytest.raises(ValueError, match="security code"):
        Cvc("none")
