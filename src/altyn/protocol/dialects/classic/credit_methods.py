"""The methods of purchases on credit: registrations with an application, in a folder of their own.

Everything after the registration is done by the usual methods. Source: bnpl.md §8.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from altyn.domain.cart.document import Cart
from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import REGISTRATION as REGISTERED
from altyn.protocol.dialects.classic.registration import (
    PRE_AUTHORISATION,
    REGISTRATION,
    REGISTRATION_REFUSALS,
)
from altyn.protocol.dialects.classic.return_links import CREDIT_FOLDER
from altyn.protocol.dialects.classic.shared_rows import Refusals
from altyn.protocol.table import Method, Parameter

_ONE_TEXT: Final = (
    Refusal.PARAMETER_INVALID,
    Refusal.AMOUNT_INVALID,
    Refusal.RETURN_URL_INVALID,
    Refusal.LANGUAGE_INVALID,
    Refusal.JSON_PARAMS_INVALID,
)
"""Refusals that the reference spells with one text here."""


def _remarks_of_cart(cart: Cart) -> Iterator[str]:
    """What of the cart has no effect; the installments have one here."""
    rest = k.remarks_of_cart(cart)
    return (each for each in rest if not each.startswith("installments"))


def _rows() -> Iterator[Parameter]:
    for row in REGISTRATION:
        if row.name == "orderBundle":
            note = "The cart with `installments`: productType (CREDIT or INSTALLMENT), productID."
            yield replace(row, note=note, required=Refusal.CART_MANDATORY, remarks=_remarks_of_cart)
        else:
            yield row
    yield Parameter("dummy", t.BOOLEAN, "dummy",
                    "true: the simulated application in place of the bank's. The sandbox always "
                    "uses the simulated one.")  # fmt: skip


CREDIT_REGISTRATION: Final = tuple(_rows())
CREDIT_REFUSALS: Final[Refusals] = {
    refusal: e.PARAMETER_VALUE_INVALID if refusal in _ONE_TEXT else error
    for refusal, error in REGISTRATION_REFUSALS.items()
}

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
    parameters=(*CREDIT_REGISTRATION, *PRE_AUTHORISATION),
    refusals=CREDIT_REFUSALS,
    present=p.REGISTERED,
    envelope=REGISTERED,
)
