"""A dialect that only the tests have: three methods, JSON bodies, names and codes of its own.

It shows what a further dialect needs: the tables below, and nothing in the gateway's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.operations.results import Done, OrderFound, Registered
from altyn.protocol import types as t
from altyn.protocol.dialect import BodyKind, CallerParameters, Dialect, TransportFault
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.name_types import ORDER_NUMBER
from altyn.protocol.presentation import AnswerContext, Envelope, ErrorAnswer, Members, presents
from altyn.protocol.table import Method, Parameter

# ── Codes ─────────────────────────────────────────────────────────────────────────────────────────

ACCESS: Final = ErrorCode(4030, "Нет доступа", "No access")
VALUE: Final = ErrorCode(4220, "Неверное значение: {name}", "Wrong value: {name}")
TAKEN: Final = ErrorCode(4091, "Уже есть: {name}", "Already there: {name}")
UNKNOWN: Final = ErrorCode(4040, "Нет такого заказа", "No such order")
STATE: Final = ErrorCode(4090, "Сейчас нельзя", "Not possible now")
OUTSIDE: Final = ErrorCode(5020, "Банк отказал", "The bank declined")
OWN: Final = ErrorCode(5000, "Ошибка шлюза", "Error of the gateway")

_WITHOUT_ACCESS: Final = (
    Refusal.CREDENTIALS_MISSING,
    Refusal.ACCESS_DENIED,
    Refusal.USER_BLOCKED,
    Refusal.PASSWORD_CHANGE_REQUIRED,
    Refusal.MERCHANT_LOGIN_UNKNOWN,
)
# The order is the precedence of errors; a refusal that is not named breaks a rule of a value.
REFUSALS: Final[Mapping[Refusal, ErrorCode]] = {
    **dict.fromkeys(_WITHOUT_ACCESS, ACCESS),
    **dict.fromkeys([each for each in Refusal if each not in _WITHOUT_ACCESS], VALUE),
    Refusal.ORDER_NUMBER_TAKEN: TAKEN,
    Refusal.ORDER_UNKNOWN: UNKNOWN,
    Refusal.WRONG_STATUS: STATE,
    Refusal.BUSY: STATE,
    Refusal.DECLINED_BY_BANK: OUTSIDE,
    Refusal.OUTCOME_UNKNOWN: OUTSIDE,
    Refusal.SYSTEM_ERROR: OWN,
}

# ── Answers ───────────────────────────────────────────────────────────────────────────────────────


def _success(members: Members, _language: str) -> Members:
    return {"ok": True, **members}


def _refusal(error: ErrorAnswer) -> Members:
    return {
        "ok": False,
        "code": error.code,
        "text": error.text,
        **({"parameter": error.parameter} if error.parameter else {}),
    }


ENVELOPE: Final = Envelope("ok", _success, _refusal)

STATES: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.CREATED: "waiting",
    OrderStatus.WAITING: "waiting",
    OrderStatus.APPROVED: "held",
    OrderStatus.DEPOSITED: "paid",
    OrderStatus.REFUNDED: "refunded",
    OrderStatus.REVERSED: "cancelled",
    OrderStatus.DECLINED: "cancelled",
}


def _created(result: Registered, context: AnswerContext) -> Members:
    return {"id": str(result.order.order_id), "gateway": context.base_url}


def _status(found: OrderFound, context: AnswerContext) -> Members:
    order = found.order
    return {
        "id": str(order.order_id),
        "reference": order.order_number,
        "merchant": context.merchant.login,
        "state": STATES[order.status],
        "sum": order.amount_minor,
        "refunded": order.refunded_minor,
    }


def _refunded(_result: Done, _context: AnswerContext) -> Members:
    return {}


# ── Methods ───────────────────────────────────────────────────────────────────────────────────────

ID: Final = Parameter(
    "id", t.ORDER_ID, "order_id", "The order.", Refusal.ORDER_ID_EMPTY, Refusal.ORDER_UNKNOWN
)

CREATE: Final = Method(
    name="v2.create",
    operation=Operation.REGISTER,
    rest=("orders/create",),
    source="this test",
    summary="Register an order.",
    parameters=(
        Parameter(
            "reference",
            ORDER_NUMBER,
            "order_number",
            "The shop's number.",
            Refusal.ORDER_NUMBER_EMPTY,
            Refusal.ORDER_NUMBER_INVALID,
        ),
        Parameter(
            "sum",
            t.ORDER_AMOUNT,
            "amount_minor",
            "Minor units.",
            Refusal.AMOUNT_MISSING,
            Refusal.AMOUNT_INVALID,
        ),
        Parameter(
            "back",
            t.RETURN_URL,
            "return_url",
            "Where the payer returns to.",
            Refusal.RETURN_URL_EMPTY,
            Refusal.RETURN_URL_INVALID,
        ),
    ),
    refusals=REFUSALS,
    present=presents(Registered, _created),
    envelope=ENVELOPE,
)

STATUS: Final = Method(
    name="v2.status",
    operation=Operation.ORDER_STATUS,
    rest=("orders/status",),
    source="this test",
    summary="The order's state.",
    parameters=(ID,),
    refusals=REFUSALS,
    present=presents(OrderFound, _status),
    envelope=ENVELOPE,
)

REFUND: Final = Method(
    name="v2.refund",
    operation=Operation.REFUND,
    rest=("orders/refund",),
    source="this test",
    summary="Give back a part of the sum.",
    needs=Permission.REFUND,
    parameters=(
        ID,
        Parameter(
            "sum",
            t.AMOUNT,
            "amount_minor",
            "Minor units.",
            Refusal.AMOUNT_INVALID,
            Refusal.AMOUNT_INVALID,
        ),
    ),
    refusals=REFUSALS,
    present=presents(Done, _refunded),
    envelope=ENVELOPE,
)

SECOND: Final = Dialect(
    name="v2",
    prefix="/api/v2/",
    methods=(CREATE, STATUS, REFUND),
    caller=CallerParameters(
        user_name="user", password="secret", token="key", merchant_login="shop", language="lang"
    ),
    bodies=frozenset({BodyKind.JSON}),
    transport_faults={
        TransportFault.METHOD: {"ok": False, "code": 4050},
        TransportFault.CARD_BY_GET: {"ok": False, "code": 4051},
        TransportFault.CARD_IN_ADDRESS: {"ok": False, "code": 4000},
        TransportFault.BY_POST: {"ok": False, "code": 4052},
        TransportFault.BODY_TOO_SLOW: {"ok": False, "code": 4080},
        TransportFault.BODY_TOO_LARGE: {"ok": False, "code": 4130},
        TransportFault.BODY_KIND: {"ok": False, "code": 4150},
        TransportFault.OVERLOADED: {"ok": False, "code": 4290},
        TransportFault.OUTDATED: {"ok": False, "code": 5030},
    },
)
