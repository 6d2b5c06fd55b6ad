"""Every request gets an answer of the protocol: a refusal, or the result.

The value of every parameter of every method is spoiled in every way that is known from clients and
attackers. None may raise an exception, which a shop would see as code 7 only.
Source: rest-orders.md §1.4; every table of `methods.py` and
`payment_methods.py` in `protocol/dialects/classic/`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st

from altyn.main import Gateway
from altyn.protocol.dialects.classic import envelopes
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.table import Method
from tests.asgi_client import Answer, AsgiClient
from tests.integration.rest.golden import credentials
from tests.integration.rest.logbook import Logbook, logbook_kept

pytestmark = pytest.mark.asyncio(loop_scope="module")

Pair = tuple[str, Any]

# ── Good requests, to be spoiled ──────────────────────────────────────────────────────────────────

WHO: Final = credentials("")
REGISTRATION: Final = {"amount": "15000", "returnUrl": "https://test.ru"}
CARD: Final = {
    "$PAN": "5555555555555599",
    "$CVC": "123",
    "$EXPIRY": "203012",
    "TEXT": "IVAN PETROV",
}
PERIOD: Final = {
    "size": "2",
    "from": "20200101000000",
    "to": "20991231235959",
    "transactionStates": "CREATED,DEPOSITED",
}
STORED_CARD: Final = {
    "clientId": "client 7",
    "pan": "5555555555555599",
    "expiryDate": "203012",
    "cardholderName": "IVAN PETROV",
}
CREDIT: Final = {
    "amount": "500000",
    "returnUrl": "https://test.ru",
    "dummy": "true",
    "orderBundle": '{"cartItems": {"items": [{"positionId": "1", "name": "Tea", "itemCode": "T", '
    '"quantity": {"value": 1, "measure": "kg"}, "itemPrice": 500000, "itemAmount": 500000, '
    '"itemCurrency": 643, "itemDetails": {"itemDetailsParams": [{"name": "a", "value": "b"}]}}]}, '
    '"installments": {"productType": "CREDIT", "productID": "10"}}',
}
RECEIPT: Final = {
    "receiptType": "sell",
    "fn_number": "9999078900000001",
    "fiscal_document_number": "17",
    "fiscal_document_attribute": "0123456789",
    "receipt_datetime": "1767225600000",
    "amount_total": "150.00",
}


@dataclass(frozen=True)
class Orders:
    """Orders for hostile requests, by their state, and a stored card."""

    created: str
    held: str
    deposited: str
    binding: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def orders(gateway: Gateway) -> Orders:
    created = await call(gateway, "register.do", REGISTRATION)
    held = await call(gateway, "registerPreAuth.do", REGISTRATION)
    deposited = await call(gateway, "register.do", REGISTRATION)
    for paid in (held, deposited):
        await call(gateway, "paymentOrder.do", {"MDORDER": paid.json()["orderId"], **CARD})
    stored = await call(gateway, "createBindingNoPayment.do", STORED_CARD)
    return Orders(
        created=created.json()["orderId"],
        held=held.json()["orderId"],
        deposited=deposited.json()["orderId"],
        binding=stored.json()["bindingId"],
    )


async def call(gateway: Gateway, path: str, form: dict[str, str]) -> Answer:
    return await AsgiClient(gateway.router).post(f"/payment/rest/{path}", {**WHO, **form})


def good(name: str, orders: Orders) -> dict[str, str]:
    """A request that succeeds."""
    return {
        "register": REGISTRATION,
        "registerPreAuth": REGISTRATION,
        "deposit": {"orderId": orders.held, "amount": "100"},
        "reverse": {"orderId": orders.held, "amount": "100"},
        "refund": {"orderId": orders.deposited, "amount": "1"},
        "decline": {"orderId": orders.created},
        "addParams": {"orderId": orders.created, "params": "{}"},
        "getOrderStatus": {"orderId": orders.created},
        "getOrderStatusExtended": {"orderId": orders.created},
        "getLastOrdersForMerchants": PERIOD,
        "verifyEnrollment": {"pan": CARD["$PAN"]},
        "paymentOrder": {"MDORDER": orders.created, **CARD},
        "instantPayment": {**REGISTRATION, **CARD},
        "motoPayment": {**REGISTRATION, **CARD},
        "verifyCard": CARD,
        "instantRefund": {**REGISTRATION, **CARD},
        # Not the new order: its payment would wait for the payer, and the next request be BUSY.
        "paymentOrderOtherWay": {"mdOrder": orders.deposited, "paymentWay": "SBRF_SBOL"},
        # The stored card of another client: no money is moved.
        "paymentOrderBinding": {"mdOrder": orders.created, "bindingId": orders.binding},
        "continue3ds": {"mdOrder": orders.created},
        "finish3dsMethod": {
            "mdOrder": orders.created,
            "threeDSServerTransId": orders.created,
        },
        "finish3dsPayment": {"mdOrder": orders.created, "paRes": "x"},
        "finish3dsVer2Payment": {
            "threeDSVer2MdOrder": orders.created,
            "threeDSServerTransId": orders.created,
        },
        "processRawSumRefund": {"orderId": orders.deposited, "amount": "1"},
        "processRawPositionRefund": {
            "orderId": orders.deposited,
            "amount": "1",
            "positionId": "1",
        },
        # A stored card without terms of recurring payments: no money is moved.
        "recurrentPayment": {"bindingId": orders.binding, "amount": "100"},
        "installmentPayment": {"bindingId": orders.binding, "amount": "100"},
        "getReceiptStatus": {"orderId": orders.deposited},
        "closeOfdReceipt": {"mdOrder": orders.deposited},
        "getBindings": {"clientId": "client 7"},
        "getBindingsByCardOrId": {"bindingId": orders.binding},
        "bindCard": {"bindingId": orders.binding},
        "unBindCard": {"bindingId": orders.binding},
        "extendBinding": {"bindingId": orders.binding, "newExpiry": "203012"},
        "createBindingNoPayment": STORED_CARD,
        "externalReceipt": {"orderId": orders.deposited, **RECEIPT},
        "creditRegister": CREDIT,
        "creditRegisterPreAuth": CREDIT,
        "getPaymentLink": {"orderId": orders.created},
        "sendPaymentLink": {"orderId": orders.created, "email": "anna@example.org"},
    }[name]


# ── What is done to them ──────────────────────────────────────────────────────────────────────────

DEEP: Final = "[" * 5_000 + "]" * 5_000
HOSTILE_VALUES: Final = (
    *("", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufeff", "\u202e", "\r\nX: y"),
    *("0", "-1", "00000000000000001", "9" * 12, "9" * 19, "9" * 400, "-9223372036854775809"),
    *("1e400", "1.5", "NaN", "Infinity", "0x1F", "１２３", "٣", "2147483648", "+5", "1_000"),
    *("null", "true", "[]", "{}", '"x"', "{", '{"a":', '{"a":NaN}', '{"a":"\\ud800"}'),
    *('{"a":"\\u0000"}', '{"a":1e400}', '{"a":' + DEEP + "}", DEEP, '{"a":1,"a":{"a":[1]}}'),
    *(
        "[" * 990 + "]" * 990,
        '{"a":' * 900 + "1" + "}" * 900,
        '{"":null}',
        '{"externalRefundId":1}',
    ),
    *('{"recurringExpiry":"00010101","recurringFrequency":"1"}', '{"email":{}, "phone":[[]]}'),
    *("x" * 10_000, "Ж" * 10_000, "😀" * 300, "%", "%00", "%D0", "+", "' OR 1=1 --", "${jndi:x}"),
    *("0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc", "00000000-0000-0000-0000-000000000000"),
    *("ffffffff-ffff-ffff-ffff-ffffffffffff", "0b5f2a34-6c1d-8e90-8f11-00aa22bb33c", "{0b5f}"),
    *("2026-02-30T00:00:00", "2024-02-29T24:00:00", "0000-01-01T00:00:00", "0001-01-01T00:00:00"),
    *("9999-12-31T23:59:59", "20260230000000", "00010101000000", "99991231235959", "00010101"),
    *(
        "20261301",
        "203013",
        "000000",
        "999999",
        "4111111111111111",
        "4" * 19,
        "javascript:alert(1)",
    ),
    *("//x", "https://x y", "http://[::1", "http://x:99999999/", "data:,", "VERIFY;;VERIFY", ";"),
    *("AUTO_PAYMENT;FORCE_SSL", "test-child", "shut", "closed", "en", "de", "xx", "CREATED,,X"),
)
SHARES: Final = 7
members_of: Final = attrgetter(
    *("type", "field", "required", "invalid", "unless", "overridden_by", "parts", "remarks")
)
"""The members of a row that decide how its parameter is read."""
WORDS: Final = st.one_of(
    st.sampled_from(HOSTILE_VALUES),
    st.text(max_size=60),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Nd", "Sk"]), max_size=20),
    st.integers().map(str),
)
NOT_TEXT: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def names_of(method: Method) -> list[str]:
    """Every name that the table reads, and those of the request handler."""
    named = [name for row in method.parameters for name in (row.name, *row.aliases, *row.parts)]
    return list(dict.fromkeys([*named, "token", "merchantLogin", "language", "jsonParams"]))


def rows_with_values() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each parameter of each method with its hostile values.

    Methods that have a parameter with an equal row read it by the same code: the first of them gets
    all values, the next ones each another share, so that what they do with a value is tried, too.
    """
    readers = Counter[tuple[Any, ...]]()
    for method in METHODS.values():
        for name in names_of(method):
            rows = (each for each in method.parameters if name in (*each.names, *each.parts))
            reading = (name, *(members_of(row) for row in rows))
            share = HOSTILE_VALUES[(readers[reading] - 1) % SHARES :: SHARES]
            yield method.name, name, share if readers[reading] else HOSTILE_VALUES
            readers[reading] += 1


def as_form(pairs: Iterable[Pair]) -> tuple[bytes, str]:
    spelled = [
        (name, (value if isinstance(value, str) else repr(value)).encode("utf-8", "surrogatepass"))
        for name, value in pairs
    ]
    return urlencode(spelled).encode(), "application/x-www-form-urlencoded"


def as_json(pairs: Iterable[Pair]) -> tuple[bytes, str]:
    """Escapes and all: half a surrogate pair can be sent so; a repeated name stays repeated."""
    members = (f"{json.dumps(name)}:{json.dumps(value)}" for name, value in pairs)
    return ("{" + ",".join(members) + "}").encode(), "application/json"


def as_cp1251(pairs: Iterable[Pair]) -> tuple[bytes, str]:
    spelled = [(name, str(value).encode("cp1251", "ignore")) for name, value in pairs]
    return urlencode(spelled).encode(), "application/x-www-form-urlencoded"


WAYS: Final = {"form": as_form, "json": as_json, "cp1251": as_cp1251}


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=40)
@given(data=st.data())
async def test_a_spoiled_parameter_is_refused_or_read_and_never_raises(
    gateway: Gateway, orders: Orders, name: str, data: st.DataObject
) -> None:
    method = METHODS[name]
    way = data.draw(st.sampled_from(sorted(WAYS)))
    values = NOT_TEXT if way == "json" else WORDS
    spoiled: list[Pair] = data.draw(
        st.lists(st.tuples(st.sampled_from(names_of(method)), values), min_size=1, max_size=4)
    )
    kept = {**WHO, **good(name, orders)}
    if not data.draw(st.booleans()):  # else both are sent, the good one first
        kept = {key: value for key, value in kept.items() if key not in dict(spoiled)}
    await asked(gateway, method, *WAYS[way]([*kept.items(), *spoiled]))


@pytest.mark.parametrize(
    ("name", "row", "values"),
    [pytest.param(*each, id="-".join(each[:2])) for each in rows_with_values()],
)
async def test_hostile_values_get_a_regular_error(
    gateway: Gateway, orders: Orders, name: str, row: str, values: Sequence[str]
) -> None:
    """One value at a time, from a list: a random search would miss some."""
    kept = {key: value for key, value in good(name, orders).items() if key != row}
    for value in values:
        body = as_form([*WHO.items(), *kept.items(), (row, value)])
        answer = await asked(gateway, METHODS[name], *body)
        created = answer.get("orderId")
        if created is not None:  # a value that was accepted must be readable again
            whose = {"merchantLogin": value} if row == "merchantLogin" else {}
            form = {"orderId": created, **whose}
            again = await call(gateway, "getOrderStatusExtended.do", form)
            assert again.json()["errorCode"] == "0"


@settings(max_examples=60)
@given(
    body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda each: each.encode())),
    kind=st.sampled_from(
        ["application/json", "multipart/form-data; boundary=b", "text/xml", "", "a/b; charset=x"]
    ),
    query=st.binary(max_size=60),
)
@example(b"\x1f\x8b\x08", "application/json", b"%")
@example(b"--b\r\n\r\n\r\n--b--", "multipart/form-data; boundary=b", b"a=%ff&&=")
@example(b'{"userName":' + b"[" * 50_000, "application/json", b"")
async def test_no_body_breaks_the_endpoint(
    gateway: Gateway, body: bytes, kind: str, query: bytes
) -> None:
    address = "/payment/rest/register.do?" + query.decode("latin-1").replace("#", "")
    with logbook_kept() as logbook:
        headers = [("content-type", kind)]
        answer = await AsgiClient(gateway.router).post(address, body=body, headers=headers)
    held_to_protocol(METHODS["register"], answer, logbook)


@pytest.mark.parametrize("name", ["register", "getOrderStatus", "paymentOrder"])
@pytest.mark.parametrize("row", ["userName", "password", "token"])
async def test_wrong_credentials_are_refused(gateway: Gateway, name: str, row: str) -> None:
    """A wrong password is slow by design, so only some are tried."""
    for value in ("\x00", "\ud800", "x" * 10_000, "test-api\x00", "' OR 1=1 --"):
        who = {} if row == "token" else {key: each for key, each in WHO.items() if key != row}
        answer = await asked(gateway, METHODS[name], *as_form([*who.items(), (row, value)]))
        assert answer.get("errorCode", answer.get("ErrorCode")) in {"5", 5}


# ── What holds for every answer ───────────────────────────────────────────────────────────────────


async def asked(gateway: Gateway, method: Method, body: bytes, kind: str) -> dict[str, Any]:
    """One request, and everything that must be true of its answer."""
    path = CLASSIC.address(method.rest[0])
    headers = [("content-type", kind)]
    with logbook_kept() as logbook:
        answer = await AsgiClient(gateway.router).post(path, body=body, headers=headers)
    return held_to_protocol(method, answer, logbook)


def held_to_protocol(method: Method, answer: Answer, logbook: Logbook) -> dict[str, Any]:
    assert logbook.errors() == []
    assert answer.status == 200
    assert b"Traceback" not in answer.body
    members: dict[str, Any] = answer.json()
    assert isinstance(members, dict)
    refusals = logbook.of("refused")
    if refusals:
        (line,) = refusals
        assert line["rule"]
        assert line["refusal"] not in {"system_error", "busy"}
        error = method.refusals[line["refusal"]]
        code = members["ErrorCode" if method.envelope is envelopes.CAPITALS else "errorCode"]
        assert str(code) == str(error.code)
        assert not members.keys() & {"orderId", "formUrl", "orderStatus", "OrderStatus"}
    elif method.envelope is envelopes.REGISTRATION:
        assert members.keys() == {"orderId", "formUrl"}
    else:
        code = members["ErrorCode" if method.envelope is envelopes.CAPITALS else "errorCode"]
        assert str(code) in {"0", "2"}
    return members
