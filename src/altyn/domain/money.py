"""Money: a whole number of minor units together with the currency that gives it meaning.

Every amount of the gateway is an integer; decimal text appears only where a person reads it.
Source: codes.md §8; rest-orders.md §1.3 (amounts), payment-page.md §3.1 (amount with currency).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from altyn.domain.iso_4217 import EXPONENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

THIN_SPACE: Final = "\u202f"  # narrow no-break space: between thousands
NO_BREAK_SPACE: Final = "\u00a0"  # keeps the sign on the line of its amount
MINUS: Final = "\u2212"  # as wide as a figure, so that columns of amounts stay straight


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency of ISO 4217.

    `code` is the numeric code of the wire ("643"), `alpha` the letters ("RUB"), `exponent` how many
    decimal digits the minor unit has, `symbol` what people read: letters where there is no sign.
    """

    code: str
    alpha: str
    exponent: int
    symbol: str


# What people read instead of the letters.
_SYMBOLS: Final = {
    "RUB": "₽",
    "USD": "$",
    "EUR": "€",
    "CNY": "¥",
    "GBP": "£",
    "KZT": "₸",
    "BYN": "Br",
    "AMD": "֏",
    "AZN": "₼",
}


def _currency(row: str, exponent: int) -> Currency:
    code, alpha = row.split("-")
    return Currency(code, alpha, exponent, _SYMBOLS.get(alpha, alpha))


CURRENCIES: Final[Mapping[str, Currency]] = MappingProxyType(
    {each.code: each for each in (_currency(*row) for row in EXPONENTS.items())}
)
RUB: Final = CURRENCIES["643"]

# The rouble before 1998 was 810; some clients still send it and mean the present one.
ALIASES: Final[Mapping[str, str]] = MappingProxyType({"810": "643"})


def canonical_currency(code: str) -> Currency | None:
    """Find a currency by its three-digit code, old aliases included; None when it is not known.

    Source: codes.md §8.
    """
    return CURRENCIES.get(ALIASES.get(code, code))


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in minor units (kopecks, cents) of one currency; may be negative in postings.

    Raises TypeError for anything but an int: a float would carry a rounding error into the books.
    """

    amount_minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            message = f"amount in minor units must be int, not {type(self.amount_minor).__name__}"
            raise TypeError(message)

    def text(self) -> str:
        """Decimal text without grouping: "2500.00"."""
        sign = "-" if self.amount_minor < 0 else ""
        return f"{sign}{self._major()}{self._fraction('.')}"

    def wire(self) -> str:
        """Decimal text and the letters of the currency, for the page protocol: "2500.00 RUB"."""
        return f"{self.text()} {self.currency.alpha}"

    def human(self, language: str = "ru") -> str:
        """What people read: "1 500,00 ₽", in English "1 500.00 ₽"; the spaces do not break."""
        sign = MINUS if self.amount_minor < 0 else ""
        major = f"{self._major():,}".replace(",", THIN_SPACE)
        fraction = self._fraction("." if language == "en" else ",")
        return f"{sign}{major}{fraction}{NO_BREAK_SPACE}{self.currency.symbol}"

    def _major(self) -> int:
        return int(abs(self.amount_minor) // 10**self.currency.exponent)

    def _fraction(self, mark: str) -> str:
        exponent = self.currency.exponent
        if exponent == 0:
            return ""
        return f"{mark}{abs(self.amount_minor) % 10**exponent:0{exponent}d}"
