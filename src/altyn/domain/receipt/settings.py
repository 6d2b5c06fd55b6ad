"""How a merchant's receipts are made: the fiscal provider, and what a receipt has by default.

Source: fiscal.md §12; merchant-settings.md §9.
"""

from dataclasses import dataclass
from enum import StrEnum

from altyn.domain.cart.codes import FULL_PREPAYMENT, GOODS


class FiscalProvider(StrEnum):
    """Who registers the receipts: no provider, the simulated cash register, or ATOL Online."""

    NONE = "none"
    SIMULATED = "simulated"
    ATOL = "atol"


class SimulatedFault(StrEnum):
    """How the simulated cash register misbehaves for a shop (the sandbox's tests of failures)."""

    NONE = "none"
    FAILS = "fails"
    SILENT = "silent"
    SLOW = "slow"


class FfdVersion(StrEnum):
    """The version of the format of fiscal documents (FFD) that a shop's cash registers use."""

    V1_05 = "1.05"
    V1_2 = "1.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalSettings:
    """How a merchant's receipts are made. Without a provider there are none.

    An order without a cart has one line in its receipt, the default line, if `default_line` is on;
    its name is `product_name`. `tax_system`, `tax_type`, `payment_method` and `payment_object` are
    codes of fiscal.md §4, for positions that do not name their own. `answer_version` is the version
    of the answer of getReceiptStatus.do (fiscal.md §9). With `mail` the payer gets each registered
    receipt by e-mail, where the order has an address. `simulated_fault` is of the simulated cash
    register alone. `strict_payer_identity` demands that a named payer is identified
    (fiscal.md §3.1).
    """

    provider: FiscalProvider = FiscalProvider.NONE
    ffd: FfdVersion = FfdVersion.V1_05
    inn: str = ""
    group: str = ""
    login: str = ""
    tax_system: int = 0
    tax_type: int = 0
    payment_method: int = FULL_PREPAYMENT
    payment_object: int = GOODS
    product_name: str = "Оплата заказа"
    default_line: bool = True
    answer_version: int = 1
    mail: bool = False
    simulated_fault: SimulatedFault = SimulatedFault.NONE
    strict_payer_identity: bool = False

    @property
    def enabled(self) -> bool:
        """Whether the merchant's orders get receipts."""
        return self.provider is not FiscalProvider.NONE
