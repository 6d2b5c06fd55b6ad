"""What SOAP clients write becomes what REST clients would have written.

Source: soap.md §1.1, §1.3, §2, §6 (the examples of requests).
"""

import json
import re
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from altyn.domain.moscow import REQUEST_FORMAT
from altyn.protocol.dialects.classic.soap.carts import read_object
from altyn.protocol.dialects.classic.soap.dates import date_time, moscow_text
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, XSI
from altyn.protocol.dialects.classic.soap.notation import Part
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS
from altyn.protocol.dialects.classic.soap.request_reader import read_request
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of
from tests.soap import wrapper

MDO: Final = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
Parameters = dict[str, Any]


def parameters(operation: str, inside: str, *, parse: Any = etree.fromstring) -> Parameters:
    """The REST parameters of an operation whose element has this inside; lists where repeated."""
    mer = MESSAGE_NAMESPACES[0]
    text = f'<mer:{operation} xmlns:mer="{mer}" xmlns:xsi="{XSI}">{inside}</mer:{operation}>'
    source = read_request(OPERATIONS[operation], parse(text))
    found = {name: source.get_all(name) for name in source}
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


BILLING_JSON: Final = '{"billingAddressLine1":"Arbat 1","billingPostalCode":"101000"}'
CART: Final = (
    "<orderBundle><orderCreationDate>2026-01-05T00:00:00Z</orderCreationDate><customerDetails>"
    "<email>b@shop.example</email><deliveryInfo><country>RU</country></deliveryInfo>"
    '</customerDetails><cartItems><items positionId="1"><name>Tea</name><itemDetails>'
    '<itemDetailsParams name="colour">black</itemDetailsParams></itemDetails><quantity '
    'measure="kg">0.10</quantity><itemAmount>1000</itemAmount><itemCode>T-1</itemCode><tax>'
    "<taxType>6</taxType></tax><itemAttributes><attributes name='paymentMethod'>1</attributes>"
    "</itemAttributes></items></cartItems></orderBundle>"
)
CART_JSON: Final = (
    '{"orderCreationDate":"2026-01-05T03:00:00","customerDetails":{"email":"b@shop.example",'
    '"deliveryInfo":{"country":"RU"}},"cartItems":{"items":[{"positionId":"1","name":"Tea",'
    '"itemDetails":{"itemDetailsParams":[{"name":"colour","value":"black"}]},"quantity":'
    '{"measure":"kg","value":0.10},"itemAmount":1000,"itemCode":"T-1","tax":{"taxType":6},'
    '"itemAttributes":{"attributes":[{"name":"paymentMethod","value":"1"}]}}]}}'
)

# what a client sends, and what REST would have been sent
EXAMPLES: Final[tuple[tuple[str, str, Parameters], ...]] = (
    (
        "registerOrder",
        (
            '<order merchantOrderNumber="A-100" amount="250000" currency="643" language="ru" '
            'sessionTimeoutSecs="1200"><returnUrl>https://shop.example/ok</returnUrl>'
            '<params name="email" value="b@shop.example"/><clientId>c-7</clientId></order>'
        ),
        {
            "orderNumber": "A-100",
            "amount": "250000",
            "currency": "643",
            "language": "ru",
            "sessionTimeoutSecs": "1200",
            "returnUrl": "https://shop.example/ok",
            "jsonParams": '{"email":"b@shop.example"}',
            "clientId": "c-7",
        },
    ),
    ("registerOrder", f"<order>{CART}</order>", {"orderBundle": CART_JSON}),
    *(
        ("registerOrder", f"<order>{written}</order>", {"billingPayerData": BILLING_JSON})
        for written in (
            '<billingPayerData billingAddressLine1="Arbat 1" billingPostalCode="101000"/>',
            (
                "<billingPayerData><billingAddressLine1>Arbat 1</billingAddressLine1>"
                "<billingPostalCode> 101000 </billingPostalCode></billingPayerData>"
            ),
        )
    ),
    *(
        ("paymentOrder", f'<order {spelled}="t-1"/>', {"threeDSServerTransId": "t-1"})
        for spelled in ("threeDSServerTransId", "threeDSServerTransID")
    ),
    (
        "registerOrder",
        (
            "<order><features><feature>VERIFY</feature><feature/><feature>FORCE_TDS</feature>"
            "</features></order>"
        ),
        {"features": ("VERIFY", "FORCE_TDS")},
    ),
    (
        "registerOrderPreAuth",
        (
            '<order expirationDate="2026-01-05T00:00:00.999-01:00" autocompletionDate='
            '"2026-01-05T00:00:00"/>'
        ),
        {"expirationDate": "2026-01-05T04:00:00", "autocompletionDate": "2026-01-05T00:00:00"},
    ),
    (
        "depositOrder",
        f'<order language="ru" orderId="{MDO}" depositAmount="0"/>',
        {"language": "ru", "orderId": MDO, "amount": "0"},
    ),
    (
        "refundOrder",
        (
            f'<order orderId="{MDO}" refundAmount="50000"><expectedDepositedAmount> 7\n'
            '</expectedDepositedAmount><params name="externalRefundId" value="R-1"/></order>'
        ),
        {
            "orderId": MDO,
            "amount": "50000",
            "expectedDepositedAmount": "7",
            "jsonParams": '{"externalRefundId":"R-1"}',
        },
    ),
    (
        "getOrderStatusExtended",
        (
            f'<order orderId="{MDO}" language="en"><!--Optional:--><merchantOrderNumber> '
            "</merchantOrderNumber></order>"
        ),
        {"orderId": MDO, "language": "en"},
    ),
    ("verifyEnrollment", "<pan>4111111111111111</pan>", {"pan": "4111111111111111"}),
    (
        "addParams",
        (
            f'<request orderId="{MDO}"><params name="k" value="v"/><params value="" name="e"/>'
            '<params name="k" value="w"/><params name="alone"/></request>'
        ),
        {"orderId": MDO, "params": '{"k":"w","e":""}'},
    ),
    (
        "paymentOrder",
        (
            f'<order orderId="{MDO}" year="2028" month="12" pan="4111111111111111" cvc="123" '
            'cardholderName="IVAN PETROV" pointsAmount="1"/>'
        ),
        {
            "orderId": MDO,
            "YYYY": "2028",
            "MM": "12",
            "pan": "4111111111111111",
            "cvc": "123",
            "TEXT": "IVAN PETROV",
        },
    ),
    (
        "finishThreeDs",
        f'<request md="{MDO}" paRes="eJx"/>',
        {"MDORDER": MDO, "paRes": "eJx"},
    ),
    (
        "getLastOrdersForMerchants",
        (
            "<request><page>0</page><size>100</size><from>2026-01-05T00:00:00Z</from>"
            "<to>2026-01-06T00:00:00</to><transactionStates><transactionStates>DEPOSITED"
            "</transactionStates><transactionStates>CREATED</transactionStates></transactionStates>"
            "<merchants/><searchByCreatedDate>false</searchByCreatedDate></request>"
        ),
        {
            "page": "0",
            "size": "100",
            "from": "20260105030000",
            "to": "20260106000000",
            "transactionStates": "DEPOSITED,CREATED",
            "searchByCreatedDate": "false",
        },
    ),
    (
        "checkAuthenticate",
        '<login login="shop-api" password="secret1"/>',
        {"userName": "shop-api", "password": "secret1"},
    ),
    ("updateSSLCardList", f"<mdorder>{MDO}</mdorder>", {"mdorder": MDO}),
    (
        "getBindings",
        '<request clientId="c-7" showExpired="false"/>',
        {"clientId": "c-7", "showExpired": "false"},
    ),
    ("unBindCard", f"<bindingId>{MDO}</bindingId>", {"bindingId": MDO}),
    ("applePay", "<arg0><merchant>m</merchant></arg0>", {}),
)


@pytest.mark.parametrize("parse", [etree.fromstring, ET.fromstring])
@pytest.mark.parametrize(("operation", "inside", "expected"), EXAMPLES)
def test_the_examples(operation: str, inside: str, expected: Parameters, parse: Any) -> None:
    assert parameters(operation, inside, parse=parse) == expected


# ── What clients do besides ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "inside",
    [
        '<order amount="1"/>',
        "<order><amount>1</amount></order>",
        "<order><amount>\n  1\n</amount></order>",
        '<order amount=" 1 "/>',
        "<order><amount><!-- one -->1</amount></order>",
        '<order unheard="of"><unheard><of/></unheard><amount>1</amount></order>',
        '<mer:order amount="1"/>',
        "<mer:order><mer:amount>1</mer:amount></mer:order>",
        '<order mer:amount="1"/>',
        '<order amount=""><amount>1</amount></order>',
        '<order><amount xsi:nil="true"/><amount>1</amount></order>',
        '<order xsi:nil="1" amount="2"/><order amount="1"/>',
        '<!-- first --><order amount="1"/>',
        "<order><?pi?><amount>1<?pi?></amount></order>",
    ],
)
def test_equal_requests_in_different_spellings(inside: str) -> None:
    assert parameters("registerOrder", inside) == {"amount": "1"}


def test_the_wrapper_may_come_in_its_body() -> None:
    body = etree.Element("Body")
    body.append(wrapper("depositOrder", {"orderId": MDO}))
    assert read_request(OPERATIONS["depositOrder"], body).get("orderId") == MDO


def test_of_two_values_the_attribute_is_first() -> None:
    sent = parameters("registerOrder", '<order amount="1"><amount>2</amount></order>')
    assert sent == {"amount": ("1", "2")}


def test_text_behind_a_comment_is_read() -> None:
    sent = parameters("registerOrder", "<order><clientId>a<!-- x -->b<?y z?>c</clientId></order>")
    assert sent == {"clientId": "abc"}


def test_free_text_keeps_its_spaces_and_an_attribute_is_taken_as_it_stands() -> None:
    sent = parameters("registerOrder", "<order><description> two\n words </description></order>")
    assert sent == {"description": " two\n words "}
    assert parameters("registerOrder", '<order merchantOrderNumber=" A"/>') == {"orderNumber": " A"}
    assert parameters("registerOrder", "<order><description> \n</description></order>") == {}


def test_names_of_another_namespace_are_not_ours() -> None:
    inside = '<order xmlns:x="urn:x" x:amount="1"><x:clientId>c</x:clientId></order>'
    assert parameters("registerOrder", inside) == {}


def test_credentials_cannot_be_smuggled_into_a_request() -> None:
    inside = '<order userName="a" password="b" token="c" jsonParams="{}" orderNumber="n"/>'
    assert parameters("registerOrder", inside) == {}


def test_repr_hides_the_card() -> None:
    source = read_request(OPERATIONS["verifyEnrollment"], wrapper("verifyEnrollment", {"pan": "4"}))
    assert "4" not in repr(source)


def test_a_malformed_date_is_left_to_the_rule_of_rest() -> None:
    for wrong in ("2026-13-01T00:00:00", "yesterday", "2026-01-05", "9999-12-31T23:59:59-14:00"):
        sent = parameters("registerOrder", f'<order expirationDate="{wrong}"/>')
        assert sent == {"expirationDate": wrong}


@given(
    moment=st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_a_date_means_the_same_in_every_zone(moment: Any, minutes: int) -> None:
    if not 1000 <= moment.year < 9999:
        return
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    text = moscow_text(f"{moment.isoformat()}{sign}{hours:02}:{rest:02}", REQUEST_FORMAT)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text)
    assert date_time(text) == date_time(f"{moment.isoformat()}{sign}{hours:02}:{rest:02}")


# ── Anything at all ───────────────────────────────────────────────────────────────────────────────

SPELLINGS: Final = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
NAMES: Final = st.sampled_from(sorted({p.name for t in TYPES.values() for p in t.children}))


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> Any:
    """An element of known names in no sensible order."""
    element = etree.Element(draw(NAMES))
    element.text = draw(st.text(SPELLINGS))
    for name in draw(st.lists(NAMES | st.just(f"{{{XSI}}}nil"), max_size=3)):
        element.set(name, draw(st.text(SPELLINGS)))
    if depth:
        for child in draw(st.lists(elements(depth - 1), max_size=2)):
            element.append(child)
    return element


@given(name=st.sampled_from(sorted(OPERATIONS)), parts=st.lists(elements(), max_size=2))
def test_no_document_makes_the_reader_fail(name: str, parts: list[Any]) -> None:
    operation = OPERATIONS[name]
    element = wrapper(name, {})
    for child in [*element, *parts]:
        element.append(child)
        for inner in parts:
            child.append(etree.fromstring(etree.tostring(inner)))
    source = read_request(operation, element)
    for parameter in source:
        assert all(source.get_all(parameter))
        assert operation.method is not None


@given(name=st.sampled_from(sorted(OPERATIONS)), data=st.data())
def test_every_value_has_its_name_in_rest(name: str, data: st.DataObject) -> None:
    operation = OPERATIONS[name]
    if operation.method is None:
        return
    for element in operation.parts:
        if element.type not in TYPES:
            continue
        texts = [p for p in attributes_of(element.type) if p.type == "string"]
        sent = {part.name: data.draw(st.text(SPELLINGS, min_size=1)) for part in texts}
        source = read_request(operation, wrapper(name, sent))
        for part, value in sent.items():
            spelled = operation.spelled.get(part, part)
            if spelled in operation.method.positions:
                assert source.get(spelled) == value


# ── Carts ─────────────────────────────────────────────────────────────────────────────────────────

VISIBLE: Final = st.text(SPELLINGS, min_size=1).filter(lambda text: text.strip() != "")


def values(part: Part) -> st.SearchStrategy[Any]:
    """A value of a part's type, as JSON has it."""
    one: st.SearchStrategy[Any]
    if part.type in TYPES:
        one = objects(part.type)
    elif part.type == "dateTime":
        first, last = datetime(2026, 1, 1), datetime(2026, 12, 31)  # noqa: DTZ001
        one = st.datetimes(first, last).map(lambda d: d.replace(microsecond=0).isoformat())
    else:
        one = {
            "string": VISIBLE,
            "int": st.integers(-(2**31), 2**31 - 1),
            "long": st.integers(-(10**17), 10**17),
        }[part.type]
    return st.lists(one, min_size=1, max_size=3) if part.repeating else one


def objects(type_name: str) -> st.SearchStrategy[dict[str, Any]]:
    """An object of a type with any of its parts, required or not."""
    every = (*attributes_of(type_name), *children_of(type_name))
    optional = {part.name: values(part) for part in every}
    text = {"string": VISIBLE, "float": st.integers(0, 10**6)}.get(TYPES[type_name].text or "")
    required = {} if text is None else {"value": text}
    return st.fixed_dictionaries(required, optional=optional)


@given(cart=objects("orderBundle"))
def test_a_cart_comes_out_as_it_was_put_in(cart: dict[str, Any]) -> None:
    element = wrapper("registerOrder", {"orderBundle": cart})
    bundle = element.find("order/orderBundle")
    document = etree.fromstring(etree.tostring(bundle))
    read = msgspec.json.encode(read_object("orderBundle", document))
    assert json.loads(read) == cart
