"""The quick check of a plain cart: one without faults, in the form that most shops send.

A cart of a hundred positions would cost many times what its order costs, if each field were read by
its row. This check reads the text by a schema in C, once for all questions of a request. It only
accepts: what it does not know is left to `reading.py`, which finds all faults, to `unknown.py`,
which names the fields without effect, or to the reader of JSON of any shape. Tests hold them to the
same verdict.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from altyn.domain.card.free_text import utf8_holds_card_number
from altyn.domain.cart.codes import (
    HISTORIC_TAX_TYPES,
    MEASURES,
    ONLY_FFD_12,
    PAYMENT_METHODS,
    PAYMENT_OBJECTS,
    TAX_TYPES,
)
from altyn.domain.cart.document import Cart
from altyn.domain.cart.provider_rules import objects_refused, rates_refused
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.unknown import RECEIPT_NAME_MAX
from altyn.domain.control_characters import json_has_control
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider

_AMOUNT_MAX: Final = 999_999_999_999
_Minor = Annotated[int, msgspec.Meta(ge=0, le=_AMOUNT_MAX)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An object of a plain cart. A name that was not sent is UNSET, so that it is not written."""


class _Quantity(_Part, frozen=True, gc=False):
    value: Annotated[int, msgspec.Meta(ge=1, le=99_999)]
    measure: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class _Tax(_Part, frozen=True, gc=False):
    taxType: int  # noqa: N815 - the names of the wire
    taxSum: _Minor | UnsetType = UNSET  # noqa: N815


class _Attribute(_Part, frozen=True, gc=False):
    name: Literal["paymentMethod", "paymentObject"]
    value: str


class _Attributes(_Part, frozen=True, gc=False):
    attributes: list[_Attribute]


class _Position(_Part, frozen=True, gc=False):
    """A position of the usual fields; any other makes the cart no plain one."""

    positionId: Annotated[str, msgspec.Meta(min_length=1, max_length=12)]  # noqa: N815
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    itemCode: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]  # noqa: N815
    quantity: _Quantity
    itemPrice: _Minor | UnsetType | None = UNSET  # noqa: N815
    itemAmount: _Minor | UnsetType | None = UNSET  # noqa: N815
    itemCurrency: int | str | UnsetType | None = UNSET  # noqa: N815
    tax: _Tax | UnsetType | None = UNSET
    itemAttributes: _Attributes | UnsetType | None = UNSET  # noqa: N815
    itemDetails: UnsetType | None = UNSET  # noqa: N815
    discount: UnsetType | None = UNSET
    agentInterest: UnsetType | None = UNSET  # noqa: N815


class _Items(_Part, frozen=True, gc=False):
    items: Annotated[list[_Position], msgspec.Meta(min_length=1, max_length=2_000)]


class _Customer(_Part, frozen=True, gc=False):
    email: Annotated[str, msgspec.Meta(max_length=40)] | UnsetType | None = UNSET
    phone: Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]{7,15}$")] | UnsetType | None = UNSET
    contact: Annotated[str, msgspec.Meta(max_length=40)] | UnsetType | None = UNSET
    fullName: UnsetType | None = UNSET  # noqa: N815
    passport: UnsetType | None = UNSET
    inn: UnsetType | None = UNSET
    deliveryInfo: UnsetType | None = UNSET  # noqa: N815


class _Bundle(_Part, frozen=True, gc=False):
    cartItems: _Items  # noqa: N815
    customerDetails: _Customer | UnsetType | None = UNSET  # noqa: N815
    orderCreationDate: UnsetType | None = UNSET  # noqa: N815
    agent: UnsetType | None = UNSET
    supplierPhones: UnsetType | None = UNSET  # noqa: N815
    loyalties: UnsetType | None = UNSET
    installments: UnsetType | None = UNSET


_decode: Final = msgspec.json.Decoder(_Bundle).decode
_encode: Final = msgspec.json.Encoder().encode
_METHODS: Final = frozenset(map(str, PAYMENT_METHODS))
_MEASURES: Final = frozenset(map(str, MEASURES))
_TAX_TYPES: Final = TAX_TYPES.keys() - HISTORIC_TAX_TYPES
_NOT_SENT: Final = frozenset({None, UNSET})
_FACTS_REMEMBERED: Final = 16


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the checks ask of all positions together: their sum in minor units, the length of their
    longest name, and the different values of a field."""

    total_minor: int
    name_chars: int
    currencies: frozenset[object]
    tax_types: frozenset[int | None]
    measures: frozenset[str]
    attributes: frozenset[tuple[str, str]]


def plain_text(value: str) -> str | None:
    """The text of a plain cart without spaces and needless escapes; None for any other cart.

    Such a text has no control characters and no card numbers.
    """
    if _facts(value) is not None:
        return value
    try:
        text = msgspec.json.format(value, indent=-1)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
    return text if _facts(text) is not None else None


def is_plain(cart: Cart, rules: CartRules, *, amount_minor: int) -> bool:
    """Whether the cart is a plain one without faults, for an order of this amount. False says
    nothing: the cart may have faults, or fields that only `reading.py` knows."""
    if rules.receipt:
        return False
    facts = _facts(cart.text)
    return facts is not None and facts.total_minor == amount_minor and _codes_known(facts, rules)


def has_no_remarks(cart: Cart) -> bool:
    """Whether a cart has nothing that `unknown.py` could name; False says nothing."""
    facts = _facts(cart.text)
    return facts is not None and facts.name_chars <= RECEIPT_NAME_MAX


_remembered: Final[dict[str, _Facts]] = {}


def _facts(text: str) -> _Facts | None:
    """The facts of a plain cart, for several checks of one request; None for any other text.

    Only plain carts are remembered: another text may hold a card number.
    """
    facts = _remembered.get(text)
    if facts is None:
        facts = _read_facts(text)
        if facts is not None:
            if len(_remembered) >= _FACTS_REMEMBERED:
                _remembered.clear()
            _remembered[text] = facts
    return facts


def _read_facts(text: str) -> _Facts | None:
    """The facts of a plain cart; None for any other text.

    A text that is longer than what is written of its objects has spaces, a name twice, needless
    escapes or `-0`: every other spelling of JSON takes more characters.
    """
    try:
        bundle = _decode(text)
        encoded = text.encode()
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
    if len(_encode(bundle)) != len(encoded):
        return None
    if json_has_control(encoded) or utf8_holds_card_number(encoded):
        return None
    return _facts_of(bundle.cartItems.items)


def _facts_of(positions: list[_Position]) -> _Facts | None:
    """None where a positionId comes twice, or an amount is missing or not price × quantity."""
    total = _total_minor(positions)
    if total is None or len({each.positionId for each in positions}) != len(positions):
        return None
    return _Facts(
        total_minor=total,
        name_chars=max([len(each.name) for each in positions]),
        currencies=frozenset([each.itemCurrency for each in positions]) - _NOT_SENT,
        tax_types=frozenset([each.tax.taxType if each.tax else None for each in positions]),
        measures=frozenset([each.quantity.measure for each in positions]),
        attributes=frozenset(
            [
                (one.name, one.value)
                for each in positions
                if each.itemAttributes
                for one in each.itemAttributes.attributes
            ]
        ),
    )


def _total_minor(positions: list[_Position]) -> int | None:
    total = 0
    for position in positions:
        price, amount = position.itemPrice, position.itemAmount
        if isinstance(price, int):
            product = price * position.quantity.value
            if isinstance(amount, int) and amount != product:
                return None
            amount = product
        if not isinstance(amount, int):
            return None
        total += amount
    return total


@lru_cache(maxsize=16)
def _objects(provider: FiscalProvider, ffd: FfdVersion | None) -> frozenset[str]:
    """The objects of payment that the format and the provider have."""
    newer = ONLY_FFD_12 if ffd is FfdVersion.V1_05 else frozenset()
    return frozenset(map(str, PAYMENT_OBJECTS.keys() - newer - objects_refused(provider, ffd)))


def _codes_known(facts: _Facts, rules: CartRules) -> bool:
    if any(str(each) != rules.currency for each in facts.currencies):
        return False
    if not facts.tax_types - {None} <= _TAX_TYPES:
        return False
    rates = {rules.tax_type if each is None else each for each in facts.tax_types}
    if rates & rates_refused(rules.provider, rules.ffd):
        return False
    if rules.payment_object in objects_refused(rules.provider, rules.ffd):
        return False
    if rules.ffd is FfdVersion.V1_2 and not facts.measures <= _MEASURES:
        return False
    objects = _objects(rules.provider, rules.ffd)
    return all(
        value in (objects if name == "paymentObject" else _METHODS)
        for name, value in facts.attributes
    )
