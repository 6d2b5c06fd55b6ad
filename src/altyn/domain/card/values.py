"""The values of a card: a number and a CVC that print masked, an expiry, a payment system.

Whatever a log, a traceback or a serialiser does to a `Pan` or a `Cvc`, it gets the masked form; the
digits come out only by asking `reveal()`, so the places that handle them are found by that word.
Source: codes.md §6; rest-orders.md §1.3 (expiry); payment-page.md §3.2 and §6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from altyn.domain.clearing import clear_unshared

if TYPE_CHECKING:
    from datetime import date

PAN_LENGTHS: Final = range(12, 20)
_USUAL_DIGITS: Final = 16
CVC_LENGTHS: Final = range(3, 5)
HOLDER_LENGTH_MAX: Final = 64


class _Secret:
    """Digits that print masked: no dictionary, no change, no pickle, no state."""

    __slots__ = ("_digits",)
    _digits: str

    def __init__(self, digits: str, lengths: range, what: str) -> None:
        if not (digits.isascii() and digits.isdigit() and len(digits) in lengths):
            # The bounds are spelled with their words, never with what was given.
            message = f"{what} must be {lengths.start} to {lengths.stop - 1} digits"
            raise ValueError(message)
        object.__setattr__(self, "_digits", digits)

    def __del__(self) -> None:
        digits = getattr(self, "_digits", "")  # none if the text was refused
        object.__setattr__(self, "_digits", "")
        clear_unshared(digits)

    @property
    def masked(self) -> str:
        """The masked form, which may be shown to all."""
        raise NotImplementedError

    def reveal(self) -> str:
        """The digits themselves; the caller answers for where they go."""
        return self._digits

    def __repr__(self) -> str:
        return self.masked

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._digits == other._digits

    def __hash__(self) -> int:
        return hash((type(self), self._digits))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = f"{type(self).__name__} does not change"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        message = f"{type(self).__name__} does not change"
        raise AttributeError(message)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __getstate__(self) -> NoReturn:
        self._refuse()

    def __reduce__(self) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        message = f"{type(self).__name__} is not to be serialised"
        raise TypeError(message)


class Pan(_Secret):
    """A card number of 12 to 19 digits that prints as its first six and last four: 411111**1111.

    The Luhn digit is not checked here: the payer gets a message about a mistyped number, not an
    exception.
    Raises ValueError, without a digit of what was given, when the text is not a card number.
    """

    __slots__ = ()

    def __init__(self, digits: str) -> None:
        super().__init__(digits, PAN_LENGTHS, "card number")

    @property
    def masked(self) -> str:
        """First six, two stars, last four."""
        return f"{self.bin6}**{self.last4}"

    @property
    def bin6(self) -> str:
        """The first six digits, which name the issuer."""
        return self._digits[:6]

    @property
    def last4(self) -> str:
        """The last four digits, by which a payer recognises the card."""
        return self._digits[-4:]


class Cvc(_Secret):
    """The security code of three or four digits; it is kept for one call and never stored."""

    __slots__ = ()

    def __init__(self, digits: str) -> None:
        super().__init__(digits, CVC_LENGTHS, "security code")

    @property
    def masked(self) -> str:
        """Three stars, whatever the length: the length is a secret too."""
        return "***"


# What a digit counts for at an odd and at an even place from the right.
_LUHN_VALUES: Final = {str(digit): digit for digit in range(10)}
_LUHN_DOUBLED: Final = {str(digit): digit * 2 // 10 + digit * 2 % 10 for digit in range(10)}


def luhn_digit(partial: str) -> str:
    """The check digit which makes `partial` plus that digit pass the Luhn test."""
    return str(-_luhn_sum(f"{partial}0") % 10)


def luhn_ok(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it."""
    return digits.isascii() and digits.isdigit() and _luhn_sum(digits) % 10 == 0


def _luhn_sum(digits: str) -> int:
    # Without slices: each would be one more copy of a card number in memory.
    plain = islice(reversed(digits), 0, None, 2)
    doubled = islice(reversed(digits), 1, None, 2)
    return sum(map(_LUHN_VALUES.__getitem__, plain)) + sum(map(_LUHN_DOUBLED.__getitem__, doubled))


class PaymentSystem(StrEnum):
    """Payment systems by their wire names."""

    VISA = "VISA"
    MASTERCARD = "MASTERCARD"
    AMEX = "AMEX"
    JCB = "JCB"
    CUP = "CUP"
    MIR = "MIR"


# First and last prefix of each range, first match wins. 62 stands before 6: the number could be
# either's, and a CUP card taken for Maestro would be let through without its CVC.
_SYSTEM_BY_PREFIX: Final = (
    ("2200", "2204", PaymentSystem.MIR),
    ("2221", "2720", PaymentSystem.MASTERCARD),
    ("51", "55", PaymentSystem.MASTERCARD),
    ("4", "4", PaymentSystem.VISA),
    ("34", "34", PaymentSystem.AMEX),
    ("37", "37", PaymentSystem.AMEX),
    ("35", "35", PaymentSystem.JCB),
    ("62", "62", PaymentSystem.CUP),
    ("50", "50", PaymentSystem.MASTERCARD),
    ("56", "58", PaymentSystem.MASTERCARD),
    ("6", "6", PaymentSystem.MASTERCARD),
)
_MAESTRO_PREFIXES: Final = ("50", "56", "57", "58", "6")


def payment_system(pan: Pan | str) -> PaymentSystem | None:
    """The payment system of a number or of its beginning; Maestro is reported MASTERCARD.

    Source: codes.md §6.
    """
    digits = pan if isinstance(pan, str) else pan.reveal()
    for first, last, system in _SYSTEM_BY_PREFIX:
        if first <= digits[: len(first)] <= last:
            return system
    return None


def is_maestro(pan: Pan | str) -> bool:
    """Whether the number is a Maestro one, which may be paid without a CVC; 62 is CUP.

    Source: codes.md §6; payment-page.md §3.2.
    """
    digits = pan if isinstance(pan, str) else pan.reveal()
    return digits.startswith(_MAESTRO_PREFIXES) and payment_system(digits) is not PaymentSystem.CUP


@dataclass(frozen=True, slots=True, order=True)
class Expiry:
    """The last month in which a card is valid; later months are greater.

    Raises ValueError for a month outside 1 to 12 or a year outside 2000 to 2099.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (2000 <= self.year <= 2099 and 1 <= self.month <= 12):  # noqa: PLR2004 - the calendar
            message = "expiry must be a month of the years 2000 to 2099"
            raise ValueError(message)

    @classmethod
    def parse(cls, text: str) -> Expiry:
        """Read YYYYMM; raises ValueError for anything else. Source: rest-orders.md §1.3."""
        if not re.fullmatch(r"[0-9]{6}", text):
            message = "expiry must be YYYYMM"
            raise ValueError(message)
        return cls(int(text[:4]), int(text[4:]))

    @property
    def wire(self) -> str:
        """YYYYMM, as the protocol writes it: "202812"."""
        return f"{self.year:04d}{self.month:02d}"

    @property
    def text(self) -> str:
        """MM/YY, as it is embossed: "12/28"."""
        return f"{self.month:02d}/{self.year % 100:02d}"

    def valid_on(self, day: date) -> bool:
        """Whether the card may be used on that day: until the end of its month.

        Source: payment-page.md §6, rule 1.
        """
        return (day.year, day.month) <= (self.year, self.month)


_HOLDER: Final = re.compile(r"[A-Za-z .'\-]+")


def holder_ok(text: str) -> bool:
    """Whether a name can stand on a card: Latin letters, space, dot, apostrophe, hyphen.

    At least one letter and at most 64 characters. Source: payment-page.md §6, rule 2.
    """
    return (
        len(text) <= HOLDER_LENGTH_MAX
        and _HOLDER.fullmatch(text) is not None
        and any(character.isalpha() for character in text)
    )


# An order id may hold twelve digits in a row and must stay readable in a log, so ids are set aside.
_ORDER_ID: Final = re.compile(r"\b([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b")
# Runs longer than 19 digits are covered too: a number glued to its expiry is still a card number.
_LONG_RUN: Final = re.compile(r"[0-9](?:(?:[ +\-\u00a0\u202f]|%20)?[0-9]){11,}")


def mask(text: str) -> str:
    """Mask every run of 12 or more digits in free text: first six, two stars, last four.

    Digits may be grouped by single spaces, pluses, hyphens or %20. Ids of orders (36 characters
    with hyphens) are left as they are.
    """
    # Splitting by a captured pattern puts the ids at the odd places.
    parts = _ORDER_ID.split(text)
    return "".join(
        part if place % 2 else _LONG_RUN.sub(_cover, part) for place, part in enumerate(parts)
    )


def _cover(found: re.Match[str]) -> str:
    digits = re.sub("[^0-9]", "", found[0].replace("%20", ""))
    return f"{digits[:6]}**{digits[-4:]}"


def passes_for_card(digits: str) -> bool:
    """Whether the digits, or sixteen of them in a row, end with their Luhn check digit."""
    return luhn_ok(digits) or has_number_within(digits)


def has_number_within(digits: str) -> bool:
    """Whether sixteen of the digits in a row, but not all of them, pass for a card number."""
    starts = range(len(digits) - _USUAL_DIGITS + 1) if len(digits) > _USUAL_DIGITS else ()
    return any(luhn_ok(digits[start : start + _USUAL_DIGITS]) for start in starts)
