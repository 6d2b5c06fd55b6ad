"""What a callback says: every parameter as a row, and the announcements that are made of them.

A shop chooses among the optional rows by name; what its settings may name, what is signed and sent,
and the printed reference are read from here. Amounts are whole minor units, moments milliseconds
since 1970 UTC, both as text; a row without a value is left out.
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
from altyn.protocol.dialects.classic.callbacks.values import ChangeSeen
from altyn.protocol.dialects.classic.status_fields import epoch_ms, epoch_ms_or_none, view_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CallbackParameter(Generic[T]):
    """One parameter of a callback.

    `value` finds it: None and empty text mean that it is left out. `what` and `present` say in
    words what it is and when it is there. A merchant without the permission `needs` never gets it.
    """

    name: str
    value: Callable[[T], str | int | None]
    what: str
    present: str = "always"
    needs: Permission | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an order, which is as it was after the change."""

    order: Order
    notice: OrderNotification


@dataclass(frozen=True, slots=True)
class BindingChange:
    """What happened to a stored card, and when."""

    notice: BindingNotification
    at: datetime


_Row = CallbackParameter


def order_callbacks(
    order: Order, merchant: Merchant, notice: OrderNotification, at: datetime
) -> tuple[OutboxEntry, ...]:
    """The rows for one notification: one for each address that is configured, none without one.

    `order` is the order after the change, `at` the moment of it. Besides our own rows a shop may
    choose the order's further parameters (merchantOrderParams) by their names.
    Source: callbacks.md §3.1, §3.3.
    """
    addresses = merchant.addresses_for(order)
    if not addresses or not merchant.wants(notice.notification):
        return ()
    change = Change(order, notice)
    parameters = {row.name: str(row.value(change)) for row in CORE}
    if names := merchant.settings.callbacks.parameters:
        seen = view_of(order, merchant, merchant.settings.default_language)
        parameters |= _chosen(ChangeSeen(seen, notice, at), names)
    operation = notice.notification.value
    return tuple(callback_entry(operation, address, parameters) for address in addresses)


def binding_callbacks(
    notice: BindingNotification, merchant: Merchant, at: datetime
) -> tuple[OutboxEntry, ...]:
    """As `order_callbacks`, for a stored card: only at the merchant's own addresses.

    Source: callbacks.md §2, §3.2.
    """
    callbacks = merchant.settings.callbacks
    if not callbacks.urls or not merchant.wants(notice.notification):
        return ()
    change = BindingChange(notice, at)
    rows = (*BINDING, *(row for row in BINDING_OPTIONAL if row.name in callbacks.parameters))
    found = ((row.name, row.value(change)) for row in rows)
    parameters = {name: str(value) for name, value in found if value not in {None, ""}}
    operation = notice.notification.value
    return tuple(callback_entry(operation, address, parameters) for address in callbacks.urls)


def _chosen(change: ChangeSeen, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    seen = change.seen
    for name in names:
        row = _ROW_BY_NAME.get(name)
        value: str | int | None
        if row is None:
            # a shop's or payer's own parameter never takes the place of one of ours
            value = None if name in RESERVED else seen.order.params.get(name)
        elif row.needs is None or seen.merchant.may(row.needs):
            value = row.value(change)
        else:
            value = None
        if value is not None and value != "":
            yield name, str(value)


# ── The tables ────────────────────────────────────────────────────────────────────────────────────

CORE: Final[tuple[CallbackParameter[Change], ...]] = (
    _Row("mdOrder", lambda c: str(c.order.order_id), "The gateway's order id."),
    _Row("orderNumber", lambda c: c.order.order_number, "The shop's number."),
    _Row("operation", lambda c: c.notice.notification.value, "What happened."),
    _Row("status", lambda c: int(c.notice.succeeded), "1 done, 0 failed."),
)
"""What every callback about an order says."""

_NEVER: Final = "never: the gateway does not know it"
_CARD_TRIED: Final = "after a try with a card"
_ON_REFUND: Final = "with `refunded`, also a failed one"
_ON_REVERSAL: Final = "with `reversed`, also a failed one"
_CREATION_DATE_WHAT: Final = "When the change was: `Mon Jan 31 21:46:52 UTC 2022`."
_SEE_3DS: Final = Permission.SEND_ECI_CAVV


def _unknown(_: ChangeSeen) -> None:
    return None


OPTIONAL: Final[tuple[CallbackParameter[ChangeSeen], ...]] = (
    _Row("callbackCreationDate", lambda c: values.creation_date(c.at), _CREATION_DATE_WHAT),
    # sums
    _Row("amount", lambda c: c.seen.order.amount_minor, "The order's sum, minor units."),
    _Row("paymentAmount", lambda c: c.seen.order.amount_minor, "As `amount`."),
    _Row(
        "amountFormatted", values.formatted(lambda c: c.seen.order.amount_minor), "The order's sum."
    ),
    _Row(
        "approvedAmount",
        lambda c: c.seen.order.approved_minor,
        "What was authorised and not reversed, minor units.",
    ),
    _Row(
        "approvedAmountFormatted",
        values.formatted(lambda c: c.seen.order.approved_minor),
        "The same.",
    ),
    _Row(
        "depositedAmount",
        lambda c: c.seen.order.left_minor,
        "What is deposited and not refunded, minor units.",
    ),
    _Row(
        "depositedAmountFormatted", values.formatted(lambda c: c.seen.order.left_minor), "The same."
    ),
    _Row("refundedAmount", lambda c: c.seen.order.refunded_minor, "All refunds, minor units."),
    _Row(
        "refundedAmountFormatted",
        values.formatted(lambda c: c.seen.order.refunded_minor),
        "The same.",
    ),
    _Row(
        "feeAmount",
        lambda c: view.fee_minor(c.seen),
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
        values.formatted(values.of_this(CallbackOperation.REVERSED)),
        "The sum of this reversal.",
        _ON_REVERSAL,
    ),
    _Row(
        "currentRefundAmountFormatted",
        values.formatted(values.of_this(CallbackOperation.REFUNDED)),
        "The sum of this refund.",
        _ON_REFUND,
    ),
    _Row(
        "operationRefundedAmount",
        values.of_this(CallbackOperation.REFUNDED),
        "The sum of this refund, minor units.",
        _ON_REFUND,
    ),
    _Row(
        "operationRefundedAmountFormatted",
        values.formatted(values.of_this(CallbackOperation.REFUNDED)),
        "The sum of this refund.",
        _ON_REFUND,
    ),
    _Row(
        "externalRefundId",
        lambda c: c.notice.external_refund_id,
        "The shop's own name of this refund.",
        "with `refunded`, where it was given",
    ),
    _Row("currency", lambda c: c.seen.order.currency, "ISO 4217 numeric code."),
    _Row("currencyName", lambda c: CURRENCIES[c.seen.order.currency].alpha, "Its letters."),
    # the bank
    _Row(
        "approvalCode",
        lambda c: card.approval_code(c.seen),
        "The issuer's six characters.",
        "approved",
    ),
    _Row("authCode", lambda c: card.approval_code(c.seen), "As `approvalCode`.", "approved"),
    _Row("refNum", lambda c: view.rrn(c.seen), "RRN of the payment.", "the bank was asked"),
    _Row("paymentRefNum", lambda c: view.rrn(c.seen), "As `refNum`.", "the bank was asked"),
    _Row("processingId", _unknown, "The payer's number at processing.", _NEVER),
    _Row("terminalId", lambda c: view.terminal(c.seen), "The terminal."),
    _Row("bankName", values.bank_name, "The card's issuer.", "the issuer is known"),
    _Row("actionCode", lambda c: c.seen.order.action_code, "The last word about the payment."),
    _Row(
        "actionCodeDescription",
        lambda c: describe(c.seen.order.action_code, c.seen.language),
        "The payer's words for it, in the merchant's default language.",
        "after a failure",
    ),
    _Row(
        "avsCode",
        lambda c: values.AVS_NUMBERS.get(view.avs_code(c.seen) or ""),
        "The payer's address: -1 matches with the postal code, 1 without it, 2 only the postal "
        "code does, 3 neither, 50 no answer.",
        "the address was checked",
    ),
    # the card
    _Row("cardholderName", lambda c: card.cardholder_name(c.seen), "As typed.", _CARD_TRIED),
    _Row("maskedPan", lambda c: card.masked_pan(c.seen), "First six, last four.", _CARD_TRIED),
    _Row(
        "paymentSystem",
        lambda c: card.payment_system(c.seen),
        "VISA, MASTERCARD, MIR and others.",
        "known by the number",
    ),
    _Row("paymentWay", lambda c: view.payment_way(c.seen), "How it was paid.", "after a try"),
    _Row(
        "threeDSType",
        lambda c: values.THREE_DS_TYPES.get(card.three_ds_type(c.seen) or ""),
        f"How the holder was authenticated: {', '.join(values.THREE_DS_TYPES.values())}.",
        "ECI known",
    ),
    _Row("eci", lambda c: values.said(c).eci, "ECI, without a leading zero.", "known", _SEE_3DS),
    _Row("xid", lambda c: values.said(c).xid, "3-D Secure's transaction.", "known", _SEE_3DS),
    _Row("cavv", lambda c: values.said(c).cavv, "3-D Secure's proof.", "known", _SEE_3DS),
    # the order
    _Row("mdorder", lambda c: str(c.seen.order.order_id), "As `mdOrder`; signed beside it."),
    _Row("merchantLogin", lambda c: c.seen.merchant.login, "The merchant's login."),
    _Row("merchantFullName", lambda c: c.seen.merchant.name, "The merchant's name."),
    _Row(
        "orderDescription",
        lambda c: c.seen.order.request.description,
        "The order's description.",
        "given",
    ),
    _Row("ip", lambda c: c.seen.order.payer_ip, "The payer's address.", "known"),
    _Row("ipCountryCode", _unknown, "The country of it.", _NEVER),
    _Row("clientId", lambda c: c.seen.order.request.client_id, "The payer in the shop.", "given"),
    _Row("bindingId", lambda c: c.seen.order.request.binding_id, "The stored card.", "given"),
    _Row(
        "depositFlag",
        lambda c: 2 if c.seen.order.two_phase else 1,
        "1 purchase, 2 pre-authorisation.",
    ),
    _Row(
        "paymentState",
        lambda c: values.PAYMENT_STATES[c.seen.order.status],
        f"What became of the payment: {', '.join(dict.fromkeys(values.PAYMENT_STATES.values()))}.",
    ),
    _Row("transactionAttributes", _unknown, "Attributes of the transaction.", _NEVER),
    _Row("finishCheckUrl", _unknown, "Where the receipt is.", "never: receipts come later"),
    # moments
    _Row("date", lambda c: epoch_ms(c.seen.order.created_at), "Registration."),
    _Row("sessionExpiredDate", lambda c: epoch_ms(c.seen.order.expires_at), "End of the session."),
    _Row(
        "paymentDate",
        lambda c: view.authorised_ms(c.seen),
        "Authorisation.",
        "the bank has numbered the payment",
    ),
    _Row(
        "depositedDate",
        lambda c: epoch_ms_or_none(c.seen.order.deposited_at),
        "Deposit.",
        "after a deposit",
    ),
    _Row(
        "refundedDate",
        lambda c: epoch_ms_or_none(c.seen.order.refunded_at),
        "The last refund.",
        "after a refund",
    ),
    _Row(
        "reversedDate",
        lambda c: epoch_ms_or_none(c.seen.order.reversed_at),
        "Reversal.",
        "after a reversal, also a partial one",
    ),
    _Row("declineDate", values.decline_ms, "Decline.", "the order is declined"),
)
"""What a shop may choose besides, for callbacks about an order."""

OPTIONAL_NAMES: Final = tuple(row.name for row in OPTIONAL)
_ROW_BY_NAME: Final = {row.name: row for row in OPTIONAL}

RESERVED: Final = frozenset(row.name for row in CORE) | {"checksum", "sign_alias"}
"""Names that are never taken from an order's own parameters."""


def _enabled(change: BindingChange) -> str | None:
    switched = change.notice.notification is CallbackOperation.BINDING_ACTIVITY_CHANGED
    return str(change.notice.enabled).lower() if switched else None


BINDING: Final[tuple[CallbackParameter[BindingChange], ...]] = (
    _Row("bindingId", lambda c: str(c.notice.binding_id), "The stored card."),
    _Row("clientId", lambda c: c.notice.client_id, "The payer in the shop."),
    _Row("operation", lambda c: c.notice.notification.value, "What happened."),
    _Row("enabled", _enabled, "`true` or `false`: usable now.", "with `bindingActivityChanged`"),
    _Row("email", lambda c: c.notice.email, "The payer's e-mail.", "known"),
    _Row("phone", lambda c: c.notice.phone, "The payer's phone.", "known"),
    _Row("panMasked", lambda c: c.notice.masked_pan, "First six, last four."),
    _Row("panCountryCode", lambda c: c.notice.pan_country, "Of the issuer.", "known"),
)
"""What a callback about a stored card says; it has no mdOrder, orderNumber or status."""

BINDING_OPTIONAL: Final[tuple[CallbackParameter[BindingChange], ...]] = (
    _Row("callbackCreationDate", lambda c: values.creation_date(c.at), _CREATION_DATE_WHAT),
)
