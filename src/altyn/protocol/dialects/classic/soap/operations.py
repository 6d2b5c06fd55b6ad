"""Every operation of the service: what is sent, what comes back, and the REST method behind it.

A name that differs from REST is in the row of its operation; all other names are those of REST. An
operation that is not served yet has a text that says so.
Source: soap.md §2, §3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from altyn.protocol.dialects.classic import binding_methods as b
from altyn.protocol.dialects.classic import methods as m
from altyn.protocol.dialects.classic import one_call_methods as one
from altyn.protocol.dialects.classic import other_way_methods as o
from altyn.protocol.dialects.classic import payment_methods as p
from altyn.protocol.dialects.classic import payout_methods as payout
from altyn.protocol.dialects.classic import raw_refund_methods as raw
from altyn.protocol.dialects.classic import receipt_methods as r
from altyn.protocol.dialects.classic import recurrent_methods as rec
from altyn.protocol.dialects.classic import step_methods as step
from altyn.protocol.dialects.classic.soap import own_methods as own
from altyn.protocol.dialects.classic.soap.notation import Part, parts
from altyn.protocol.dialects.classic.soap.types import attributes_of, children_of
from altyn.protocol.table import Method


@dataclass(frozen=True, slots=True, eq=False)
class SoapOperation:
    """One operation, by the local name of its wrapper element.

    `parts` are its parameter elements, `answer` the type of `return`. `spelled` maps names of the
    request to names of REST where they differ. `ours` is an operation that the service of the
    reference does not have.
    """

    name: str
    parts: tuple[Part, ...]
    answer: str
    method: Method | None = None
    why_not: str = ""
    spelled: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False

    @property
    def answers(self) -> str:
        """The local name of the wrapper of the answer."""
        return f"{self.name}Response"

    @property
    def has_errors(self) -> bool:
        """Whether its answer can hold an error; otherwise an error is a fault."""
        every = (*attributes_of(self.answer), *children_of(self.answer))
        return any(part.name in ("errorCode", "error") for part in every)


WALLETS: Final = "Payments by wallet are not served yet."
LAST_ORDERS: Final = (
    "Its answer can hold neither a page nor an error: use getLastOrdersForMerchants."
)

_PARAMS: Final = {"params": "jsonParams"}
_REGISTRATION: Final = {"merchantOrderNumber": "orderNumber", **_PARAMS}


def _served(
    method: Method,
    sent: str,
    answer: str,
    spelled: Mapping[str, str] | None = None,
    *,
    ours: bool = False,
) -> SoapOperation:
    assert method.soap is not None
    return SoapOperation(method.soap, parts(sent), answer, method, spelled=spelled or {}, ours=ours)


def _later(name: str, sent: str, answer: str, why_not: str) -> SoapOperation:
    return SoapOperation(name, parts(sent), answer, why_not=why_not)


_ROWS: Final = (
    _served(m.ADD_PARAMS, "request:addParamsRequest", "orderResult"),
    _later("androidPay", "arg0:androidPayPaymentRequest", "androidPayPaymentResponse", WALLETS),
    _later("applePay", "arg0:applePayPaymentRequest", "applePayPaymentResponse", WALLETS),
    _later(
        "applePayDirect", "arg0:applePayDirectPaymentRequest", "applePayPaymentResponse", WALLETS
    ),
    _served(b.BIND_CARD, "bindingId", "orderResult"),
    _served(
        own.CHECK_AUTHENTICATE,
        "login:loginParams",
        "orderResult",
        {"login": "userName", "password": "password"},
    ),
    _served(
        r.CLOSE_OFD_RECEIPT,
        "request:closeOfdReceiptRequest",
        "closeOfdReceiptResponse",
        _PARAMS,
    ),
    _served(
        b.CREATE_BINDING_NO_PAYMENT,
        "request:createBindingNoPaymentRequest",
        "createBindingNoPaymentResponse",
    ),
    _served(m.DECLINE, "order:reversalOrderParams", "orderResult", ours=True),
    _served(
        m.DEPOSIT,
        "order:depositOrderParams",
        "orderResult",
        {"depositAmount": "amount", **_PARAMS},
    ),
    _served(b.EXTEND_BINDING, "request:extendBindingRequest", "extendBindingResponse"),
    _served(
        p.FINISH_3DS_PAYMENT,
        "request:finishThreeDSRequest",
        "finishThreeDSResponse",
        {"md": "MDORDER"},
    ),
    _served(b.GET_BINDINGS, "request:getBindingsRequest", "getBindingsResponse"),
    _served(
        b.GET_BINDINGS_BY_CARD_OR_ID,
        "request:getBindingsByCardOrIdRequest",
        "getBindingsResponse",
    ),
    _later("getLastOrders", "from:dateTime to:dateTime", "orderInfoArray", LAST_ORDERS),
    _served(
        m.LAST_ORDERS,
        "request:getLastOrdersForMerchantsRequest",
        "getLastOrdersForMerchantsResponse",
    ),
    _served(own.ORDER_STATUS, "order:orderStatusRequest", "orderStatusResponse"),
    _served(
        m.GET_ORDER_STATUS_EXTENDED,
        "order:getOrderStatusExtendedRequest",
        "getOrderStatusExtendedResponse",
        {"merchantOrderNumber": "orderNumber"},
    ),
    _later("googlePay", "arg0:googlePayRequest", "googlePayResponse", WALLETS),
    _later("googlePayDirect", "arg0:googlePayDirectRequest", "googlePayResponse", WALLETS),
    _served(
        p.PAYMENT_ORDER,
        "order:paymentOrderParams",
        "paymentOrderResult",
        {"year": "YYYY", "month": "MM", "cardholderName": "TEXT", **_PARAMS},
    ),
    _served(
        p.PAYMENT_ORDER_BINDING,
        "order:paymentOrderBindingParams",
        "paymentOrderResult",
        _PARAMS,
    ),
    _served(
        o.PAYMENT_ORDER_OTHER_WAY,
        "order:paymentOrderOtherWayParams",
        "paymentOrderOtherWayResult",
    ),
    _served(
        raw.RAW_POSITION_REFUND,
        "order:rawPositionRefundRequest",
        "orderResult",
        {"itemAmount": "amount"},
    ),
    _served(
        raw.RAW_SUM_REFUND,
        "order:rawSumRefundRequest",
        "orderResult",
        {"itemAmount": "amount", "tax": "taxType"},
    ),
    _served(rec.RECURRENT_PAYMENT, "arg0:recurrentPaymentRequest", "recurrentPaymentResponse"),
    _served(
        m.REFUND, "order:refundOrderParams", "orderResult", {"refundAmount": "amount", **_PARAMS}
    ),
    _served(m.REGISTER, "order:orderParams", "registerOrderResponse", _REGISTRATION),
    _served(m.REGISTER_PRE_AUTH, "order:orderParams", "registerOrderResponse", _REGISTRATION),
    _served(m.REVERSE, "order:reversalOrderParams", "orderResult", _PARAMS),
    _later("samsungPay", "arg0:samsungPayPaymentRequest", "samsungPayPaymentResponse", WALLETS),
    _served(b.UNBIND_CARD, "bindingId", "orderResult"),
    *(
        _served(own.SOAP_METHODS[name], "mdorder", "orderResult")
        for name in ("updateBlackCardList", "updateSSLCardList", "updateWhiteCardList")
    ),
    _served(m.VERIFY_ENROLLMENT, "pan", "verifyEnrollmentResponse"),
    _served(
        step.CONTINUE_3DS,
        "request:continueThreeDSRequest",
        "paymentOrderResult",
        {"md": "MDORDER"},
        ours=True,
    ),
    _served(
        p.FINISH_3DS_VER2_PAYMENT,
        "request:finishThreeDSVer2Request",
        "finishThreeDSResponse",
        ours=True,
    ),
    _served(
        rec.INSTALMENT_PAYMENT,
        "arg0:recurrentPaymentRequest",
        "installmentPaymentResult",
        ours=True,
    ),
    _served(
        one.INSTANT_PAYMENT, "order:instantPaymentParams", "oneCallResult", _REGISTRATION, ours=True
    ),
    _served(
        one.MOTO_PAYMENT, "order:motoPaymentParams", "motoPaymentResult", _REGISTRATION, ours=True
    ),
    _served(
        payout.INSTANT_REFUND,
        "order:instantRefundParams",
        "instantRefundResult",
        {"merchantOrderNumber": "orderNumber"},
        ours=True,
    ),
    _served(
        one.VERIFY_CARD, "order:verifyCardParams", "verifyCardResult", _REGISTRATION, ours=True
    ),
)

OPERATIONS: Final[Mapping[str, SoapOperation]] = MappingProxyType(
    {operation.name: operation for operation in _ROWS}
)
