"""SOAP requests and answers for tests: envelopes are built from the tables of operations and types.

Every answer that a test reads is checked against our own XML Schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from lxml import etree

from altyn.protocol.dialects.classic.soap.names import (
    MESSAGE_NAMESPACES,
    PASSWORD_TEXT,
    SOAP_ENVELOPE,
    WSSE,
    XSD,
)
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.schema import qualified, schema
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of

NAMESPACE: Final = MESSAGE_NAMESPACES[0]

Values = Mapping[str, Any]


# ── Requests ──────────────────────────────────────────────────────────────────────────────────────


def wrapper(operation: str, values: Values, namespace: str = NAMESPACE) -> Any:
    """The operation's element; values become attributes or children, as the schema demands."""
    row = OPERATIONS[operation]
    element = etree.Element(f"{{{namespace}}}{operation}", nsmap={"mer": namespace})
    for part in row.parts:
        if part.type in TYPES:
            _fill(etree.SubElement(element, part.name), part.type, values)
        elif part.name in values:
            etree.SubElement(element, part.name).text = values[part.name]
    return element


def _fill(element: Any, type_name: str, values: Values) -> None:
    for part in attributes_of(type_name):
        if part.name in values:
            element.set(part.name, str(values[part.name]))
    for part in children_of(type_name):
        if part.name in values:
            value = values[part.name]
            for each in value if isinstance(value, list | tuple) else (value,):
                child = etree.SubElement(element, part.name)
                if isinstance(each, Mapping):
                    _fill(child, part.type, each)
                else:
                    child.text = str(each)
    if TYPES[type_name].text is not None:
        element.text = str(values["value"])


def envelope(body: Any, user: str, password: str) -> bytes:
    """A complete request with a Security header for the user."""
    root = etree.Element(f"{{{SOAP_ENVELOPE}}}Envelope", nsmap={"soapenv": SOAP_ENVELOPE})
    header = etree.SubElement(root, f"{{{SOAP_ENVELOPE}}}Header")
    security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
    security.set(f"{{{SOAP_ENVELOPE}}}mustUnderstand", "1")
    token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
    etree.SubElement(token, f"{{{WSSE}}}Username").text = user
    secret = etree.SubElement(token, f"{{{WSSE}}}Password", Type=PASSWORD_TEXT)
    secret.text = password
    etree.SubElement(root, f"{{{SOAP_ENVELOPE}}}Body").append(body)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


# ── Answers ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SoapAnswer:
    """The `return` of an answer: attributes and simple children as text, others as objects."""

    members: Mapping[str, Any]

    @property
    def code(self) -> int:
        """The code of the error; recurrentPayment has it in `error`, if there is one."""
        if "success" in self.members and "errorCode" not in self.members:
            return int(self._error.get("code", 0))
        return int(self.members["errorCode"])

    @property
    def text(self) -> str:
        return str(self.members.get("errorMessage", self._error.get("message", "")))

    @property
    def _error(self) -> Mapping[str, Any]:
        found = self.members.get("error")
        return found if isinstance(found, Mapping) else {}


def read_answer(operation: str, document: bytes, namespace: str = NAMESPACE) -> SoapAnswer:
    """The answer in an envelope; fails when it is invalid by our schema."""
    root = etree.fromstring(document)
    assert root.tag == f"{{{SOAP_ENVELOPE}}}Envelope"
    (answered,) = root.find(f"{{{SOAP_ENVELOPE}}}Body")
    assert answered.tag == f"{{{namespace}}}{operation}Response", etree.tostring(root)
    valid = answers_schema(namespace)
    assert valid.validate(answered), (str(valid.error_log), document.decode())
    (returned,) = answered
    members = _members(returned, OPERATIONS[operation].answer)
    assert isinstance(members, dict)
    return SoapAnswer(members)


def _members(element: Any, type_name: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(element.attrib)
    parts = {part.name: part for part in children_of(type_name)}
    for child in element:
        part = parts[child.tag]
        value = _members(child, part.type) if part.type in TYPES else child.text or ""
        if part.repeating:
            found.setdefault(part.name, []).append(value)
        else:
            found[part.name] = value
    if TYPES[type_name].text is not None:
        found["value"] = element.text or ""
    return found


@cache
def answers_schema(namespace: str = NAMESPACE) -> Any:
    """Our schema with the wrapper elements of the answers."""
    return _with_elements(
        namespace,
        [
            f'<xs:element name="{each.answers}"><xs:complexType><xs:sequence>'
            f'<xs:element name="return" type="{qualified(each.answer)}"/>'
            "</xs:sequence></xs:complexType></xs:element>"
            for each in OPERATIONS.values()
        ],
    )


@cache
def requests_schema(namespace: str = NAMESPACE) -> Any:
    """Our schema with the wrapper elements of the requests."""
    return _with_elements(namespace, [_request_element(each) for each in OPERATIONS.values()])


def _request_element(operation: SoapOperation) -> str:
    inside = "".join(
        f'<xs:element name="{part.name}" type="{qualified(part.type)}"/>'
        for part in operation.parts
    )
    return (
        f'<xs:element name="{operation.name}"><xs:complexType><xs:sequence>{inside}'
        "</xs:sequence></xs:complexType></xs:element>"
    )


def _with_elements(namespace: str, elements: Sequence[str]) -> Any:
    assert XSD in schema(namespace)
    text = schema(namespace).replace("</xs:schema>", "".join(elements) + "</xs:schema>")
    return etree.XMLSchema(etree.fromstring(text))
