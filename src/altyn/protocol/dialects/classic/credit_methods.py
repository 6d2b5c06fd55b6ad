"""The methods of purchases on credit: registrations with an application, in a folder of their own.

Everything after the registration is done by the usual methods. Source: bnpl.md §8.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from altyn.domain.cart.document import Cart
from altyn.domain.merchant import Permission
from altyn.domain.money import RUB
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic import types as c
from altyn.protocol.dialects.classic.envelopes import REGISTRATION as REGISTERED
from altyn.protocol.dialects.classic.registration import (
    PRE_AUTHORISATION,
    REGISTRATION,
    REGISTRATION_REFUSALS,
)
from altyn.protocol.dialects.classic.return_links import CREDIT_FOLDER
from altyn.protocol.dialects.classic.shared_rows import Refusals
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.malformed import Malformed
from altyn.protocol.table import Method, Parameter

_ONE_TEXT: Final = (
    Refusal.PARAMETER_INVALID,
    Refusal.AMOUNT_INVALID,
    Refusal.RETURN_URL_INVALID,
    Refusal.LANGUAGE_INVALID,
    Refusal.JSON_PARAMS_INVALID,
)
"""Refusals that the reference spells with one text here."""


def _amount(value: str, context: t.Context) -> int:
    amount = int(c.ORDER_AMOUNT.parse(value, context))
    limits = context.merchant.settings.credit if context.merchant else None
    if limits is not None and not limits.covers(amount):
        least, most = limits.amount_min_minor, limits.amount_max_minor
        raise Malformed(f"credits are for {least} to {most} minor units")
    return amount


def _roubles(value: str, context: t.Context) -> str:
    currency = str(t.CURRENCY.parse(value, context))
    if currency != RUB.code:
        raise Malformed("credits are in roubles (currency 643)")
    return currency


def _remarks_of_cart(cart: Cart) -> Iterator[str]:
    """What of the cart has no effect; the installments have one here."""
    rest = k.remarks_of_cart(cart)
    return (each for each in rest if not each.startswith("installments"))


_AMOUNT: Final = replace(c.ORDER_AMOUNT, parse=_amount)
_ROUBLES: Final = replace(t.CURRENCY, parse=_roubles)


def _row(row: Parameter) -> Parameter:
    """A row of every registration as it is here."""
    match row.name:
        case "amount":
            note = "Sum in minor units, between the merchant's limits for credits."
            return replace(row, type=_AMOUNT, note=note)
        case "currency":
            return replace(row, type=_ROUBLES, note="643 only, and by default.")
        case "orderBundle":
            note = "The cart with `installments`: productType (CREDIT or INSTALLMENT), productID."
            required = Refusal.CART_MANDATORY
            return replace(row, note=note, required=required, remarks=_remarks_of_cart)
        case "jsonParams":
            return replace(row, remarks=k.remarks_without_app)
        case "allowedPaymentWays":
            note = (
                "How an applicant whom the bank has refused may pay; CARD is one of them. Without "
                "it the order is paid with a credit only."
            )
            return replace(row, note=note)
        case _:
            return row


CREDIT_REGISTRATION: Final = (
    *map(_row, REGISTRATION),
    Parameter("dummy", t.BOOLEAN, "dummy",
              "true: the simulated application in place of the bank's. The sandbox always uses the "
              "simulated one."),
)  # fmt: skip


def _refusals() -> Iterator[tuple[Refusal, ErrorCode]]:
    """The refusals of every registration, and those of credits in their places."""
    for refusal, error in REGISTRATION_REFUSALS.items():
        if refusal is Refusal.CLIENT_ID_EMPTY:  # the first that needs the store
            yield Refusal.CREDIT_IMPOSSIBLE, e.PARAMETER_VALUE_INVALID
        if refusal is Refusal.ORDER_NUMBER_TAKEN:
            yield Refusal.CREDIT_UNAVAILABLE, e.CREDIT_UNAVAILABLE
        yield refusal, e.PARAMETER_VALUE_INVALID if refusal in _ONE_TEXT else error


CREDIT_REFUSALS: Final[Refusals] = dict(_refusals())

CREDIT_REGISTER: Final = Method(
    name="creditRegister",
    operation=Operation.CREDIT_REGISTER,
    rest=(f"{CREDIT_FOLDER}register.do",),
    source="bnpl.md §8",
    summary="Register an order that is paid with a credit, in one stage.",
    needs=Permission.CREDIT,
    parameters=CREDIT_REGISTRATION,
    refusals=CREDIT_REFUSALS,
    present=p.REGISTERED,
    envelope=REGISTERED,
)

CREDIT_REGISTER_PRE_AUTH: Final = Method(
    name="creditRegisterPreAuth",
    operation=Operation.CREDIT_REGISTER_PRE_AUTH,
    rest=(f"{CREDIT_FOLDER}registerPreAuth.do",),
    source="bnpl.md §8",
    summary="Register an order that is paid with a credit; its sum is held and deposited later.",
    needs=Permission.CREDIT,
    also_needs=Permission.TWO_PHASE,
    parameters=(*CREDIT_REGISTRATION, *PRE_AUTHORISATION),
    refusals=CREDIT_REFUSALS,
    present=p.REGISTERED,
    envelope=REGISTERED,
)
