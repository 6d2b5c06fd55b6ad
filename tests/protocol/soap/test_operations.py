"""Holds the tables of SOAP to the reference, to each other, and to REST's.

The list of operations is written out once more here, by hand, from soap.md §3.
"""

from typing import Final

import pytest

from altyn.inbound.handlers import HANDLERS
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.dialects.classic.soap.notation import SIMPLE
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.types import (
    ENUMERATIONS,
    TYPES,
    attributes_of,
    children_of,
)

REFERENCE: Final = """
addParams request:addParamsRequest orderResult
androidPay arg0:androidPayPaymentRequest androidPayPaymentResponse
applePay arg0:applePayPaymentRequest applePayPaymentResponse
applePayDirect arg0:applePayDirectPaymentRequest applePayPaymentResponse
bindCard bindingId:string orderResult
checkAuthenticate login:loginParams orderResult
closeOfdReceipt request:closeOfdReceiptRequest closeOfdReceiptResponse
createBindingNoPayment request:createBindingNoPaymentRequest createBindingNoPaymentResponse
depositOrder order:depositOrderParams orderResult
extendBinding request:extendBindingRequest extendBindingResponse
finishThreeDs request:finishThreeDSRequest finishThreeDSResponse
getBindings request:getBindingsRequest getBindingsResponse
getBindingsByCardOrId request:getBindingsByCardOrIdRequest getBindingsResponse
getLastOrders from:dateTime,to:dateTime orderInfoArray
getLastOrdersForMerchants request:getLastOrdersForMerchantsRequest getLastOrdersForMerchantsResponse
getOrderStatus order:orderStatusRequest orderStatusResponse
getOrderStatusExtended order:getOrderStatusExtendedRequest getOrderStatusExtendedResponse
googlePay arg0:googlePayRequest googlePayResponse
googlePayDirect arg0:googlePayDirectRequest googlePayResponse
paymentOrder order:paymentOrderParams paymentOrderResult
paymentOrderBinding order:paymentOrderBindingParams paymentOrderResult
paymentOrderOtherWay order:paymentOrderOtherWayParams paymentOrderOtherWayResult
processRawPositionOrderRefund order:rawPositionRefundRequest orderResult
processRawSumOrderRefund order:rawSumRefundRequest orderResult
recurrentPayment arg0:recurrentPaymentRequest recurrentPaymentResponse
refundOrder order:refundOrderParams orderResult
registerOrder order:orderParams registerOrderResponse
registerOrderPreAuth order:orderParams registerOrderResponse
reverseOrder order:reversalOrderParams orderResult
samsungPay arg0:samsungPayPaymentRequest samsungPayPaymentResponse
unBindCard bindingId:string orderResult
updateBlackCardList mdorder:string orderResult
updateSSLCardList mdorder:string orderResult
updateWhiteCardList mdorder:string orderResult
verifyEnrollment pan:string verifyEnrollmentResponse
"""
OURS: Final = {
    "continueThreeDs",
    "declineOrder",
    "finishThreeDsVer2",
    "installmentPayment",
    "instantPayment",
    "instantRefund",
    "motoPayment",
    "verifyCard",
}
SERVED: Final = {
    "addParams",
    "bindCard",
    "checkAuthenticate",
    "closeOfdReceipt",
    "createBindingNoPayment",
    "declineOrder",
    "depositOrder",
    "extendBinding",
    "continueThreeDs",
    "finishThreeDs",
    "finishThreeDsVer2",
    "getBindings",
    "getBindingsByCardOrId",
    "installmentPayment",
    "instantPayment",
    "instantRefund",
    "motoPayment",
    "paymentOrderOtherWay",
    "getLastOrdersForMerchants",
    "getOrderStatus",
    "getOrderStatusExtended",
    "paymentOrder",
    "paymentOrderBinding",
    "processRawPositionOrderRefund",
    "processRawSumOrderRefund",
    "recurrentPayment",
    "refundOrder",
    "registerOrder",
    "registerOrderPreAuth",
    "reverseOrder",
    "unBindCard",
    "updateBlackCardList",
    "updateSSLCardList",
    "updateWhiteCardList",
    "verifyCard",
    "verifyEnrollment",
}
TYPE_COUNT: Final = 112

every_operation = pytest.mark.parametrize(
    "operation", OPERATIONS.values(), ids=lambda operation: operation.name
)
served = pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS.values() if each.method is not None],
    ids=lambda operation: operation.name,
)


def test_the_operations_are_the_references() -> None:
    found = [
        f"{each.name} {','.join(f'{p.name}:{p.type}' for p in each.parts)} {each.answer}"
        for each in OPERATIONS.values()
        if not each.ours
    ]
    assert sorted(found) == sorted(REFERENCE.split("\n")[1:-1])
    assert len(found) == 35
    assert {each.name for each in OPERATIONS.values() if each.ours} == OURS


def test_the_served_operations_are_listed_here() -> None:
    assert {each.name for each in OPERATIONS.values() if each.method} == SERVED


@every_operation
def test_an_operation_is_either_served_or_explained(operation: SoapOperation) -> None:
    if operation.method is None:
        assert operation.why_not.endswith(".")
    else:
        assert not operation.why_not
        assert operation.method.soap == operation.name
        assert operation.method.operation in HANDLERS


def test_only_an_operation_that_is_not_served_has_no_errors() -> None:
    mute = {each.name for each in OPERATIONS.values() if not each.has_errors}
    assert mute == {"getLastOrders"}


def test_every_type_exists_and_is_used() -> None:
    assert len(TYPES) == TYPE_COUNT
    named = {part.type for each in OPERATIONS.values() for part in each.parts}
    named |= {each.answer for each in OPERATIONS.values()}
    named |= {p.type for each in TYPES.values() for p in (*each.attributes, *each.children)}
    named |= {each.extends for each in TYPES.values() if each.extends}
    known = TYPES.keys() | ENUMERATIONS.keys() | SIMPLE.keys()
    assert named <= known
    assert (TYPES.keys() | ENUMERATIONS.keys()) <= named


def test_attributes_are_values_and_no_name_stands_twice() -> None:
    for name in TYPES:
        every = [part.name for part in (*attributes_of(name), *children_of(name))]
        assert len(every) == len(set(every)), name
        assert all(p.simple or p.type in ENUMERATIONS for p in attributes_of(name)), name
        assert not any(p.repeating for p in attributes_of(name)), name


def test_the_features_of_the_reference_are_among_those_of_rest() -> None:
    reference = (
        "FIXED_BINDING BINDING_NOT_NEEDED FIXED_BONUS_AMOUNT FORCE_TDS FORCE_SSL FRAUD_FORCE_TDS "
        "FRAUD_FORCE_SSL AUTO_PAYMENT FORCE_NO_CVC FORCE_FULL_TDS VERIFY SKIP_PAYER_EMAIL_NOTIFY "
        "SKIP_PAYER_PHONE_NOTIFY FORCE_GENERATE_ORDERNUMBER PAY_BY_CLIENT"
    )
    assert set(reference.split()) <= set(ENUMERATIONS["orderFeature"])


# ── SOAP's names and REST's ───────────────────────────────────────────────────────────────────────


def names_of(operation: SoapOperation) -> set[str]:
    """Every name that a request may have."""
    inner = {
        part.name
        for element in operation.parts
        if element.type in TYPES
        for part in (*attributes_of(element.type), *children_of(element.type))
    }
    return inner | {element.name for element in operation.parts if element.type not in TYPES}


@served
def test_names_that_differ_are_names_of_both(operation: SoapOperation) -> None:
    method = operation.method
    assert method is not None
    assert operation.spelled.keys() <= names_of(operation)
    known = {*method.positions, *(name for row in method.parameters for name in row.parts)}
    assert set(operation.spelled.values()) <= known | {"userName", "password"}


@served
def test_every_required_parameter_of_rest_exists_in_soap(operation: SoapOperation) -> None:
    method = operation.method
    assert method is not None
    names = {operation.spelled.get(name, name) for name in names_of(operation)}
    for row in method.parameters:
        if row.required is not None:
            spellings = {row.name, *row.aliases}
            assert spellings & names or (row.parts and set(row.parts) <= names), row.name


# What the reference's types have no place for, whichever version: only REST has it.
REST_ALONE: Final = {
    "additionalOfdParams",
    "bindingNotNeeded",
    "mcc",
    "merchantInn",
    "orderPayerData",
    "preOrderPayerData",
    "prepaymentMdOrder",
    "shippingPayerData",
}


@pytest.mark.parametrize(
    ("name", "more"),
    [("registerOrder", set[str]()), ("registerOrderPreAuth", {"autoReverseDate"})],
)
def test_a_registration_has_the_parameters_of_rest(name: str, more: set[str]) -> None:
    """A new row of REST asks here whether SOAP should have it among the newer names."""
    operation = OPERATIONS[name]
    assert operation.method is not None
    names = {operation.spelled.get(each, each) for each in names_of(operation)}
    rows = [row for row in operation.method.parameters if not row.in_json_params]
    assert {row.name for row in rows if row.name not in names} == REST_ALONE | more


# A method that only REST has → why.
WITHOUT_SOAP: Final = {
    "creditRegister": "the credits have a folder of their own over REST",
    "creditRegisterPreAuth": "as above",
    "externalReceipt": "receipts exist over REST only (soap.md §7)",
    "getReceiptStatus": "as above",
    "finish3dsMethod": "continueThreeDs does the same",
    "getPaymentLink": "a method of this gateway, for REST",
    "sendPaymentLink": "as above",
}


def test_every_method_of_rest_is_in_soap_or_has_its_reason() -> None:
    served = {each.method.soap for each in OPERATIONS.values() if each.method}
    alone = {method.name for method in METHODS.values() if method.soap not in served}
    assert alone == WITHOUT_SOAP.keys()


def test_operation_that_is_not_served_is_not_served_over_rest_either() -> None:
    """When REST gets a method, its operation comes alive too."""
    paths = {path.lower() for method in METHODS.values() for path in method.rest}
    idle = {name for name, each in OPERATIONS.items() if each.method is None}
    assert not {name for name in idle if f"{name}.do".lower() in paths}
