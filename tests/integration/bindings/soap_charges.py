"""Charges over SOAP, and the refusals that they share with REST."""

from __future__ import annotations

from typing import Any, Final

from altyn.inbound.soap.endpoint import PATH
from tests.asgi_client import AsgiClient
from tests.shop import CREDENTIALS, Shop, new_number
from tests.soap import SoapAnswer, envelope, read_answer, wrapper

HEADERS: Final = (("content-type", "text/xml; charset=UTF-8"), ("soapaction", '""'))


async def charge_over_soap(shop: Shop, operation: str, binding: str, **more: object) -> SoapAnswer:
    """Charge by the terms; names and values are those of REST."""
    values: dict[str, Any] = {
        "orderNumber": new_number(),
        "bindingId": binding,
        "amount": "2000",
        "currency": "643",
        "preAuth": "false",
        "additionalParameters": {"entry": []},
        **more,
    }
    body = envelope(wrapper(operation, values), *CREDENTIALS.values())
    answer = await AsgiClient(shop.gateway.router).post(PATH, body=body, headers=HEADERS)
    return read_answer(operation, answer.body)


async def must_be_refused_over_soap(
    shop: Shop, operation: str, binding: str, answer: dict[str, Any], **more: object
) -> None:
    """SOAP refuses a charge with the code and the text of REST's `answer` to the same request."""
    over_soap = await charge_over_soap(shop, operation, binding, **more)
    assert over_soap.code == int(answer["errorCode"]), (more, answer, over_soap)
    assert over_soap.text == answer["errorMessage"], (more, answer, over_soap)
    assert not {"data", "orderId", "orderStatus"} & over_soap.members.keys(), over_soap
