"""The types of orders and card payments, row by row.

Source: soap.md §5; sberpay.md §4.
"""

from typing import Final

from altyn.protocol.dialects.classic.soap.notation import row

ORDER_TYPES: Final = (
    row("abstractResponse", "errorCode:int! errorMessage", "operations:loyaltyOperation*"),
    row("abstractServiceRequest", "language"),
    row("abstractServiceResponse", "errorCode errorMessage userMessage"),
    row("addParamsRequest", "orderId", "params:serviceParam*"),
    row(
        "agent",
        "",
        "agentType:int payingOperation payingPhones paymentsOperatorPhones mtOperatorPhones "
        "mtOperatorName mtOperatorAddress mtOperatorInn",
    ),
    row("agentInterest", "", "interestType interestValue"),
    row(
        "awardBonus",
        "approvedAmountAward:int depositedAmountAward:int refundedAmountAward:int pcId "
        "successful:boolean paymentOperation:operation",
    ),
    row("bankInfo", "bankName bankCountryCode bankCountryName"),
    row(
        "cardAuthInfo",
        "maskedPan expiration cardholderName approvalCode paymentSystem product",
        "secureAuthInfo:secureAuthInfo",
    ),
    row("cardBindingInfo", "clientId bindingId"),
    row("cartItems", "", "items:item*"),
    row(
        "billingPayerData",
        "billingCity billingCountry billingAddressLine1 billingAddressLine2 billingAddressLine3 "
        "billingPostalCode billingState",
    ),
    row(
        "closeOfdReceiptRequest",
        "mdOrder orderNumber merchantLogin amount:long",
        "orderBundle:orderBundle additionalOfdParams params:serviceParam*",
        extends="abstractServiceRequest",
    ),
    row("closeOfdReceiptResponse", "success:boolean!", extends="abstractResponse"),
    row(
        "customerDetails",
        "",
        "email phone contact deliveryInfo:deliveryInfo",
        newer_children="fullName passport inn",
    ),
    row("deliveryInfo", "", "deliveryType country! city! postAddress!"),
    row(
        "depositOrderParams",
        "orderId depositAmount:long!",
        "depositItems:cartItems params:serviceParam* agent:agent supplierPhones",
        extends="abstractServiceRequest",
    ),
    row("discount", "", "discountType discountValue"),
    row("externalParams", "", "sbolBankInvoiceId sbolDeepLink sbolInactive"),
    row("features", "", "feature:orderFeature*"),
    row("finishThreeDSRequest", "md! paRes!", extends="abstractServiceRequest"),
    row("finishThreeDSResponse", "returnUrl", extends="abstractResponse"),
    row(
        "getLastOrdersForMerchantsRequest",
        "",
        "page:int! size:int! from:dateTime to:dateTime transactionStates:transactionStates "
        "merchants:merchants searchByCreatedDate:boolean!",
        extends="abstractServiceRequest",
    ),
    row(
        "getLastOrdersForMerchantsResponse",
        "",
        "orderStatuses:getOrderStatusExtendedResponse* totalCount:long! page:int! pageSize:int!",
        extends="abstractResponse",
    ),
    row("getOrderStatusExtendedRequest", "", "merchantOrderNumber", extends="orderStatusRequest"),
    row(
        "getOrderStatusExtendedResponse",
        "orderNumber orderStatus:int actionCode:int actionCodeDescription originalActionCode "
        "amount:long currency date:dateTime depositedDate:dateTime refundedDate:dateTime "
        "reversedDate:dateTime orderDescription ip",
        "merchantOrderParams:serviceParam* attributes:serviceParam* cardAuthInfo:cardAuthInfo "
        "bindingInfo:cardBindingInfo authDateTime:dateTime terminalId authRefNum "
        "paymentAmountInfo:paymentAmountInfo bankInfo:bankInfo payerData:payerData "
        "orderBundle:orderBundle loyaltyInfo:loyaltyInfo refunds:refund* chargeback:boolean "
        "operations:processingOperation* paymentWay",
        extends="abstractServiceResponse",
    ),
    row(
        "item",
        "positionId",
        "name! itemDetails:itemDetails quantity:quantity! itemAmount:long! "
        "depositedItemAmount:long itemCurrency:int itemCode! discount:discount "
        "agentInterest:agentInterest tax:tax itemPrice:long itemAttributes:itemAttributes",
    ),
    row("itemAttribute", "name", text="string"),
    row("itemAttributes", "", "attributes:itemAttribute*"),
    row("itemDetails", "", "itemDetailsParams:itemDetailsParam*"),
    row("itemDetailsParam", "name", text="string"),
    row("loyalties", "", "loyalties:loyalty*"),
    row(
        "loyalty",
        "loyaltyProgramName positionId",
        "bonusAmountForDebit:long! bonusAmountForCredit:long!",
    ),
    row("loyaltyInfo", "loyaltyName", "paymentBonus:paymentBonus awardBonus:awardBonus"),
    row("loyaltyOperation"),
    row("merchants", "", "merchants*"),
    row(
        "orderBundle",
        "",
        "orderCreationDate:dateTime customerDetails:customerDetails cartItems:cartItems! "
        "loyalties:loyalties agent:agent supplierPhones",
    ),
    row(
        "orderParams",
        "merchantOrderNumber description amount:long currency language pageView "
        "sessionTimeoutSecs:int taxSystem:int bindingId expirationDate:dateTime "
        "autocompletionDate:dateTime",
        "returnUrl failUrl merchantLogin email postAddress params:serviceParam* clientId "
        "orderBundle:orderBundle features:features",
        newer="feeInput:int ip phone",
        newer_children="dynamicCallbackUrl billingPayerData:billingPayerData",
    ),
    row("orderResult", "", "amount:long currency", extends="abstractResponse"),
    row("orderStatusRequest", "orderId language"),
    row(
        "orderStatusResponse",
        "orderStatus:int! orderNumber pan hpan expiration cardholderName amount:long! currency "
        "approvalCode authCode:int! ip date:dateTime orderDescription merchantLogin "
        "actionCodeDescription clientId bindingId",
        "params:serviceParam* orderBundle:orderBundle",
        extends="abstractResponse",
    ),
    row("payerData", "email phone postAddress"),
    row(
        "paymentAmountInfo",
        "paymentState:transactionState approvedAmount:long! depositedAmount:long! "
        "refundedAmount:long! feeAmount:long",
    ),
    row(
        "paymentBonus",
        "approvedAmountBonus:int depositedAmountBonus:int refundedAmountBonus:int pcId "
        "successful:boolean paymentOperation:operation",
    ),
    row(
        "paymentOrderParams",
        "orderId year month pan cvc cardholderName language ip email postAddress pointsAmount "
        "loyaltyId",
        "params:serviceParam*",
        newer="threeDSServerTransId threeDSVer2FinishUrl eci:int cavv xid",
    ),
    row(
        "paymentOrderResult",
        "info redirect acsUrl paReq",
        extends="abstractResponse",
        newer="is3DSVer2:boolean threeDSServerTransId threeDSMethodURL threeDSMethodDataPacked "
        "packedCReq",
    ),
    row(
        "processingOperation",
        "operationDate:dateTime operationType:processingOperationType amount:long pan cardHolder "
        "expiration processingResultCode:int currencyCode success referenceNumber authCode "
        "externalId terminalId paresResult paresMessage paresStatus veresEnrolled",
    ),
    row("quantity", "measure", text="float"),
    row("refund", "referenceNumber actionCode amount:long! approvalCode date:moment"),
    row(
        "refundOrderParams",
        "orderId refundAmount:long",
        "refundItems:cartItems params:serviceParam* expectedDepositedAmount:long",
        extends="abstractServiceRequest",
    ),
    row(
        "registerOrderResponse",
        "orderId",
        "formUrl",
        extends="abstractResponse",
        newer_children="externalParams:externalParams",
    ),
    row(
        "reversalOrderParams",
        "orderId merchantLogin orderNumber",
        "params:serviceParam*",
        extends="abstractServiceRequest",
    ),
    row(
        "secureAuthInfo",
        "",
        "eci:int! paResCheckStatus paResStatus threeDSInfo:threeDSInfo veResStatus",
    ),
    row("serviceParam", "name! value!"),
    row("tax", "", "taxSum:long taxType:int"),
    row("threeDSInfo", "", "cavv xid"),
    row("transactionStates", "", "transactionStates*"),
    row(
        "verifyEnrollmentResponse",
        "isEnrolled emitterName emitterCountryCode",
        extends="abstractResponse",
    ),
)
