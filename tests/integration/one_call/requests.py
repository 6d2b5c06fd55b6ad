"""Requests of the methods that register an order and pay it in one call, and their SOAP twins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element

from tests.integration.soap.soap_client import SoapResponse, envelope, send
from tests.shop import GOOD, Shop, new_number

RETURN_URL: Final = "https://shop.example/ok"
FAIL_URL: Final = "https://shop.example/no"
DECLINED: Final = "4444444444444422"  # 913
EXPIRY: Final = "209912"


def a_call(pan: str = GOOD, **changes: object) -> dict[str, Any]:
    """A registration with a card, as REST names its parameters."""
    return {
        "orderNumber": new_number(),
        "amount": 1500_00,
        "returnUrl": RETURN_URL,
        "failUrl": FAIL_URL,
        "pan": pan,
        "cvc": "123",
        "expiry": EXPIRY,
        "cardholderName": "IVAN PETROV",
        "language": "en",
        **changes,
    }


async def soap_call(
    shop: Shop, operation: str, attributes: Mapping[str, object], children: Mapping[str, str]
) -> SoapResponse:
    """An operation of SOAP whose part is `order`."""
    named = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in children.items())
    body = f"<mer:{operation}><order {named}>{inside}</order></mer:{operation}>"
    return await send(shop.gateway, envelope(body))


def status_inside(returned: Element) -> dict[str, str]:
    """The order's status in an answer of SOAP."""
    found = returned.find("orderStatus")
    assert found is not None
    return dict(found.attrib)
