"""The service's address without an operation: its WSDL, and a word for people.

Source: soap.md §1.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from altyn.main import Gateway
from altyn.protocol.dialects.classic.soap.names import WSDL
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS
from tests.asgi_client import Answer, AsgiClient
from tests.integration.soap.soap_client import (
    MER,
    PATH,
    REGISTER,
    ask,
    envelope,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def document(answer: Answer) -> Element:
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/xml; charset=UTF-8"
    return fromstring(answer.body)  # noqa: S314 - our own answer


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl=", "wsdl&x=1"])
async def test_the_wsdl_has_the_address_of_its_request(gateway: Gateway, query: str) -> None:
    answer = await AsgiClient(gateway.router).get(f"{PATH}?{query}")
    locations = [each.get("location") for each in document(answer).iter()]
    assert f"http://127.0.0.1:8080{PATH}" in locations
    assert f"http://127.0.0.1:8080{PATH}?wsdl=MerchantService.wsdl" in locations


@pytest.mark.parametrize("query", ["wsdl=MerchantService.wsdl", "WSDL=merchantservice.WSDL"])
async def test_the_port_type_has_a_document_of_its_own(gateway: Gateway, query: str) -> None:
    answer = await AsgiClient(gateway.router).get(f"{PATH}?{query}")
    assert document(answer).get("targetNamespace") == MER


async def test_the_wsdl_has_the_public_address(gateway: Gateway) -> None:
    endpoint = gateway.router._soap
    endpoint._public_url = "https://gw.example"
    try:
        answer = await AsgiClient(gateway.router).get(f"{PATH}?wsdl")
    finally:
        endpoint._public_url = None
    assert f'"https://gw.example{PATH}"' in answer.text


@pytest.mark.parametrize(
    "host", ["gw.example", "gw.example:8443", "[::1]:8080", "my_gateway:8080", "192.0.2.7"]
)
async def test_the_address_is_the_called_one(gateway: Gateway, host: str) -> None:
    answer = await AsgiClient(gateway.router).get(f"{PATH}?wsdl", headers=[("host", host)])
    assert answer.text.count(f'"http://{host}{PATH}') == 2, "the import and the port"


@pytest.mark.parametrize("host", ['"><x', "gw.example/evil?", "a b", "gw.example:443/x", ""])
async def test_a_malformed_host_is_not_repeated(gateway: Gateway, host: str) -> None:
    answer = await AsgiClient(gateway.router).get(f"{PATH}?wsdl", headers=[("host", host)])
    assert document(answer).tag
    assert answer.text.count(f'"http://127.0.0.1:8080{PATH}') == 2


async def test_an_unknown_document_is_not_found(gateway: Gateway) -> None:
    answer = await AsgiClient(gateway.router).get(f"{PATH}?wsdl=../../etc/hostname")
    assert answer.status == 404
    assert f"{PATH}?wsdl" in answer.text


async def test_the_address_without_a_query_describes_itself(gateway: Gateway) -> None:
    answer = await AsgiClient(gateway.router).get(PATH)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; charset=UTF-8"
    assert f"http://127.0.0.1:8080{PATH}?wsdl" in answer.text


@pytest.mark.parametrize("address", [PATH, f"{PATH}?wsdl"])
async def test_head_is_get_without_the_body(gateway: Gateway, address: str) -> None:
    client = AsgiClient(gateway.router)
    got = await client.get(address)
    head = await client.send("HEAD", address, (), b"", ())
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
async def test_other_methods_are_not_allowed(gateway: Gateway, method: str) -> None:
    answer = await AsgiClient(gateway.router).send(
        method, PATH, (), envelope(REGISTER).encode(), ()
    )
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


async def test_every_operation_of_the_wsdl_is_served_or_has_its_reason(gateway: Gateway) -> None:
    """The reason in the WSDL is the one that a call is answered with."""
    answer = await AsgiClient(gateway.router).get(f"{PATH}?wsdl=MerchantService.wsdl")
    offered = {
        each.get("name", ""): each.findtext(f"{{{WSDL}}}documentation", "").strip()
        for each in document(answer).iter(f"{{{WSDL}}}operation")
    }
    assert offered.keys() == OPERATIONS.keys()
    for name, text in offered.items():
        called = await ask(gateway, f"<mer:{name}/>")
        if OPERATIONS[name].method is None:
            assert called.fault_text.endswith(f"{name} is not served: {text}"), name
        else:
            assert called.error_code not in {None, "0"}, name
