"""What shops send with a registration takes effect, over REST and over SOAP alike.

Source: rest-orders.md §2.1 and its additions; codes.md §8; 004 (request parameters).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

import pytest

from altyn.domain.order import Order
from altyn.domain.order_id import merchant_of
from altyn.main import Gateway
from altyn.operations.ports import OrderKey
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD
from tests.asgi_client import AsgiClient
from tests.integration.soap.soap_client import ask

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Child elements of the SOAP request; the others are attributes.
CHILDREN: Final = ("returnUrl", "failUrl", "dynamicCallbackUrl", "clientId")
BASE: Final = {"amount": "100000", "returnUrl": "https://shop.example/ok"}

CARD: Final = {
    "$PAN": "5555555555555599",
    "$EXPIRY": "203412",
    "$CVC": "123",
    "TEXT": "IVAN IVANOV",
}

Values = Mapping[str, str]
Registered = tuple[str, str, str]
"""The id of the order, the address of its page, and the error code; the unknown ones are empty."""


async def over_rest(gateway: Gateway, values: Values, login: str) -> Registered:
    form = {"userName": login, "password": DEMO_PASSWORD, **BASE, **values}
    answer = (await AsgiClient(gateway.router).post("/payment/rest/register.do", form)).json()
    return answer.get("orderId", ""), answer.get("formUrl", ""), answer.get("errorCode", "")


async def over_soap(gateway: Gateway, values: Values, login: str) -> Registered:
    sent = {**BASE, **values}
    attributes = " ".join(f"{n}={quoteattr(v)}" for n, v in sent.items() if n not in CHILDREN)
    children = "".join(f"<{n}>{escape(sent[n])}</{n}>" for n in CHILDREN if n in sent)
    body = f"<mer:registerOrder><order {attributes}>{children}</order></mer:registerOrder>"
    answer = (await ask(gateway, body, login)).returned
    code = answer.get("errorCode") or ""
    order_id, form_url = answer.get("orderId") or "", answer.findtext("formUrl") or ""
    return order_id, form_url, code if code != "0" else ""


Register = Callable[[Gateway, Values, str], Awaitable[Registered]]
both = pytest.mark.parametrize("register", [over_rest, over_soap])


async def stored(gateway: Gateway, order_id: str) -> Order:
    """The order as it was registered."""
    merchant_id = merchant_of(UUID(order_id))
    assert merchant_id is not None
    order = await gateway.world.orders.load(OrderKey(merchant_id, UUID(order_id)))
    assert order is not None
    return order


async def refused(gateway: Gateway, register: Register, **values: str) -> str:
    """The error code of a registration."""
    order_id, _, code = await register(gateway, values, DEMO_API_LOGIN)
    assert not order_id
    return code


async def accepted(
    gateway: Gateway, register: Register, login: str = DEMO_API_LOGIN, **values: str
) -> tuple[Order, str]:
    """The registered order and the address of its page."""
    order_id, form_url, code = await register(gateway, values, login)
    assert order_id, code
    return await stored(gateway, order_id), form_url


# ── Language ──────────────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize("language", ["by", "ua", "hy", "ro", "bg", "kz", "de", "fr", "FR", "RU"])
async def test_any_language_of_two_letters_is_kept_in_the_pages_address(
    gateway: Gateway, register: Register, language: str
) -> None:
    order, form_url = await accepted(gateway, register, language=language)
    assert order.request.language == language.lower()
    assert f"/payment_{language.lower()}.html?" in form_url
    page = await AsgiClient(gateway.router).get(form_url)
    assert page.status == 200
    assert '<html lang="ru"' in page.text, "the demo shop's default"


@both
async def test_page_of_an_unknown_language_is_in_the_shops_default(
    gateway: Gateway, register: Register
) -> None:
    _, form_url = await accepted(gateway, register, login="english-api", language="fr")
    page = await AsgiClient(gateway.router).get(form_url)
    assert '<html lang="en"' in page.text


@both
@pytest.mark.parametrize("language", ["rus", "r", "r1", "ру"])
async def test_what_is_not_two_letters_is_refused(
    gateway: Gateway, register: Register, language: str
) -> None:
    assert await refused(gateway, register, language=language) == "5"


async def test_next_attempt_is_made_at_the_page_of_the_requested_language(
    gateway: Gateway,
) -> None:
    order, form_url = await accepted(gateway, over_rest, language="fr")
    client, order_id = AsgiClient(gateway.router), str(order.order_id)
    form = {"MDORDER": order_id, **CARD, "$PAN": "4444444444444422"}
    await client.post("/payment/rest/processform.do", form)
    errors = await client.get("/payment/rest/showErrors.do", {"MDORDER": order_id})
    assert "/errors_fr.html?" in errors.location
    back = await client.post("/payment/rest/finish3ds.do", {"MD": order_id, "PaRes": "none"})
    assert back.location == form_url


async def test_error_text_of_an_unknown_language_is_in_the_shops_default(gateway: Gateway) -> None:
    form = {"userName": "english-api", "password": DEMO_PASSWORD, **BASE, "language": "FR"}
    path = "/payment/rest/register.do"
    answer = await AsgiClient(gateway.router).post(path, {**form, "currency": "999"})
    assert answer.json() == {"errorCode": "3", "errorMessage": "Unknown currency."}


# ── Currency ──────────────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize("currency", ["946", "975", "012", "788", "084", "554", "051", "643"])
async def test_the_demo_shop_takes_the_currencies_that_shops_send(
    gateway: Gateway, register: Register, currency: str
) -> None:
    order, _ = await accepted(gateway, register, currency=currency)
    assert order.currency == currency


@both
@pytest.mark.parametrize(("currency", "amount"), [("048", "100.000"), ("392", "100000")])
async def test_a_shop_takes_any_currency_of_its_settings(
    gateway: Gateway, register: Register, currency: str, amount: str
) -> None:
    assert await refused(gateway, register, currency=currency) == "3"
    order, _ = await accepted(gateway, register, login="dinars-api", currency=currency)
    client = AsgiClient(gateway.router)
    session = await client.post(
        "/payment/rest/getSessionStatus.do", {"MDORDER": str(order.order_id)}
    )
    assert session.json()["amount"].split()[0] == amount


# ── Addresses ─────────────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/a b",
        "https://shop.example/a;b|c?d=e f",
        "https://shop.example/спасибо",
        "https://кафе.рф/ok",
        "thanks",
        "/thanks",
        "//shop.example/ok",
        "http://h/#ok",
    ],
)
async def test_return_addresses_are_accepted_as_shops_write_them(
    gateway: Gateway, register: Register, address: str
) -> None:
    order, _ = await accepted(gateway, register, returnUrl=address, failUrl=address)
    assert order.request.return_url == order.request.fail_url == address


@both
@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://", "data:text/html,x"])
async def test_an_address_that_no_browser_may_be_sent_to_is_refused(
    gateway: Gateway, register: Register, address: str
) -> None:
    assert await refused(gateway, register, returnUrl=address) == "4"
    assert await refused(gateway, register, failUrl=address) == "5"


@both
@pytest.mark.parametrize(
    "address", ["ftp://shop.example/cb", "mailto:cb@shop.example", "shop.example/cb", "/cb"]
)
async def test_callback_address_has_to_be_a_whole_web_address(
    gateway: Gateway, register: Register, address: str
) -> None:
    assert await refused(gateway, register, dynamicCallbackUrl=address) == "5"


@both
async def test_orders_own_callback_address_is_used_by_the_demo_shop(
    gateway: Gateway, register: Register
) -> None:
    own = "https://shop.example/callback?a=1"
    order, _ = await accepted(gateway, register, dynamicCallbackUrl=own)
    merchant = await gateway.world.merchants.get(order.merchant_id)
    assert merchant.addresses_for(order) == (own,)


# ── Session ───────────────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize("seconds", ["soon", "-1", "99999999999", ""])
async def test_session_timeout_is_disregarded_where_an_expiration_date_is_sent(
    gateway: Gateway, register: Register, seconds: str
) -> None:
    order, _ = await accepted(
        gateway, register, expirationDate="2030-01-01T12:00:00", sessionTimeoutSecs=seconds
    )
    alone, _ = await accepted(gateway, register, expirationDate="2030-01-01T12:00:00")
    assert abs((order.expires_at - alone.expires_at).total_seconds()) < 60
    if seconds:
        assert await refused(gateway, register, sessionTimeoutSecs=seconds) == "5"


@both
async def test_a_new_shop_of_production_may_set_the_session(
    gateway: Gateway, register: Register
) -> None:
    order, _ = await accepted(gateway, register, login="basic-api", sessionTimeoutSecs="60")
    assert order.expires_at - order.created_at == timedelta(seconds=60)


# ── Status ────────────────────────────────────────────────────────────────────────────────────────


async def test_status_over_rest_has_the_client_and_a_description(gateway: Gateway) -> None:
    order, _ = await accepted(gateway, over_rest, clientId="c-7")
    who = {"userName": DEMO_API_LOGIN, "password": DEMO_PASSWORD, "orderId": str(order.order_id)}
    client = AsgiClient(gateway.router)
    old = (await client.post("/payment/rest/getOrderStatus.do", who)).json()
    assert (old["clientId"], "bindingId" in old) == ("c-7", False)
    extended = (await client.post("/payment/rest/getOrderStatusExtended.do", who)).json()
    assert extended["orderDescription"] == ""
    assert "bindingInfo" not in extended


async def test_status_over_soap_has_the_client_and_a_description(gateway: Gateway) -> None:
    order, _ = await accepted(gateway, over_soap, clientId="c-7")
    for method in ("getOrderStatus", "getOrderStatusExtended"):
        body = f'<mer:{method}><order orderId="{order.order_id}"/></mer:{method}>'
        returned = (await ask(gateway, body)).returned
        assert returned.get("orderDescription") == "", method
        if method == "getOrderStatus":
            assert returned.get("clientId") == "c-7"


# ── The payer comes back ──────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize(
    ("sent", "base"),
    [
        ("https://кафе.рф/a b|c", "https://xn--80akn5b.xn--p1ai/a%20b%7Cc?"),
        ("thanks", "http://127.0.0.1:8080/thanks?"),
        ("http://h/#ok", "http://h/#ok?"),
    ],
)
async def test_a_payer_is_sent_to_the_encoded_address(
    gateway: Gateway, register: Register, sent: str, base: str
) -> None:
    order, form_url = await accepted(gateway, register, returnUrl=sent, language="fr")
    client = AsgiClient(gateway.router)
    form = {"MDORDER": str(order.order_id), **CARD}
    redirect = (await client.post("/payment/rest/processform.do", form)).json()["redirect"]
    assert redirect == f"{base}orderId={order.order_id}&lang=fr"
    assert (await client.get(form_url)).location == redirect


async def test_sandbox_explains_why_a_payer_came_to_the_gateway(gateway: Gateway) -> None:
    order, _ = await accepted(gateway, over_rest, returnUrl="//thanks", failUrl="/bad")
    client = AsgiClient(gateway.router)
    form = {"MDORDER": str(order.order_id), **CARD}
    redirect = (await client.post("/payment/rest/processform.do", form)).json()["redirect"]
    assert urlsplit(redirect).path == "/thanks"
    page = await client.get(redirect)
    assert page.status == 200
    assert "returnUrl" in page.text
    assert "«//thanks»" in page.text
    assert "Оплачено" in page.text
    query = dict(parse_qsl(urlsplit(redirect).query)) | {"lang": "en"}
    assert "incomplete address" in (await client.get("/thanks", query)).text


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_other_unknown_paths_stay_unknown(gateway: Gateway, method: str) -> None:
    order, _ = await accepted(gateway, over_rest)  # its address is complete
    client = AsgiClient(gateway.router)
    for query in ({}, {"orderId": "x"}, {"orderId": str(order.order_id)}):
        answer = await client.send(method, "/thanks", query, b"", ())
        assert answer.status == 404
