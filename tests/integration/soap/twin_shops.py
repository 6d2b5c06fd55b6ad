"""Two equal shops: one sends its requests over REST, the other over SOAP, for equal orders.

Tests compare the two spellings of the protocol request by request.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from altyn.domain.order import Order
from altyn.inbound.soap.endpoint import PATH
from altyn.main import Gateway
from altyn.operations.ports import OrderKey
from altyn.storage.clock import SandboxClock
from altyn.storage.demo import DEMO_PASSWORD
from tests.asgi_client import AsgiClient
from tests.shop import ENROLLED, GOOD
from tests.soap import SoapAnswer, Values, envelope, read_answer, wrapper

REST_SHOP: Final = "stranger"
SOAP_SHOP: Final = "lister"
HEADERS: Final = (("content-type", "text/xml; charset=UTF-8"), ("soapaction", '""'))
_NUMBERS: Final = itertools.count(1)

Rest = Mapping[str, str | list[str]]
Members = dict[str, Any]
TEA: Final = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 2, "measure": "шт."},
    "itemPrice": 75000,
}

# What two equal orders differ in: times, and the numbers of the bank.
OWN: Final = frozenset(
    {
        "approvalCode",
        "attributes",
        "authCode",
        "authDateTime",
        "authRefNum",
        "bindingId",
        "date",
        "depositedDate",
        "orderNumber",
        "referenceNumber",
        "refundedDate",
        "reversedDate",
        "threeDSInfo",
        "transactionAttributes",
    }
)


STORED_CARD: Final = {"clientId": "client 7", "pan": GOOD, "expiryDate": "209912"}
# State → the kind of a stored card that the shop may charge, and the terms of its client.
TERMS: Final[dict[str, tuple[str, Rest]]] = {
    "recurring": ("R", {"recurringFrequency": "1", "recurringExpiry": "20991231"}),
    "instalments": ("I", {"installments": "999", "totalInstallmentAmount": "999999999999"}),
}


@dataclass(frozen=True, slots=True)
class Twins:
    """One order of each shop, in the same state, and the stored card that may pay it."""

    rest: str
    soap: str
    rest_card: str = ""
    soap_card: str = ""


@dataclass(frozen=True, slots=True)
class TwinShops:
    """Sends requests to a gateway in both spellings."""

    gateway: Gateway

    async def rest(self, path: str, fields: Rest, *, shop: str = REST_SHOP) -> Members:
        """A request over REST."""
        credentials = [("userName", f"{shop}-api"), ("password", DEMO_PASSWORD)]
        spread = [
            (name, each)
            for name, value in fields.items()
            for each in (value if isinstance(value, list) else [value])
        ]
        answer = await AsgiClient(self.gateway.router).post(
            f"/payment/rest/{path}", [*credentials, *spread]
        )
        members: Members = answer.json()
        return members

    async def soap(self, operation: str, values: Values, *, shop: str = SOAP_SHOP) -> SoapAnswer:
        """A request over SOAP, to the endpoint."""
        body = envelope(wrapper(operation, values), f"{shop}-api", DEMO_PASSWORD)
        answer = await AsgiClient(self.gateway.router).post(PATH, body=body, headers=HEADERS)
        assert answer.status == 200, answer.text
        return read_answer(operation, answer.body)

    async def twins(self, state: str) -> Twins:
        """A new order of each shop, brought into a state: new, held, held_cart, paid, paid_cart
        or at_acs; bound is new, of a client with a stored card; stored is a stored card alone;
        recurring and instalments are stored cards that may be charged by these terms."""
        number, shops = f"TWIN-{next(_NUMBERS)}", (REST_SHOP, SOAP_SHOP)
        if state == "stored":
            return Twins(*[await self._card(shop) for shop in shops])
        if state in TERMS:
            agreed = [await self._agreed(state, number, shop) for shop in shops]
            await self._wait_a_day()
            return Twins(*[order for order, _ in agreed], *[card for _, card in agreed])
        cards = [await self._card(shop) if state == "bound" else "" for shop in shops]
        return Twins(*[await self._order(state, number, shop) for shop in shops], *cards)

    async def _card(self, shop: str) -> str:
        stored = await self.rest("createBindingNoPayment.do", STORED_CARD, shop=shop)
        return str(stored["bindingId"])

    async def _agreed(self, state: str, number: str, shop: str) -> tuple[str, str]:
        """The order whose payer agrees to the terms, and the stored card."""
        kind, terms = TERMS[state]
        client = f"client {number}"
        fields = {"orderNumber": number, "amount": "1000", "returnUrl": "https://shop.example/"}
        registration = {**fields, **terms, "clientId": client}
        order_id = str((await self.rest("register.do", registration, shop=shop))["orderId"])
        card = {"MDORDER": order_id, "$CVC": "123", "$EXPIRY": "209912", "TEXT": "A", "$PAN": GOOD}
        await self.rest("paymentorder.do", card, shop=shop)
        asked = {"clientId": client, "bindingType": kind}
        (stored,) = (await self.rest("getBindings.do", asked, shop=shop))["bindings"]
        return order_id, str(stored["bindingId"])

    async def _wait_a_day(self) -> None:
        clock = self.gateway.world.clock
        assert isinstance(clock, SandboxClock)
        await clock.advance(timedelta(days=1))

    async def _order(self, state: str, number: str, shop: str) -> str:
        path = "registerPreAuth.do" if state.startswith("held") else "register.do"
        fields = {"orderNumber": number, "amount": "150000", "returnUrl": "https://shop.example/"}
        if state.endswith("_cart"):
            fields["orderBundle"] = json.dumps({"cartItems": {"items": [TEA]}})
        if state == "bound":
            fields["clientId"] = STORED_CARD["clientId"]
        order_id: str = (await self.rest(path, fields, shop=shop))["orderId"]
        if state not in ("new", "bound"):
            card = {"MDORDER": order_id, "$CVC": "123", "$EXPIRY": "209912", "TEXT": "A"}
            pan = ENROLLED if state == "at_acs" else GOOD
            await self.rest("paymentorder.do", {**card, "$PAN": pan}, shop=shop)
        return order_id

    async def status(self, order_id: str, shop: str) -> Members:
        """The status of an order, without the values that are its own."""
        asked = {"orderId": order_id}
        shown: Members = scrubbed(await self.rest("getOrderStatusExtended.do", asked, shop=shop))
        return shown

    async def kept(self, order_id: str, shop: str) -> Order:
        """The order as it is stored."""
        merchant = await self.gateway.world.merchants.by_login(shop)
        assert merchant is not None
        order = await self.gateway.world.orders.load(OrderKey(merchant.merchant_id, UUID(order_id)))
        assert order is not None
        return order


def scrubbed(value: Any) -> Any:
    """An answer without the values that differ between two equal orders."""
    if isinstance(value, dict):
        return {name: scrubbed(each) for name, each in value.items() if name not in OWN}
    return [scrubbed(each) for each in value] if isinstance(value, list) else value


def registered_values(order: Order) -> tuple[object, ...]:
    """What a shop registered_values when it registered an order, as it was understood."""
    life = round((order.expires_at - order.created_at).total_seconds() / 60)
    return (
        order.amount_minor,
        order.currency,
        order.two_phase,
        life,
        dict(order.params),
        dataclasses.asdict(order.request),
    )


def as_rest(operation: str, values: Values) -> dict[str, Any]:
    """The same request as REST writes it: the names of soap.md §2, once more and by hand."""
    names = {
        "merchantOrderNumber": "orderNumber",
        "depositAmount": "amount",
        "refundAmount": "amount",
        "itemAmount": "amount",
        "tax": "taxType",
        "year": "YYYY",
        "month": "MM",
        "md": "mdOrder",
    }
    if operation == "paymentOrder":
        names |= {"orderId": "MDORDER", "pan": "$PAN", "cvc": "$CVC", "cardholderName": "TEXT"}
    found: dict[str, Any] = {}
    for name, value in values.items():
        rest = names.get(name, name)
        if value == []:
            continue  # a list without elements is not sent
        if name == "params":
            rest = "params" if operation == "addParams" else "jsonParams"
            pairs = {each["name"]: each["value"] for each in value}
            found[rest] = json.dumps(pairs, ensure_ascii=False)
        elif name == "additionalParameters":
            pairs = {each["key"]: each["value"] for each in value["entry"]}
            found[rest] = json.dumps(pairs, ensure_ascii=False)
        elif name == "features":
            found[rest] = value["feature"]
        elif name in ("transactionStates", "merchants"):
            found[rest] = ",".join(value[name])
        elif isinstance(value, Mapping):
            found[rest] = json.dumps(value, ensure_ascii=False)
        elif name in ("from", "to"):
            found[rest] = "".join(c for c in value if c not in "-T:")
        else:
            found[rest] = value
    return found
