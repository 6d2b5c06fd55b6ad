"""The cart editor of an invoice: its rows, and the cart document that they make.

Which codes a row has depends on the shop's cash registers: without receipts only name, quantity and
price; with them VAT, the kind of payment and its object, and the unit in the form of the format's
version. Source: fiscal.md §1, §4; personal-account.md §5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

from altyn.domain.cart.codes import (
    HISTORIC_TAX_TYPES,
    ONLY_FFD_12,
    PAYMENT_OBJECTS,
    TAX_TYPES,
)
from altyn.domain.cart.provider_rules import objects_refused, rates_refused
from altyn.domain.receipt.settings import FfdVersion, FiscalSettings
from altyn.inbound.web.amounts import minor_units, typed_number
from altyn.look import cart_words

ROWS_MAX: Final = 50
PIECES: Final = "шт"
QUANTITY_DIGITS: Final = 3
PREFIX: Final = "item_"


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRow:
    """A row as typed: `price` in roubles for one unit; the others are codes of the lists."""

    name: str = ""
    quantity: str = "1"
    price: str = ""
    measure: str = ""
    tax: str = ""
    method: str = ""
    object: str = ""

    @property
    def amount_minor(self) -> int | None:
        """Quantity by price in minor units, rounded half up; None where one cannot be read."""
        price, quantity = minor_units(self.price), _quantity(self.quantity)
        if price is None or quantity is None or price <= 0:
            return None
        return int((price * quantity).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class CartChoices:
    """The codes that a row offers, each with its words; empty lists are not shown."""

    taxes: Mapping[int, str]
    methods: Mapping[int, str]
    objects: Mapping[int, str]
    measures: Mapping[int, str]


NO_CHOICES: Final = CartChoices({}, {}, {}, {})


def choices_of(fiscal: FiscalSettings, language: str) -> CartChoices:
    """The codes that the shop's cash registers know, in words."""
    if not fiscal.enabled:
        return NO_CHOICES
    provider, ffd = fiscal.provider, fiscal.ffd
    rates = TAX_TYPES.keys() - HISTORIC_TAX_TYPES - rates_refused(provider, ffd)
    newer = ONLY_FFD_12 if ffd is FfdVersion.V1_05 else frozenset[int]()
    objects = PAYMENT_OBJECTS.keys() - newer - objects_refused(provider, ffd)
    return CartChoices(
        taxes={code: cart_words.tax_text(code, language) for code in sorted(rates)},
        methods=cart_words.payment_methods(language),
        objects={code: cart_words.payment_objects(language)[code] for code in sorted(objects)},
        measures=cart_words.measures(language) if ffd is FfdVersion.V1_2 else {},
    )


def new_row(fiscal: FiscalSettings) -> CartRow:
    """An empty row with the codes of the shop's settings."""
    if not fiscal.enabled:
        return CartRow(measure=PIECES)
    return CartRow(
        measure="0" if fiscal.ffd is FfdVersion.V1_2 else PIECES,
        tax=str(fiscal.tax_type),
        method=str(fiscal.payment_method),
        object=str(fiscal.payment_object),
    )


def read_rows(pairs: Sequence[tuple[str, str]]) -> tuple[CartRow, ...]:
    """The rows of a sent form: each field is sent once for each row, in order."""
    names = [each.name for each in fields(CartRow)]
    columns = {
        name: [value.strip() for sent, value in pairs if sent == f"{PREFIX}{name}"]
        for name in names
    }
    count = min(len(columns["name"]), ROWS_MAX)
    return tuple(
        CartRow(**{name: cells[at] for name, cells in columns.items() if at < len(cells)})
        for at in range(count)
    )


def rows_sum(rows: Sequence[CartRow]) -> int | None:
    """The sum of the rows in minor units; None where a row cannot be read."""
    amounts = [row.amount_minor for row in rows]
    known = [each for each in amounts if each is not None]
    return sum(known) if len(known) == len(amounts) else None


def cart_text(rows: Sequence[CartRow], fiscal: FiscalSettings) -> str:
    """The parameter `orderBundle` (fiscal.md §1)."""
    items = [_item(number, row, fiscal) for number, row in enumerate(rows, start=1)]
    return msgspec.json.encode({"cartItems": {"items": items}}).decode()


def _item(number: int, row: CartRow, fiscal: FiscalSettings) -> dict[str, object]:
    quantity = _quantity(row.quantity) or Decimal(0)
    item: dict[str, object] = {
        "positionId": str(number),
        "name": row.name,
        "quantity": {"value": _number(quantity), "measure": row.measure or PIECES},
        "itemPrice": minor_units(row.price) or 0,
        "itemAmount": row.amount_minor or 0,
        "itemCode": f"invoice-{number}",
    }
    if not fiscal.enabled:
        return item
    coded = {"paymentMethod": row.method, "paymentObject": row.object}
    attributes = [{"name": name, "value": value} for name, value in coded.items() if value]
    if attributes:
        item["itemAttributes"] = {"attributes": attributes}
    if row.tax.isascii() and row.tax.isdigit():
        item["tax"] = {"taxType": int(row.tax)}
    return item


def _number(quantity: Decimal) -> int | float:
    whole = quantity == quantity.to_integral_value()
    return int(quantity) if whole else float(quantity)


def _quantity(typed: str) -> Decimal | None:
    quantity = typed_number(typed, QUANTITY_DIGITS)
    return quantity if quantity is not None and 0 < quantity < 10**6 else None
