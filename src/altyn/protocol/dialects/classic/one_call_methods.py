"""The methods that register an order and pay it in one call, as tables.

Their rows are those of a registration and of a card. Source: rest-orders.md §5.4 to §5.6.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import types as c
from altyn.protocol.dialects.classic.envelopes import PAYMENT, PLAIN
from altyn.protocol.dialects.classic.one_call_view import CARD_CHECKED, MOTO, PAID_AT_ONCE
from altyn.protocol.dialects.classic.payment_methods import (
    CARD_REST,
    CARD_START,
    holder,
)
from altyn.protocol.dialects.classic.registration import (
    PRE_AUTHORISATION,
    REGISTRATION,
    REGISTRATION_REFUSALS,
)
from altyn.protocol.dialects.classic.shared_rows import CART_REFUSALS, Refusals
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.name_types import name_on_card
from altyn.protocol.table import Method, Parameter

_STORED: Final = "bindingId"
_WITHOUT_CARD: Final = frozenset(
    {_STORED, "allowedPaymentWays", "app2app", "back2app", "app.osType", "app.deepLink"}
)
"""Rows of a registration about other ways to pay, and about a stored card."""

_BINDING: Final = tuple(
    replace(row, note="The stored card of the client (clientId) that pays, instead of pan, expiry "
            "and the name on the card.")
    for row in REGISTRATION if row.name == _STORED
)  # fmt: skip
_REGISTERED: Final = tuple(
    replace(row, remarks=k.remarks_without_app) if row.name == "jsonParams" else row
    for row in REGISTRATION
    if row.name not in _WITHOUT_CARD
)
SE_TOKEN: Final = tuple(row for row in CARD_REST if row.name == "seToken")
_3DS_NAMES: Final = frozenset(
    {
        *("threeDSServerTransId", "threeDSVer2FinishUrl", "threeDSMethodNotificationUrl"),
        *("threeDSProtocolVersion", "clientBrowserInfo", "termUrl", "tii"),
    }
)
_3DS: Final = (
    Parameter("threeDSVer2MdOrder", t.ORDER_ID, "order_id", "The order of the first call, when "
              "the call is repeated; threeDSServerTransId alone will do.",
              invalid=Refusal.ORDER_UNKNOWN),
    *(row for row in CARD_REST if row.name in _3DS_NAMES),
)  # fmt: skip
_CVC_NOTE: Final = "The security code; may be left out for Maestro, or by permission."
_PRE_AUTH: Final = Parameter(
    "preAuth", t.BOOLEAN, "two_phase", "true: hold the sum, and deposit it later by deposit.do."
)


def _without_payer() -> tuple[Parameter, ...]:
    """The rows of a registration whose payer cannot be asked for 3-D Secure."""
    return tuple(
        replace(row, type=c.FEATURES_WITHOUT_PAYER) if row.name == "features" else row
        for row in _REGISTERED
    )


def card_rows(*, cvc_note: str) -> tuple[Parameter, ...]:
    """The rows of the card, without the dollar signs of paymentOrder.do, which do as well."""
    notes = {"cvc": cvc_note, "expiry": "Expiry as YYYYMM."}
    rows = (row for row in CARD_START if row.field in ("pan", "cvc", "expiry"))
    return tuple(
        replace(
            row,
            name=row.field,
            note=notes.get(row.field, row.note),
            aliases=(row.name,),
            parts=(),
        )
        for row in rows
    )


def _or_stored(row: Parameter) -> Parameter:
    """A row of a typed card, where a stored card may pay instead. The code goes with both."""
    if row.field == "pan":
        return replace(row, unless=_STORED)
    return row if row.field == "cvc" else replace(row, overridden_by=_STORED)


def holder_row(name: str, *aliases: str) -> Parameter:
    """The row of the name on the card, as this method spells it."""
    return replace(holder(name_on_card(512)), name=name, aliases=(*aliases, "TEXT"))


# A phone for the bank's app: these calls take none.
_NEVER: Final = frozenset({Refusal.PARAMETER_EMPTY})


def _refusals() -> Refusals:
    """Those of the registration and of the card: what is missing, what is wrong, the rest."""
    after = {
        Refusal.RETURN_URL_EMPTY: {Refusal.PAN_EMPTY: e.PARAMETER_MISSING},
        Refusal.RETURN_URL_INVALID: {
            Refusal.PAN_INVALID: e.PAN_INVALID,
            Refusal.EXPIRY_INVALID: e.EXPIRY_INVALID,
            Refusal.CVC_INVALID: e.PARAMETER_INVALID,
            Refusal.HOLDER_INVALID: e.PARAMETER_INVALID,
        },
        Refusal.BINDING_OF_ANOTHER_CLIENT: {
            Refusal.SESSION_OVER: e.SESSION_OVER,
            Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
            Refusal.CARD_EXPIRED: e.CARD_EXPIRED,
        },
    }
    rows: dict[Refusal, ErrorCode] = {}
    for refusal, error in REGISTRATION_REFUSALS.items():
        if refusal not in _NEVER:
            rows[refusal] = error
        rows |= after.get(refusal, {})
    return rows


ONE_CALL_REFUSALS: Final[Refusals] = _refusals()


def _before(place: Refusal, more: Refusals) -> Refusals:
    """The refusals of a call with more of them before this one."""
    rows: dict[Refusal, ErrorCode] = {}
    for refusal, error in ONE_CALL_REFUSALS.items():
        rows |= more if refusal is place else {}
        rows[refusal] = error
    return rows


_MAY_CONTINUE: Final[Refusals] = {
    Refusal.ORDER_UNKNOWN: e.NUMBER_INVALID,
    Refusal.AUTHENTICATION_UNKNOWN: e.STATUS_INVALID,
}

INSTANT_PAYMENT: Final = Method(
    name="instantPayment",
    operation=Operation.INSTANT_PAYMENT,
    rest=("instantPayment.do",),
    soap="instantPayment",
    source="rest-orders.md §5.4",
    summary="Register an order and pay it with a card that the shop sends itself, or with a stored "
    "card, in one call.",
    needs=Permission.INSTANT_PAYMENT,
    parameters=(
        *_REGISTERED,
        *_BINDING,
        _PRE_AUTH,
        *PRE_AUTHORISATION,
        *map(_or_stored, card_rows(cvc_note=_CVC_NOTE)),
        _or_stored(holder_row("cardholderName", "cardholder")),
        *_3DS,
        *SE_TOKEN,
    ),
    refusals=_before(Refusal.CART_FORMAT, _MAY_CONTINUE),
    present=PAID_AT_ONCE,
    envelope=PAYMENT,
)

_OF_CARD_CHECK: Final = frozenset(
    {
        *(
            "currency",
            "failUrl",
            "description",
            "language",
            "clientId",
            "merchantLogin",
            "features",
        ),
        *("jsonParams", "dynamicCallbackUrl", "email", "phone", "ip", "bindingNotNeeded"),
        *("billingPayerData", "shippingPayerData", "preOrderPayerData", "orderPayerData"),
    }
)
_NEVER_OF_CARD_CHECK: Final = frozenset(
    {
        *(Refusal.ORDER_NUMBER_EMPTY, Refusal.AMOUNT_MISSING, Refusal.RETURN_URL_EMPTY),
        Refusal.VERIFY_FORBIDDEN,
        *(Refusal.CLIENT_ID_EMPTY, Refusal.BINDING_UNKNOWN, Refusal.BINDING_OF_ANOTHER_CLIENT),
        *CART_REFUSALS,
    }
)


def _rows_of_card_check() -> Iterator[Parameter]:
    """The rows of a registration that a card check has; a number, sum or address is optional."""
    for row in _REGISTERED:
        if row.name == "orderNumber":
            yield replace(
                row,
                required=None,
                optional_with=None,
                note="The shop's own number, unique per merchant; else one is made.",
            )
        elif row.name == "amount":
            note = "Kept with the order and never taken; 0 by default."
            yield replace(row, type=t.AMOUNT, required=None, note=note)
        elif row.name == "returnUrl":
            yield replace(row, required=None, aliases=("backUrl",))
        elif row.name in _OF_CARD_CHECK:
            yield row


VERIFY_CARD: Final = Method(
    name="verifyCard",
    operation=Operation.VERIFY_CARD,
    rest=("verifyCard.do",),
    soap="verifyCard",
    source="rest-orders.md §5.6",
    summary="Check a card without taking money; its order is reversed at once.",
    needs=Permission.VERIFY_CARD,
    parameters=(
        *_rows_of_card_check(),
        *card_rows(cvc_note=_CVC_NOTE),
        holder_row("cardholderName", "cardholder"),
        *_3DS,
        *SE_TOKEN,
    ),
    refusals={
        refusal: error
        for refusal, error in INSTANT_PAYMENT.refusals.items()
        if refusal not in _NEVER_OF_CARD_CHECK
    },
    present=CARD_CHECKED,
    envelope=PLAIN,
)

MOTO_PAYMENT: Final = Method(
    name="motoPayment",
    operation=Operation.MOTO_PAYMENT,
    rest=("motoPayment.do",),
    soap="motoPayment",
    source="rest-orders.md §5.5",
    summary="Register an order and pay it with a card that was given by mail or telephone, or with "
    "a stored card.",
    needs=Permission.MOTO,
    parameters=(
        *_without_payer(),
        *_BINDING,
        _PRE_AUTH,
        *PRE_AUTHORISATION,
        *map(_or_stored, card_rows(cvc_note="The security code; may be left out.")),
        _or_stored(holder_row("cardholder", "cardholderName")),
        *SE_TOKEN,
    ),
    refusals=ONE_CALL_REFUSALS,
    present=MOTO,
    envelope=PAYMENT,
)
