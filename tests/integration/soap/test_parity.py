"""A request has the same result over SOAP as over REST: code, text, amounts, order.

Requests are made from the table of parameters: each parameter absent, empty, at its bounds, beyond
them, and malformed; once over REST and once over SOAP, each of its own twin order.
Source: soap.md §2.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from altyn.domain.order import Order
from altyn.main import Gateway
from altyn.protocol import types as t
from altyn.protocol.dialects.classic.soap.notation import Part
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of
from altyn.protocol.types import Type
from tests.integration.soap.twin_shops import (
    REST_SHOP,
    SOAP_SHOP,
    STORED_CARD,
    Twins,
    TwinShops,
    as_rest,
    registered_values,
)
from tests.shop import GOOD, new_number
from tests.soap import Values

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODYS: Final = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
ORDER: Final = "<order>"  # stands for the id of the twin
STORED: Final = "<stored card>"  # stands for the id of the stored card of the twin
NUMBER: Final = "<number>"  # stands for a new number, the same in both shops


@dataclass(frozen=True, slots=True)
class Case:
    """An operation, its method in REST, a request that succeeds, and the order it wants."""

    operation: str
    path: str
    values: Values
    state: str | None = None


CARD: Final = {
    "orderId": ORDER,
    "pan": GOOD,
    "cvc": "123",
    "year": "2099",
    "month": "12",
    "cardholderName": "IVAN PETROV",
}
REGISTRATION: Final = {
    "merchantOrderNumber": NUMBER,
    "amount": "150000",
    "returnUrl": "https://shop.example/",
}
CHECKED: Final = {"pan": GOOD, "cvc": "123", "expiry": "209912", "cardholderName": "A"}
MOTO: Final = {**REGISTRATION, "pan": GOOD, "expiry": "209912", "cardholder": "IVAN PETROV"}
PAYOUT: Final = {
    "merchantOrderNumber": NUMBER,
    "amount": "150000",
    "pan": GOOD,
    "expiry": "209912",
    "cardholderName": "A",
}
INSTANT: Final = {
    **REGISTRATION,
    "pan": GOOD,
    "cvc": "123",
    "expiry": "209912",
    "cardholderName": "A",
}
ALL_STATES: Final = ["CREATED", "APPROVED", "DEPOSITED", "DECLINED", "REVERSED", "REFUNDED"]
PERIOD: Final = {
    "page": "0",
    "size": "100",
    "from": "2020-01-05T00:00:00",
    "to": "2099-01-06T00:00:00",
    "transactionStates": {"transactionStates": ALL_STATES},
    "merchants": {"merchants": []},
    "searchByCreatedDate": "true",
}
PARAMS: Final = [{"name": "k", "value": "v"}]
CASES: Final = (
    Case("registerOrder", "register.do", REGISTRATION),
    Case("registerOrderPreAuth", "registerPreAuth.do", REGISTRATION),
    Case("depositOrder", "deposit.do", {"orderId": ORDER, "depositAmount": "1000"}, "held"),
    Case("reverseOrder", "reverse.do", {"orderId": ORDER}, "held"),
    Case("refundOrder", "refund.do", {"orderId": ORDER, "refundAmount": "1000"}, "paid"),
    Case("declineOrder", "decline.do", {"orderId": ORDER}, "new"),
    Case(
        "processRawSumOrderRefund",
        "processRawSumRefund.do",
        {"orderId": ORDER, "itemAmount": "1000", "name": "Tea", "tax": "VAT_20"},
        "paid",
    ),
    Case(
        "processRawPositionOrderRefund",
        "processRawPositionRefund.do",
        {"orderId": ORDER, "itemAmount": "1000", "positionId": "1"},
        "paid_cart",
    ),
    Case("closeOfdReceipt", "closeOfdReceipt.do", {"mdOrder": ORDER, "amount": "1000"}, "paid"),
    Case("addParams", "addParams.do", {"orderId": ORDER, "params": PARAMS}, "new"),
    Case("getOrderStatus", "getOrderStatus.do", {"orderId": ORDER}, "paid"),
    Case("getOrderStatusExtended", "getOrderStatusExtended.do", {"orderId": ORDER}, "paid"),
    Case("getLastOrdersForMerchants", "getLastOrdersForMerchants.do", PERIOD),
    Case("verifyEnrollment", "verifyEnrollment.do", {"pan": GOOD}),
    Case("paymentOrder", "paymentorder.do", CARD, "new"),
    Case("instantPayment", "instantPayment.do", INSTANT),
    Case("motoPayment", "motoPayment.do", MOTO),
    Case("instantRefund", "instantRefund.do", PAYOUT),
    Case("verifyCard", "verifyCard.do", CHECKED),
    Case(
        "paymentOrderOtherWay",
        "paymentotherway.do",
        {"orderId": ORDER, "paymentWay": "SBRF_SBOL", "ip": "203.0.113.9"},
        "new",
    ),
    Case(
        "paymentOrderBinding",
        "paymentOrderBinding.do",
        {"mdOrder": ORDER, "bindingId": STORED, "cvc": "123"},
        "bound",
    ),
    Case("continueThreeDs", "3ds/continue.do", {"md": ORDER}, "at_acs"),
    Case(
        "finishThreeDsVer2",
        "finish3dsVer2Payment.do",
        {"threeDSServerTransId": NOBODYS, "threeDSVer2MdOrder": ORDER},
        "at_acs",
    ),
    Case("finishThreeDs", "finish3dsPayment.do", {"md": ORDER, "paRes": "eJx"}, "at_acs"),
)
BY_CARD: Final = next(case for case in CASES if case.operation == "paymentOrder")
STORED_CARDS: Final = (
    Case("createBindingNoPayment", "createBindingNoPayment.do", STORED_CARD),
    Case("getBindings", "getBindings.do", {"clientId": "client 7"}),
    Case("getBindingsByCardOrId", "getBindingsByCardOrId.do", {"bindingId": ORDER}, "stored"),
    Case("unBindCard", "unBindCard.do", {"bindingId": ORDER}, "stored"),
    Case("bindCard", "bindCard.do", {"bindingId": ORDER}, "stored"),
    Case(
        "extendBinding", "extendBinding.do", {"bindingId": ORDER, "newExpiry": "209912"}, "stored"
    ),
)

CHARGE: Final = {
    "orderNumber": NUMBER,
    "bindingId": STORED,
    "amount": "1000",
    "currency": "643",
    "preAuth": "false",
    "additionalParameters": {"entry": [{"key": "k", "value": "v"}]},
}
CHARGES: Final = (
    Case("recurrentPayment", "recurrentPayment.do", CHARGE, "recurring"),
    Case("installmentPayment", "installmentPayment.do", CHARGE, "instalments"),
)
"""Each is made with a stored card that lasts: a second recurring payment of a day is declined."""
EVERY_CASE: Final = (*CASES, *STORED_CARDS, *CHARGES)

LISTS: Final[dict[str, tuple[Any, ...]]] = {
    "params": (
        PARAMS,
        [],
        [*PARAMS, {"name": "k", "value": ""}],
        [{"name": "Имя", "value": 'a"b<c>&'}],
        [{"name": f"n{n}", "value": "v"} for n in range(100)],
        [{"name": f"n{n}", "value": "v"} for n in range(101)],
        [{"name": "n" * 255, "value": "v"}],
        [{"name": "n" * 256, "value": "v"}],
        [{"name": name, "value": "v" * 40_000} for name in "ab"],
        [{"name": "loyaltyId", "value": "v"}],
        [{"name": "k", "value": "a\x7fb"}],
        [{"name": "externalRefundId", "value": "R" * 33}],
        [{"name": "recurringFrequency", "value": "29"}],
    ),
    "features": tuple(
        {"feature": each}
        for each in (
            ["VERIFY"],
            ["FORCE_TDS", "VERIFY"],
            ["NONSENSE"],
            ["AUTO_PAYMENT", "FORCE_SSL"],
        )
    ),
    "transactionStates": tuple(
        {"transactionStates": each} for each in (["CREATED"], ["created"], [], ["DECLINED", "x"])
    ),
    "merchants": tuple({"merchants": each} for each in (["unknown"], [])),
    "billingPayerData": (
        {"billingAddressLine1": "Arbat 1", "billingPostalCode": "101000"},
        {"billingCity": "x" * 50},
        {"billingCity": "x" * 51},
        {},
    ),
    "orderBundle": (
        {
            "customerDetails": {"email": "b@shop.example"},
            "cartItems": {
                "items": [
                    {
                        "positionId": "1",
                        "name": "Чай",
                        "quantity": {"measure": "шт", "value": 2},
                        "itemAmount": 150000,
                        "itemCode": "T-1",
                    }
                ]
            },
        },
    ),
}
LISTS["additionalParameters"] = tuple(
    {"entry": [{"key": each["name"], "value": each["value"]} for each in pairs]}
    for pairs in LISTS["params"]
)
LISTS["refundItems"] = LISTS["depositItems"] = (LISTS["orderBundle"][0]["cartItems"],)
DATES: Final = (
    "2031-01-05T12:00:00",
    "2001-01-05T12:00:00",
    "2031-02-30T12:00:00",
    "2031-01-05",
    "tomorrow",
)


def texts(type_: Type) -> Iterator[str]:
    """Values of a parameter: empty, at the bounds, beyond, malformed."""
    yield from ("", "0", "1", "-1", "x", "é", "a'b", "1.5", "a\nb", "a<b", NOBODYS, "true", "en")
    yield from ("de", "643", "840", "008", "https://a.example/ok", "/ok", "javascript:x", GOOD[:-1])
    lengths = {length for length in (type_.max_length, 12) if length is not None}
    yield from (unit * (length + by) for length in lengths for unit in "9x" for by in (0, 1))
    for number in (type_.low, type_.high):
        if number is not None:
            yield from (str(number + by) for by in (-1, 1) if number + by >= 0)


def values_of(name: str, type_: Type) -> Iterator[Any]:
    """Everything that a parameter is tried with; None leaves it out."""
    yield None
    if name in LISTS:
        yield from LISTS[name]
    elif name in ("from", "to", "expirationDate", "autocompletionDate"):
        yield from DATES
    else:
        yield from texts(type_)


def parts_of(type_name: str) -> tuple[Part, ...]:
    """Everything that may stand in a type."""
    return (*attributes_of(type_name), *children_of(type_name))


def tried() -> Iterator[Any]:
    """Every parameter of every operation."""
    for case in EVERY_CASE:
        operation = OPERATIONS[case.operation]
        assert operation.method is not None
        for element in operation.parts:
            inner = element.type in TYPES
            named = parts_of(element.type) if inner else (element,)
            for part in named:
                place = operation.method.positions.get(operation.spelled.get(part.name, part.name))
                if place is not None:
                    row = operation.method.parameters[place]
                    yield pytest.param(
                        case, part.name, row.type, id=f"{case.operation}-{part.name}"
                    )
    for name in ("year", "month"):
        yield pytest.param(BY_CARD, name, t.ANY_TEXT, id=f"paymentOrder-{name}")


@pytest.mark.parametrize(("case", "name", "type_"), list(tried()))
async def test_soap_and_rest_have_the_same_effect(
    gateway: Gateway, case: Case, name: str, type_: Type
) -> None:
    shops = TwinShops(gateway)
    twins = await shops.twins(case.state) if case.state else None
    for value in values_of(name, type_):
        changed = {**case.values, name: value}
        values = {each: response for each, response in changed.items() if response is not None}
        succeeded = await compare(shops, case, values, twins)
        if succeeded and case.state and case not in CHARGES:
            twins = await shops.twins(case.state)  # this pair has been used up


async def compare(shops: TwinShops, case: Case, values: Values, twins: Twins | None) -> bool:
    """Send the same request in both spellings and compare everything; whether it succeeded."""
    number = new_number()
    ids = twins or Twins("", "")
    rest_values = filled(values, ids.rest, number, ids.rest_card)
    soap_values = filled(values, ids.soap, number, ids.soap_card)
    rest = await shops.rest(case.path, as_rest(case.operation, rest_values))
    soap = await shops.soap(case.operation, soap_values)
    for _ in range(150):  # a session of one shop's order may end between the two requests
        if "totalCount" not in rest or str(rest["totalCount"]) == soap.members["totalCount"]:
            break
        await asyncio.sleep(0.5)
        rest = await shops.rest(case.path, as_rest(case.operation, rest_values))
        soap = await shops.soap(case.operation, soap_values)
    code = int(rest.get("errorCode") or rest.get("ErrorCode") or 0)
    assert soap.code == code, (values, rest, soap)
    message = rest.get("errorMessage", rest.get("ErrorMessage"))
    if message is not None:
        assert soap.text == message, (values, rest, soap)
    if twins is not None:
        shown = await shops.status(twins.rest, REST_SHOP)
        assert await shops.status(twins.soap, SOAP_SHOP) == shown, values
    elif code == 0 and "orderId" in rest:
        kept = await shops.kept(str(rest["orderId"]), REST_SHOP)
        twin = await shops.kept(soap.members["orderId"], SOAP_SHOP)
        assert registered_values(twin) == registered_values(kept), values
        if values.get("merchantOrderNumber"):  # the gateway's own numbers differ
            assert twin.order_number == kept.order_number
    if code == 0 and case in CHARGES:
        await same_charges(shops, values, rest, soap.members)
    if code == 0:
        same_numbers(rest, soap.members)
    return code == 0


async def same_charges(
    shops: TwinShops, values: Values, rest: dict[str, Any], members: Values
) -> None:
    """Both answers have an order, registered alike and paid or declined alike."""
    order_id = str(rest.get("data", rest)["orderId"])
    twin_id = str(members.get("data", members)["orderId"])
    kept = await shops.kept(order_id, REST_SHOP)
    twin = await shops.kept(twin_id, SOAP_SHOP)
    assert unbound(twin) == unbound(kept)
    if values.get("orderNumber"):  # the gateway's own numbers differ
        assert twin.order_number == kept.order_number
    shown = await shops.status(order_id, REST_SHOP)
    assert await shops.status(twin_id, SOAP_SHOP) == shown
    assert members["orderStatus"]["orderStatus"] == str(shown["orderStatus"])


def unbound(order: Order) -> tuple[object, ...]:
    """What a charge registered, without the stored card, which is its shop's own."""
    return registered_values(replace(order, request=replace(order.request, binding_id=None)))


def filled(values: Values, order_id: str, number: str, card: str = "") -> dict[str, Any]:
    """Values with the ids of the twin and of its stored card, and a new number put in."""
    put = {ORDER: order_id, NUMBER: number, STORED: card}
    return {name: put.get(v, v) if isinstance(v, str) else v for name, v in values.items()}


def same_numbers(rest: dict[str, Any], members: Values) -> None:
    """Every number and word in both answers, whatever the case of its first letter."""
    found = {name[:1].lower() + name[1:]: value for name, value in rest.items()}
    if isinstance(found.get("orderStatus"), dict):  # the status inside the answer of a payment
        same_numbers(found.pop("orderStatus"), members["orderStatus"])
    for name in ("orderStatus", "actionCode", "amount", "currency", "totalCount", "pageSize"):
        if name in found.keys() & members.keys():
            assert members[name] == str(found[name]), name
    for name in ("isEnrolled", "emitterName", "pan", "expiration", "info", "paymentWay"):
        assert members.get(name) == found.get(name), name
    sums = found.get("paymentAmountInfo", {})
    for name, value in sums.items():
        assert members["paymentAmountInfo"][name] == str(value)


async def test_line_of_a_refund_by_sum_is_kept_alike(gateway: Gateway) -> None:
    shops = TwinShops(gateway)
    line = {"name": "Компенсация", "itemCode": "K-1", "tax": "VAT_22", "itemAmount": "1000"}
    for operation, path, values in (
        ("processRawPositionOrderRefund", "processRawPositionRefund.do", {"positionId": "1"}),
        ("processRawSumOrderRefund", "processRawSumRefund.do", line),
    ):
        twins = await shops.twins("paid_cart")
        asked = {"orderId": ORDER, "itemAmount": "1000", **values}
        case = Case(operation, path, asked, "paid_cart")
        assert await compare(shops, case, asked, twins), operation
        rest = (await shops.kept(twins.rest, REST_SHOP)).attempt(2)
        soap = (await shops.kept(twins.soap, SOAP_SHOP)).attempt(2)
        assert (soap.raw, soap.parts) == (rest.raw, rest.parts)
        assert soap.raw is not None


async def test_every_served_operation_is_compared() -> None:
    served = {name for name, each in OPERATIONS.items() if each.method is not None}
    alone = {name for name in served if name.startswith("update")} | {"checkAuthenticate"}
    assert {case.operation for case in EVERY_CASE} == served - alone


async def test_card_lists_find_the_order(gateway: Gateway) -> None:
    shops = TwinShops(gateway)
    twins = await shops.twins("paid")
    for name in ("updateBlackCardList", "updateSSLCardList", "updateWhiteCardList"):
        assert (await shops.soap(name, {"mdorder": twins.soap})).code == 0
        assert (await shops.soap(name, {"mdorder": twins.rest})).code == 6
        assert (await shops.soap(name, {})).code == 5


async def test_credentials_are_checked_in_the_same_way(gateway: Gateway) -> None:
    shops = TwinShops(gateway)
    probe = {"login": f"{SOAP_SHOP}-api", "password": "testPwd1"}
    assert (await shops.soap("checkAuthenticate", probe)).code == 0
    wrong = await shops.soap("checkAuthenticate", {**probe, "password": "wrong"})
    assert (wrong.code, wrong.text) == (5, "Доступ запрещён")


async def test_3_d_secure_2_is_begun_over_soap(gateway: Gateway) -> None:
    """The newer names: the method step, the same request again, the challenge."""
    shops = TwinShops(gateway)
    asked = {"orderNumber": new_number(), "amount": "1000", "returnUrl": "https://shop.example/"}
    order = (await shops.rest("register.do", asked, shop="second"))["orderId"]
    values = {**CARD, "orderId": order, "year": "2034"}
    method = (await shops.soap("paymentOrder", values, shop="second")).members
    assert method["is3DSVer2"] == "true"
    assert method["threeDSMethodURL"].startswith("http")
    assert method["threeDSMethodDataPacked"]
    again = {**values, "threeDSServerTransId": method["threeDSServerTransId"]}
    challenge = (await shops.soap("paymentOrder", again, shop="second")).members
    assert challenge["packedCReq"]
    assert challenge["acsUrl"].startswith("http")


async def test_a_reversal_finds_an_order_by_its_number(gateway: Gateway) -> None:
    shops = TwinShops(gateway)
    twins = await shops.twins("held")
    number = (await shops.kept(twins.soap, SOAP_SHOP)).order_number
    assert (await shops.soap("reverseOrder", {"orderNumber": number})).code == 0
    assert (await shops.status(twins.soap, SOAP_SHOP))["orderStatus"] == 3


async def test_a_refund_with_a_name_is_made_once(gateway: Gateway) -> None:
    shops = TwinShops(gateway)
    twins = await shops.twins("paid")
    named = [{"name": "externalRefundId", "value": "R-1"}]
    refund = {"orderId": twins.soap, "refundAmount": "1000", "params": named}
    assert [(await shops.soap("refundOrder", refund)).code for _ in range(2)] == [0, 0]
    shown = await shops.soap("getOrderStatusExtended", {"orderId": twins.soap})
    assert shown.members["paymentAmountInfo"]["refundedAmount"] == "1000"
    assert [each["amount"] for each in shown.members["refunds"]] == ["1000"]
