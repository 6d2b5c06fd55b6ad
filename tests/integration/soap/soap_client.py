"""A minimal SOAP client: it sends envelopes and reads answers and faults.

It writes what a shop's developer would write by hand; every answer has to be SOAP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, fromstring

from altyn.main import Gateway
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, SOAP_ENVELOPE, WSSE
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD
from tests.asgi_client import Answer, AsgiClient

PATH: Final = "/payment/webservices/merchant-ws"
MER: Final = MESSAGE_NAMESPACES[0]
TEXT_XML: Final = ("content-type", "text/xml; charset=UTF-8")
REGISTER: Final = (
    '<mer:registerOrder><order amount="15000"><returnUrl>https://test.ru</returnUrl></order>'
    "</mer:registerOrder>"
)
UNKNOWN_ORDER: Final = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
FAULT: Final = f"{{{SOAP_ENVELOPE}}}Fault"


def signed(login: str = DEMO_API_LOGIN, password: str = DEMO_PASSWORD) -> str:
    """The header with the credentials."""
    return (
        f'<wsse:Security soapenv:mustUnderstand="1" xmlns:wsse="{WSSE}"><wsse:UsernameToken>'
        f"<wsse:Username>{login}</wsse:Username><wsse:Password>{password}</wsse:Password>"
        "</wsse:UsernameToken></wsse:Security>"
    )


def envelope(body: str, header: str | None = None, namespace: str = MER) -> str:
    """A message; without a header it has the credentials of the demo shop."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP_ENVELOPE}" xmlns:mer="{namespace}">'
        f"<soapenv:Header>{signed() if header is None else header}</soapenv:Header>"
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )


@dataclass(frozen=True, slots=True)
class SoapResponse:
    """An answer of the service: HTTP's part of it, and the one element of its body."""

    http: Answer
    element: Element

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def returned(self) -> Element:
        """What the operation returned."""
        found = self.element.find("return")
        assert found is not None, self.http.text
        return found

    @property
    def error_code(self) -> str | None:
        found = self.returned
        return found.get("errorCode") or found.findtext("errorCode") or found.findtext("error/code")

    @property
    def fault_code(self) -> str:
        assert self.tag == FAULT, self.http.text
        return self.element.findtext("faultcode") or ""

    @property
    def fault_text(self) -> str:
        assert self.tag == FAULT, self.http.text
        return self.element.findtext("faultstring") or ""


async def send(
    gateway: Gateway,
    message: str | bytes,
    headers: tuple[tuple[str, str], ...] = (TEXT_XML,),
    *,
    ip: str = "203.0.113.9",
    path: str = PATH,
) -> SoapResponse:
    """Send a message, or any bytes, and read the response."""
    data = message.encode() if isinstance(message, str) else message
    http = await AsgiClient(gateway.router, ip).post(path, body=data, headers=headers)
    return read(http)


def read(http: Answer) -> SoapResponse:
    """The one element in the body of an answer; a response is always SOAP."""
    assert http.headers["content-type"] == "text/xml; charset=UTF-8", http.text
    root = fromstring(http.body)  # noqa: S314 - our own answer
    assert root.tag == f"{{{SOAP_ENVELOPE}}}Envelope"
    return SoapResponse(http, root[0][0])


async def ask(
    gateway: Gateway, body: str, login: str = DEMO_API_LOGIN, *, ip: str = "203.0.113.9"
) -> SoapResponse:
    """Request an operation, as a user with the demo shop's password."""
    return await send(gateway, envelope(body, signed(login)), ip=ip)


def status_of(order_id: str, language: str = "en") -> str:
    """The request for an order's status."""
    return (
        f'<mer:getOrderStatusExtended><order orderId="{order_id}" language="{language}"/>'
        "</mer:getOrderStatusExtended>"
    )


async def registered(gateway: Gateway) -> str:
    """A new order; its id."""
    response = await ask(gateway, REGISTER)
    return response.returned.get("orderId") or ""
