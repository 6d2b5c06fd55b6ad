"""A card number that is sent in any free text is refused or masked, and comes out nowhere.

Source: decision 0012-card-numbers-in-free-texts.md.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

import pytest
import pytest_asyncio

from altyn.domain.callback import CallbackOperation
from altyn.main import Gateway
from altyn.protocol import types as t
from altyn.protocol.dialects.classic.callbacks.parameters import OPTIONAL_NAMES
from altyn.protocol.dialects.classic.payment_methods import PROCESS_FORM
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.dialects.classic.soap.notation import Part
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of
from altyn.protocol.table import Method, Parameter
from tests.asgi_client import AsgiClient
from tests.integration.rest.outlets import WHO, Outlets, log_as_written
from tests.receiver import Receiver, a_receiver, set_callbacks
from tests.shop import GOOD, card_fields, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKED: Final = "4444444444440008"  # of the test range, but no card of the sandbox
MASKED: Final = "444444**0008"
GROUPED: Final = "4444 4444 4444 0008"
SPELLED: Final = (
    *(MARKED, GROUPED, "4444-4444-4444-0008", "4444.4444.4444.0008"),
    *(f"card {MARKED}, thanks", f"{MARKED}@shop.example", f"{MARKED}\x01"),
)
"""How a payer or a shop writes a card number into a field."""

JSON_TEXT: Final = json.dumps({"a": MARKED, MARKED: "b", "c": int(MARKED), "d": GROUPED})
ITEM: Final = {"positionId": "1", "name": MARKED, "itemCode": MARKED, "itemAmount": 1000}
CART: Final = {"items": [{**ITEM, "quantity": {"value": 1, "measure": "шт"}}]}
BUNDLE: Final = {"customerDetails": {"contact": GROUPED}, "cartItems": CART}
CARTS: Final = (json.dumps(CART), json.dumps(BUNDLE))

ADDRESSES: Final = (t.RETURN_URL, t.CALLBACK_URL, t.URL)
"""The types of fields that have to stay as they are."""

ADDRESS_NAMES: Final = {
    row.name for method in METHODS.values() for row in method.parameters if row.type in ADDRESSES
}
_ORDER_ID: Final = re.compile(r'orderId="([0-9a-f-]{36})"')

LETTERED: Final = f"IVAN{MARKED}"
"""A name of the shop's own if it stands where a shop names something, so only refused in TEXT."""

STATES: Final = {"deposit": "held", "reverse": "held", "refund": "paid", "closeOfdReceipt": "paid"}
"""The state that a method expects of its order; `new` for the others."""


def base_fields(order_id: str) -> dict[str, str]:
    """A value of each field that some method demands."""
    period = {"size": "5", "page": "0", "from": "20200101000000", "to": "20990101000000"}
    states = "CREATED,APPROVED,DEPOSITED,DECLINED,REVERSED,REFUNDED"
    return {
        **card_fields(order_id),
        **dict.fromkeys(("orderId", "mdOrder", "threeDSVer2MdOrder"), order_id),
        **period,
        "transactionStates": states,
        "amount": "1000",
        "returnUrl": "https://shop.example/",
        "params": "{}",
        "pan": GOOD,
    }


def texts_for(row: Parameter) -> Iterator[str]:
    """What is sent in this field."""
    yield from SPELLED
    if row.type.json:
        yield JSON_TEXT
        yield from CARTS
    if row.name == "TEXT":
        yield LETTERED


def changes_of(method: Method) -> Iterator[dict[str, str]]:
    """For each field of a request, and each text: the field with the text."""
    for row in method.parameters:
        if row.type not in ADDRESSES:
            yield from ({name: text} for name in row.names for text in texts_for(row))
    yield from ({name: MARKED} for name in ("userName", "password", "token", "unknown"))
    yield from ({MARKED: "x"}, {"userName": "", "password": "", "token": MARKED})


def base_request(method: Method, order_id: str) -> dict[str, str]:
    """A request that succeeds for an order in the right state."""
    fields = base_fields(order_id)
    usual = {row.name: fields[row.name] for row in method.parameters if row.name in fields}
    return {**usual, "orderNumber": new_number()} if "returnUrl" in usual else usual


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def receiver(gateway: Gateway) -> AsyncIterator[Receiver]:
    """The receiver of a shop that wants every callback with every parameter."""
    assert gateway.settings.database_url is not None
    async with a_receiver() as receiver:
        await set_callbacks(
            gateway.settings.database_url,
            urls=receiver.url(),
            operations=tuple(CallbackOperation),
            parameters=(*OPTIONAL_NAMES, *"acd"),
            payer_parameters=(*"acd",),
        )
        yield receiver


@pytest_asyncio.fixture(loop_scope="module")
async def outlets(
    gateway: Gateway, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Outlets]:
    """All outlets of the gateway, as far as this test uses them."""
    receiver.got.clear()
    with log_as_written():
        yield Outlets(gateway, receiver, lambda: capsys.readouterr().err)


async def order_in(state: str, outlets: Outlets) -> str:
    """A new order in this state; its id."""
    path = "registerPreAuth.do" if state == "held" else "register.do"
    fields = {"amount": "1000", "returnUrl": "https://shop.example/", "orderNumber": new_number()}
    order_id = str((await outlets.rest(path, fields))["orderId"])
    if state != "new":
        assert "redirect" in await outlets.rest("paymentOrder.do", card_fields(order_id))
    return order_id


async def send(method: Method, fields: Mapping[str, str], outlets: Outlets) -> bool:
    """Send a request, and look at the order that it registered; whether it succeeded."""
    if method is PROCESS_FORM:  # a browser without scripts posts the same form to the page
        await outlets.post("/payment/merchants/test/payment_ru.html", fields)
    answer = await outlets.rest(method.rest[0], fields)
    if "orderId" in answer and method.name.startswith("register"):
        registered = str(answer["orderId"])
        await outlets.look_at(registered)
        await outlets.post("/payment/rest/processform.do", page_form(registered))
        await outlets.look_at(registered)
    return str(answer.get("errorCode") or answer.get("ErrorCode") or 0) == "0"


def page_form(order_id: str) -> dict[str, str]:
    return {"MDORDER": order_id, **card_fields(order_id), "jsonParams": JSON_TEXT}


@pytest.mark.parametrize("method", [*METHODS.values(), PROCESS_FORM], ids=lambda each: each.name)
async def test_card_number_in_a_field_comes_out_nowhere(outlets: Outlets, method: Method) -> None:
    state = STATES.get(method.name, "new")
    order_id = await order_in(state, outlets)
    for change in changes_of(method):
        if await send(method, {**base_request(method, order_id), **change}, outlets):
            await outlets.look_at(order_id)
            order_id = await order_in(state, outlets)
    await callbacks_settled(outlets.gateway)
    assert await outlets.with_digits(MARKED) == []


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS.values() if o.method], ids=lambda each: each.name
)
async def test_card_number_in_a_soap_message_comes_out_nowhere(
    outlets: Outlets, operation: SoapOperation
) -> None:
    assert operation.method is not None
    state = STATES.get(operation.method.name, "new")
    order_id = await order_in(state, outlets)
    parts = [each for part in operation.parts for each in (inner_parts(part.type) or (part,))]
    for part in parts:
        if operation.spelled.get(part.name, part.name) in ADDRESS_NAMES:
            continue
        for text in (MARKED, GROUPED):
            values = {**soap_values(operation, order_id), part.name: with_text(part, text)}
            answer = await outlets.soap(operation.name, values)
            registered = _ORDER_ID.findall(answer)
            for each in {order_id, *registered}:
                await outlets.look_at(each)
            if state != "new":
                order_id = await order_in(state, outlets)
    await callbacks_settled(outlets.gateway)
    assert await outlets.with_digits(MARKED) == []


def soap_values(operation: SoapOperation, order_id: str) -> dict[str, str]:
    """The values of a request that succeeds, by their names in SOAP."""
    assert operation.method is not None
    fields = base_request(operation.method, order_id)
    parts = [each for part in operation.parts for each in (inner_parts(part.type) or (part,))]
    spelled = {part.name: operation.spelled.get(part.name, part.name) for part in parts}
    simple = [part.name for part in parts if part.type not in TYPES]
    return {name: fields[spelled[name]] for name in simple if spelled[name] in fields}


def inner_parts(type_name: str) -> tuple[Part, ...]:
    """Everything that may stand in a type of the service; nothing for those of XML Schema."""
    if type_name not in TYPES:
        return ()
    return (*attributes_of(type_name), *children_of(type_name))


def with_text(part: Part, text: str) -> Any:
    """A value of this part with the text in each place that takes one."""
    inside = {each.name: with_text(each, text) for each in inner_parts(part.type)}
    if part.type in TYPES and TYPES[part.type].text is not None:
        inside["value"] = text
    value = inside or text
    return [value] if part.repeating else value


async def test_masked_number_comes_out_of_every_outlet(outlets: Outlets) -> None:
    """The outlets that the tests above search do show texts."""
    texts = {"description": f"card {MARKED}", "jsonParams": JSON_TEXT}
    fields = {"amount": "1000", "returnUrl": "https://shop.example/", **texts}
    refused = await outlets.rest("register.do", {**fields, "orderNumber": MARKED})
    assert refused["errorCode"] == "1"
    order_id = (await outlets.rest("register.do", {**fields, "orderNumber": new_number()}))[
        "orderId"
    ]
    await outlets.look_at(order_id)
    await outlets.rest("paymentOrder.do", card_fields(order_id))
    await callbacks_settled(outlets.gateway)
    found = {text.partition(":")[0] for text in await outlets.with_digits(MASKED)}
    status = "/payment/rest/getOrderStatusExtended.do"
    shown = {status, "getOrderStatusExtended", "payment_ru.html", "log", "callback /cb"}
    assert found >= {*shown, "table public.orders", "table public.outbox"}, found


REFUSED: Final = (
    ("register.do", "orderNumber", MARKED, "1"),
    ("register.do", "orderNumber", GROUPED, "1"),
    ("register.do", "clientId", MARKED, "5"),
    ("refund.do", "externalRefundId", MARKED, "5"),
    ("paymentOrder.do", "TEXT", MARKED, "5"),
    ("paymentOrder.do", "TEXT", GROUPED, "5"),
    ("paymentOrder.do", "TEXT", LETTERED, "5"),
)


@pytest.mark.parametrize(("path", "name", "text", "code"), REFUSED)
async def test_card_number_that_must_not_be_masked_is_refused(
    outlets: Outlets, path: str, name: str, text: str, code: str
) -> None:
    method = next(each for each in METHODS.values() if path in each.rest)
    order_id = await order_in(STATES.get(method.name, "new"), outlets)
    answer = await outlets.rest(path, {**base_request(method, order_id), name: text})
    assert str(answer["errorCode"]) == code, answer


async def test_refusal_of_an_order_number_names_the_remedy(gateway: Gateway) -> None:
    form = {**WHO, "amount": "1000", "returnUrl": "https://shop.example/"}
    shop = AsgiClient(gateway.router)
    answer = await shop.post("/payment/rest/register.do", {**form, "orderNumber": MARKED})
    assert answer.json()["errorCode"] == "1"
    assert "put a letter before it" in answer.headers["x-altyn-rule"]
    number = f"A{GOOD}"
    registered = await shop.post("/payment/rest/register.do", {**form, "orderNumber": number})
    assert "orderId" in registered.json()
    sought = {**WHO, "orderNumber": number}
    found = await shop.post("/payment/rest/getOrderStatusExtended.do", sought)
    assert found.json()["orderNumber"] == number


async def callbacks_settled(gateway: Gateway) -> None:
    """Wait until every callback was sent."""
    waiting = "SELECT count(*) FROM outbox WHERE state = 'waiting'"
    async with asyncio.timeout(30):
        while await gateway.pool.fetchval(waiting):  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.02)
