"""What is sent takes effect, is refused, or is named as ignored.

The rule header, the log and the order's history name it; the body of an answer stays as it is.

Source: rest-orders.md §1.4, §2.1; merchant-settings.md §8.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import pytest

from altyn.domain.merchant import Permission
from altyn.main import Gateway
from altyn.masking import mask_value
from altyn.operations.ports import OrderKey
from altyn.protocol.dialects.classic.later_methods import LATER_METHODS
from altyn.storage.order_history import OrderHistory
from tests.asgi_client import Answer, AsgiClient
from tests.integration.rest.golden import credentials
from tests.integration.rest.logbook import Logbook
from tests.integration.soap.soap_client import ask, envelope, send, signed
from tests.merchant_changes import permissions_off
from tests.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

CART: Final = (
    '{"cartItems":{"items":[{"positionId":"1","name":"Tea","itemCode":"T","itemPrice":15000,'
    '"quantity":{"value":1,"measure":"kg"}}]}}'
)
ORDER: Final = {"amount": "15000", "returnUrl": "https://test.ru"}
RULE: Final = "x-altyn-rule"
IGNORED: Final = "ignored"
CARD: Final = {
    "$PAN": "5555555555555599",
    "$CVC": "123",
    "$EXPIRY": "203012",
    "TEXT": "IVAN PETROV",
}


async def post(gateway: Gateway, path: str, fields: dict[str, str], who: str = "") -> Answer:
    form = {**credentials(who), **fields}
    return await AsgiClient(gateway.router).post(f"/payment/rest/{path}", form)


async def details(gateway: Gateway, order_id: str, shop: str = "test") -> list[dict[str, Any]]:
    """The details of the events of an order, oldest first."""
    merchant = await gateway.world.merchants.by_login(shop)
    assert merchant is not None
    key = OrderKey(merchant.merchant_id, UUID(order_id))
    return [dict(each.detail) for each in await OrderHistory(gateway.pool).events(key)]


def notes_in(line: dict[str, Any]) -> list[str]:
    """The notes of a line as the log writes them."""
    written: list[str] = mask_value(line)[IGNORED]
    return written


# ── Accepted calls ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "sent", "note"),
    [
        (
            "",
            {"sessionsTimeoutSecs": "600"},
            "sessionsTimeoutSecs: unknown, ignored; did you mean sessionTimeoutSecs?",
        ),
        (
            "",
            {"merchantLocation": "x"},
            "merchantLocation: unknown, ignored; did you mean merchantLogin?",
        ),
        ("", {"ORDERNUMBER": "x"}, "ORDERNUMBER: unknown, ignored; did you mean orderNumber?"),
        ("", {"zzz": "x"}, "zzz: unknown, ignored"),
        (
            "",
            {"autocompletionDate": "2098-01-01T00:00:00"},
            (
                "autocompletionDate: ignored: a parameter of registerPreAuth, instantPayment, "
                "motoPayment, recurrentPayment, installmentPayment, not of register"
            ),
        ),
        ("", {"token": "test-token"}, "token: ignored beside userName and password"),
        (
            "cautious-api",
            {"sessionTimeoutSecs": "600"},
            "sessionTimeoutSecs: ignored: permission custom_session is off",
        ),
        (
            "cautious-api",
            {"expirationDate": "2098-01-01T00:00:00"},
            "expirationDate: ignored: permission custom_session is off",
        ),
        (
            "closed-api",
            {"orderNumber": "NO-DYN", "dynamicCallbackUrl": "https://shop.example/cb"},
            "dynamicCallbackUrl: ignored: permission dynamic_callback is off",
        ),
        (
            "",
            {"sessionTimeoutSecs": "1111111111"},
            "sessionTimeoutSecs: bounded to 31622400 seconds from now",
        ),
        (
            "",
            {"expirationDate": "2098-01-01T00:00:00"},
            "expirationDate: bounded to 31622400 seconds from now",
        ),
        (
            "",
            {"sessionTimeoutSecs": "60", "expirationDate": "2026-12-31T00:00:00"},
            "sessionTimeoutSecs: ignored beside expirationDate",
        ),
        ("", {"pageView": "../x"}, "pageView: not read as ANS..20: ignored"),
        (
            "",
            {"features": "PARTIAL_AUTHORIZATION;VERIFY"},
            "features: accepted without effect: PARTIAL_AUTHORIZATION",
        ),
        (
            "unfiscal-api",
            {"taxSystem": "1"},
            "taxSystem: kept, but the shop has no receipts: fiscal.provider is none",
        ),
        (
            "",
            {"recurringFrequency": "7", "recurringExpiry": "20981231"},
            "recurringFrequency: without effect: no card is stored without clientId",
        ),
        (
            "",
            {
                "clientId": "c-1",
                "bindingNotNeeded": "true",
                "recurringFrequency": "7",
                "recurringExpiry": "20981231",
            },
            "recurringFrequency: without effect: bindingNotNeeded says that the card is not stored",
        ),
        (
            "",
            {"clientId": "c-1", "recurringFrequency": "7", "recurringExpiry": "20200101"},
            "recurringExpiry: is over: no recurring payment can follow",
        ),
        (
            "",
            {"app.osType": "ios"},
            "app.osType: ignored without app2app",
        ),
        (
            "",
            {"jsonParams": '{"web2app":true,"sberpayHide":"true"}'},
            "web2app: ignored beside sberpayHide and showSbol, which keep SberPay off the page",
        ),
        (
            "",
            {"currency": "840", "sberpay.backurl": "https://shop.example/paid"},
            "sberpay.backurl: ignored: SberPay cannot pay this order",
        ),
        (
            "closed-api",
            {"orderNumber": "NO-SBERPAY", "web2app": "true"},
            "web2app: ignored: permission sberpay is off",
        ),
        (
            "",
            {"jsonParams": '{"sberpayHide":"yes"}'},
            "jsonParams: sberpayHide: ignored, as it is neither true nor false",
        ),
        (
            "",
            {"jsonParams": '{"sberpay.qr.c2b":"true"}'},
            "jsonParams: sberpay.qr.c2b: kept, but QR codes in the answer are not served yet",
        ),
        (
            "",
            {"jsonParams": '{"app.deepLink":"shop://paid","back2app":false}'},
            "app.deepLink: ignored without app2app",
        ),
    ],
)
async def test_what_has_no_effect_is_named_in_header_log_and_history(
    gateway: Gateway, who: str, sent: dict[str, str], note: str, logbook: Logbook
) -> None:
    answer = await post(gateway, "register.do", {**ORDER, **sent}, who)
    assert answer.json().keys() == {"orderId", "formUrl"}
    assert answer.headers[RULE] == note
    (line,) = logbook.lines
    assert (line["event"], notes_in(line)) == ("served", [note])
    shop = (who or "test-api").removesuffix("-api")
    assert await details(gateway, answer.json()["orderId"], shop) == [{IGNORED: [note]}]


async def test_registration_that_can_store_no_card_names_the_terms_and_the_feature(
    gateway: Gateway,
) -> None:
    """Without the permission `bindings` no card is stored, whatever the registration asks for."""
    sent = {
        "clientId": "c-1",
        "features": "FORCE_CREATE_BINDING",
        "recurringFrequency": "7",
        "recurringExpiry": "20981231",
        "installments": "3",
        "totalInstallmentAmount": "45000",
    }
    why = "no card is stored: permission bindings is off"
    notes = [
        f"features: FORCE_CREATE_BINDING is without effect: {why}",
        f"recurringFrequency: without effect: {why}",
        f"installments: without effect: {why}",
    ]
    async with permissions_off(Shop(gateway), Permission.BINDINGS):
        answer = await post(gateway, "register.do", {**ORDER, **sent})
    assert answer.headers[RULE] == "; ".join(notes)
    assert await details(gateway, answer.json()["orderId"]) == [{IGNORED: notes}]


async def test_a_call_without_anything_ignored_has_no_note(
    gateway: Gateway, logbook: Logbook
) -> None:
    more = {"clientId": "c-1", "jsonParams": '{"a":"1"}', "features": "FORCE_TDS", "language": "en"}
    answer = await post(gateway, "register.do", {**ORDER, **more})
    assert RULE not in answer.headers
    assert IGNORED not in logbook.lines[0]
    assert await details(gateway, answer.json()["orderId"]) == [{}]


async def test_several_notes_are_named_together(gateway: Gateway) -> None:
    sent = {**ORDER, "amout": "1", "pageView": "../x", "mystery": "1"}
    answer = await post(gateway, "register.do", sent)
    assert answer.headers[RULE] == (
        "pageView: not read as ANS..20: ignored; "
        "amout: unknown, ignored; did you mean amount?; mystery: unknown, ignored"
    )


async def test_only_a_few_unknown_names_are_listed(gateway: Gateway) -> None:
    sent = {**ORDER, **{f"mystery{number}": "1" for number in range(900)}}
    answer = await post(gateway, "register.do", sent)
    assert answer.headers[RULE].count("mystery") == 5
    assert answer.headers[RULE].endswith(
        "unknown: 895 more names are not parameters, and are ignored"
    )


@pytest.mark.parametrize("name", ["4111111111111111", "a4111111111111111", "Ж", "a b", "x" * 49])
async def test_a_name_that_may_be_a_value_is_not_shown(
    gateway: Gateway, name: str, logbook: Logbook
) -> None:
    answer = await post(gateway, "register.do", {**ORDER, name: ""})
    assert answer.headers[RULE] == "unknown: 1 more names are not parameters, and are ignored"
    assert name not in str(logbook.lines)


async def test_a_refusal_names_its_rule_and_then_what_is_ignored(gateway: Gateway) -> None:
    answer = await post(gateway, "register.do", {"amout": "100", "returnUrl": "https://test.ru"})
    assert answer.json()["errorCode"] == "4"
    assert answer.headers[RULE] == (
        "amount: mandatory, but missing; amout: unknown, ignored; did you mean amount?"
    )


async def test_misspelt_credentials_are_named(gateway: Gateway) -> None:
    form = {"username": "test-api", "passwort": "x"}
    answer = await AsgiClient(gateway.router).post("/payment/rest/register.do", form)
    assert "username: unknown, ignored; did you mean userName?" in answer.headers[RULE]
    assert "passwort: unknown, ignored; did you mean password?" in answer.headers[RULE]


# ── Methods about an order ────────────────────────────────────────────────────────────────────────


async def paid(gateway: Gateway) -> str:
    order_id: str = (await post(gateway, "register.do", ORDER)).json()["orderId"]
    answer = await post(gateway, "paymentOrder.do", {"MDORDER": order_id, **CARD})
    assert "redirect" in answer.json()
    return order_id


async def test_a_refund_names_another_currency_as_ignored(gateway: Gateway) -> None:
    order_id = await paid(gateway)
    sent = {
        "orderId": order_id,
        "amount": "100",
        "currency": "978",
        "rrn": "1",
    }
    answer = await post(gateway, "refund.do", sent)
    assert answer.json() == {"errorCode": "0", "errorMessage": "Успешно"}
    notes = [
        "rrn: unknown, ignored",
        "currency: ignored: the order keeps its currency, 643",
    ]
    assert answer.headers[RULE] == "; ".join(notes)
    assert any(each.get(IGNORED) == notes for each in await details(gateway, order_id))


@pytest.mark.parametrize("currency", ["643", "810"])
async def test_the_currency_of_the_order_is_not_a_note(gateway: Gateway, currency: str) -> None:
    sent = {"orderId": await paid(gateway), "amount": "100", "currency": currency}
    assert RULE not in (await post(gateway, "refund.do", sent)).headers


async def test_a_card_payment_names_what_it_ignores(gateway: Gateway) -> None:
    order_id: str = (await post(gateway, "register.do", ORDER)).json()["orderId"]
    sent = {"MDORDER": order_id, **CARD, "tii": "CI", "nameOnCard": "x"}
    answer = await post(gateway, "paymentOrder.do", sent)
    notes = ["tii: kept with the order, without effect", "nameOnCard: unknown, ignored"]
    assert answer.headers[RULE] == "; ".join(notes)
    assert any(each.get(IGNORED) == notes for each in await details(gateway, order_id))


async def test_a_card_payment_names_reserved_names_of_loyalty(gateway: Gateway) -> None:
    order_id: str = (await post(gateway, "register.do", ORDER)).json()["orderId"]
    sent = {"MDORDER": order_id, **CARD, "jsonParams": '{"loyaltyId":"1"}'}
    answer = await post(gateway, "paymentOrder.do", sent)
    note = "jsonParams: loyaltyId: kept, but loyalty programmes are not served"
    assert answer.headers[RULE] == note


async def test_a_language_that_is_not_read_is_named(gateway: Gateway) -> None:
    sent = {"orderNumber": "none", "language": "klingon"}
    answer = await post(gateway, "getOrderStatusExtended.do", sent)
    assert answer.headers[RULE].endswith("; language: not read as A2: ignored")


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def test_soap_names_unknown_attributes_and_elements(
    gateway: Gateway, logbook: Logbook
) -> None:
    message = (
        '<mer:registerOrder><order amount="15000" sessionsTimeoutSecs="1">'
        "<returnUrl>https://test.ru</returnUrl><retunUrl>x</retunUrl></order><mystery/>"
        "</mer:registerOrder>"
    )
    response = await ask(gateway, message)
    assert response.error_code == "0"
    notes = [
        "sessionsTimeoutSecs: unknown, ignored; did you mean sessionTimeoutSecs?",
        "retunUrl: unknown, ignored; did you mean returnUrl?",
        "mystery: unknown, ignored",
    ]
    assert response.http.headers[RULE] == "; ".join(notes)
    (line,) = logbook.lines
    assert (line["event"], notes_in(line)) == ("served", notes)


@pytest.mark.parametrize("name", ["userName", "password", "token"])
async def test_soap_names_credentials_outside_the_header(
    gateway: Gateway, name: str, logbook: Logbook
) -> None:
    message = (
        f'<mer:registerOrder><order amount="15000" {name}="y">'
        "<returnUrl>https://test.ru</returnUrl></order></mer:registerOrder>"
    )
    response = await ask(gateway, message)
    note = f"{name}: ignored: SOAP does not read it at this place of the message"
    assert response.http.headers[RULE] == note
    (line,) = logbook.lines
    assert notes_in(line) == [note]


# ── One log line for each call ────────────────────────────────────────────────────────────────────


async def test_a_served_call_has_one_line_with_method_shop_order_code_and_duration(
    gateway: Gateway, logbook: Logbook
) -> None:
    order_id = (await post(gateway, "register.do", ORDER)).json()["orderId"]
    await post(gateway, "getOrderStatusExtended.do", {"orderId": order_id})
    registration, status = logbook.lines
    for line, method in ((registration, "register"), (status, "getOrderStatusExtended")):
        facts = (line["event"], line["method"], line["shop"], line["order"], line["code"])
        assert facts == ("served", method, "test", order_id, 0)
        assert line["ms"] >= 0
        assert line["ip"]


async def test_a_refused_call_has_one_line(gateway: Gateway, logbook: Logbook) -> None:
    await post(gateway, "reverse.do", {"orderId": "none-such"})
    (line,) = logbook.lines
    facts = (line["event"], line["method"], line["shop"], line["order"], line["code"])
    assert facts == ("refused", "reverse", "test", "none-such", 6)
    assert line["refusal"] == "order_unknown"
    assert line["ms"] >= 0


@pytest.mark.parametrize(
    ("header", "body", "event"),
    [
        (signed(password="wrong"), "<mer:registerOrder/>", "refused"),
        (signed(), "<mer:registerOrder/>", "refused"),
        (signed(), "<mer:applePay/>", "soap_fault"),
        ("", "<mer:registerOrder/>", "soap_fault"),
    ],
)
async def test_a_soap_message_has_one_line(
    gateway: Gateway, header: str, body: str, event: str, logbook: Logbook
) -> None:
    await send(gateway, envelope(body, header))
    (line,) = logbook.lines
    assert line["event"] == event
    assert line["ms"] >= 0


async def test_a_body_above_the_limit_has_one_line(gateway: Gateway, logbook: Logbook) -> None:
    body = b"a" * (gateway.settings.body_max_bytes + 1)
    await AsgiClient(gateway.router).post("/payment/rest/register.do", body=body)
    (line,) = logbook.lines
    facts = (line["event"], line["method"], line["code"], line["rule"])
    assert facts == ("not_read", "register", 413, "body too large")


async def test_a_call_of_the_page_has_one_line(gateway: Gateway, logbook: Logbook) -> None:
    order_id = (await post(gateway, "register.do", ORDER)).json()["orderId"]
    client = AsgiClient(gateway.router)
    await client.get("/payment/rest/getSessionStatus.do", {"MDORDER": order_id})
    line = logbook.lines[-1]
    assert len(logbook.lines) == 2
    facts = (line["event"], line["method"], line["order"], line["status"])
    assert facts == ("page_call", "getsessionstatus.do", order_id, 200)


# ── Methods that are known and not served ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [each.path for each in LATER_METHODS])
async def test_a_known_method_that_is_not_served_answers_so(
    gateway: Gateway, path: str, logbook: Logbook
) -> None:
    name = next(each.name for each in LATER_METHODS if each.path == path)
    client = AsgiClient(gateway.router)
    answer = await client.post(path, {**credentials(""), "language": "en"})
    assert (answer.status, answer.json()["errorCode"]) == (200, "5")
    text = answer.json()["errorMessage"]
    assert text.startswith(f"The method {name} is known, but not served yet (")
    assert answer.headers[RULE] == text
    (line,) = logbook.lines
    assert (line["event"], line["method"], line["code"]) == ("not_served", name, 5)
    russian = (await client.get(path)).json()["errorMessage"]
    assert russian.startswith(f"Метод {name} известен, но пока не обслуживается (")


async def test_wallets_have_their_own_form_of_the_refusal_too(gateway: Gateway) -> None:
    client = AsgiClient(gateway.router)
    answer = (await client.post("/payment/applepay/payment.do", body=b"{}")).json()
    assert answer["success"] is False
    assert answer["error"]["message"] == answer["errorMessage"]


@pytest.mark.parametrize(
    ("path", "meant"),
    [("registr.do", "register.do"), ("getOrderStatus", "getOrderStatus.do"), ("a/b.do", None)],
)
async def test_an_unknown_method_is_named_with_the_nearest_one(
    gateway: Gateway, path: str, meant: str | None, logbook: Logbook
) -> None:
    client = AsgiClient(gateway.router)
    answer = await client.post(f"/payment/rest/{path}", {**ORDER, "language": "en"})
    hint = f". Did you mean {meant}?" if meant else ""
    assert answer.status == 404
    assert answer.json() == {"errorCode": "5", "errorMessage": f"Unknown method {path}{hint}"}
    (line,) = logbook.lines
    assert (line["event"], line["method"], line["code"]) == ("not_served", path, 5)
