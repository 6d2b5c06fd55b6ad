"""The names in a cart that the gateway keeps as sent, and that have no effect.

Source: fiscal.md §3, §5 (unknown attributes are kept), §11.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from altyn.domain.cart import tables
from altyn.domain.cart.fields import BadValue, Field, nested
from altyn.domain.cart.numbers import product_minor, thousandths, whole

NAMES_SHOWN: Final = 10
RECEIPT_NAME_MAX: Final = 128  # characters

_INNER: Final[Mapping[str, tuple[Field, ...]]] = {
    "quantity": tables.QUANTITY,
    "tax": tables.TAX,
    "discount": tables.DISCOUNT,
    "agentInterest": tables.AGENT_INTEREST,
    "itemDetails": tables.ITEM_DETAILS,
}
_PAIR: Final = ("name", "value")
_ONLY_SHOWN: Final = (tables.ITEM_ATTRIBUTES, tables.DEPOSITED_AMOUNT)
_NOT_SERVED: Final = {
    "loyalties": "loyalty programmes are",
}


def remarks_of_cart(document: object) -> Iterator[str]:
    """What of a valid cart is kept without effect, in words."""
    if not isinstance(document, dict):
        return
    unknown = list(dict.fromkeys(_unknown(document)))
    if unknown:
        yield f"not known, kept as sent: {_listed(unknown)}"
    if document.get("installments"):
        yield "installments: kept; a purchase on credit is registered at /sbercredit/register.do"
    for name, what in _NOT_SERVED.items():
        if document.get(name):
            yield f"{name}: kept, but {what} not served yet"
    items = list(_items(document))
    if any(item.get(tables.DEPOSITED_AMOUNT) is not None for item in items):
        yield f"{tables.DEPOSITED_AMOUNT}: ignored, only answers have it"
    if any(len(str(item.get("name", ""))) > RECEIPT_NAME_MAX for item in items):
        yield f"name: longer than {RECEIPT_NAME_MAX} characters, which the OFD refuses in a receipt"
    if any(_has_tru_code(item) for item in items):
        yield f"{tables.TRU_CODE}: kept, but payments by electronic certificate are not served yet"


def remarks_of_parts(document: object) -> Iterator[str]:
    """What of depositItems or refundItems has no effect, in words. Source: fiscal.md §8."""
    items = list(
        _items({"cartItems": document if isinstance(document, dict) else {"items": document}})
    )
    read = {field.name for field in tables.PART}
    known = {*(field.name for field in tables.POSITION), *_ONLY_SHOWN}
    sent = dict.fromkeys(name for item in items for name in item if name not in read)
    if registered := [name for name in sent if name in known]:
        yield f"ignored, the registered cart has them: {_listed(registered)}"
    unknown = [name for name in sent if name not in known]
    unknown += [
        name
        for item in items
        for name in _unnamed(item.get("quantity"), tables.QUANTITY, "quantity.")
    ]
    if isinstance(document, dict):
        unknown += [name for name in document if name != "items"]
    if unknown:
        yield f"not known, ignored: {_listed(list(dict.fromkeys(unknown)))}"
    if any(_has_other_price(item) for item in items):
        yield "itemPrice: ignored where itemAmount is there and differs from itemPrice × quantity"


def _listed(names: Sequence[str]) -> str:
    more = ", …" if len(names) > NAMES_SHOWN else ""
    return f"{', '.join(names[:NAMES_SHOWN])}{more}"


def _has_other_price(item: Mapping[str, object]) -> bool:
    """Whether a part has an amount, and a price that gives another one."""
    quantity = item.get("quantity")
    sent = quantity.get("value") if isinstance(quantity, dict) else None
    amount, price, count = (
        whole(item.get("itemAmount")),
        whole(item.get("itemPrice")),
        thousandths(sent),
    )
    if amount is None or price is None or count is None:
        return False
    return product_minor(price, count) != amount


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
    names = _unnamed(item, tables.POSITION, "")
    yield from (name for name in names if name not in _ONLY_SHOWN)
    for name, fields in _INNER.items():
        yield from _unnamed(item.get(name), fields, f"{name}.")
    for detail in _details(item):
        yield from _unnamed(detail, tables.ITEM_DETAIL, "itemDetails.itemDetailsParams.")
    holder = item.get(tables.ITEM_ATTRIBUTES)
    if isinstance(holder, dict) and "attributes" in holder:
        names = (name for name in holder if name != "attributes")
        yield from (f"{tables.ITEM_ATTRIBUTES}.{name}" for name in names)
    for attribute in _attributes(item):
        yield from _unknown_of_attribute(attribute)


def _unknown_of_attribute(attribute: Mapping[str, object]) -> Iterator[str]:
    names = (name for name in attribute if name not in _PAIR)
    yield from (f"{tables.ITEM_ATTRIBUTES}.attributes.{name}" for name in names)
    called, value = str(attribute.get("name")), attribute.get("value")
    if called not in tables.ATTRIBUTES:
        yield f"{tables.ITEM_ATTRIBUTES} {called}"
    if called not in tables.NESTED_ATTRIBUTES:
        return
    try:
        read = nested(value)
    except BadValue:
        return  # empty, so it counts as missing
    yield from _unnamed(read, tables.NESTED_ATTRIBUTES[called], f"{called}.")
    for name, fields in tables.NESTED_IN_ATTRIBUTES.get(called, {}).items():
        yield from _unnamed(read.get(name), fields, f"{called}.{name}.")


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
    return any(each.get("name") == tables.TRU_CODE for each in _details(item))


def _details(item: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    details = item.get("itemDetails")
    sent = details.get("itemDetailsParams") if isinstance(details, dict) else None
    listed = sent if isinstance(sent, list) else [sent]
    return (each for each in listed if isinstance(each, dict))
