"""The types of operations that are not served yet: stored cards, wallets, refunds by position.

The WSDL contains them already, so that a client generated from it stays valid.
Source: soap.md §5.
"""

from typing import Final

from altyn.protocol.dialects.classic.soap.notation import row

LATER_TYPES: Final = (
    row("additionalParameters", "", "entry:entry*"),
    row("androidData", "", "orderId bindingId acsUrl paReq termUrl"),
    row("androidError", "", "code description message"),
    row(
        "androidPayPaymentRequest",
        "",
        "merchant orderNumber description language additionalParameters:additionalParameters! "
        "preAuth:boolean! paymentToken ip amount:long currencyCode clientId",
    ),
    row("androidPayPaymentResponse", "", "success:boolean! data:androidData error:androidError"),
    row(
        "applePayDirectPaymentRequest",
        "",
        "orderNumber description paymentToken language additionalParameters:additionalParameters! "
        "preAuth:boolean! clientId ip phone email postAddress orderBundle:orderBundle",
    ),
    row(
        "applePayPaymentRequest",
        "",
        "merchant orderNumber description paymentToken language "
        "additionalParameters:additionalParameters! preAuth:boolean! clientId recurrent:boolean! "
        "recurrentInitialize:boolean! ip phone email postAddress features:orderFeature* "
        "orderBundle:orderBundle",
    ),
    row(
        "applePayPaymentResponse",
        "",
        "success:boolean! data:data error:error orderStatus:getOrderStatusExtendedResponse",
    ),
    row("binding", "bindingId maskedPan expiryDate clientId paymentWay"),
    row("bindings", "", "binding:binding*"),
    row(
        "createBindingNoPaymentRequest",
        "",
        "additionalParameters:additionalParameters! cardholderName clientId email expiryDate pan "
        "phone",
    ),
    row(
        "createBindingNoPaymentResponse",
        "",
        "bindingId cardholderName clientId errorCode:int! errorMessage expiryDate maskedPan",
    ),
    row("data", "", "orderId bindingId"),
    row("entry", "", "key value"),
    row("error", "", "code description message"),
    row("extendBindingRequest", "bindingId newExpiry", extends="abstractServiceRequest"),
    row("extendBindingResponse", extends="abstractServiceResponse"),
    row("getBindingsByCardOrIdRequest", "pan bindingId showExpired:boolean! language"),
    row("getBindingsRequest", "clientId bindingId showExpired:boolean! language"),
    row("getBindingsResponse", "", "bindings:bindings!", extends="abstractServiceResponse"),
    row("googlePayData", "", "orderId bindingId redirectUrl acsUrl paReq termUrl"),
    row(
        "googlePayDirectRequest",
        "",
        "orderNumber description language additionalParameters:additionalParameters! "
        "preAuth:boolean! paymentToken ip amount:long currencyCode clientId returnUrl failUrl "
        "phone email postAddress orderBundle:orderBundle",
    ),
    row("googlePayError", "", "code description message"),
    row(
        "googlePayRequest",
        "",
        "merchant orderNumber description language additionalParameters:additionalParameters! "
        "preAuth:boolean! paymentToken ip amount:long currencyCode clientId returnUrl failUrl "
        "phone email postAddress features:orderFeature* orderBundle:orderBundle",
    ),
    row("googlePayResponse", "", "success:boolean! data:googlePayData error:googlePayError"),
    row("loginParams", "login password", extends="abstractServiceRequest"),
    row(
        "orderInfo",
        "ordernumber amount:long! approvedAmount:long! depositedAmount:long! currencyCode:short! "
        "state:transactionState fraudLevel:int! cardholder panMasked ip actionCode date:dateTime "
        "bankName approvalCode",
        "params:serviceParam*",
    ),
    row("orderInfoArray", "", "item:orderInfo*"),
    row(
        "paymentOrderBindingParams",
        "mdOrder bindingId language ip cvc email postAddress pointsAmount loyaltyId",
        "params:serviceParam*",
    ),
    row("paymentOrderOtherWayParams", "orderId paymentWay ip", extends="abstractServiceRequest"),
    row("paymentOrderOtherWayResult", "info redirect", extends="abstractResponse"),
    row(
        "rawPositionRefundRequest",
        "orderId positionId itemAmount:long expectedDepositedAmount:long",
        extends="abstractServiceRequest",
    ),
    row(
        "rawSumRefundRequest",
        "orderId name itemAmount:long itemCode tax:taxType expectedDepositedAmount:long",
        extends="abstractServiceRequest",
    ),
    row("recurrentPaymentData", "", "orderId"),
    row("recurrentPaymentError", "", "code description message"),
    row(
        "recurrentPaymentRequest",
        "",
        "orderNumber language bindingId amount:long! currency description preAuth:boolean! "
        "additionalParameters:additionalParameters!",
    ),
    row(
        "recurrentPaymentResponse",
        "",
        "success:boolean! data:recurrentPaymentData error:recurrentPaymentError "
        "orderStatus:getOrderStatusExtendedResponse",
    ),
    row("samsungData", "", "orderId bindingId"),
    row("samsungError", "", "code description message"),
    row(
        "samsungPayPaymentRequest",
        "",
        "merchant orderNumber language preAuth:boolean! description "
        "additionalParameters:additionalParameters! paymentToken ip orderBundle:orderBundle",
    ),
    row("samsungPayPaymentResponse", "", "success:boolean! data:samsungData error:samsungError"),
)
