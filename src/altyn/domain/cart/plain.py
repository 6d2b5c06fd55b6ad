"""The quick check of a plain cart: one without faults, in the form that most shops send.

A cart of a hundred positions would cost many times what its order costs, if each field were read by
its row. This check reads the text by a schema in C. It only accepts: what it does not know is left
to `reading.py`, which finds all faults, or to `unknown.py`, which names the fields without effect.
A test holds them to the same verdict.
"""

from functools import lru_cache
from typing import Annotated, Final

import msgspec

from altyn.domain.cart.codes import (
    HISTORIC_TAX_TYPES,
    MEASURES,
    ONLY_FFD_12,
    PAYMENT_METHODS,
    PAYMENT_OBJECTS,
    TAX_TYPES,
)
from altyn.domain.cart.document import CARTS_REMEMBERED, Cart
from altyn.domain.cart.numbers import product_minor
from altyn.domain.cart.provider_rules import objects_refused, rates_refused
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.unknown import RECEIPT_NAME_MAX
from altyn.domain.control_characters import json_has_control
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider

_AMOUNT_MAX: Final = 999_999_999_999
_Minor = Annotated[int, msgspec.Meta(ge=0, le=_AMOUNT_MAX)]


class _Quantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: Annotated[int, msgspec.Meta(ge=1, le=99_999)]
    measure: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class _Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    taxType: int  # noqa: N815 - the names of the wire
    taxSum: _Minor = 0  # noqa: N815


class _Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: str


class _Attributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    attributes: list[_Attribute]


class _Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A position of the usual fields; any other makes the cart no plain one."""

    positionId: Annotated[str, msgspec.Meta(min_length=1, max_length=12)]  # noqa: N815
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    itemCode: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]  # noqa: N815
    quantity: _Quantity
    itemPrice: _Minor | None = None  # noqa: N815
    itemAmount: _Minor | None = None  # noqa: N815
    itemCurrency: int | str | None = None  # noqa: N815
    tax: _Tax | None = None
    itemAttributes: _Attributes | None = None  # noqa: N815
    itemDetails: None = None  # noqa: N815
    discount: None = None
    agentInterest: None = None  # noqa: N815


class _Items(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    items: Annotated[list[_Position], msgspec.Meta(min_length=1, max_length=2_000)]


class _Customer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    phone: Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]{7,15}$")] | None = None
    contact: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    fullName: None = None  # noqa: N815
    passport: None = None
    inn: None = None
    deliveryInfo: None = None  # noqa: N815


class _Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cartItems: _Items  # noqa: N815
    customerDetails: _Customer | None = None  # noqa: N815
    orderCreationDate: None = None  # noqa: N815
    agent: None = None
    supplierPhones: None = None  # noqa: N815
    loyalties: None = None
    installments: None = None


_decoder: Final = msgspec.json.Decoder(_Bundle)
_OBJECT: Final = "paymentObject"
_METHODS: Final = {"paymentMethod": frozenset(map(str, PAYMENT_METHODS))}
_NAMES: Final = frozenset({_OBJECT, *_METHODS})
_MEASURES: Final = frozenset(map(str, MEASURES))


def is_plain(cart: Cart, rules: CartRules, *, amount_minor: int) -> bool:
    """Whether the cart is a plain one without faults, for an order of this amount. False says
    nothing: the cart may have faults, or fields that only `reading.py` knows."""
    if rules.receipt:
        return False
    positions = _positions(cart.text)
    if positions is None or json_has_control(cart.text.encode()):
        return False
    ids = {position.positionId for position in positions}
    total = 0
    for position in positions:
        amount = _amount(position)
        if amount is None or not _codes_known(position, rules):
            return False
        total += amount
    return total == amount_minor and len(ids) == len(positions)


@lru_cache(maxsize=CARTS_REMEMBERED)
def _positions(text: str) -> list[_Position] | None:
    """The positions of a cart in the usual form; None for another. Two checks of a request ask."""
    try:
        return _decoder.decode(text).cartItems.items
    except (msgspec.MsgspecError, RecursionError):
        return None


def _amount(position: _Position) -> int | None:
    """The amount of a position; None where it is missing or is not price × quantity."""
    price, amount = position.itemPrice, position.itemAmount
    if price is None:
        return amount
    product = product_minor(price, position.quantity.value * 1000)
    return product if amount in (None, product) else None


@lru_cache(maxsize=16)
def _objects(provider: FiscalProvider, ffd: FfdVersion | None) -> frozenset[str]:
    """The objects of payment that the format and the provider have."""
    newer = ONLY_FFD_12 if ffd is FfdVersion.V1_05 else frozenset()
    return frozenset(map(str, PAYMENT_OBJECTS.keys() - newer - objects_refused(provider, ffd)))


def _codes_known(position: _Position, rules: CartRules) -> bool:
    sent, tax, attributes = position.itemCurrency, position.tax, position.itemAttributes
    if sent is not None and str(sent) != rules.currency:
        return False
    if tax is not None and (tax.taxType not in TAX_TYPES or tax.taxType in HISTORIC_TAX_TYPES):
        return False
    rate = rules.tax_type if tax is None else tax.taxType
    if rate in rates_refused(rules.provider, rules.ffd):
        return False
    if rules.payment_object in objects_refused(rules.provider, rules.ffd):
        return False
    if rules.ffd is FfdVersion.V1_2 and position.quantity.measure not in _MEASURES:
        return False
    objects = _objects(rules.provider, rules.ffd)
    return attributes is None or all(
        each.value in (objects if each.name == _OBJECT else _METHODS.get(each.name, ()))
        for each in attributes.attributes
    )


def has_no_remarks(cart: Cart) -> bool:
    """Whether a cart has nothing that `unknown.py` could name; False says nothing."""
    positions = _positions(cart.text)
    if positions is None or any(len(each.name) > RECEIPT_NAME_MAX for each in positions):
        return False
    attributes = (each.itemAttributes for each in positions if each.itemAttributes is not None)
    return all(one.name in _NAMES for each in attributes for one in each.attributes)
