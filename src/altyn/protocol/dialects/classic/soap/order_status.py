"""The order's status as SOAP's getOrderStatus answers it: rows of REST's two forms, put together.

REST's old form has irregular capitals and fewer fields; the values are the same.
Source: soap.md §2, §5 (orderStatusResponse).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.results import OrderFound
from altyn.protocol.dialects.classic.order_view import EXTENDED, SHORT
from altyn.protocol.dialects.classic.status_fields import Field, Fields, OrderView, show, view_of
from altyn.protocol.presentation import AnswerContext, presents

_SHORT: Final[Mapping[str, Field[OrderView]]] = {row.name: row for row in SHORT.rows}
_EXTENDED: Final[Mapping[str, Field[OrderView]]] = {row.name: row for row in EXTENDED.rows}

STATUS: Final[Fields[OrderView]] = Fields(
    source="soap.md §2, §5",
    rows=(
        replace(_SHORT["ErrorCode"], name="errorCode"),
        replace(_SHORT["ErrorMessage"], name="errorMessage"),
        replace(_SHORT["OrderStatus"], name="orderStatus"),
        replace(_SHORT["OrderNumber"], name="orderNumber"),
        replace(_SHORT["Pan"], name="pan"),
        _SHORT["expiration"],
        _SHORT["cardholderName"],
        replace(_SHORT["Amount"], name="amount"),
        _SHORT["currency"],
        _SHORT["approvalCode"],
        _SHORT["authCode"],
        replace(_SHORT["Ip"], name="ip"),
        _EXTENDED["date"],
        _EXTENDED["orderDescription"],
        Field("merchantLogin", lambda s: s.merchant.login),
        _EXTENDED["actionCodeDescription"],
        _SHORT["clientId"],
        _SHORT["bindingId"],
        replace(_EXTENDED["merchantOrderParams"], name="params"),
        _EXTENDED["orderBundle"],
    ),
)


def soap_status(order: Order, merchant: Merchant, language: str) -> dict[str, Any]:
    """The whole answer of getOrderStatus, errorCode and errorMessage included."""
    return show(STATUS, view_of(order, merchant, language), merchant)


def _soap_status(found: OrderFound, context: AnswerContext) -> dict[str, Any]:
    return soap_status(found.order, found.merchant, context.language)


SOAP_STATUS: Final = presents(OrderFound, _soap_status)
