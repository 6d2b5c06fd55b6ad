"""The parameters of callbacks as tables, and the outbox entries that are made of them.

A shop chooses among the optional rows by name. The names that its settings may use, the parameters
that are signed and sent, and the printed reference come from these tables. Amounts are whole minor
units, dates milliseconds since 1970 UTC, both as text; a row without a value is left out.
Source: callbacks.md §3; personal-account.md §7 (what a shop may choose).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from altyn.domain.callback import (
    BindingNotification,
    CallbackOperation,
    OrderNotification,
    callback_entry,
)
from altyn.domain.effects import OutboxEntry
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import CURRENCIES
from altyn.domain.order import Order
from altyn.protocol.action_codes import describe
from altyn.protocol.dialects.classic import card_view as card
from altyn.protocol.dialects.classic import order_view as view
from altyn.protocol.dialects.classic.callbacks import values
from altyn.protocol.dialects.classic.callbacks.values import NotifiedChange
from altyn.protocol.dialects.classic.status_fields import epoch_ms, epoch_ms_or_none, view_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CallbackParameter(Generic[T]):
    """One parameter of a callback.

    `value` finds its value; a parameter with None or an empty text is left out. `what` and
    `present` say in words what it is and when it is sent. A merchant needs the permission `needs`.
    """

    name: str
    value: Callable[[T], str | int | None]
    what: str
    present: str = "always"
    needs: Permission | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The notification of a change, with the order as it was after the change."""

    order: Order
    notification: OrderNotification


@dataclass(frozen=True, slots=True)
class BindingChange:
    """The notification of a change of a stored card, and the time of the change (UTC)."""

    notification: BindingNotification
    at: datetime


_Row = CallbackParameter


def order_callbacks(
    order: Order, merchant: Merchant, notification: OrderNotification, at: datetime
) -> tuple[OutboxEntry, ...]:
    """The outbox entries of one notification: one for each address that is configured.

    `order` is the order after the change, `at` the time of the change. A shop may also choose the
    order's own parameters (merchantOrderParams) by their names. Those that a payer has sent
    are left out, unless the shop lists them as the payer's.
    Source: callbacks.md §3.1, §3.3.
    """
    addresses = merchant.addresses_for(order)
    if not addresses or not merchant.wants(notification.operation):
        return ()
    change = Change(order, notification)
    parameters = {row.name: str(row.value(change)) for row in CORE}
    callbacks = merchant.settings.callbacks
    if names := (*callbacks.parameters, *callbacks.payer_parameters):
        snapshot = view_of(order, merchant, merchant.settings.default_language)
        parameters |= _chosen(NotifiedChange(snapshot, notification, at), names)
    operation = notification.operation.value
    return tuple(callback_entry(operation, address, parameters) for address in addresses)


def binding_callbacks(
    notification: BindingNotification, merchant: Merchant, at: datetime
) -> tuple[OutboxEntry, ...]:
    """As `order_callbacks`, for a stored card: only to the merchant's own addresses.

    Source: callbacks.md §2, §3.2.
    """
    callbacks = merchant.settings.callbacks
    if not callbacks.urls or not merchant.wants(notification.operation):
        return ()
    change = BindingChange(notification, at)
    rows = (*BINDING, *(row for row in BINDING_OPTIONAL if row.name in callbacks.parameters))
    found = ((row.name, row.value(change)) for row in rows)
    parameters = {name: str(value) for name, value in found if value not in {None, ""}}
    operation = notification.operation.value
    return tuple(callback_entry(operation, address, parameters) for address in callbacks.urls)


def _chosen(change: NotifiedChange, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    snapshot = change.snapshot
    of_payer = set(snapshot.merchant.settings.callbacks.payer_parameters)
    untrusted = {*snapshot.order.request.payer_params} - of_payer
    for name in dict.fromkeys(names):
        row = _ROW_BY_NAME.get(name)
        value: str | int | None
        if row is None:
            # a parameter of the shop or the payer never replaces one of the gateway's
            kept = name not in RESERVED and name not in untrusted
            value = snapshot.order.params.get(name) if kept else None
        elif row.needs is None or snapshot.merchant.may(row.needs):
            value = row.value(change)
        else:
            value = None
        if value is not None and value != "":
            yield name, str(value)


# ── The tables ────────────────────────────────────────────────────────────────────────────────────

CORE: Final[tuple[CallbackParameter[Change], ...]] = (
    _Row("mdOrder", lambda c: str(c.order.order_id), "The gateway's order id."),
    _Row("orderNumber", lambda c: c.order.order_number, "The shop's number."),
    _Row("operation", lambda c: c.notification.operation.value, "What happened."),
    _Row("status", lambda c: int(c.notification.succeeded), "1 done, 0 failed."),
)
"""The parameters of every callback about an order."""

_NEVER: Final = "never: the gateway has no such value"
_HAS_BINDING: Final = "after a payment that has used or stored one"
_CARD_USED: Final = "after an attempt with a card"
_ON_REFUND: Final = "with `refunded`, also a failed one"
_ON_REVERSAL: Final = "with `reversed`, also a failed one"
_CREATION_DATE_WHAT: Final = "When the change was: `Mon Jan 31 21:46:52 UTC 2022`."
_SEE_3DS: Final = Permission.SEND_ECI_CAVV


def _unknown(_: NotifiedChange) -> None:
    return None


OPTIONAL: Final[tuple[CallbackParameter[NotifiedChange], ...]] = (
    _Row("callbackCreationDate", lambda c: values.creation_date(c.at), _CREATION_DATE_WHAT),
    # sums
    _Row("amount", lambda c: c.snapshot.order.amount_minor, "The order's sum, minor units."),
    _Row("paymentAmount", lambda c: c.snapshot.order.amount_minor, "As `amount`."),
    _Row(
        "amountFormatted",
        values.formatted(lambda c: c.snapshot.order.amount_minor),
        "The order's sum.",
    ),
    _Row(
        "approvedAmount",
        lambda c: c.snapshot.order.approved_minor,
        "What was authorised and not reversed, minor units.",
    ),
    _Row(
        "approvedAmountFormatted",
        values.formatted(lambda c: c.snapshot.order.approved_minor),
        "The same.",
    ),
    _Row(
        "depositedAmount",
        lambda c: c.snapshot.order.left_minor,
        "What is deposited and not refunded, minor units.",
    ),
    _Row(
        "depositedAmountFormatted",
        values.formatted(lambda c: c.snapshot.order.left_minor),
        "The same.",
    ),
    _Row("refundedAmount", lambda c: c.snapshot.order.returned_minor, "All refunds, minor units."),
    _Row(
        "refundedAmountFormatted",
        values.formatted(lambda c: c.snapshot.order.returned_minor),
        "The same.",
    ),
    _Row(
        "feeAmount",
        lambda c: view.fee_minor(c.snapshot),
        "The fee, minor units.",
        "`feeInput` given",
        needs=Permission.FEE,
    ),
    _Row("totalAmountFormatted", values.formatted(values.total_minor), "The order's sum and fee."),
    _Row(
        "depositedTotalAmountFormatted",
        values.formatted(values.deposited_total_minor),
        "What was deposited, refunded since or not, and the fee.",
        "after a deposit",
    ),
    _Row(
        "currentReverseAmountFormatted",
        values.formatted(values.amount_of(CallbackOperation.REVERSED)),
        "The sum of this reversal.",
        _ON_REVERSAL,
    ),
    _Row(
        "currentRefundAmountFormatted",
        values.formatted(values.amount_of(CallbackOperation.REFUNDED)),
        "The sum of this refund.",
        _ON_REFUND,
    ),
    _Row(
        "operationRefundedAmount",
        values.amount_of(CallbackOperation.REFUNDED),
        "The sum of this refund, minor units.",
        _ON_REFUND,
    ),
    _Row(
        "operationRefundedAmountFormatted",
        values.formatted(values.amount_of(CallbackOperation.REFUNDED)),
        "The sum of this refund.",
        _ON_REFUND,
    ),
    _Row(
        "externalRefundId",
        lambda c: c.notification.external_refund_id,
        "The shop's own name of this refund.",
        "with `refunded`, where it was given",
    ),
    _Row("currency", lambda c: c.snapshot.order.currency, "ISO 4217 numeric code."),
    _Row("currencyName", lambda c: CURRENCIES[c.snapshot.order.currency].alpha, "Its letters."),
    # the bank
    _Row(
        "approvalCode",
        lambda c: card.approval_code(c.snapshot),
        "The issuer's six characters.",
        "approved",
    ),
    _Row("authCode", lambda c: card.approval_code(c.snapshot), "As `approvalCode`.", "approved"),
    _Row("refNum", lambda c: view.rrn(c.snapshot), "RRN of the payment.", "the bank was asked"),
    _Row("refnum", lambda c: view.rrn(c.snapshot), "As `refNum`.", "the bank was asked"),
    _Row("paymentRefNum", lambda c: view.rrn(c.snapshot), "As `refNum`.", "the bank was asked"),
    _Row("processingId", _unknown, "The payer's number at processing.", _NEVER),
    _Row("terminalId", lambda c: view.terminal(c.snapshot), "The terminal."),
    _Row("bankName", values.bank_name, "The card's issuer.", "the issuer is known"),
    _Row("actionCode", lambda c: c.snapshot.order.action_code, "The latest result of the payment."),
    _Row(
        "actionCodeDescription",
        lambda c: describe(c.snapshot.order.action_code, c.snapshot.language),
        "The text for the payer, in the merchant's default language.",
        "after a failure",
    ),
    _Row(
        "avsCode",
        lambda c: values.AVS_NUMBERS.get(view.avs_code(c.snapshot) or ""),
        "The payer's address: -1 matches with the postal code, 1 without it, 2 only the postal "
        "code does, 3 neither, 50 no answer.",
        "the address was checked",
    ),
    # the card
    _Row("cardholderName", lambda c: card.cardholder_name(c.snapshot), "As typed.", _CARD_USED),
    _Row("maskedPan", lambda c: card.masked_pan(c.snapshot), "First six, last four.", _CARD_USED),
    _Row(
        "paymentSystem",
        lambda c: card.payment_system(c.snapshot),
        "VISA, MASTERCARD, MIR and others.",
        "known by the number",
    ),
    _Row(
        "paymentWay",
        lambda c: view.payment_way(c.snapshot),
        "How it was paid.",
        "after a payment attempt",
    ),
    _Row(
        "threeDSType",
        lambda c: values.THREE_DS_TYPES.get(card.three_ds_type(c.snapshot) or ""),
        f"How the holder was authenticated: {', '.join(values.THREE_DS_TYPES.values())}.",
        "ECI known",
    ),
    _Row(
        "eci",
        lambda c: values.authentication(c).eci,
        "ECI, without a leading zero.",
        "known",
        _SEE_3DS,
    ),
    _Row(
        "xid",
        lambda c: values.authentication(c).xid,
        "3-D Secure's transaction.",
        "known",
        _SEE_3DS,
    ),
    _Row("cavv", lambda c: values.authentication(c).cavv, "3-D Secure's proof.", "known", _SEE_3DS),
    # the order
    _Row("mdorder", lambda c: str(c.snapshot.order.order_id), "As `mdOrder`; both are signed."),
    _Row("merchantLogin", lambda c: c.snapshot.merchant.login, "The merchant's login."),
    _Row("merchantFullName", lambda c: c.snapshot.merchant.name, "The merchant's name."),
    _Row(
        "orderDescription",
        lambda c: c.snapshot.order.request.description,
        "The order's description.",
        "given",
    ),
    _Row("ip", lambda c: c.snapshot.order.payer_ip, "The payer's address.", "known"),
    _Row("ipCountryCode", _unknown, "The country of it.", _NEVER),
    _Row(
        "clientId", lambda c: c.snapshot.order.request.client_id, "The payer in the shop.", "given"
    ),
    _Row("bindingId", lambda c: view.binding_id(c.snapshot), "The stored card.", _HAS_BINDING),
    _Row(
        "depositFlag",
        lambda c: 1 if c.snapshot.order.takes_money_at_once else 2,
        "1 purchase, 2 pre-authorisation.",
    ),
    _Row(
        "paymentState",
        lambda c: values.PAYMENT_STATES[c.snapshot.order.status],
        f"The state of the payment: {', '.join(dict.fromkeys(values.PAYMENT_STATES.values()))}.",
    ),
    _Row(
        "transactionAttributes",
        _unknown,
        "Attributes of the transaction.",
        "never: only the status has them, because their form in a callback is not known",
    ),
    _Row("finishCheckUrl", _unknown, "Where the receipt is.", "never: receipts come later"),
    # dates
    _Row("date", lambda c: epoch_ms(c.snapshot.order.created_at), "Registration."),
    _Row(
        "sessionExpiredDate", lambda c: epoch_ms(c.snapshot.order.expires_at), "End of the session."
    ),
    _Row(
        "paymentDate",
        lambda c: view.authorised_ms(c.snapshot),
        "Authorisation.",
        "the bank has numbered the payment",
    ),
    _Row(
        "depositedDate",
        lambda c: epoch_ms_or_none(c.snapshot.order.deposited_at),
        "Deposit.",
        "after a deposit",
    ),
    _Row(
        "refundedDate",
        lambda c: epoch_ms_or_none(c.snapshot.order.refunded_at),
        "The last refund.",
        "after a refund",
    ),
    _Row(
        "reversedDate",
        lambda c: epoch_ms_or_none(c.snapshot.order.reversed_at),
        "Reversal.",
        "after a reversal, also a partial one",
    ),
    _Row("declineDate", values.decline_ms, "Decline.", "the order is declined"),
)
"""The parameters that a shop may add to callbacks about an order."""

OPTIONAL_NAMES: Final = tuple(row.name for row in OPTIONAL)
_ROW_BY_NAME: Final = {row.name: row for row in OPTIONAL}

RESERVED: Final = frozenset(row.name for row in CORE) | {"checksum", "sign_alias"}
"""Names that an order's own parameters cannot replace."""


def _enabled(change: BindingChange) -> str | None:
    switched = change.notification.operation is CallbackOperation.BINDING_ACTIVITY_CHANGED
    return str(change.notification.enabled).lower() if switched else None


BINDING: Final[tuple[CallbackParameter[BindingChange], ...]] = (
    _Row("bindingId", lambda c: str(c.notification.binding_id), "The stored card."),
    _Row("clientId", lambda c: c.notification.client_id, "The payer in the shop."),
    _Row("operation", lambda c: c.notification.operation.value, "What happened."),
    _Row("enabled", _enabled, "`true` or `false`: usable now.", "with `bindingActivityChanged`"),
    _Row("email", lambda c: c.notification.email, "The payer's e-mail.", "known"),
    _Row("phone", lambda c: c.notification.phone, "The payer's phone.", "known"),
    _Row("panMasked", lambda c: c.notification.masked_pan, "First six, last four."),
    _Row("panCountryCode", lambda c: c.notification.pan_country, "Of the issuer.", "known"),
)
"""The parameters of a callback about a stored card; mdOrder, orderNumber and status are missing."""

BINDING_OPTIONAL: Final[tuple[CallbackParameter[BindingChange], ...]] = (
    _Row("callbackCreationDate", lambda c: values.creation_date(c.at), _CREATION_DATE_WHAT),
)
