"""How an order is shown to its shop: getOrderStatusExtended.do, and its old form getOrderStatus.do.

Every field is a row; REST and SOAP spell the same values (numbers, text, lists, dictionaries; dates
are milliseconds). getLastOrdersForMerchants.do is a list of the extended form.
Source: rest-orders.md §4.1 to §4.3, §1.4 (empty fields are left out, never null), §1.5 (amounts);
merchant-settings.md §4 (response versions), §5 (permissions); sberpay.md §4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from altyn.domain import action_codes as codes
from altyn.domain.card.stored_credential import INITIATOR
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.prepayment import FINAL_PAYMENTS, PREPAYMENT, final_payments
from altyn.domain.sberpay import invoice_id_of
from altyn.protocol.action_codes import describe
from altyn.protocol.dialects.classic.card_view import (
    CARD_AUTH_INFO,
    SECURE_AUTH_INFO,
    approval_code,
    bank_info,
    card_auth_info,
    cardholder_name,
    expiration,
    masked_pan,
)
from altyn.protocol.dialects.classic.cart_view import order_bundle
from altyn.protocol.dialects.classic.error_codes import SUCCESS
from altyn.protocol.dialects.classic.operations_view import (
    OPERATION,
    REFUND,
    Objects,
    operations,
    refunds,
)
from altyn.protocol.dialects.classic.order_statuses import status_on_wire
from altyn.protocol.dialects.classic.receipt_view import ofd_order_bundle
from altyn.protocol.dialects.classic.registration import PRE_AUTHORISATION, REGISTRATION
from altyn.protocol.dialects.classic.status_fields import (
    Field,
    Fields,
    OrderView,
    epoch_ms,
    epoch_ms_or_none,
    show,
    view_of,
)
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.table import Parameter


def extended_status(order: Order, merchant: Merchant, language: str) -> dict[str, Any]:
    """The answer of getOrderStatusExtended.do without errorCode and errorMessage.

    `merchant` is the order's: its response version and permissions choose the fields; texts are
    Russian unless `language` is "en". Source: rest-orders.md §4.2.
    """
    return show(EXTENDED, view_of(order, merchant, language), merchant)


def short_status(order: Order, merchant: Merchant, language: str) -> dict[str, Any]:
    """The whole answer of getOrderStatus.do, ErrorCode and ErrorMessage included.

    The capitals are the protocol's. Source: rest-orders.md §4.1.
    """
    return show(SHORT, view_of(order, merchant, language), merchant)


# ── The order ─────────────────────────────────────────────────────────────────────────────────────


def _pairs(named: Mapping[str, str]) -> Objects:
    return [{"name": name, "value": value} for name, value in named.items()]


def _transaction_attributes(view: OrderView) -> Objects:
    """The bank's number of the invoice, where the payer was to pay in the bank's app."""
    order = view.order
    if not any(each.payment_way == PaymentWay.SBRF_SBOL for each in order.payments):
        return []
    return _pairs({"SbolBankInvoiceId": invoice_id_of(order.order_id)})


def _original_action_code(view: OrderView) -> str | None:
    """What processing answered last. Negative codes are the gateway's own."""
    code = view.payment.action_code if view.payment else None
    return str(code) if code is not None and code >= 0 else None


def _display_error_message(view: OrderView) -> str | None:
    """The text of a failure for the payer; there is none for success or before an attempt."""
    return describe(view.order.action_code, view.language) or None


def fee_minor(view: OrderView) -> int | None:
    """The fee, for a merchant with the permission."""
    fee = view.order.request.fee_input
    return None if fee is None or not view.merchant.may(Permission.FEE) else fee


def _initiator(view: OrderView) -> str | None:
    """Who began the last payment with a stored card, or that stores one (codes.md §7)."""
    return view.payment.details.get(INITIATOR) if view.payment else None


def binding_id(view: OrderView) -> str | None:
    """The stored card that the last payment attempt has used, or has stored."""
    card = view.payment.card if view.payment else None
    return str(card.binding_id) if card and card.binding_id else None


def _binding_info(view: OrderView) -> dict[str, Any] | None:
    client_id, used = view.order.request.client_id, binding_id(view)
    return {"clientId": client_id, "bindingId": used} if client_id and used else None


def _payer_data(view: OrderView) -> dict[str, Any] | None:
    request = view.order.request
    if not (request.email or request.phone or request.post_address):
        return None
    values = (
        ("email", request.email),
        ("phone", request.phone),
        ("postAddress", request.post_address),
    )
    return {name: value for name, value in values if value}


def _order_bundle(view: OrderView) -> dict[str, Any] | None:
    return order_bundle(view.order, view.merchant.settings.status_version)


# ── The payment ───────────────────────────────────────────────────────────────────────────────────


def authorised_ms(view: OrderView) -> int | None:
    """When the payment was authorised, milliseconds since 1970 UTC."""
    order, payment = view.order, view.payment
    if order.approved_at:
        return epoch_ms(order.approved_at)
    if payment is None or not payment.rrn:
        return None
    return epoch_ms_or_none(
        payment.answered_at
    )  # the bank gave it a number, though it was not approved


def rrn(view: OrderView) -> str | None:
    """The bank's number of the last payment attempt."""
    return (view.payment.rrn or None) if view.payment else None


def terminal(view: OrderView) -> str | None:
    """The terminal of the order, else the merchant's."""
    return view.order.request.terminal or view.merchant.settings.terminal or None


def avs_code(view: OrderView) -> str | None:
    """The result of the bank's address check, A to F (codes.md §6)."""
    return view.payment.avs_code if view.payment else None


def payment_way(view: OrderView) -> str | None:
    """The payment way of the last attempt (codes.md §6)."""
    return (view.payment.payment_way or None) if view.payment else None


PAYMENT_AMOUNT_INFO: Final[Fields[OrderView]] = Fields(
    source="rest-orders.md §4.2, §1.5",
    rows=(
        Field("paymentState", lambda s: status_on_wire(s.order).state.value),
        Field("approvedAmount", lambda s: s.order.approved_minor),
        Field("depositedAmount", lambda s: s.order.left_minor),
        Field("refundedAmount", lambda s: s.order.returned_minor),
        Field("feeAmount", fee_minor, "feeInput given", since=11),
        Field("totalAmount", lambda s: s.order.amount_minor + (fee_minor(s) or 0), since=18),
    ),
)


# ── getOrderStatusExtended.do ─────────────────────────────────────────────────────────────────────

_EXTENDED_ROWS: Final[tuple[Field[OrderView], ...]] = (
    Field("orderNumber", lambda s: s.order.order_number),
    Field("orderStatus", lambda s: status_on_wire(s.order).number),
    Field("actionCode", lambda s: s.order.action_code),
    Field("actionCodeDescription", lambda s: describe(s.order.action_code, s.language)),
    Field(
        "originalActionCode",
        _original_action_code,
        "processing answered",
        needs=Permission.ORIGINAL_ACTION_CODE,
    ),
    Field("amount", lambda s: s.order.amount_minor),
    Field("currency", lambda s: s.order.currency),
    Field("date", lambda s: epoch_ms(s.order.created_at)),
    Field(
        "depositedDate",
        lambda s: epoch_ms_or_none(s.order.deposited_at),
        "after a deposit",
        since=10,
    ),
    Field(
        "refundedDate",
        lambda s: epoch_ms_or_none(s.order.refunded_at),
        "after a refund",
        since=12,
    ),
    Field(
        "reversedDate",
        lambda s: epoch_ms_or_none(s.order.reversed_at),
        "after a reversal, also a partial one",
        since=12,
    ),
    Field("orderDescription", lambda s: s.order.request.description or ""),
    Field("ip", lambda s: s.order.payer_ip or None, "known"),
    Field("merchantOrderParams", lambda s: _pairs(s.order.params)),
    # Version 13 sends a list, which may be empty, once there is a payment.
    Field(
        "transactionAttributes",
        lambda s: _transaction_attributes(s) if s.payment else None,
        "after a payment attempt",
        since=13,
        before=14,
    ),
    Field("transactionAttributes", _transaction_attributes, since=14),
    Field("attributes", lambda s: [{"name": "mdOrder", "value": str(s.order.order_id)}]),
    Field("cardAuthInfo", card_auth_info, "after an attempt with a card"),
    Field("bindingInfo", _binding_info, "after an attempt with a stored card"),
    Field("authDateTime", authorised_ms, "after the authorisation", since=2),
    Field("terminalId", terminal, since=2),
    Field("authRefNum", rrn, "after the authorisation", since=2),
    Field("paymentAmountInfo", lambda s: show(PAYMENT_AMOUNT_INFO, s, s.merchant), since=3),
    Field("bankInfo", bank_info, since=3),
    Field("payerData", _payer_data, "e-mail, phone or address known", since=13),
    Field("orderBundle", _order_bundle, "given"),
    Field(PREPAYMENT, lambda s: s.order.request.more.get(PREPAYMENT), "given", since=15),
    Field(
        FINAL_PAYMENTS,
        lambda s: final_payments(s.order) or None,
        "orders complete this prepayment",
        since=15,
    ),
    Field("refunds", refunds, "after a refund", since=5),
    Field(
        "ofdOrderBundle",
        lambda s: ofd_order_bundle(s.order, s.merchant),
        "the order gets receipts, and something was deposited and is not returned",
        since=24,
    ),
    Field("chargeback", lambda s: False if s.payment else None, "after a payment attempt", since=6),
    Field(
        "operations",
        operations,
        "something was approved",
        needs=Permission.OPERATIONS_IN_STATUS,
    ),
    Field("paymentWay", payment_way, "after a payment attempt", since=9),
    Field("avsCode", avs_code, "after the address was checked", since=19),
    Field("tii", _initiator, "a payment that stores a card or uses a stored one", since=37),
    Field("displayErrorMessage", _display_error_message, "after a failure", since=33),
    Field("mcc", lambda s: s.order.request.mcc or s.merchant.settings.mcc or None, since=46),
)


def extended_fields(registration: Iterable[Parameter]) -> Fields[OrderView]:
    """The fields of the extended status, with the stored parameters that registration echoes."""
    return Fields(
        source="rest-orders.md §4.2, merchant-settings.md §4",
        rows=(*_EXTENDED_ROWS, *_echoed(registration)),
    )


def _echoed(registration: Iterable[Parameter]) -> Iterator[Field[OrderView]]:
    for row in registration:
        if row.echo is not None:
            yield Field(row.echo.name, _stored_value(row.name), "given", since=row.echo.since)


def _stored_value(name: str) -> Callable[[OrderView], str | None]:
    return lambda view: view.order.request.more.get(name)


EXTENDED: Final = extended_fields((*REGISTRATION, *PRE_AUTHORISATION))


# ── getOrderStatus.do ─────────────────────────────────────────────────────────────────────────────

OBSOLETE_AUTH_CODE: Final = 2

CARD_DATA_WRONG: Final = ErrorCode(
    2,
    "Заказ отклонен по причине ошибки в реквизитах платежа",
    "The order is declined: wrong payment details",
)

# Declined because of what the payer typed: number, expiry or CVC (codes.md §4.2).
CARD_DATA_CODES: Final = frozenset(
    {14, 53, codes.WRONG_CVC, codes.EXPIRED_CARD, 111, 125, 1015, codes.INPUT_ERROR}
)


def _short_error(view: OrderView) -> ErrorCode:
    order = view.order
    declined = order.status is OrderStatus.DECLINED and order.action_code in CARD_DATA_CODES
    return CARD_DATA_WRONG if declined else SUCCESS


SHORT: Final[Fields[OrderView]] = Fields(
    source="rest-orders.md §4.1",
    rows=(
        Field("expiration", expiration, "after an attempt with a card"),
        Field("cardholderName", cardholder_name, "after an attempt with a card"),
        Field("depositAmount", lambda s: s.order.left_minor),
        Field("currency", lambda s: s.order.currency),
        Field("approvalCode", approval_code, "after the authorisation"),
        Field("authCode", lambda _: OBSOLETE_AUTH_CODE),
        Field("clientId", lambda s: s.order.request.client_id or None, "the order has one"),
        Field(
            "bindingId",
            lambda s: (_binding_info(s) or {}).get("bindingId"),
            "after an attempt with a stored card",
        ),
        Field("ErrorCode", lambda s: str(_short_error(s).code)),
        Field("ErrorMessage", lambda s: _short_error(s).text(s.language)),
        Field("OrderStatus", lambda s: status_on_wire(s.order).number),
        Field("OrderNumber", lambda s: s.order.order_number),
        Field("Pan", masked_pan, "after an attempt with a card"),
        Field("Amount", lambda s: s.order.amount_minor),
        Field("Ip", lambda s: s.order.payer_ip or None, "known"),
    ),
)


OBJECTS: Final[Mapping[str, Fields[Any]]] = {
    "getOrderStatus": SHORT,
    "getOrderStatusExtended": EXTENDED,
    "cardAuthInfo": CARD_AUTH_INFO,
    "secureAuthInfo": SECURE_AUTH_INFO,
    "paymentAmountInfo": PAYMENT_AMOUNT_INFO,
    "refunds": REFUND,
    "operations": OPERATION,
}
"""Every table of this answer by the name of its object, for the printed reference."""
