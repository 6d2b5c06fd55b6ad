"""The answers of REST as SOAP writes them; every answer is checked against the schema.

Source: soap.md §1.1, §1.3, §2, §5, §6 (the examples of answers).
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.cart.document import Cart
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import AttemptState, Kind, OrderRequest
from altyn.protocol.dialects.classic.order_view import extended_status
from altyn.protocol.dialects.classic.soap.answer_writer import write_answer
from altyn.protocol.dialects.classic.soap.dates import date_time
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS
from altyn.protocol.dialects.classic.soap.order_status import soap_status
from tests.builders import ORDER_ID, PAID_AT, a_merchant, an_attempt, an_order
from tests.soap import SoapAnswer, answers_schema, read_answer

MDO: Final = str(ORDER_ID)
Members = dict[str, Any]


def answer(
    operation: str,
    members: Members | None = None,
    *,
    language: str = "ru",
    error: tuple[int, str] | None = None,
    namespace: str = MESSAGE_NAMESPACES[0],
) -> SoapAnswer:
    row = OPERATIONS[operation]
    document = write_answer(row, namespace, members or {}, language, error)
    return read_answer(operation, document, namespace)


# ── Success ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("namespace", MESSAGE_NAMESPACES)
def test_a_registration(namespace: str) -> None:
    members = {"orderId": MDO, "formUrl": "https://gw.example/?a=1&b=2"}
    assert answer("registerOrder", members, namespace=namespace).members == {
        "errorCode": "0",
        "errorMessage": "Успешно",
        **members,
    }
    assert answer("registerOrder", members, language="en").text == "Successful"


def test_the_envelope_is_as_clients_know_it() -> None:
    document = write_answer(OPERATIONS["depositOrder"], MESSAGE_NAMESPACES[1], {}, "en", None)
    assert document.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<ns1:depositOrderResponse xmlns:ns1="{MESSAGE_NAMESPACES[1]}">'
        '<return errorCode="0" errorMessage="Success"></return>'
        "</ns1:depositOrderResponse></soap:Body></soap:Envelope>"
    )


def test_a_card_payment_has_the_members_of_rest_and_no_more() -> None:
    to_acs = {"info": "…", "acsUrl": "https://acs.example", "paReq": "eJx", "termUrl": "https://t"}
    assert answer("paymentOrder", to_acs).members == {
        "errorCode": "0",
        "info": "…",
        "acsUrl": "https://acs.example",
        "paReq": "eJx",
    }
    version_2 = {"is3DSVer2": True, "threeDSServerTransId": MDO, "packedCReq": "e30"}
    assert answer("paymentOrder", version_2).members == {
        "errorCode": "0",
        **version_2,
        "is3DSVer2": "true",
    }
    declined = {"redirect": "https://a", "errorMessage": "Отказ", "actionCode": 116}
    assert answer("finishThreeDs", declined).members == {
        "errorCode": "0",
        "errorMessage": "Отказ",
        "returnUrl": "https://a",
    }


# ── Errors ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [n for n, each in OPERATIONS.items() if each.has_errors])
def test_every_answer_can_hold_an_error(name: str) -> None:
    members = answer(name, {"orderId": MDO}, error=(7, 'Не "так"')).members
    if "errorCode" in members:
        assert (members["errorCode"], members["errorMessage"]) == ("7", 'Не "так"')
    else:
        assert members["success"] == "false"
        assert members["error"]["description"] == 'Не "так"'
    assert "orderId" not in members


def test_required_members_are_there_with_an_error_too() -> None:
    members = answer("getOrderStatus", error=(6, "нет")).members
    answered = {name: members[name] for name in ("orderStatus", "amount", "authCode")}
    assert answered == {"orderStatus": "0", "amount": "0", "authCode": "2"}
    assert "orderStatus" not in answer("getOrderStatusExtended", error=(6, "нет")).members


# ── The status of an order ────────────────────────────────────────────────────────────────────────

CART: Final[Members] = {
    "orderCreationDate": "2026-01-05T00:00:00",
    "cartItems": {
        "items": [
            {
                "positionId": 1,
                "name": "Tea",
                "quantity": {"value": 2, "measure": "шт"},
                "itemAmount": 1000.0,
                "itemCode": "T-1",
            }
        ]
    },
}
PAID: Final = an_order(
    status=OrderStatus.DEPOSITED,
    attempts=(an_attempt(),),
    approved_minor=2500_00,
    deposited_minor=2500_00,
    approved_at=PAID_AT,
    deposited_at=PAID_AT + timedelta(milliseconds=250),
    params={"email": "b@shop.example"},
    payer_ip="203.0.113.9",
    request=OrderRequest(
        return_url="https://a", order_bundle=Cart.of(CART), description="Чай & кофе"
    ),
)


def extended(order: Any, **settings: Any) -> Members:
    shown = extended_status(order, a_merchant(**settings), "ru")
    return dict(answer("getOrderStatusExtended", shown).members)


def test_everything_of_a_paid_order() -> None:
    shown = extended(PAID)
    assert shown["date"] == "2026-01-01T03:00:00.000+03:00"
    assert shown["depositedDate"] == "2026-01-01T03:00:59.250+03:00"
    assert shown["orderDescription"] == "Чай & кофе"
    assert shown["merchantOrderParams"] == [{"name": "email", "value": "b@shop.example"}]
    assert shown["attributes"] == [{"name": "mdOrder", "value": MDO}]
    assert shown["paymentAmountInfo"] == {
        "paymentState": "DEPOSITED",
        "approvedAmount": "250000",
        "depositedAmount": "250000",
        "refundedAmount": "0",
    }
    assert shown["cardAuthInfo"]["maskedPan"] == "411111**1111"
    assert shown["chargeback"] == "false"
    assert shown["paymentWay"] == "CARD"
    (item,) = shown["orderBundle"]["cartItems"]["items"]
    assert item["itemAmount"] == "1000"
    assert item["quantity"] == {"measure": "шт", "value": "2"}
    (operation,) = shown["operations"]
    assert operation["operationType"] == "PURCHASE"
    assert operation["operationDate"] == "2026-01-01T03:00:59.000+03:00"
    assert operation["processingResultCode"] == "0"


def test_the_old_form_has_normal_names_and_more_of_them() -> None:
    members = answer("getOrderStatus", soap_status(PAID, a_merchant(), "ru")).members
    assert members == {
        "errorCode": "0",
        "errorMessage": "Успешно",
        "orderStatus": "2",
        "orderNumber": "A-100",
        "pan": "411111**1111",
        "expiration": "202812",
        "cardholderName": "IVAN PETROV",
        "amount": "250000",
        "currency": "643",
        "approvalCode": "123456",
        "authCode": "2",
        "ip": "203.0.113.9",
        "date": "2026-01-01T03:00:00.000+03:00",
        "orderDescription": "Чай & кофе",
        "merchantLogin": "demo",
        "actionCodeDescription": members["actionCodeDescription"],
        "params": [{"name": "email", "value": "b@shop.example"}],
        "orderBundle": members["orderBundle"],
    }


def test_a_declined_card_is_an_error_in_the_old_form() -> None:
    declined = replace(PAID, status=OrderStatus.DECLINED, action_code=116)
    assert answer("getOrderStatus", soap_status(declined, a_merchant(), "ru")).code in (0, 2)


AUTHENTICATION: Final = ThreeDSData(version="1", eci=5, ve_res="Y", pa_res="Y", cavv="AA", xid="BB")


@pytest.mark.parametrize(("eci", "there"), [(5, True), (None, False)])
def test_an_incomplete_3_d_secure_object_is_left_out(eci: int | None, *, there: bool) -> None:
    tried = an_attempt(authentication=replace(AUTHENTICATION, eci=eci))
    shown = extended(replace(PAID, attempts=(tried,)))
    assert ("secureAuthInfo" in shown["cardAuthInfo"]) is there
    if there:
        assert shown["cardAuthInfo"]["secureAuthInfo"]["eci"] == "5"


@pytest.mark.parametrize(
    ("two_phase", "before", "reversal"),
    [
        (False, (), "REVERSAL_FOR_PURCHASE"),
        (True, (), "REVERSAL_FOR_PRE_AUTH"),
        (True, (Kind.DEPOSIT,), "REVERSAL_FOR_COMPLETION"),
    ],
)
def test_a_reversal_is_named_after_what_it_takes_back(
    *, two_phase: bool, before: tuple[Kind, ...], reversal: str
) -> None:
    kinds = (Kind.PAY, *before, Kind.REVERSE)
    attempts = tuple(an_attempt(kind, number=n) for n, kind in enumerate(kinds, 1))
    shown = extended(replace(PAID, two_phase=two_phase, attempts=attempts))
    answered = [each["operationType"] for each in shown["operations"]]
    assert answered[-1] == reversal
    assert answered[0] == ("PRE_AUTH" if two_phase else "PURCHASE")


def test_a_refund() -> None:
    refund = an_attempt(Kind.REFUND, number=2, amount_minor=100)
    shown = extended(replace(PAID, attempts=(an_attempt(), refund), refunded_minor=100))
    (answered,) = shown["refunds"]
    assert answered["amount"] == "100"
    assert answered["date"] == "2026-01-01T03:00:59.000+03:00"
    assert shown["operations"][1]["operationType"] == "REFUND"


def test_a_page_of_orders() -> None:
    orders = [{"errorCode": "0", **extended_status(PAID, a_merchant(), "ru")} for _ in range(2)]
    page = {"orderStatuses": orders, "totalCount": 2, "page": 0, "pageSize": 100}
    members = answer("getLastOrdersForMerchants", page).members
    assert [each["orderNumber"] for each in members["orderStatuses"]] == ["A-100", "A-100"]
    assert (members["totalCount"], members["page"], members["pageSize"]) == ("2", "0", "100")


# ── What does not fit ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "spoiled",
    [
        {"itemAmount": None},
        {"itemAmount": "ten"},
        {"itemAmount": 10.5},
        {"itemAmount": True},
        {"itemAmount": 2**63},
        {"name": {"ru": "Чай"}},
        {"quantity": "2"},
        {"quantity": {"measure": "шт"}},
        {"quantity": {"measure": "шт", "value": "1,5"}},
        {"quantity": {"measure": "шт", "value": ""}},
    ],
)
def test_a_cart_that_the_type_cannot_hold_is_left_out_whole(spoiled: Members) -> None:
    item = {**CART["cartItems"]["items"][0], **spoiled}
    bundle = {**CART, "cartItems": {"items": [*CART["cartItems"]["items"], item]}}
    order = replace(PAID, request=replace(PAID.request, order_bundle=Cart.of(bundle)))
    assert "orderBundle" not in extended(order)


def test_a_part_that_may_be_missing_is_left_out_alone() -> None:
    item = {**CART["cartItems"]["items"][0], "tax": {"taxType": "x"}, "itemCurrency": "RUB"}
    order = replace(
        PAID, request=replace(PAID.request, order_bundle=Cart.of({"cartItems": {"items": [item]}}))
    )
    (answered,) = extended(order)["orderBundle"]["cartItems"]["items"]
    assert answered["tax"] == {}
    assert "itemCurrency" not in answered


def test_texts_that_xml_must_spell_or_cannot_hold() -> None:
    text = '<a href="x">&\'\t\r\n\x00\x1f\ufffe\ud800 конец]]>'
    members = answer("registerOrder", {"orderId": text, "formUrl": text}).members
    expected = '<a href="x">&\'\t\r\n\ufffd\ufffd\ufffd\ufffd конец]]>'
    assert (members["orderId"], members["formUrl"]) == (expected, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1767605401250, "2026-01-05T12:30:01.250+03:00"),
        (1767605401, "2026-01-05T12:30:01.000+03:00"),
        ("2026-01-05T12:30:01", "2026-01-05T12:30:01.000+03:00"),
        ("2026-01-05T12:30:01Z", "2026-01-05T15:30:01.000+03:00"),
        ("2026-01-05", None),
        (True, None),
        (1.5, None),
        (10**30, None),
        (None, None),
    ],
)
def test_dates(value: object, expected: str | None) -> None:
    assert date_time(value) == expected


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CART_NAMES: Final = ("items", "name", "quantity", "value", "itemAmount", "itemCode", "attributes")


@given(
    cart=st.dictionaries(
        st.sampled_from(("cartItems", "orderCreationDate", "customerDetails", "agent")),
        st.dictionaries(st.sampled_from(CART_NAMES), st.lists(JSON, max_size=2) | JSON) | JSON,
    ),
    text=st.text(),
    state=st.sampled_from(AttemptState),
)
def test_whatever_a_shop_has_put_into_an_order_its_answer_is_valid(
    cart: Members, text: str, state: AttemptState
) -> None:
    request = replace(PAID.request, order_bundle=Cart.of(cart), description=text, email=text)
    attempts = (replace(an_attempt(), state=state),)
    extended(replace(PAID, request=request, params={text: text}, attempts=attempts))


def test_an_invalid_answer_is_found() -> None:
    mer = MESSAGE_NAMESPACES[0]
    wrong = f'<m:depositOrderResponse xmlns:m="{mer}"><return/></m:depositOrderResponse>'
    assert not answers_schema().validate(etree.fromstring(wrong))
    assert datetime.fromtimestamp(1767605401, UTC) == datetime(2026, 1, 5, 9, 30, 1, tzinfo=UTC)
