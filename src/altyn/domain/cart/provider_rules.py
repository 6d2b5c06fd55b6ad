"""What of a cart a fiscal provider refuses for ever; it is refused at registration already.

The simulated cash register takes everything. Source: fiscal.md §4.2, §4.4, §14.
"""

from collections.abc import Mapping
from typing import Final

from altyn.domain.cart.codes import HISTORIC_TAX_TYPES, ONLY_FFD_12
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider

FOREIGN_TAX_TYPES: Final = frozenset({8, 9})
"""The rates of other countries: 12 % and 8 %."""

_Formats = Mapping[tuple[FiscalProvider, FfdVersion], frozenset[int]]

NO_RATES: Final[_Formats] = {
    (FiscalProvider.ATOL, FfdVersion.V1_05): FOREIGN_TAX_TYPES,
    (FiscalProvider.ATOL, FfdVersion.V1_2): FOREIGN_TAX_TYPES | HISTORIC_TAX_TYPES,
}
NO_OBJECTS: Final[_Formats] = {
    (FiscalProvider.ATOL, FfdVersion.V1_05): ONLY_FFD_12 | {27},
}
_NONE: Final[frozenset[int]] = frozenset()


def rates_refused(provider: FiscalProvider, ffd: FfdVersion | None) -> frozenset[int]:
    """The VAT rates for which the provider has no word in this format."""
    return _NONE if ffd is None else NO_RATES.get((provider, ffd), _NONE)


def objects_refused(provider: FiscalProvider, ffd: FfdVersion | None) -> frozenset[int]:
    """The objects of payment for which the provider has no word in this format."""
    return _NONE if ffd is None else NO_OBJECTS.get((provider, ffd), _NONE)
