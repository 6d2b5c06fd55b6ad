"""The filter by the issuing bank: one bank, an unknown one, or all except one.

Source: personal-account.md §3 (old UI).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.inbound.personal_account.orders.texts import orders_text
from altyn.operations.order_list import IssuerFilter
from altyn.protocol.issuers import BINS

UNKNOWN: Final = "unknown"
"""The name of an issuer that is not known, in the address."""

ALL_EXCEPT: Final = "-"
"""Before a name: the cards of all other banks."""

_BINS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {issuer.name: tuple(sorted(bins)) for issuer, bins in BINS.items()}
)
_KNOWN: Final = tuple(sorted(each for bins in _BINS.values() for each in bins))


def read_issuer(text: str) -> IssuerFilter:
    """The filter of a value of the address. Raises ValueError for a bank that is not known."""
    name, excluded = text.removeprefix(ALL_EXCEPT), text.startswith(ALL_EXCEPT)
    if name == UNKNOWN:
        return IssuerFilter(_KNOWN, excluded=not excluded)
    if name not in _BINS:
        raise ValueError(text)
    return IssuerFilter(_BINS[name], excluded=excluded)


def issuer_name(text: str, language: str) -> str:
    """A value of the address in words: "TEST BANK", "all except TEST BANK"."""
    name, excluded = text.removeprefix(ALL_EXCEPT), text.startswith(ALL_EXCEPT)
    if name == UNKNOWN:
        return orders_text("issuer_known" if excluded else "issuer_unknown", language=language)
    return orders_text("issuer_except", language=language, bank=name) if excluded else name


def issuer_choices(language: str) -> list[tuple[str, str]]:
    """The values of the filter with their names: each bank, then all except each."""
    names = (*_BINS, UNKNOWN)
    values = (*names, *(f"{ALL_EXCEPT}{name}" for name in names))
    return [(value, issuer_name(value, language)) for value in values]
