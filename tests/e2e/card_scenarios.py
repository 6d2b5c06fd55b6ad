"""Everything that a card can be sent to: payments in every spelling, and faulty requests."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from tests.card_marks import MarkedCard, declined_card, marked_cards
from tests.e2e.command import DEMO, SHOP, Gateway
from tests.integration.soap.soap_client import PATH as SOAP_PATH
from tests.integration.soap.soap_client import envelope, signed

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data; boundary=b"
PAY: Final = "/payment/rest/paymentorder.do"
PAGE: Final = "/payment/rest/processform.do"
REGISTER: Final = "/payment/rest/register.do"


PAID: Final = 2
DAY_SECONDS: Final = 86_400
ENROLLED: Final = MarkedCard("4111111111111111", "123")
"""A card of the documents, which every process has in its tables of test cards."""


@dataclass
class Payer:
    """Sends requests to a gateway, each with a card of its own; notes the cards and the answers."""

    gateway: Gateway
    cards: Iterator[MarkedCard] = field(default_factory=marked_cards)
    used: dict[str, MarkedCard] = field(default_factory=dict)
    answers: list[bytes] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)

    def card(self, name: str) -> MarkedCard:
        """The card of a scenario."""
        return self.used.setdefault(name, next(self.cards))

    def order(self) -> str:
        order_id: str = self.gateway.register()["orderId"]
        return order_id

    def send(self, path: str, body: bytes | None = None, kind: str = FORM, **headers: str) -> bytes:
        """One request; its answer, whatever the status."""
        request = Request(  # noqa: S310 - the test's gateway
            self.gateway.address + path, body, {"Content-Type": kind, **headers}
        )
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
                content: bytes = answer.read()
                shown = str(answer.headers).encode() + content
        except HTTPError as error:
            with error:
                content = error.read()
                shown = str(error.headers).encode() + content
        self.answers.append(shown)
        return content

    def pay(self, path: str, members: dict[str, Any], kind: str = FORM) -> None:
        """A payment that has to succeed."""
        body = json.dumps(members).encode() if kind == JSON else urlencode(members).encode()
        answer = self.send(path, body, kind)
        assert b'"redirect"' in answer or b'"PAID"' in answer, answer
        self.paid.append(path)


def fields(order_id: str, card: MarkedCard, holder: str = "IVAN PETROV") -> dict[str, str]:
    """The form of paymentorder.do and of the page."""
    return {
        **DEMO,
        "MDORDER": order_id,
        "$PAN": card.pan,
        "$CVC": card.cvc,
        "$EXPIRY": "203412",
        "YYYY": "2034",
        "MM": "12",
        "TEXT": holder,
    }


def multipart(members: dict[str, str]) -> bytes:
    """The members as parts of multipart/form-data with the boundary `b`."""
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in members.items()
    )
    return f"{parts}--b--\r\n".encode()


# ── Payments ──────────────────────────────────────────────────────────────────────────────────────


def pay_by_form(payer: Payer) -> None:
    payer.pay(PAY, fields(payer.order(), payer.card("form")))


def pay_by_json(payer: Payer) -> None:
    payer.pay(PAY, fields(payer.order(), payer.card("json")), JSON)


def pay_by_json_with_cyrillic_letters(payer: Payer) -> None:
    members = fields(payer.order(), payer.card("json with Cyrillic letters"))
    body = json.dumps({**members, "email": "ivan@shop.example", "x": "Иван"}, ensure_ascii=False)
    assert b'"redirect"' in payer.send(PAY, body.encode(), JSON)


def pay_by_multipart(payer: Payer) -> None:
    body = multipart(fields(payer.order(), payer.card("multipart")))
    assert b'"redirect"' in payer.send(PAY, body, MULTIPART)


def pay_with_a_large_body(payer: Payer) -> None:
    members = fields(payer.order(), payer.card("large body"))
    payer.pay(PAY, {**members, "unknown": "x" * 100_000})
    members = fields(payer.order(), payer.card("large JSON"))
    payer.pay(PAY, {**members, "unknown": "x" * 100_000}, JSON)


def pay_in_pieces(payer: Payer) -> None:
    """The body arrives byte by byte around the card."""
    body = urlencode(fields(payer.order(), payer.card("pieces"))).encode()
    host, port = urlsplit(payer.gateway.address).netloc.split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST {PAY} HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(0, len(body), 7):
            connection.sendall(body[place : place + 7])
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert b'"redirect"' in answer.read()


def pay_by_query(payer: Payer) -> None:
    query = urlencode(fields(payer.order(), payer.card("query")))
    payer.send(f"{PAY}?{query}")
    payer.send(f"{PAY}?{urlencode(fields(payer.order(), payer.card('query of POST')))}", b"")


def pay_on_the_page(payer: Payer) -> None:
    payer.pay(PAGE, fields(payer.order(), payer.card("page")))


def pay_by_soap(payer: Payer) -> None:
    card = payer.card("soap")
    body = (
        f'<mer:paymentOrder><order orderId="{payer.order()}" year="2034" month="12"'
        f' cvc="{card.cvc}" pan="{card.pan}" cardholderName="IVAN PETROV"/></mer:paymentOrder>'
    )
    answer = payer.send(SOAP_PATH, envelope(body).encode(), "text/xml; charset=UTF-8")
    assert b'errorCode="0"' in answer or b"<errorCode>0<" in answer, answer


def pay_out(payer: Payer) -> None:
    """Payouts by REST and by SOAP, and one with a security code that the bank refuses."""
    path = "/payment/rest/instantRefund.do"
    for name, kind in (("payout by form", FORM), ("payout by JSON", JSON)):
        card = payer.card(name)
        members = {
            **DEMO,
            "orderNumber": name,
            "amount": "1000",
            "pan": card.pan,
            "cvc": card.cvc,
            "expiry": "203412",
            "cardholderName": "IVAN PETROV",
        }
        body = json.dumps(members) if kind == JSON else urlencode(members)
        answer = payer.send(path, body.encode(), kind)
        assert b'"rrn"' in answer, answer
        payer.send(path, body.encode(), kind)
    card = payer.card("payout by soap")
    body = (
        '<mer:instantRefund><order merchantOrderNumber="payout by soap" amount="1000"'
        f' expiry="203412" cvc="{card.cvc}" pan="{card.pan}" cardholderName="A"/>'
        "</mer:instantRefund>"
    )
    answer = payer.send(SOAP_PATH, envelope(body).encode(), "text/xml; charset=UTF-8")
    assert b'errorCode="0"' in answer, answer


def pay_by_the_simulated_payer(payer: Payer) -> None:
    card = payer.card("simulated payer")
    members = {"way": "CARD", "pan": card.pan, "expiry": "203412", "cvc": card.cvc}
    payer.pay(f"/sandbox/orders/{payer.order()}/pay", members, JSON)


def pay_in_parts(payer: Payer) -> None:
    card = payer.card("parts")
    order_id = payer.gateway.register(amount=1_000_000)["orderId"]
    members = {"way": "BNPL", "phone": "79998887766", "pan": card.pan, "expiry": "203412"}
    payer.pay(f"/sandbox/orders/{order_id}/pay", {**members, "cvc": card.cvc}, JSON)


def pay_with_an_offer_of_another_protocol(payer: Payer) -> None:
    """An HTTP client of Java offers `h2c` with its first request: the gateway reads it twice."""
    body = urlencode(fields(payer.order(), payer.card("offer of h2c"))).encode()
    host, port = urlsplit(payer.gateway.address).netloc.split(":")
    head = (
        f"POST {PAY} HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\n"
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert b'"redirect"' in answer.read()


def pay_at_an_address_with_cyrillic_letters(payer: Payer) -> None:
    body = urlencode(fields(payer.order(), payer.card("Cyrillic address"))).encode()
    host, port = urlsplit(payer.gateway.address).netloc.split(":")
    head = f"POST {PAY}?note=Чай HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert b'"redirect"' in answer.read()


def send_cards_over_soap_that_are_refused(payer: Payer) -> None:
    """Refused before the operation: attachments, an unknown operation, no or a wrong password."""
    card = payer.card("refused SOAP")
    order = f'<order orderId="{payer.order()}" pan="{card.pan}" cvc="{card.cvc}"/>'
    known = f"<mer:paymentOrder>{order}</mer:paymentOrder>"
    whole = envelope(known)
    unknown = envelope(f"<mer:payOrder>{order}</mer:payOrder>")
    text = "text/xml; charset=UTF-8"
    for message, kind in (
        (whole, "multipart/related; boundary=b"),
        (unknown, text),
        (whole.replace("Username>", "User>"), text),
        (envelope(known, signed(password="wrong")), text),
        (envelope(known + known), text),
    ):
        payer.send(SOAP_PATH, message.encode(), kind)
    payer.send(SOAP_PATH, whole.encode(), text, **{"Content-Encoding": "gzip"})


def send_cards_of_the_simulated_payer_that_are_refused(payer: Payer) -> None:
    """Refused before the page is opened: no such order, a language, members that do not fit."""
    card = payer.card("refused payer")
    members = {"way": "CARD", "pan": card.pan, "cvc": card.cvc}
    order = payer.order()
    for order_id, more in (
        ("0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc", {}),
        (order, {"language": "xx"}),
        (order, {"expiry": "13/34"}),
        (order, {"otp": "123", "acs": "CANCEL"}),
        (order, {"way": "PIGEON"}),
    ):
        body = json.dumps({**members, **more}).encode()
        payer.send(f"/sandbox/orders/{order_id}/pay", body, JSON)


def send_cards_with_a_wrong_password(payer: Payer) -> None:
    members = fields(payer.order(), payer.card("wrong password")) | {"password": "wrong"}
    payer.send(PAY, urlencode(members).encode())
    payer.send(PAY, json.dumps(members).encode(), JSON)


def store_a_card(payer: Payer) -> None:
    card = payer.card("stored")
    members = {
        **DEMO,
        "clientId": "client-1",
        "pan": card.pan,
        "expiryDate": "203412",
        "cardholderName": "IVAN PETROV",
    }
    answer = payer.send("/payment/rest/createBindingNoPayment.do", urlencode(members).encode())
    assert b'"bindingId"' in answer, answer
    asked = {**DEMO, "pan": card.pan}
    payer.send("/payment/rest/getBindingsByCardOrId.do", urlencode(asked).encode())
    payer.send("/payment/rest/verifyEnrollment.do", urlencode(asked).encode())


def pay_with_stored_cards(payer: Payer) -> None:
    """The card comes from the vault: by the shop's call, on the page, and by agreed terms."""
    client = {"clientId": "client-2"}
    binding = {"bindingId": stored_binding(payer, "stored and paid", client)}
    order_id = payer.gateway.register(**client)["orderId"]
    sent = {**DEMO, "mdOrder": order_id, "cvc": payer.card("stored and paid").cvc, **binding}
    payer.pay("/payment/rest/paymentOrderBinding.do", sent)
    binding = {"bindingId": stored_binding(payer, "stored and paid on the page", client)}
    sent = {
        "MDORDER": payer.gateway.register(**client)["orderId"],
        "$CVC": payer.card("stored and paid on the page").cvc,
        **binding,
    }
    payer.pay("/payment/rest/processBindingForm.do", sent)


def charge_by_agreed_terms(payer: Payer) -> None:
    terms = {"recurringFrequency": 1, "recurringExpiry": "20991231"}
    first = payer.gateway.register(clientId="client-3", **terms)["orderId"]
    payer.pay(PAY, fields(first, payer.card("recurrent")))
    status = payer.gateway.status(first)
    move = json.dumps({"seconds": DAY_SECONDS}).encode()
    assert b'"utc"' in payer.send("/sandbox/clock", move, JSON)
    sent = {
        **DEMO,
        "bindingId": status["bindingInfo"]["bindingId"],
        "orderNumber": "recurrent",
        "amount": 2000,
    }
    answer = payer.send("/payment/recurrentPayment.do", json.dumps(sent).encode(), JSON)
    assert json.loads(answer)["orderStatus"]["orderStatus"] == PAID, answer


def stored_binding(payer: Payer, name: str, client: dict[str, str]) -> str:
    """The id of a stored card of a client, stored without a payment."""
    sent = {**DEMO, **client, "pan": payer.card(name).pan, "expiryDate": "203412"}
    answer = payer.send("/payment/rest/createBindingNoPayment.do", urlencode(sent).encode())
    binding_id: str = json.loads(answer)["bindingId"]
    return binding_id


def register_and_pay(payer: Payer) -> None:
    """The methods that register an order and pay it in one call."""
    for method in ("instantPayment", "motoPayment", "verifyCard"):
        card = payer.card(method)
        sent = {
            **DEMO,
            "orderNumber": method,
            "amount": "1000",
            "returnUrl": SHOP,
            "pan": card.pan,
            "cvc": card.cvc,
            "expiry": "203412",
            "cardholderName": "IVAN PETROV",
        }
        answer = payer.send(f"/payment/rest/{method}.do", urlencode(sent).encode())
        status = payer.gateway.status(json.loads(answer)["orderId"])
        assert status["actionCode"] == 0, status


def pay_with_3ds(payer: Payer) -> None:
    """The simulated payer types a documented card on the page, and the code at the ACS."""
    members = {"way": "CARD", "pan": ENROLLED.pan, "expiry": "203412", "cvc": ENROLLED.cvc}
    payer.pay(f"/sandbox/orders/{payer.order()}/pay", members, JSON)


def fail_payments(payer: Payer) -> None:
    """Declined, mistyped, expired, unknown cards, and an order that is paid already."""
    order_id = payer.order()
    for code in (777_123, 777_456):
        card = payer.used.setdefault(f"declined {code}", declined_card(code))
        payer.send(PAY, urlencode(fields(order_id, card)).encode())
        payer.send(PAGE, urlencode(fields(payer.order(), card)).encode())
    mistyped = payer.card("mistyped")
    wrong = MarkedCard(mistyped.pan[:-1] + str((int(mistyped.pan[-1]) + 1) % 10), mistyped.cvc)
    payer.used["mistyped"] = wrong
    for changes in ({}, {"$EXPIRY": "201912"}, {"$EXPIRY": wrong.pan}, {"$CVC": wrong.pan}):
        payer.send(PAY, urlencode({**fields(order_id, wrong), **changes}).encode())
    refused = payer.card("refused values")
    for changes in (
        {"MM": "01", "YYYY": "2019", "$EXPIRY": "201901"},
        {"TEXT": refused.grouped},
        {"$PAN": f"{refused.grouped}"},
        {"$PAN": f"{refused.pan}00"},
        {"$PAN": f"{refused.pan}абв"},
        {"MDORDER": refused.pan},
        {"password": refused.pan},
        {"userName": refused.grouped},
    ):
        payer.send(PAY, urlencode({**fields(order_id, refused), **changes}).encode())
        payer.send(PAGE, urlencode({**fields(order_id, refused), **changes}).encode())
        members = {**fields(order_id, refused), **changes}
        payer.send(PAY, json.dumps(members).encode(), JSON)


# ── Faulty requests ───────────────────────────────────────────────────────────────────────────────


def register_with_cards_in_texts(payer: Payer) -> None:
    """Every field of a registration that takes a text."""
    names = (
        *("description", "orderNumber", "clientId", "jsonParams", "email", "payerData"),
        *("merchantLogin", "pageView", "language", "features", "bindingId", "amount", "unknown"),
        *("expirationDate", "feeInput", "dynamicCallbackUrlName", "orderBundle", "currency"),
    )
    for name in names:
        card = payer.card(f"in {name}")
        for value in (card.pan, card.grouped, card.grouped.replace(" ", "-")):
            members = {**DEMO, "amount": "1000", "returnUrl": SHOP, name: value}
            payer.send(REGISTER, urlencode(members).encode())
        nested = {**DEMO, "amount": 1000, "returnUrl": SHOP, name: {card.pan: card.grouped}}
        payer.send(REGISTER, json.dumps(nested).encode(), JSON)
        payer.send(f"{REGISTER}?{name}={card.pan}", urlencode(DEMO).encode())


def ask_with_cards_in_wrong_places(payer: Payer) -> None:
    """As an order's number, a login, a name of a parameter, a path, a header."""
    card = payer.card("wrong place")
    order_id = payer.order()
    status = "/payment/rest/getOrderStatusExtended.do"
    for members in (
        {"orderId": card.pan},
        {"orderNumber": card.pan},
        {"orderNumber": card.grouped},
        {"userName": card.pan, "password": card.grouped},
        {"token": card.pan},
        {card.pan: "1", card.grouped: "2", "orderId": order_id},
        {f"cvc={card.cvc}": card.pan, "orderId": order_id},
    ):
        payer.send(status, urlencode({**DEMO, **members}).encode())
        payer.send(f"{status}?{urlencode({**DEMO, **members})}")
    for method in ("deposit", "reverse", "refund", "decline"):
        body = urlencode({**DEMO, "orderId": card.pan, "amount": card.pan}).encode()
        payer.send(f"/payment/rest/{method}.do", body)
    payer.send(f"/payment/rest/{card.pan}.do", b"a=1")
    payer.send(f"/payment/{quote(card.grouped)}")
    payer.send(f"/sandbox/orders/{card.pan}/pay", b"{}", JSON)
    payer.send(
        status, urlencode(DEMO).encode(), **{"Referer": f"https://a/?p={card.pan}", "X-A": card.pan}
    )
    payer.send(f"/sandbox/orders/{order_id}/pay", json.dumps({"pam": card.pan}).encode(), JSON)
    wrong = {"way": card.pan, "pan": card.grouped}
    payer.send(f"/sandbox/orders/{order_id}/pay", json.dumps(wrong).encode(), JSON)


def send_broken_bodies(payer: Payer) -> None:
    """JSON, forms, parts and XML that end too early, are of another kind, or are not text."""
    card = payer.card("broken")
    whole = json.dumps(fields(payer.order(), card)).encode()
    for body in (whole[:-1], whole[:-40], b"[" + whole, whole + b"}", whole.replace(b":", b"=")):
        payer.send(PAY, body, JSON)
        payer.send(PAY, body, FORM)
    form = urlencode(fields(payer.order(), card)).encode()
    for kind in (JSON, MULTIPART, "text/plain", "text/xml", "application/xml", "x"):
        payer.send(PAY, form, kind)
    payer.send(PAY, form + b"&x=%ff%fe\xff\xfe", FORM)
    payer.send(PAY, multipart(fields("x", card))[:-10], MULTIPART)
    xml = envelope(f'<mer:paymentOrder><order pan="{card.pan}" cvc="{card.cvc}"/>').encode()
    payer.send(SOAP_PATH, xml, "text/xml; charset=UTF-8")
    payer.send(SOAP_PATH, xml[:-40], "text/xml; charset=UTF-8")
    payer.send(SOAP_PATH, envelope(f"<mer:n{card.pan}/>").encode(), "text/xml; charset=UTF-8")
    payer.send(SOAP_PATH, envelope("<mer:x/>", card.pan).encode(), "text/xml; charset=UTF-8")


def leave_in_the_middle(payer: Payer) -> None:
    """The client hangs up after the card, before the end of its request."""
    card = payer.card("left")
    host, port = urlsplit(payer.gateway.address).netloc.split(":")
    body = urlencode(fields(payer.order(), card)).encode()
    for head, rest in (
        (f"POST {PAY} HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n".encode(), body),
        (f"POST {PAY}?pan={card.pan} HTTP/1.1\r\nHost: {card.pan}\r\n".encode(), b""),
        (f"POST {PAY}?{card.pan}\r\n{card.pan}: 1\r\n\r\n".encode(), b""),
        (f"{card.pan} {card.pan} HTTP/1.1\r\n\r\n".encode(), b""),
    ):
        with suppress(OSError), socket.create_connection((host, int(port))) as connection:
            connection.sendall(head + rest)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass


FAULTY: Final[tuple[Callable[[Payer], None], ...]] = (
    register_with_cards_in_texts,
    ask_with_cards_in_wrong_places,
    send_broken_bodies,
    leave_in_the_middle,
    fail_payments,
    pay_by_query,
)
PAYMENTS: Final[tuple[Callable[[Payer], None], ...]] = (
    store_a_card,
    pay_with_stored_cards,
    charge_by_agreed_terms,
    register_and_pay,
    pay_out,
    pay_by_form,
    pay_by_json,
    pay_by_json_with_cyrillic_letters,
    pay_by_multipart,
    pay_with_a_large_body,
    pay_in_pieces,
    pay_on_the_page,
    pay_with_3ds,
    pay_by_soap,
    pay_by_the_simulated_payer,
    pay_in_parts,
    pay_with_an_offer_of_another_protocol,
    pay_at_an_address_with_cyrillic_letters,
    send_cards_over_soap_that_are_refused,
    send_cards_of_the_simulated_payer_that_are_refused,
    send_cards_with_a_wrong_password,
)
