"""The types of operations that register and pay in one call, or pay out, and of steps of 3-D
Secure 2.

The service of the reference does not have these operations: the types are ours, after the
parameters of REST. Source: rest-orders.md §3.7, §5.2, §5.4 to §5.6; soap.md §5.
"""

from typing import Final

from altyn.protocol.dialects.classic.soap.notation import row

ONE_CALL_TYPES: Final = (
    row("continueThreeDSRequest", "language md!"),
    row("finishThreeDSVer2Request", "language threeDSServerTransId! threeDSVer2MdOrder"),
    row(
        "installmentPaymentResult",
        "orderId",
        "orderStatus:getOrderStatusExtendedResponse",
        extends="abstractResponse",
    ),
    row(
        "instantPaymentParams",
        "pan cvc expiry cardholderName preAuth:boolean autoReverseDate:dateTime "
        "threeDSServerTransId threeDSVer2MdOrder",
        "threeDSVer2FinishUrl termUrl",
        extends="orderParams",
    ),
    row(
        "instantRefundParams",
        "merchantOrderNumber amount:long currency description language bindingId pan cvc expiry "
        "cardholderName",
        "merchantLogin",
    ),
    row(
        "instantRefundResult",
        "orderId",
        "orderStatus:instantRefundStatus",
        extends="abstractResponse",
    ),
    row("instantRefundStatus", "approvalCode rrn errorCode:int errorMessage"),
    row(
        "motoPaymentParams",
        "pan cvc expiry cardholder preAuth:boolean autoReverseDate:dateTime",
        extends="orderParams",
    ),
    row(
        "motoPaymentResult",
        "success:boolean mdOrder orderNumber",
        extends="oneCallResult",
    ),
    row(
        "oneCallResult",
        "orderId termUrl",
        "orderStatus:oneCallStatus",
        extends="paymentOrderResult",
    ),
    row(
        "oneCallStatus",
        "orderStatus:int orderNumber pan expiration cardholderName amount:long depositAmount:long "
        "currency approvalCode authCode:int ip clientId bindingId errorCode:int errorMessage",
    ),
    row(
        "verifyCardParams",
        "merchantOrderNumber amount:long currency description language pan cvc expiry "
        "cardholderName email ip phone threeDSServerTransId threeDSVer2MdOrder",
        "returnUrl failUrl merchantLogin clientId params:serviceParam* features:features "
        "dynamicCallbackUrl billingPayerData:billingPayerData threeDSVer2FinishUrl termUrl",
    ),
    row(
        "verifyCardResult",
        "orderId orderNumber rrn authCode actionCode:int actionCodeDescription time:dateTime eci "
        "amount:long currency info acsUrl paReq termUrl is3DSVer2:boolean threeDSServerTransId "
        "threeDSMethodURL threeDSMethodDataPacked packedCReq",
        extends="abstractResponse",
    ),
)
