"""The schema and REST's rows agree: what REST takes is valid, and what is valid REST takes.

Values at and beyond every bound go into a whole request, once before our schema and once, read as
the endpoint reads it, by the table of REST. The few places where one is stricter are named.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altyn.domain.control_characters import has_control
from altyn.protocol.dialects.classic.features import FEATURES
from altyn.protocol.dialects.classic.soap.facets import FACETS, declared, facet_lines
from altyn.protocol.dialects.classic.soap.notation import SIMPLE, Part
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.request_reader import read_request
from altyn.protocol.dialects.classic.soap.types import ENUMERATIONS, TYPES
from altyn.protocol.table import Checked, check
from altyn.protocol.types import Type
from tests.soap import Values, requests_schema, wrapper

ORDER: Final = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"

# A request of each operation that both accept.
BASES: Final[dict[str, Values]] = {
    "addParams": {"orderId": ORDER, "params": [{"name": "k", "value": "v"}]},
    "bindCard": {"bindingId": ORDER},
    "createBindingNoPayment": {
        "additionalParameters": {},
        "clientId": "c-7",
        "pan": "4111111111111111",
        "expiryDate": "203012",
    },
    "extendBinding": {"bindingId": ORDER, "newExpiry": "203012"},
    "getBindings": {"clientId": "c-7", "showExpired": "false"},
    "getBindingsByCardOrId": {"bindingId": ORDER, "showExpired": "false"},
    "unBindCard": {"bindingId": ORDER},
    "recurrentPayment": {
        "orderNumber": "R-1",
        "bindingId": ORDER,
        "amount": "1000",
        "preAuth": "false",
        "additionalParameters": {},
    },
    "installmentPayment": {
        "orderNumber": "I-1",
        "bindingId": ORDER,
        "amount": "1000",
        "preAuth": "false",
        "additionalParameters": {},
    },
    "paymentOrderBinding": {"mdOrder": ORDER, "bindingId": ORDER},
    "checkAuthenticate": {"login": "a", "password": "b"},
    "closeOfdReceipt": {"mdOrder": ORDER},
    "declineOrder": {"orderId": ORDER},
    "depositOrder": {"orderId": ORDER, "depositAmount": "0"},
    "instantPayment": {
        "merchantOrderNumber": "A",
        "amount": "1",
        "returnUrl": "https://a.example",
        "pan": "4111111111111111",
        "cvc": "123",
        "expiry": "203012",
        "cardholderName": "A",
    },
    "instantRefund": {
        "merchantOrderNumber": "A",
        "amount": "1",
        "pan": "4111111111111111",
        "expiry": "203012",
        "cardholderName": "A",
    },
    "motoPayment": {
        "merchantOrderNumber": "A",
        "amount": "1",
        "returnUrl": "https://a.example",
        "pan": "4111111111111111",
        "expiry": "203012",
        "cardholder": "A",
    },
    "continueThreeDs": {"md": ORDER},
    "finishThreeDsVer2": {"threeDSServerTransId": ORDER},
    "finishThreeDs": {"md": ORDER, "paRes": "eJx"},
    "paymentOrderOtherWay": {"orderId": ORDER, "paymentWay": "SBRF_SBOL"},
    "getLastOrdersForMerchants": {
        "page": "0",
        "size": "1",
        "from": "2026-01-05T00:00:00",
        "to": "2026-01-06T00:00:00",
        "transactionStates": {"transactionStates": "CREATED"},
        "searchByCreatedDate": "false",
    },
    "getOrderStatus": {"orderId": ORDER},
    "getOrderStatusExtended": {"orderId": ORDER},
    "paymentOrder": {
        "orderId": ORDER,
        "pan": "4111111111111111",
        "cvc": "123",
        "year": "2030",
        "month": "12",
        "cardholderName": "A",
    },
    "processRawPositionOrderRefund": {
        "orderId": ORDER,
        "itemAmount": "1",
        "positionId": "1",
    },
    "processRawSumOrderRefund": {"orderId": ORDER, "itemAmount": "1"},
    "refundOrder": {"orderId": ORDER, "refundAmount": "1"},
    "registerOrder": {"merchantOrderNumber": "A", "amount": "1", "returnUrl": "https://a.example"},
    "registerOrderPreAuth": {
        "merchantOrderNumber": "A",
        "amount": "1",
        "returnUrl": "https://a.example",
    },
    "reverseOrder": {"orderId": ORDER},
    "updateBlackCardList": {"mdorder": ORDER},
    "updateSSLCardList": {"mdorder": ORDER},
    "updateWhiteCardList": {"mdorder": ORDER},
    "verifyCard": {
        "pan": "4111111111111111",
        "cvc": "123",
        "expiry": "203012",
        "cardholderName": "A",
    },
    "verifyEnrollment": {"pan": "4111111111111111"},
}

# Where REST is stricter than a schema can be → what.
REST_KNOWS_MORE: Final = {
    "amount": "0 goes with VERIFY only",
    "termUrl": "addresses that a browser may be sent to",
    "threeDSVer2FinishUrl": "addresses that a browser may be sent to",
    "cardholder": "no control characters, DEL among them; no card number",
    "cardholderName": "no control characters, DEL among them; no card number",
    "clientId": "no card number",
    "cavv": "goes with eci",
    "eci": "goes with cavv",
    "xid": "goes with eci",
    "currency": "only those of the gateway",
    "dynamicCallbackUrl": "addresses that a browser may be sent to",
    "failUrl": "addresses that a browser may be sent to",
    "orderNumber": "no spaces at an end; no card number",
    "merchantOrderNumber": "no spaces at an end; no card number",
    "pan": "the check digit",
    "returnUrl": "an address in full",
}
# Where the schema's own type is narrower, as old clients were compiled with it.
SCHEMA_IS_NARROWER: Final = {"sessionTimeoutSecs": "int", "size": "int", "page": "int"}
CHILDREN: Final = {part.name for type_ in TYPES.values() for part in type_.children}


Held = tuple[SoapOperation, Part, Type]


def held() -> Iterator[Held]:
    """Every part that has facets, with an operation that is asked with it."""
    shown = set[tuple[str, str]]()
    for operation in OPERATIONS.values():
        for element in operation.parts:
            if element.type not in TYPES or operation.method is None:
                continue
            for declaring, part in declared(TYPES[element.type]):
                place = (declaring.name, part.name)
                type_ = FACETS.get(place)
                facets = facet_lines(type_, SIMPLE.get(part.type, ""))
                if type_ is not None and facets and place not in shown:
                    shown.add(place)
                    yield operation, part, type_


HELD: Final = tuple(held())
every_held_part = pytest.mark.parametrize(
    ("operation", "part", "type_"),
    HELD,
    ids=[f"{operation.name}-{part.name}" for operation, part, _ in HELD],
)


def verdicts(operation: SoapOperation, part: Part, value: Any) -> tuple[bool, bool]:
    """Whether the schema accepts a request with this value, and whether REST's table does."""
    assert operation.method is not None
    element = wrapper(operation.name, {**BASES[operation.name], part.name: value})
    valid = bool(requests_schema().validate(element))
    result = check(operation.method, read_request(operation, element), None, frozenset())
    return valid, isinstance(result, Checked)


def hold(operation: SoapOperation, part: Part, value: str) -> None:
    """Compare both verdicts on a value."""
    if value != value.strip() and part.name in CHILDREN:
        return  # the reader forgives spaces around an element's text, as a pretty printer lays them
    valid, accepted = verdicts(operation, part, value)
    if part.name not in SCHEMA_IS_NARROWER:
        assert valid or not accepted, f"REST takes {value!r}, the schema does not"
    if part.name not in REST_KNOWS_MORE:
        assert accepted or not valid, f"the schema takes {value!r}, REST does not"


def bounds(type_: Type) -> Iterator[str]:
    """Values at and beyond the type's facets, and some that are wrong anywhere."""
    yield from ("0", "1", "-1", "+1", " 1", "1 ", "1.5", "1e3", "x", "é", "№ 1", "a b", "a'b")
    yield from ('a"b', "a<b", "a>b", "a\tb", "a\nb", "a\r\nb", ORDER, ORDER.upper(), ORDER[:-1])
    yield from ("ru", "RU", "eN", "de", "rus", "643", "0643", "64", "RUB", "+79000000000", "123456")
    yield from ("1234567", "1" * 15, "1" * 16, "4111 1111 1111 1111", "4111-1111", "1" * 19)
    for length in (type_.max_length, 1, 3, 4, 8, 10, 12):
        if length is not None:
            yield from (unit * (length + by) for unit in "9x" for by in (-1, 0, 1) if length + by)
    for number in (type_.low, type_.high):
        if number is not None:
            yield from (str(number + by) for by in (-1, 0, 1))


@every_held_part
def test_rest_and_schema_agree_at_the_bounds(
    operation: SoapOperation, part: Part, type_: Type
) -> None:
    for value in bounds(type_):
        hold(operation, part, value)


@settings(max_examples=settings().max_examples * 8)
@given(data=st.data(), held=st.sampled_from(HELD))
def test_rest_and_schema_agree_on_any_value(data: st.DataObject, held: Held) -> None:
    operation, part, type_ = held
    sign = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
    like_it = st.from_regex(type_.pattern, fullmatch=True) if type_.pattern else st.nothing()
    value = data.draw(st.text(sign, min_size=1) | st.text("019 -+.x", min_size=1) | like_it)
    # Of control characters the schema's patterns name only tabs and line breaks.
    if value.strip() and not any(has_control(c) or c in "\ufffe\uffff" for c in value):
        hold(operation, part, value)


@every_held_part
def test_a_text_that_is_empty_was_not_given(
    operation: SoapOperation, part: Part, type_: Type
) -> None:
    if part.type == "string" and part.name not in BASES[operation.name]:
        assert verdicts(operation, part, "") == (True, True)


def test_both_have_the_same_features() -> None:
    row, part = OPERATIONS["registerOrder"], Part("features", "features")
    for feature in (*ENUMERATIONS["orderFeature"], "NONSENSE", "verify"):
        known = feature in FEATURES
        value: Any = {"feature": [feature]}
        assert verdicts(row, part, value) == (known, known), feature


def test_moved_bound_is_detected() -> None:
    row = OPERATIONS["registerOrder"]
    assert verdicts(row, Part("bindingId"), "x" * 255) == (True, True)
    assert verdicts(row, Part("bindingId"), "x" * 256) == (False, False)
    assert verdicts(row, Part("amount"), "9" * 12) == (True, True)
    assert verdicts(row, Part("amount"), "9" * 13) == (False, False)
    assert verdicts(row, Part("taxSystem"), "6") == (False, False)


def test_every_base_value_is_valid() -> None:
    for name, values in BASES.items():
        operation = OPERATIONS[name]
        assert operation.method is not None
        element = wrapper(name, values)
        assert requests_schema().validate(element), requests_schema().error_log
        read = read_request(operation, element)
        assert isinstance(check(operation.method, read, None, frozenset()), Checked), name
    assert BASES.keys() == {each.name for each in OPERATIONS.values() if each.method}
