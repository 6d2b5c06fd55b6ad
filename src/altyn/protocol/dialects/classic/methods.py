"""Every REST method of orders and card payments, as tables.

A new parameter is a new row, a new dialect a new table; numbers once published keep their meaning.
Source: rest-orders.md §2–§5; 004 (request parameters, error codes).
"""

from typing import Final

from altyn.domain.cart.unknown import remarks_of_parts
from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import json_types as j
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic import types as c
from altyn.protocol.dialects.classic.envelopes import CAPITALS, ORDER_LIST, PLAIN, STATUS
from altyn.protocol.dialects.classic.envelopes import REGISTRATION as REGISTERED
from altyn.protocol.dialects.classic.registration import (
    PRE_AUTHORISATION,
    REGISTRATION,
    REGISTRATION_REFUSALS,
)
from altyn.protocol.dialects.classic.return_links import CREDIT_FOLDER
from altyn.protocol.dialects.classic.shared_rows import (
    ACCEPTED,
    ALWAYS,
    BY_ID_OR_NUMBER,
    DEPOSIT_AGENT,
    DEPOSIT_SUPPLIER,
    EXPECTED_DEPOSIT,
    EXTERNAL_REFUND_ID,
    INVALID,
    LENIENT_LANGUAGE,
    MERCHANT_LOGIN,
    ORDER_NUMBER_SELECTOR,
    PARTS_REFUSALS,
    REFUND_RECEIPT_PARAMS,
    WHO,
    amount,
    order_id,
)
from altyn.protocol.table import Method, Parameter

REGISTER: Final = Method(
    name="register",
    operation=Operation.REGISTER,
    rest=("register.do",),
    soap="registerOrder",
    source="rest-orders.md §2",
    summary="Register an order that is paid in one stage.",
    parameters=REGISTRATION,
    refusals=REGISTRATION_REFUSALS,
    present=p.REGISTERED,
    envelope=REGISTERED,
)

REGISTER_PRE_AUTH: Final = Method(
    name="registerPreAuth",
    operation=Operation.REGISTER_PRE_AUTH,
    rest=("registerPreAuth.do",),
    soap="registerOrderPreAuth",
    source="rest-orders.md §2",
    summary="Register an order whose sum is held first and deposited later.",
    needs=Permission.TWO_PHASE,
    parameters=(*REGISTRATION, *PRE_AUTHORISATION),
    refusals=REGISTRATION_REFUSALS,
    present=p.REGISTERED,
    envelope=REGISTERED,
)

DEPOSIT: Final = Method(
    name="deposit",
    operation=Operation.DEPOSIT,
    rest=("deposit.do", f"{CREDIT_FOLDER}deposit.do"),
    soap="depositOrder",
    source="rest-orders.md §3.1",
    summary="Take a held sum, whole or in part; the rest is released.",
    parameters=(
        *BY_ID_OR_NUMBER,
        amount("Sum to deposit; 0 deposits the whole hold.", required=True),
        Parameter(
            "depositItems",
            t.CART_PARTS,
            "items",
            "The cart of the completion.",
            remarks=remarks_of_parts,
        ),
        DEPOSIT_AGENT,
        DEPOSIT_SUPPLIER,
        *ACCEPTED,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        Refusal.WRONG_STATUS: e.WRONG_STATE,
        Refusal.AMOUNT_ABOVE_HOLD: e.AMOUNT_INVALID,
        Refusal.DEPOSIT_TOO_SMALL: e.DEPOSIT_TOO_SMALL,
        **PARTS_REFUSALS,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=PLAIN,
)

REVERSE: Final = Method(
    name="reverse",
    operation=Operation.REVERSE,
    rest=("reverse.do", f"{CREDIT_FOLDER}reverse.do"),
    soap="reverseOrder",
    source="rest-orders.md §3.2",
    summary="Give back a hold, or a deposit before its business day ends.",
    needs=Permission.REVERSAL,
    parameters=(
        *BY_ID_OR_NUMBER,
        amount("Sum to reverse; left out or 0 for everything.", required=False),
        *ACCEPTED,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
        Refusal.WRONG_STATUS: e.IMPOSSIBLE_STATE,
        Refusal.PARTIAL_REVERSAL_REPEATED: e.REVERSED_TWICE,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=PLAIN,
)

REFUND: Final = Method(
    name="refund",
    operation=Operation.REFUND,
    rest=("refund.do", f"{CREDIT_FOLDER}refund.do"),
    soap="refundOrder",
    source="rest-orders.md §3.3",
    summary="Give back deposited money, in whole or in part.",
    needs=Permission.REFUND,
    parameters=(
        *BY_ID_OR_NUMBER,
        amount("Sum to refund; 0 refunds all that is left.", required=True),
        EXPECTED_DEPOSIT,
        Parameter("refundItems", t.CART_PARTS, "items",
                  "The part of the cart that is returned.", remarks=remarks_of_parts),
        REFUND_RECEIPT_PARAMS,
        *ACCEPTED,
        EXTERNAL_REFUND_ID,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        Refusal.REFUND_ID_REUSED: e.PARAMETER_INVALID,
        Refusal.WRONG_STATUS: e.WRONG_STATE,
        Refusal.EXPECTED_AMOUNT_DIFFERS: e.AMOUNT_INVALID,
        Refusal.AMOUNT_ABOVE_DEPOSIT: e.REFUND_ABOVE_DEPOSIT,
        **PARTS_REFUSALS,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=PLAIN,
)  # fmt: skip

DECLINE: Final = Method(
    name="decline",
    operation=Operation.DECLINE,
    rest=("decline.do",),
    soap="declineOrder",
    source="rest-orders.md §3.4",
    summary="Cancel an order that is not paid.",
    parameters=(*BY_ID_OR_NUMBER, MERCHANT_LOGIN, LENIENT_LANGUAGE),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_NOT_FOUND,
        Refusal.WRONG_STATUS: e.IMPOSSIBLE_STATE,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=PLAIN,
)

ADD_PARAMS: Final = Method(
    name="addParams",
    operation=Operation.ADD_PARAMS,
    rest=("addParams.do",),
    soap="addParams",
    source="rest-orders.md §3.5",
    summary="Add merchant parameters to an order that exists.",
    parameters=(
        order_id(Refusal.ORDER_ID_EMPTY),
        Parameter("params", j.LATER_PARAMS, "params", "A flat JSON object of names and values.",
                  Refusal.PARAMS_INVALID, Refusal.PARAMS_INVALID, remarks=k.remarks_of_app),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.PARAMS_INVALID: e.PARAMETER_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=PLAIN,
)  # fmt: skip

GET_ORDER_STATUS: Final = Method(
    name="getOrderStatus",
    operation=Operation.ORDER_STATUS,
    rest=("getOrderStatus.do",),
    soap="getOrderStatus",
    source="rest-orders.md §4.1",
    summary="The order's status, in the old form with its irregular capitals.",
    parameters=(order_id(Refusal.ORDER_ID_EMPTY), MERCHANT_LOGIN, LENIENT_LANGUAGE),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.STATUS_ORDER_ID_EMPTY,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        **ALWAYS,
    },
    present=p.SHORT_STATUS,
    envelope=CAPITALS,
)

GET_ORDER_STATUS_EXTENDED: Final = Method(
    name="getOrderStatusExtended",
    operation=Operation.ORDER_STATUS,
    rest=("getOrderStatusExtended.do",),
    soap="getOrderStatusExtended",
    source="rest-orders.md §4.2",
    summary="The status and all data of an order.",
    parameters=(
        order_id(Refusal.ORDER_SELECTOR_MISSING, unless="orderNumber"),
        ORDER_NUMBER_SELECTOR,
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_SELECTOR_MISSING: e.NO_SELECTOR,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_NOT_FOUND,
        **ALWAYS,
    },
    present=p.EXTENDED_STATUS,
    envelope=STATUS,
)

LAST_ORDERS: Final = Method(
    name="getLastOrdersForMerchants",
    operation=Operation.LAST_ORDERS,
    rest=("getLastOrdersForMerchants.do",),
    soap="getLastOrdersForMerchants",
    source="rest-orders.md §4.3",
    summary="Orders of a period, page by page.",
    parameters=(
        Parameter("size", t.digits(18, low=1), "size", "Orders per page, at most 200.",
                  Refusal.FIELD_MISSING, Refusal.FIELD_MISSING),
        Parameter("page", t.digits(9), "page", "Page, counted from 0."),
        Parameter("from", t.COMPACT_MOMENT, "since", "Start of the period, Moscow time.",
                  Refusal.FIELD_MISSING, Refusal.FIELD_MISSING),
        Parameter("to", t.COMPACT_MOMENT, "to", "End of the period, Moscow time.",
                  Refusal.FIELD_MISSING, Refusal.FIELD_MISSING),
        Parameter("transactionStates", c.STATUSES, "statuses",
                  "CREATED, APPROVED, DEPOSITED, DECLINED, REVERSED, REFUNDED.",
                  Refusal.FIELD_MISSING, Refusal.STATES_INVALID),
        Parameter("merchants", t.CSV, "merchants", "Logins; empty for all that are visible."),
        Parameter("searchByCreatedDate", t.BOOLEAN, "by_created",
                  "By date of creation instead of payment."),
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.FIELD_MISSING: e.FIELD_MISSING,
        Refusal.STATES_INVALID: e.STATES_INVALID,
        **INVALID,
        Refusal.SIZE_TOO_LARGE: e.SIZE_TOO_LARGE,
        Refusal.MERCHANT_NOT_VISIBLE: e.MERCHANT_NOT_VISIBLE,
        **ALWAYS,
    },
    present=p.LAST_ORDERS,
    envelope=ORDER_LIST,
)  # fmt: skip

VERIFY_ENROLLMENT: Final = Method(
    name="verifyEnrollment",
    operation=Operation.VERIFY_ENROLMENT,
    rest=("verifyEnrollment.do",),
    soap="verifyEnrollment",
    source="rest-orders.md §4.4",
    summary="Whether a card takes part in 3-D Secure.",
    parameters=(
        Parameter("pan", t.PAN, "pan", "The card number.", Refusal.PAN_EMPTY, Refusal.PAN_INVALID),
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.PAN_INVALID: e.PAN_INVALID,
        Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
        Refusal.PAN_EMPTY: e.PAN_EMPTY,
        **INVALID,
        **ALWAYS,
    },
    present=p.ENROLMENT,
    envelope=PLAIN,
)
