"""WS-Security: the name and password of a message, and the faults where they are missing.

Source: soap.md §1.2.
"""

from __future__ import annotations

from typing import Final

import pytest

from altyn.inbound.http.fields import Fields
from altyn.inbound.soap.envelope import open_envelope
from altyn.inbound.soap.faults import FaultCode, MessageRefusedError, SoapFault
from altyn.inbound.soap.parser import parse_xml
from altyn.inbound.soap.security import (
    NOT_PROCESSED,
    SECURITY,
    SignedSource,
    UsernameToken,
    read_token,
)
from altyn.protocol.dialects.classic.soap.names import WSSE, WSU
from tests.unit.inbound.soap.soap_messages import PROFILE, TOKEN, envelope

NAME: Final = "<wsse:Username>shop-api</wsse:Username>"
PASSWORD: Final = "<wsse:Password>secret1</wsse:Password>"
DRAFT: Final = "http://schemas.xmlsoap.org/ws/2002/07/secext"


def token_of(header: str) -> UsernameToken:
    root = parse_xml(envelope(header=header).encode())
    return read_token(open_envelope(root, understood=(SECURITY,)).headers)


def refused(header: str) -> SoapFault:
    with pytest.raises(MessageRefusedError) as caught:
        token_of(header)
    return caught.value.fault


def secured(inside: str, attributes: str = "") -> str:
    return f"<wsse:Security {attributes}>{inside}</wsse:Security>"


def signed(inside: str) -> str:
    return secured(f"<wsse:UsernameToken>{inside}</wsse:UsernameToken>")


def typed(kind: str) -> str:
    return signed(f'{NAME}<wsse:Password Type="{kind}">secret1</wsse:Password>')


# The header of the reference, as it is printed there.
REFERENCE: Final = f"""
  <wsse:Security soapenv:mustUnderstand="1" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}">
    <wsse:UsernameToken wsu:Id="UsernameToken-1">
      <wsse:Username>shop-api</wsse:Username>
      <wsse:Password Type="{PROFILE}#PasswordText">secret1</wsse:Password>
    </wsse:UsernameToken>
  </wsse:Security>
"""
GOOD: Final = {
    "reference": REFERENCE,
    "no Type": signed(NAME + PASSWORD),
    "empty Type": typed(""),
    "Type without its address": typed("PasswordText"),
    "Type as a qualified attribute": signed(
        f'{NAME}<wsse:Password wsse:Type="{PROFILE}#PasswordText">secret1</wsse:Password>'
    ),
    "password first": signed(PASSWORD + NAME),
    "a nonce that is no base64, no Created": signed(
        f"{NAME}{PASSWORD}<wsse:Nonce>***</wsse:Nonce>"
    ),
    "Created long ago": signed(f'{NAME}{PASSWORD}<Created xmlns="{WSU}">2001-01-01</Created>'),
    "a time stamp beside it": secured(f'<Timestamp xmlns="{WSU}"/>{TOKEN}'),
    "a name on a line of its own": signed(
        f"<wsse:Username>\n shop-api\n</wsse:Username>{PASSWORD}"
    ),
    "comments and CDATA": signed(
        "<wsse:Username>shop<!-- -->-api</wsse:Username>"
        "<wsse:Password><![CDATA[secret]]>1</wsse:Password>"
    ),
    "addressing beside it": f'<a:To xmlns:a="http://www.w3.org/2005/08/addressing"/>{secured(TOKEN)}',
    "another for somebody else": (
        secured("", 'soapenv:actor="urn:proxy" soapenv:mustUnderstand="1"') + secured(TOKEN)
    ),
    "default namespace": (
        f'<Security xmlns="{WSSE}"><UsernameToken><Username>shop-api</Username>'
        "<Password>secret1</Password></UsernameToken></Security>"
    ),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_name_and_a_password_are_found(kind: str) -> None:
    assert token_of(GOOD[kind]) == UsernameToken("shop-api", "secret1")


def test_a_password_keeps_its_white_space() -> None:
    token = token_of(signed(f"{NAME}<wsse:Password> &lt;п\u00e4&#x20AC; </wsse:Password>"))
    assert token.password == " <п\u00e4\u20ac "


MISSING: Final = {
    "no header entry": "",
    "another entry": '<x:thing xmlns:x="urn:x"/>',
    "for somebody else": secured(TOKEN, 'soapenv:actor="urn:proxy"'),
    "an older draft": f'<Security xmlns="{DRAFT}"/>',
    "in no namespace": "<Security/>",
    "a token without Security": TOKEN,
}


@pytest.mark.parametrize("kind", MISSING)
def test_without_the_header_the_text_is_the_known_one(kind: str) -> None:
    fault = refused(MISSING[kind])
    assert fault.code is FaultCode.INVALID_SECURITY
    assert fault.text == NOT_PROCESSED
    assert fault.rule


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("an older draft", WSSE),
        ("in no namespace", WSSE),
        ("a token without Security", "belongs into"),
    ],
)
def test_the_rule_names_what_else_was_found(kind: str, rule: str) -> None:
    assert rule in refused(MISSING[kind]).rule


# what is wrong → the header, and the text of the fault
WRONG: Final = {
    "two headers": (secured(TOKEN) * 2, "there are several for this service"),
    "no token": (secured(""), "it holds 0 UsernameToken"),
    "two tokens": (secured(TOKEN * 2), "it holds 2 UsernameToken"),
    "a token of another namespace": (secured("<UsernameToken/>"), "it holds 0 UsernameToken"),
    "no name": (signed(PASSWORD), "holds 0 Username"),
    "two names": (signed(NAME * 2 + PASSWORD), "holds 2 Username"),
    "an empty name": (signed(f"<wsse:Username/>{PASSWORD}"), "Username is empty"),
    "a name of spaces": (
        signed(f"<wsse:Username> </wsse:Username>{PASSWORD}"),
        "Username is empty",
    ),
    "elements in a name": (
        signed(f"<wsse:Username>shop<b/>-api</wsse:Username>{PASSWORD}"),
        "Username holds elements",
    ),
    "no password": (signed(NAME), "holds 0 Password"),
    "two passwords": (signed(NAME + PASSWORD * 2), "holds 2 Password"),
    "an empty password": (signed(f"{NAME}<wsse:Password/>"), "Password is empty"),
    "elements in a password": (
        signed(f"{NAME}<wsse:Password>secret<b/>1</wsse:Password>"),
        "Password holds elements",
    ),
    "an unheard-of Type": (typed(f"{PROFILE}#PasswordRot13"), "neither PasswordText nor"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_the_fault_of_a_wrong_header_names_the_mistake(kind: str) -> None:
    header, text = WRONG[kind]
    fault = refused(header)
    assert fault.code is FaultCode.INVALID_SECURITY
    assert fault.text.startswith(f"{NOT_PROCESSED} (")
    assert text in fault.text
    assert "secret" not in fault.text + fault.rule


@pytest.mark.parametrize("kind", [f"{PROFILE}#PasswordDigest", "PasswordDigest"])
def test_the_fault_of_a_digest_gives_the_reason(kind: str) -> None:
    fault = refused(typed(kind))
    assert fault.code is FaultCode.UNSUPPORTED_TOKEN
    assert "kept hashed" in fault.text
    assert "PasswordText over TLS" in fault.text


def test_a_digest_among_passwords_is_refused_as_one() -> None:
    digest = f'<wsse:Password Type="{PROFILE}#PasswordDigest">x</wsse:Password>'
    assert refused(signed(NAME + PASSWORD + digest)).code is FaultCode.UNSUPPORTED_TOKEN


def test_repr_of_a_token_hides_its_password() -> None:
    assert "secret1" not in repr(token_of(secured(TOKEN)))


# ── The header alone authenticates ────────────────────────────────────────────────────────────────

BODY: Final = Fields.of(
    [("userName", "evil"), ("password", "x"), ("token", "t"), ("amount", "1"), ("amount", "2")]
)
SOURCE: Final = SignedSource(BODY, UsernameToken("shop-api", "secret1"))


def test_the_credentials_are_those_of_the_header() -> None:
    assert SOURCE.get("userName") == "shop-api"
    assert SOURCE.get("password") == "secret1"
    assert SOURCE.get_all("userName") == ("shop-api",)


def test_a_token_of_the_body_is_ignored() -> None:
    assert SOURCE.get("token") is None
    assert SOURCE.get_all("token") == ()


def test_other_parameters_are_those_of_the_body() -> None:
    assert SOURCE.get("amount") == "1"
    assert SOURCE.get_all("amount") == ("1", "2")
    assert list(SOURCE) == ["userName", "password", "amount"]


def test_repr_of_a_source_hides_its_values() -> None:
    assert "secret1" not in repr(SOURCE)
