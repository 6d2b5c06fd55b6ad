"""Messages as SOAP clients write them, and the faults for broken ones.

Each test spoils one thing of a message that is otherwise right.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

import pytest

from altyn.inbound.soap.faults import MessageRefusedError, SoapFault
from altyn.inbound.soap.parser import DEFAULT_LIMITS, XmlLimits, parse_xml
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, SOAP_ENVELOPE, WSSE

MER: Final = MESSAGE_NAMESPACES[0]
SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
PROFILE: Final = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
)
OPERATION: Final = '<mer:getOrderStatus><order orderId="x"/></mer:getOrderStatus>'
TOKEN: Final = (
    "<wsse:UsernameToken><wsse:Username>shop-api</wsse:Username>"
    "<wsse:Password>secret1</wsse:Password></wsse:UsernameToken>"
)
SECURITY: Final = f"<wsse:Security>{TOKEN}</wsse:Security>"


def envelope(
    body: str = OPERATION, header: str = SECURITY, *, soap: str = SOAP_ENVELOPE, more: str = ""
) -> str:
    """A message; `header` and `body` are what the parts of these names hold."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{soap}" xmlns:mer="{MER}" xmlns:wsse="{WSSE}">'
        f"<soapenv:Header>{header}</soapenv:Header><soapenv:Body>{body}</soapenv:Body>{more}"
        "</soapenv:Envelope>"
    )


def element(text: str) -> Element:
    return parse_xml(text.encode())


def refusal(
    document: str | bytes, charset: str | None = None, limits: XmlLimits = DEFAULT_LIMITS
) -> SoapFault:
    """The fault with which the parser refuses a document."""
    data = document.encode() if isinstance(document, str) else document
    with pytest.raises(MessageRefusedError) as caught:
        parse_xml(data, charset, limits)
    return caught.value.fault
