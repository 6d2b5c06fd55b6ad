"""The methods of fiscal receipts, as tables. Source: fiscal.md §9, §10, §11."""

from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.cart_type import CART
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic import receipt_types as r
from altyn.protocol.dialects.classic.envelopes import CLOSING, PLAIN
from altyn.protocol.dialects.classic.receipt_view import RECEIPTS
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    CART_REFUSALS,
    INVALID,
    LENIENT_LANGUAGE,
    MERCHANT_LOGIN,
    ORDER_NUMBER_SELECTOR,
    WHO,
    order_id,
)
from altyn.protocol.receipt_params_type import RECEIPT_PARAMS, remarks_of_receipt_params
from altyn.protocol.table import Method, Parameter

GET_RECEIPT_STATUS: Final = Method(
    name="getReceiptStatus",
    operation=Operation.RECEIPT_STATUS,
    rest=("getReceiptStatus.do",),
    source="fiscal.md §9",
    summary="The receipts of an order, and what the cash register has said of them.",
    parameters=(
        order_id(None),
        ORDER_NUMBER_SELECTOR,
        Parameter("uuid", t.ORDER_ID, "receipt_id", "One receipt, where no order is named.",
                  invalid=Refusal.ORDER_UNKNOWN),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_SELECTOR_MISSING: e.RECEIPT_SELECTOR_MISSING,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        **ALWAYS,
    },
    present=RECEIPTS,
    envelope=PLAIN,
)  # fmt: skip

CLOSE_OFD_RECEIPT: Final = Method(
    name="closeOfdReceipt",
    operation=Operation.CLOSE_RECEIPT,
    rest=("closeOfdReceipt.do",),
    soap="closeOfdReceipt",
    source="fiscal.md §10",
    summary="Make the receipt of goods that are handed over after the payment.",
    parameters=(
        order_id(Refusal.ORDER_ID_EMPTY, unless="orderNumber", name="mdOrder",
                 aliases=("orderId",)),
        ORDER_NUMBER_SELECTOR,
        Parameter("amount", t.AMOUNT, "amount_minor",
                  "Sum of the receipt; without one, what is left of the order.",
                  invalid=Refusal.AMOUNT_INVALID),
        Parameter("orderBundle", CART, "cart", "The cart of the receipt; without one, the order's.",
                  invalid=Refusal.CART_FORMAT, remarks=k.remarks_of_cart),
        Parameter("additionalOfdParams", RECEIPT_PARAMS, "receipt_params",
                  "Parameters of the whole receipt.", remarks=remarks_of_receipt_params),
        Parameter("jsonParams", t.FLAT_JSON, "json_params", "Kept in the order's history."),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        Refusal.WRONG_STATUS: e.IMPOSSIBLE_STATE,
        **CART_REFUSALS,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=CLOSING,
)  # fmt: skip

EXTERNAL_RECEIPT: Final = Method(
    name="externalReceipt",
    operation=Operation.EXTERNAL_RECEIPT,
    rest=("externalReceipt.do",),
    source="fiscal.md §11",
    summary="Keep a receipt that the shop's own cash register has made.",
    needs=Permission.ELECTRONIC_CERTIFICATE,
    parameters=(
        order_id(Refusal.ORDER_ID_EMPTY, unless="orderNumber", aliases=("mdOrder",)),
        ORDER_NUMBER_SELECTOR,
        Parameter("receipt", r.EXTERNAL_RECEIPT, "receipt",
                  "All of the following as one JSON object."),
        *(
            Parameter(row.name, row.type, row.field, row.note,
                      Refusal.PARAMETER_EMPTY if row.required else None,
                      unless="receipt", overridden_by="receipt")
            for row in r.EXTERNAL_ROWS
        ),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.PARAMETER_EMPTY: e.PARAMETER_EMPTY,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        Refusal.WRONG_STATUS: e.IMPOSSIBLE_STATE,
        **ALWAYS,
    },
    present=p.DONE,
    envelope=PLAIN,
)  # fmt: skip
