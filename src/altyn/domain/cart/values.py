"""The values of a cart after it was read. Amounts: minor units of the order's currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.cart.codes import FULL_PREPAYMENT, GOODS, TaxType


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a position, in thousandths of its measure."""

    thousandths: int
    measure: str = ""

    def __str__(self) -> str:
        whole, rest = divmod(self.thousandths, 1000)
        return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Position:
    """A position of a cart. `price_minor` is None where the shop gave the amount alone.

    `attributes` are the fiscal attributes by name, as sent; `sent` is the position's document, and
    `index` its place in the array.
    """

    position_id: str
    name: str
    item_code: str
    quantity: Quantity
    amount_minor: int
    price_minor: int | None = None
    tax: TaxType | None = None
    payment_method: int = FULL_PREPAYMENT
    payment_object: int = GOODS
    attributes: Mapping[str, object] = field(default_factory=dict)
    index: int = field(default=0, compare=False)
    sent: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a later request names the position by (fiscal.md §8)."""
        return (self.position_id, self.name, self.item_code)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who gets the receipt."""

    email: str | None = None
    phone: str | None = None
    full_name: str | None = None
    inn: str | None = None
    passport: str | None = None


NO_CUSTOMER: Final = Customer()
"""The customer of a request that names none."""


@dataclass(frozen=True, slots=True)
class ReadCart:
    """The positions and the customer of a cart without faults.

    `receipt` are what the customer and the cart's agent say of the whole receipt, by the keys of
    additionalOfdParams (fiscal.md §6). `complete`: every position of the document is there.
    """

    positions: tuple[Position, ...] = ()
    customer: Customer = NO_CUSTOMER
    receipt: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True

    @property
    def amount_minor(self) -> int:
        """The sum of the positions."""
        return sum(position.amount_minor for position in self.positions)
