"""What the rules of a cart depend on besides the cart itself. Source: fiscal.md §5 to §7."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from altyn.domain.cart.codes import GOODS
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRules:
    """The order's currency, the merchant's fiscal settings, and the parameters of the receipt.

    `ffd` is None where no receipts are made: then the rules of the format are not checked.
    `provider` registers the receipts; `tax_type` and `payment_object` are the settings for
    positions that name none.
    `receipt` are the parameters of the whole receipt (additionalOfdParams).
    """

    currency: str | None = None
    ffd: FfdVersion | None = None
    provider: FiscalProvider = FiscalProvider.NONE
    tax_type: int = 0
    payment_object: int = GOODS
    strict_payer_identity: bool = False
    receipt: Mapping[str, str] = field(default_factory=dict)
