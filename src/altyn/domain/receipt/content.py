"""What the receipt of a change contains: the lines, the tax, and where the payer gets it.

A value of a position is used where the cart has one, else that of the merchant's settings.
Source: fiscal.md §1, §3, §10 (the default line).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from altyn.domain.cart.codes import FULL_PAYMENT
from altyn.domain.cart.numbers import product_minor
from altyn.domain.cart.parts import taken_positions
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.cart.values import Position, Quantity
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.order_cart import (
    cart_positions,
    cart_receipt_params,
    deposited_positions,
    kept_positions,
)
from altyn.domain.receipt.contact import RECEIPT_CURRENCY, contact_of, ofd_params_of
from altyn.domain.receipt.settings import FiscalSettings
from altyn.domain.receipt.values import (
    Receipt,
    ReceiptContent,
    ReceiptDue,
    ReceiptKind,
    ReceiptLine,
)

ONE: Final = Quantity(1000, "0")
"""One piece: the quantity of a line that stands for a sum."""

NAME: Final = "name"
TAX_TYPE: Final = "tax_type"
PAYMENT_METHOD: Final = "payment_method"
PAYMENT_OBJECT: Final = "payment_object"


def receipt_of(due: ReceiptDue, order: Order, merchant: Merchant, at: datetime) -> Receipt | None:
    """The receipt of a change. `order` is the order after the change, `at` its time (UTC).

    None when the merchant has no receipts, or none for orders without a cart, and for an order
    that is not in roubles.
    """
    settings = merchant.settings.fiscal
    if not settings.enabled or order.currency != RECEIPT_CURRENCY:
        return None
    lines = due.lines or tuple(_lines(due, order, settings))
    if not lines:
        return None
    return Receipt(
        merchant_id=order.merchant_id,
        order_id=order.order_id,
        version=order.version,
        kind=due.receipt_kind,
        content=_content(lines, due, order, settings),
        created_at=at,
        provider=settings.provider.value,
    )


def line_of(position: Position, settings: FiscalSettings) -> ReceiptLine:
    """The line for a position of a cart, or for a part of one."""
    of = partial(_code, position.attributes)
    return ReceiptLine(
        name=position.name,
        quantity=_quantity(position),
        price_minor=_price(position),
        amount_minor=position.amount_minor,
        tax_type=settings.tax_type if position.tax is None else position.tax.code,
        payment_method=of("paymentMethod", settings.payment_method),
        payment_object=of("paymentObject", settings.payment_object),
        item_code=position.item_code,
        position_id=position.position_id,
        attributes=position.attributes,
        of_settings=tuple(
            name
            for name, named in (
                (TAX_TYPE, position.tax is not None),
                (PAYMENT_METHOD, "paymentMethod" in position.attributes),
                (PAYMENT_OBJECT, "paymentObject" in position.attributes),
            )
            if not named
        ),
    )


def default_line(amount_minor: int, settings: FiscalSettings) -> ReceiptLine:
    """The single line of a receipt without a cart: the whole sum, as the settings say."""
    return ReceiptLine(
        name=settings.product_name,
        quantity=ONE,
        price_minor=amount_minor,
        amount_minor=amount_minor,
        tax_type=settings.tax_type,
        payment_method=settings.payment_method,
        payment_object=settings.payment_object,
        of_settings=(NAME, TAX_TYPE, PAYMENT_METHOD, PAYMENT_OBJECT),
    )


def with_settings(
    content: ReceiptContent, kind: ReceiptKind, settings: FiscalSettings
) -> ReceiptContent:
    """The content with these settings where the shop had named no value of its own."""
    closing = kind is ReceiptKind.CLOSING
    filled: Mapping[str, Any] = {
        NAME: settings.product_name,
        TAX_TYPE: settings.tax_type,
        PAYMENT_METHOD: FULL_PAYMENT if closing else settings.payment_method,
        PAYMENT_OBJECT: settings.payment_object,
    }
    return replace(
        content,
        lines=tuple(
            replace(line, **{name: filled[name] for name in line.of_settings})
            for line in content.lines
        ),
        tax_system=content.tax_system if content.named_tax_system else settings.tax_system,
        ffd=settings.ffd,
    )


def kept_lines(order: Order, settings: FiscalSettings) -> tuple[ReceiptLine, ...]:
    """What was sold and not returned, as a receipt says it; empty when nothing is.

    These are the positions that are left. Where a refund by sum named none of them, and where the
    order has no cart, it is the default line over the sum that is left. Source: fiscal.md §10.
    """
    if not order.left_minor:
        return ()
    positions = kept_positions(order)
    if sum(position.amount_minor for position in positions) == order.left_minor:
        return tuple(line_of(position, settings) for position in positions)
    return (default_line(order.left_minor, settings),)


def _lines(due: ReceiptDue, order: Order, settings: FiscalSettings) -> Iterable[ReceiptLine]:
    if not settings.default_line and not cart_positions(order):
        return ()  # the payment had no receipt either
    raw = order.attempt(due.attempt).raw if due.attempt is not None else None
    if raw is not None:
        return (_raw_line(raw, due.amount_minor, order, settings),)
    positions = _positions(due, order)
    if positions:
        return (line_of(position, settings) for position in positions)
    return (default_line(due.amount_minor, settings),)


def _raw_line(
    raw: RawLine, amount_minor: int, order: Order, settings: FiscalSettings
) -> ReceiptLine:
    """The line that a refund by sum has named: a sum, of a position of the cart or of none."""
    of_cart = (p for p in cart_positions(order) if p.position_id == raw.position_id)
    position = next(of_cart, None)
    line = default_line(amount_minor, settings)
    if position is not None:
        known = line_of(position, settings)
        line = replace(known, quantity=ONE, price_minor=amount_minor, amount_minor=amount_minor)
    return replace(
        line,
        name=raw.name or line.name,
        item_code=raw.item_code or line.item_code,
        tax_type=line.tax_type if raw.tax_type is None else raw.tax_type,
        of_settings=tuple(each for each in line.of_settings if each not in _named(raw)),
    )


def _named(raw: RawLine) -> tuple[str, ...]:
    """The fields of the line that the request has named."""
    named = ((NAME, bool(raw.name)), (TAX_TYPE, raw.tax_type is not None))
    return tuple(name for name, is_named in named if is_named)


def _positions(due: ReceiptDue, order: Order) -> Sequence[Position]:
    """The positions, or parts of them, that the money of the change is for."""
    parts = order.attempt(due.attempt).parts if due.attempt is not None else ()
    if parts:
        return taken_positions(cart_positions(order), parts)
    deposited = deposited_positions(order)
    return deposited if sum(p.amount_minor for p in deposited) == due.amount_minor else ()


def _content(
    lines: tuple[ReceiptLine, ...], due: ReceiptDue, order: Order, settings: FiscalSettings
) -> ReceiptContent:
    request = order.request
    contact = contact_of(order, customer=due.customer, ofd_params=due.ofd_params)
    of_cart = {} if due.own_cart else cart_receipt_params(order)
    params = {**of_cart, **ofd_params_of(order), **due.ofd_params}
    return ReceiptContent(
        lines=lines,
        currency=order.currency,
        tax_system=settings.tax_system if request.tax_system is None else request.tax_system,
        named_tax_system=request.tax_system is not None,
        ffd=settings.ffd,
        email=contact.email,
        phone=contact.phone,
        ofd_params={key: value for key, value in params.items() if value},
    )


def _code(attributes: Mapping[str, object], name: str, default: int) -> int:
    """A code among the fiscal attributes; they were checked when the cart was read."""
    value = attributes.get(name)
    return int(value) if isinstance(value, int | str) else default


def _is_product(position: Position) -> bool:
    price, quantity = position.price_minor, position.quantity.thousandths
    return price is not None and product_minor(price, quantity) == position.amount_minor


def _quantity(position: Position) -> Quantity:
    """The quantity; one where price and quantity do not give the sum, as a receipt demands."""
    if _is_product(position) or _even_price(position) is not None:
        return position.quantity
    return Quantity(ONE.thousandths, position.quantity.measure)


def _price(position: Position) -> int:
    if _is_product(position):
        assert position.price_minor is not None
        return position.price_minor
    even = _even_price(position)
    return position.amount_minor if even is None else even


def _even_price(position: Position) -> int | None:
    """The price of one unit, if the sum is a whole number of them."""
    thousandths = position.quantity.thousandths
    if thousandths <= 0 or position.amount_minor * 1000 % thousandths:
        return None
    return position.amount_minor * 1000 // thousandths
