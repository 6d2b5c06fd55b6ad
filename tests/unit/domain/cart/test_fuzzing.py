"""Carts that are changed at random, and any JSON: never a failure, and nothing accepted in silence.

An accepted cart sums to its amount, and each known attribute that was sent is in the read cart;
each name that is not known is named. Source: fiscal.md §3 to §7.
"""

from copy import deepcopy
from typing import Any, Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart import tables
from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.document import Cart
from altyn.domain.cart.receipt_params import KEYS, read_receipt_params
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.unknown import NAMES_SHOWN, remarks_of_cart
from altyn.domain.cart.values import ReadCart
from altyn.domain.order import OrderRequest
from altyn.domain.receipt.settings import FfdVersion
from altyn.operations.cart_rules import refuse_cart
from altyn.protocol.dialects.classic import cautions
from altyn.protocol.dialects.classic.cart_view import order_bundle
from tests.builders import an_order
from tests.integration.carts.golden_carts import golden_carts

BUNDLES: Final = [
    bundle
    for cart in golden_carts()
    if isinstance(bundle := cart.registration["orderBundle"], dict)
]
EVERY_RULES: Final = [
    CartRules(currency="643", ffd=ffd, strict_payer_identity=strict)
    for ffd in (None, *FfdVersion)
    for strict in (False, True)
]
JSON: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["1", "0.001", "99999.999", "10000.0", "643", "44 4D", "\x1d", "1e9"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*(field.name for field in tables.POSITION), "name", "value", "items"])
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    if not isinstance(value, dict | list):
        return [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path]
    if isinstance(value, dict | list):
        for name, each in inner:
            found += (
                paths(each, (*path, name)) if isinstance(each, dict | list) else [(*path, name)]
            )
    return found


def changed(document: Any, data: st.DataObject) -> Any:
    """The document with one place replaced, removed, or doubled."""
    *outer, last = data.draw(st.sampled_from(paths(document)[1:]))
    parent = document
    for name in outer:
        parent = parent[name]
    match data.draw(st.sampled_from(["replace", "remove", "double", "add"])):
        case "replace":
            parent[last] = data.draw(JSON)
        case "remove":
            parent.pop(last)
        case "double" if isinstance(parent, list):
            parent.append(deepcopy(parent[last]))
        case _ if isinstance(parent, dict):
            parent[data.draw(st.text(min_size=1, max_size=8))] = data.draw(JSON)
    return document


@given(st.data())
def test_changed_carts_are_refused_or_are_read_whole(data: st.DataObject) -> None:
    document = deepcopy(data.draw(st.sampled_from(BUNDLES)))
    for _ in range(data.draw(st.integers(0, 3))):
        if len(paths(document)) > 1:
            document = changed(document, data)
    check(document, data.draw(st.sampled_from(EVERY_RULES)), data.draw(st.integers(0, 50_000)))


@given(JSON, st.sampled_from(EVERY_RULES), st.integers(0, 50_000))
def test_any_json_is_refused_or_is_a_whole_cart(
    document: Any, rules: CartRules, amount: int
) -> None:
    check(document, rules, amount)
    check({"cartItems": document}, rules, amount)
    check({"cartItems": {"items": document}, "customerDetails": document}, rules, amount)


@given(st.dictionaries(st.sampled_from([*KEYS, "unknown", "client"]), JSON, max_size=5) | JSON)
def test_parameters_of_the_receipt_are_refused_or_are_read_whole(document: Any) -> None:
    params, faults = read_receipt_params(document)
    if faults:
        assert all(fault.text for fault in faults)
        return
    for key, value in document.items():
        if key in KEYS and value not in (None, ""):
            assert key in params.known
    assert set(params.known) <= set(KEYS)


def check(document: Any, rules: CartRules, amount: int) -> None:
    """The verdict on a cart: faults with texts, or a cart that has everything that was sent."""
    try:
        cart = Cart.of(document)
    except (msgspec.MsgspecError, UnicodeEncodeError, OverflowError):
        return  # no JSON has such a value
    document = cart.document
    read, faults = check_cart(document, rules, amount_minor=None)
    remarks = list(remarks_of_cart(document))
    if not faults:
        assert list(cautions.remarks_of_cart(cart)) == remarks, "the fast path leaves nothing out"
    for own in (amount, read.amount_minor):
        refused = refuse_cart(cart, rules, amount_minor=own)
        wrong = bool(faults) or bool(read.positions and own != read.amount_minor)
        assert (refused is not None) == wrong
    if faults:
        assert all(fault.text.isprintable() and fault.section for fault in faults)
        return
    assert read.complete
    for item, position in zip(items_of(document), read.positions, strict=True):
        check_position(item, position.attributes, remarks)
    check_echo(cart, read)


def items_of(document: Any) -> list[dict[str, Any]]:
    items = (document.get("cartItems") or {}).get("items", [])
    return items if isinstance(items, list) else [items]


def check_position(item: dict[str, Any], read: Any, remarks: list[str]) -> None:
    """Every attribute is in the read position; a name that is not known is named."""
    sent = item.get("itemAttributes") or {}
    listed = sent.get("attributes") if isinstance(sent, dict) else sent
    for attribute in listed or ():
        if attribute.get("value") not in (None, ""):
            assert attribute["name"] in read
    known = {*(field.name for field in tables.POSITION), "itemAttributes", "depositedItemAmount"}
    strange = [name for name in item if name not in known]
    if strange and len(strange) <= NAMES_SHOWN:
        assert remarks
        assert strange[0] in remarks[0] or "…" in remarks[0]


def check_echo(cart: Cart, read: ReadCart) -> None:
    """The status repeats every position with its sum, in each response version."""
    order = an_order(amount_minor=read.amount_minor, request=OrderRequest(order_bundle=cart))
    for version in (1, 34):
        shown = order_bundle(order, version)
        if read.positions:
            assert shown is not None
            sums = [item["itemAmount"] for item in shown["cartItems"]["items"]]
            assert sums == [position.amount_minor for position in read.positions]
