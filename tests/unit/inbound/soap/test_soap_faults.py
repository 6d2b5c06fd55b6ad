"""Faults as clients read them. Source: soap.md §1; SOAP 1.1 §4.4."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from altyn.inbound.soap.faults import (
    FAILED_AUTHENTICATION,
    OVERLOADED,
    RULE_NAMESPACE,
    FaultCode,
    SoapFault,
    write_fault,
)
from altyn.inbound.soap.parser import parse_xml
from altyn.protocol.dialects.classic.soap.names import SOAP_ENVELOPE, WSSE


def read(fault: SoapFault, *, show_rule: bool = True) -> Element:
    root = parse_xml(write_fault(fault, show_rule=show_rule))
    assert root.tag == f"{{{SOAP_ENVELOPE}}}Envelope"
    return root[0][0]


def test_a_fault_has_the_form_of_soap_1_1() -> None:
    assert write_fault(SoapFault(FaultCode.CLIENT, "a < b"), show_rule=True).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{SOAP_ENVELOPE}"><soap:Body><soap:Fault>'
        "<faultcode>soap:Client</faultcode><faultstring>a &lt; b</faultstring>"
        "</soap:Fault></soap:Body></soap:Envelope>"
    )


@pytest.mark.parametrize("code", FaultCode)
def test_every_code_has_its_prefix_declared(code: FaultCode) -> None:
    written = write_fault(SoapFault(code, "x"), show_rule=False).decode()
    assert f">{code.value}<" in written
    assert (f'xmlns:wsse="{WSSE}"' in written) is code.value.startswith("wsse:")


def test_the_rule_is_for_the_sandbox() -> None:
    fault = SoapFault(FaultCode.CLIENT, "x", rule="a & b")
    rule = read(fault).find(f"detail/{{{RULE_NAMESPACE}}}rule")
    assert rule is not None
    assert rule.text == "a & b"
    assert read(fault, show_rule=False).find("detail") is None


def test_a_fault_of_a_header_has_no_detail() -> None:
    assert FAILED_AUTHENTICATION.rule
    assert read(FAILED_AUTHENTICATION).find("detail") is None


def test_what_xml_cannot_hold_is_replaced_and_long_texts_are_cut() -> None:
    text = read(SoapFault(FaultCode.CLIENT, "\0\ud800" + "x" * 10_000)).findtext("faultstring")
    assert text is not None
    assert text.startswith("\ufffd\ufffdxx")
    assert len(text) == 500


def test_only_temporary_faults_have_a_retry_status() -> None:
    assert (OVERLOADED.code, OVERLOADED.status) == (FaultCode.SERVER, 503)
