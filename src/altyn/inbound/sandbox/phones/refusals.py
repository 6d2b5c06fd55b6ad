"""Why a phone does not do what it is asked, with the HTTP status and the text of the API.

The pages have the same refusals in their own texts, by the name of the refusal.
"""

from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from altyn.inbound.sandbox.answers import RefusedError
from altyn.protocol.phone_messages import MessageAction

_ACTIONS = " or ".join(MessageAction)


@dataclass(frozen=True, slots=True)
class _Row:
    """The status and the text of a refusal; `{}` is replaced by a detail."""

    status: HTTPStatus
    text: str


class PhoneRefusal(Enum):
    """The refusals of the simulated phones."""

    NOT_A_PHONE = _Row(
        HTTPStatus.BAD_REQUEST,
        "phone: {!r} is not a Russian phone number; write ten digits, alone or after +7, 7 or 8, "
        "for example 79998887766",
    )
    NO_MESSAGE = _Row(
        HTTPStatus.NOT_FOUND,
        "this phone has no message {!r}; GET /sandbox/phones/{{phone}}/messages lists its messages",
    )
    UNKNOWN_ACTION = _Row(
        HTTPStatus.BAD_REQUEST, f"action: {{!r}} is not an action; write {_ACTIONS}"
    )
    NO_ACTIONS = _Row(
        HTTPStatus.CONFLICT, "this message needs no answer: it has no actions, and nothing is done"
    )
    ANSWERED = _Row(
        HTTPStatus.CONFLICT,
        "this message was answered before ({}), and an answer is final; a new payment sends a new "
        "message",
    )
    CLOSED = _Row(
        HTTPStatus.CONFLICT,
        "this message cannot be answered any more: the payment was answered or withdrawn; a new "
        "payment sends a new message",
    )
    ELSEWHERE = _Row(
        HTTPStatus.CONFLICT,
        "this message cannot be answered any more: it was answered on another phone; a new payment "
        "sends a new message",
    )
    WITHDRAWN = _Row(
        HTTPStatus.CONFLICT,
        "this message cannot be answered any more: the payer chose another way to pay; a new "
        "payment sends a new message",
    )
    CANCELLED = _Row(
        HTTPStatus.CONFLICT,
        "this message cannot be answered any more: the shop cancelled the order; the shop has to "
        "register a new order",
    )
    EXPIRED = _Row(
        HTTPStatus.CONFLICT,
        "this message cannot be answered any more: its time is over; the shop has to register a "
        "new order",
    )
    UNREADABLE_CODE = _Row(
        HTTPStatus.BAD_REQUEST,
        "payload: this code is neither a link of the bank's app (sberpay://invoicing/v2?"
        "bankInvoiceId=…) nor a payment link of this gateway (formUrl); send the text of the QR "
        "code or of the link",
    )
    OTHER_SITE = _Row(
        HTTPStatus.BAD_REQUEST,
        "payload: {} is not an address of this gateway; send the formUrl of an order of this "
        "gateway, or a link of the bank's app",
    )
    NO_ORDER = _Row(
        HTTPStatus.NOT_FOUND,
        "payload: this payment link names no order of this gateway; register an order and send its "
        "formUrl",
    )
    NO_INVOICE = _Row(
        HTTPStatus.NOT_FOUND,
        "payload: the bank has no invoice {!r}; begin the payment first, on the payment page or by "
        "register.do for the app",
    )
    INVOICE_OVER = _Row(
        HTTPStatus.CONFLICT,
        "payload: this invoice cannot be confirmed any more: it was paid, refused or withdrawn, or "
        "its time is over; begin a new payment",
    )
    NO_APP = _Row(
        HTTPStatus.CONFLICT,
        "this phone has no bank app (its number ends with 0001), so it cannot open the link; scan "
        "with another phone",
    )


class PhoneRefusedError(RefusedError):
    """A refusal with its details; `str` is the text of the API."""

    def __init__(self, refusal: PhoneRefusal, *details: str) -> None:
        self.refusal = refusal
        super().__init__(refusal.value.text.format(*details), refusal.value.status)
