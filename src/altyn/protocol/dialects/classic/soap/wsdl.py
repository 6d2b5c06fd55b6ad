"""The two documents that describe the service to clients, printed from the tables.

The first has the address of the service and imports the second, which has its operations and
types, as clients of this protocol expect. Source: soap.md §1, §1.1.
"""

from collections.abc import Iterator
from functools import cache
from xml.sax.saxutils import quoteattr

from altyn.protocol.dialects.classic.soap.names import (
    BINDING,
    PORT,
    PORT_TYPE,
    PORT_TYPE_DOCUMENT,
    SERVICE,
    SERVICE_NAMESPACE,
    SOAP_HTTP,
    WSDL,
    WSDL_SOAP,
    XSD,
)
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.schema import qualified, schema

_PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'


def service_wsdl(address: str, namespace: str) -> bytes:
    """The service document: binding and address, which is the service's own without a query."""
    document = quoteattr(f"{address}?wsdl={PORT_TYPE_DOCUMENT}")
    return _document(
        f'<wsdl:definitions name="{SERVICE}" targetNamespace="{SERVICE_NAMESPACE}"',
        f' xmlns:wsdl="{WSDL}" xmlns:soap="{WSDL_SOAP}" xmlns:xs="{XSD}"',
        f' xmlns:tns="{SERVICE_NAMESPACE}" xmlns:ns1="{namespace}">',
        f'<wsdl:import location={document} namespace="{namespace}"/>',
        f'<wsdl:binding name="{BINDING}" type="ns1:{PORT_TYPE}">',
        f'<soap:binding style="rpc" transport="{SOAP_HTTP}"/>',
        *(line for each in OPERATIONS.values() for line in _bound(each, namespace)),
        "</wsdl:binding>",
        f'<wsdl:service name="{SERVICE}"><wsdl:port binding="tns:{BINDING}" name="{PORT}">',
        f"<soap:address location={quoteattr(address)}/>",
        "</wsdl:port></wsdl:service></wsdl:definitions>",
    )


@cache
def port_type_wsdl(namespace: str) -> bytes:
    """The port type document: types, messages and operations."""
    return _document(
        f'<wsdl:definitions name="{PORT_TYPE}" targetNamespace="{namespace}"',
        f' xmlns:wsdl="{WSDL}" xmlns:xs="{XSD}" xmlns:tns="{namespace}">',
        "<wsdl:types>",
        schema(namespace),
        "</wsdl:types>",
        *(line for each in OPERATIONS.values() for line in _messages(each)),
        f'<wsdl:portType name="{PORT_TYPE}">',
        *(line for each in OPERATIONS.values() for line in _offered(each)),
        "</wsdl:portType></wsdl:definitions>",
    )


def _document(*lines: str) -> bytes:
    return "\n".join((_PROLOG, *lines, "")).encode()


def _messages(operation: SoapOperation) -> Iterator[str]:
    yield f'<wsdl:message name="{operation.name}">'
    for part in operation.parts:
        yield f'<wsdl:part name="{part.name}" type="{qualified(part.type)}"/>'
    yield "</wsdl:message>"
    yield f'<wsdl:message name="{operation.answers}">'
    yield f'<wsdl:part name="return" type="{qualified(operation.answer)}"/></wsdl:message>'


def _offered(operation: SoapOperation) -> Iterator[str]:
    name, answers = operation.name, operation.answers
    yield f'<wsdl:operation name="{name}"><wsdl:documentation>{_documentation(operation)}'
    yield "</wsdl:documentation>"
    yield f'<wsdl:input message="tns:{name}" name="{name}"/>'
    yield f'<wsdl:output message="tns:{answers}" name="{answers}"/></wsdl:operation>'


def _documentation(operation: SoapOperation) -> str:
    """What an operation does, or why it is not served."""
    method = operation.method
    return operation.why_not if method is None else method.summary


def _bound(operation: SoapOperation, namespace: str) -> Iterator[str]:
    body = f'<soap:body use="literal" namespace="{namespace}"/>'
    yield f'<wsdl:operation name="{operation.name}"><soap:operation soapAction="" style="rpc"/>'
    yield f'<wsdl:input name="{operation.name}">{body}</wsdl:input>'
    yield f'<wsdl:output name="{operation.answers}">{body}</wsdl:output></wsdl:operation>'
