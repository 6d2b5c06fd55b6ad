"""The documents that describe the service: names clients have compiled in, and every operation.

Source: soap.md §1, §1.1. That two real clients read them is tried in tests/e2e.
"""

from typing import Any, Final

import pytest
from lxml import etree

from altyn.protocol.dialects.classic.soap.names import (
    MESSAGE_NAMESPACES,
    SERVICE_NAMESPACE,
    WSDL,
    WSDL_SOAP,
    XSD,
)
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS
from altyn.protocol.dialects.classic.soap.types import TYPES
from altyn.protocol.dialects.classic.soap.wsdl import port_type_wsdl, service_wsdl

ADDRESS: Final = "https://gw.example/payment/webservices/merchant-ws"
NAMES: Final = {"wsdl": WSDL, "soap": WSDL_SOAP, "xs": XSD}
MESSAGES: Final = MESSAGE_NAMESPACES[0]


def service(address: str = ADDRESS, namespace: str = MESSAGES) -> Any:
    return etree.fromstring(service_wsdl(address, namespace))


def port_type(namespace: str = MESSAGES) -> Any:
    return etree.fromstring(port_type_wsdl(namespace))


def test_the_service_has_the_names_that_clients_know() -> None:
    root = service()
    assert root.get("targetNamespace") == SERVICE_NAMESPACE
    assert root.get("name") == "MerchantServiceImplService"
    found = root.find("wsdl:service", NAMES)
    assert found.get("name") == "MerchantServiceImplService"
    assert found.find("wsdl:port", NAMES).get("name") == "MerchantServiceImplPort"
    assert found.find(".//soap:address", NAMES).get("location") == ADDRESS
    binding = root.find("wsdl:binding", NAMES)
    assert binding.get("name") == "MerchantServiceImplServiceSoapBinding"
    assert port_type().find("wsdl:portType", NAMES).get("name") == "MerchantService"


@pytest.mark.parametrize("namespace", MESSAGE_NAMESPACES)
def test_the_first_document_imports_the_second(namespace: str) -> None:
    found = service(namespace=namespace).find("wsdl:import", NAMES)
    assert found.get("location") == f"{ADDRESS}?wsdl=MerchantService.wsdl"
    assert found.get("namespace") == namespace
    assert port_type(namespace).get("targetNamespace") == namespace
    assert port_type(namespace).find(".//xs:schema", NAMES).get("targetNamespace") == namespace


def test_the_binding_is_rpc_literal_without_an_action() -> None:
    binding = service().find("wsdl:binding", NAMES)
    assert binding.find("soap:binding", NAMES).get("style") == "rpc"
    for operation in binding.findall("wsdl:operation", NAMES):
        assert operation.find("soap:operation", NAMES).get("soapAction") == ""
        bodies = operation.findall(".//soap:body", NAMES)
        assert {(body.get("use"), body.get("namespace")) for body in bodies} == {
            ("literal", MESSAGES)
        }


def test_every_operation_is_offered_bound_and_explained() -> None:
    offered = port_type().findall("wsdl:portType/wsdl:operation", NAMES)
    bound = service().findall("wsdl:binding/wsdl:operation", NAMES)
    assert [each.get("name") for each in offered] == list(OPERATIONS)
    assert [each.get("name") for each in bound] == list(OPERATIONS)
    for each in offered:
        row = OPERATIONS[each.get("name")]
        words = each.find("wsdl:documentation", NAMES).text.strip()
        assert words == (row.method.summary if row.method else row.why_not)


def test_messages_have_their_parts() -> None:
    messages = {
        each.get("name"): [
            (part.get("name"), part.get("type")) for part in each.findall("wsdl:part", NAMES)
        ]
        for each in port_type().findall("wsdl:message", NAMES)
    }
    assert messages["registerOrder"] == [("order", "tns:orderParams")]
    assert messages["registerOrderResponse"] == [("return", "tns:registerOrderResponse")]
    assert messages["getLastOrders"] == [("from", "xs:dateTime"), ("to", "xs:dateTime")]
    assert messages["verifyEnrollment"] == [("pan", "xs:string")]
    assert len(messages) == 2 * len(OPERATIONS)


def test_the_schema_declares_every_type_and_leaves_nested_names_unqualified() -> None:
    root = port_type().find(".//xs:schema", NAMES)
    assert root.get("elementFormDefault") == "unqualified"
    assert {each.get("name") for each in root.findall("xs:complexType", NAMES)} == set(TYPES)
    etree.XMLSchema(root)  # raises where it is none


def test_an_address_is_written_as_xml_has_it() -> None:
    address = 'https://gw.example/a&b"c'
    found = service(address)
    assert found.find(".//soap:address", NAMES).get("location") == address
