"""The names in a cart that the gateway keeps as sent, and that have no effect.

Source: fiscal.md §3, §5 (unknown attributes are kept), §11.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from altyn.domain.cart import tables
from altyn.domain.cart.fields import Field

NAMES_SHOWN: Final = 10
RECEIPT_NAME_MAX: Final = 128  # characters

_INNER: Final[Mapping[str, tuple[Field, ...]]] = {
    "quantity": tables.QUANTITY,
    "tax": tables.TAX,
    "discount": tables.DISCOUNT,
    "agentInterest": tables.AGENT_INTEREST,
    "itemDetails": tables.ITEM_DETAILS,
}
_NOT_SERVED: Final = {
    "loyalties": "loyalty programmes are",
}


def remarks_of_cart(document: object) -> Iterator[str]:
    """What of a valid cart is kept without effect, in words."""
    if not isinstance(document, dict):
        return
    unknown = list(dict.fromkeys(_unknown(document)))
    if unknown:
        more = ", …" if len(unknown) > NAMES_SHOWN else ""
        yield f"not known, kept as sent: {', '.join(unknown[:NAMES_SHOWN])}{more}"
    if document.get("installments"):
        yield "installments: kept; a purchase on credit is registered at /sbercredit/register.do"
    for name, what in _NOT_SERVED.items():
        if document.get(name):
            yield f"{name}: kept, but {what} not served yet"
    items = list(_items(document))
    if any(tables.DEPOSITED_AMOUNT in item for item in items):
        yield f"{tables.DEPOSITED_AMOUNT}: ignored, only answers have it"
    if any(len(str(item.get("name", ""))) > RECEIPT_NAME_MAX for item in items):
        yield f"name: longer than {RECEIPT_NAME_MAX} characters, which the OFD refuses in a receipt"
    if any(_has_tru_code(item) for item in items):
        yield f"{tables.TRU_CODE}: kept, but payments by electronic certificate are not served yet"


def _unknown(document: Mapping[str, object]) -> Iterator[str]:
    yield from _unnamed(document, tables.BUNDLE, "")
    yield from _unnamed(document.get("agent"), tables.AGENT_OF_CART, "agent.")
    customer = document.get("customerDetails")
    yield from _unnamed(customer, tables.CUSTOMER, "customerDetails.")
    if isinstance(customer, dict):
        delivery = customer.get("deliveryInfo")
        yield from _unnamed(delivery, tables.DELIVERY, "customerDetails.deliveryInfo.")
    cart = document.get("cartItems")
    if isinstance(cart, dict):
        yield from (f"cartItems.{name}" for name in cart if name != "items")
    for item in _items(document):
        yield from _unknown_of_item(item)


def _unknown_of_item(item: Mapping[str, object]) -> Iterator[str]:
    own = (tables.ITEM_ATTRIBUTES, tables.DEPOSITED_AMOUNT)
    yield from (name for name in _unnamed(item, tables.POSITION, "") if name not in own)
    for name, fields in _INNER.items():
        yield from _unnamed(item.get(name), fields, f"{name}.")
    for attribute in _attributes(item):
        called = str(attribute.get("name"))
        if called not in tables.ATTRIBUTES:
            yield f"{tables.ITEM_ATTRIBUTES} {called}"
        if called in tables.NESTED_ATTRIBUTES:
            fields = tables.NESTED_ATTRIBUTES[called]
            yield from _unnamed(attribute.get("value"), fields, f"{called}.")


def _unnamed(sent: object, fields: tuple[Field, ...], prefix: str) -> Iterator[str]:
    """The names of an object that its table does not have."""
    if isinstance(sent, dict):
        known = {each.name for each in fields}
        yield from (f"{prefix}{name}" for name in sent if name not in known)


def _items(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    cart = document.get("cartItems")
    sent = cart.get("items") if isinstance(cart, dict) else None
    listed = sent if isinstance(sent, list) else [sent]
    return (each for each in listed if isinstance(each, dict))


def _attributes(item: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    sent = item.get(tables.ITEM_ATTRIBUTES)
    listed = sent.get("attributes") if isinstance(sent, dict) else sent
    if isinstance(listed, list):
        yield from (each for each in listed if isinstance(each, dict))


def _has_tru_code(item: Mapping[str, object]) -> bool:
    details = item.get("itemDetails")
    sent = details.get("itemDetailsParams") if isinstance(details, dict) else None
    listed = sent if isinstance(sent, list) else [sent]
    return any(isinstance(each, dict) and each.get("name") == tables.TRU_CODE for each in listed)
