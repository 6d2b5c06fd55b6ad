"""The envelope of a message: its parts, and the fault of a wrong one.

Source: soap.md §1, §1.1; SOAP 1.1 §4.
"""

from __future__ import annotations

from typing import Final

import pytest

from altyn.inbound.soap.envelope import Message, open_envelope, unknown_operation
from altyn.inbound.soap.faults import FaultCode, MessageRefusedError, SoapFault
from altyn.inbound.soap.parser import parse_xml
from altyn.inbound.soap.security import SECURITY
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, SOAP_ENVELOPE
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS
from tests.unit.inbound.soap.soap_messages import MER, OPERATION, SOAP_12, envelope

ADDRESSING: Final = '<To xmlns="http://www.w3.org/2005/08/addressing">http://x/</To>'


def opened(document: str) -> Message:
    return open_envelope(parse_xml(document.encode()), understood=(SECURITY,))


def refused(document: str) -> SoapFault:
    with pytest.raises(MessageRefusedError) as caught:
        opened(document)
    return caught.value.fault


def test_a_message_is_opened() -> None:
    message = opened(envelope())
    assert message.name == "getOrderStatus"
    assert message.namespace == MER
    assert [each.tag for each in message.headers] == [SECURITY]
    assert message.wrapper[0].get("orderId") == "x"


@pytest.mark.parametrize("own", MESSAGE_NAMESPACES)
def test_both_message_namespaces_are_known(own: str) -> None:
    assert opened(envelope(f'<getOrderStatus xmlns="{own}"/>')).namespace == own


def test_the_header_may_be_missing() -> None:
    body = f"<e:Body>{OPERATION}</e:Body>"
    message = opened(f'<e:Envelope xmlns:e="{SOAP_ENVELOPE}" xmlns:mer="{MER}">{body}</e:Envelope>')
    assert message.headers == ()


@pytest.mark.parametrize(
    "document",
    ["<html/>", "<mer:registerOrder xmlns:mer='u'/>", f'<Body xmlns="{SOAP_ENVELOPE}"/>'],
)
def test_another_root_is_not_an_envelope(document: str) -> None:
    fault = refused(document)
    assert fault.code is FaultCode.CLIENT
    assert "is not a SOAP envelope" in fault.text


@pytest.mark.parametrize("soap", [SOAP_12, "urn:x", ""])
def test_another_version_of_soap_is_refused(soap: str) -> None:
    fault = refused(f'<Envelope xmlns="{soap}"><Body/></Envelope>')
    assert fault.code is FaultCode.VERSION_MISMATCH
    assert SOAP_ENVELOPE in fault.text


@pytest.mark.parametrize(
    "parts",
    [
        *("", "<Header/>", "<Body/><Header/>", "<Body/><Body/>", "<Header/><Header/><Body/>"),
        *("<Fault/>", "<Header/><Body/><Body/>", "<Header/><Other/><Body/>"),
    ],
)
def test_the_parts_of_an_envelope_are_header_and_body(parts: str) -> None:
    fault = refused(f'<Envelope xmlns="{SOAP_ENVELOPE}">{parts}</Envelope>')
    assert fault.text == "soap:Envelope holds at most one soap:Header, then one soap:Body"


def test_elements_of_other_namespaces_behind_the_body_are_ignored() -> None:
    assert opened(envelope(more='<x:trailer xmlns:x="u"/>')).name == "getOrderStatus"


@pytest.mark.parametrize(("body", "number"), [("", 0), ("text", 0), (OPERATION * 2, 2)])
def test_the_body_holds_one_operation(body: str, number: int) -> None:
    assert refused(envelope(body)).text.endswith(f"here it holds {number}")


def test_comments_next_to_the_operation_are_ignored() -> None:
    assert opened(envelope(f"<!-- a -->\n{OPERATION}\n<!-- b -->")).name == "getOrderStatus"


@pytest.mark.parametrize("own", ["", "urn:x", f"{MER}/", MER.upper()])
def test_the_fault_of_a_wrong_namespace_has_the_right_one(own: str) -> None:
    fault = refused(envelope(f'<registerOrder xmlns="{own}"/>'))
    assert fault.code is FaultCode.CLIENT
    assert "registerOrder" in fault.text
    assert MER in fault.text


# ── Header entries ────────────────────────────────────────────────────────────────────────────────


def entry(attributes: str, name: str = "x:thing") -> str:
    return f'<{name} xmlns:x="urn:x" {attributes}/>'


@pytest.mark.parametrize("demand", ["1", "true", " 1 "])
def test_a_header_that_must_be_understood_and_is_not_is_refused(demand: str) -> None:
    fault = refused(envelope(header=entry(f'soapenv:mustUnderstand="{demand}"')))
    assert fault.code is FaultCode.MUST_UNDERSTAND
    assert "thing (in urn:x)" in fault.text


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'soapenv:mustUnderstand="0"',
        'soapenv:mustUnderstand="false"',
        'mustUnderstand="1"',
        'soapenv:mustUnderstand="1" soapenv:actor="urn:somebody-else"',
    ],
)
def test_other_headers_are_ignored(attributes: str) -> None:
    assert opened(envelope(header=entry(attributes))).name == "getOrderStatus"


@pytest.mark.parametrize("actor", ["", "http://schemas.xmlsoap.org/soap/actor/next"])
def test_a_header_for_the_next_node_is_read(actor: str) -> None:
    header = entry(f'soapenv:mustUnderstand="1" soapenv:actor="{actor}"')
    assert refused(envelope(header=header)).code is FaultCode.MUST_UNDERSTAND


def test_security_is_understood() -> None:
    message = opened(envelope(header=entry('soapenv:mustUnderstand="1"', "wsse:Security")))
    assert len(message.headers) == 1


def test_addressing_is_ignored() -> None:
    assert len(opened(envelope(header=ADDRESSING)).headers) == 1


def test_a_security_header_for_another_node_is_ignored() -> None:
    header = entry('soapenv:actor="urn:somebody-else"', "wsse:Security")
    assert opened(envelope(header=header)).headers == ()


def test_must_understand_is_refused_before_the_operation() -> None:
    header = entry('soapenv:mustUnderstand="1"')
    assert refused(envelope("<none/>", header)).code is FaultCode.MUST_UNDERSTAND


# ── Operations ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "nearest"),
    [("registerorder", "registerOrder"), ("register", "registerOrder"), ("refund", "refundOrder")],
)
def test_the_fault_of_an_unknown_operation_lists_the_nearest(sent: str, nearest: str) -> None:
    text = unknown_operation(sent, OPERATIONS).fault.text
    assert text.startswith(f"There is no operation {sent}; the nearest are ")
    assert nearest in text


def test_unrelated_operation_name_has_no_suggestion() -> None:
    assert "nearest" not in unknown_operation("zzzzzz", OPERATIONS).fault.text


def test_long_names_are_cut() -> None:
    assert len(unknown_operation("x" * 100_000, OPERATIONS).fault.text) < 300
