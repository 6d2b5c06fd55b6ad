"""SOAP faults: the answers to messages that no operation was performed for.

An order that cannot be paid is an ordinary answer with an errorCode; a fault is for transport, XML,
envelope and credentials. Every answer to a SOAP client is SOAP.
Source: soap.md §1, §1.2; SOAP 1.1 §4.4, §6.2; WS-Security 1.0 §12.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import escape

from altyn.domain.card.free_text import mask_card_numbers
from altyn.protocol.dialects.classic.soap.names import SOAP_ENVELOPE, WSSE

TEXT_CHARS_MAX: Final = 500
RULE_NAMESPACE: Final = "urn:altyn:rule"
HTTP_FAULT: Final = 500

# XML 1.0 has no spelling for these, not even an escaped one.
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FaultCode(StrEnum):
    """A fault's code, with the prefix that it is written with."""

    CLIENT = "soap:Client"  # the message is wrong, and so would be a repetition of it
    SERVER = "soap:Server"  # the message may be right, and may be sent again
    VERSION_MISMATCH = "soap:VersionMismatch"
    MUST_UNDERSTAND = "soap:MustUnderstand"
    INVALID_SECURITY = "wsse:InvalidSecurity"
    FAILED_AUTHENTICATION = "wsse:FailedAuthentication"
    UNSUPPORTED_TOKEN = "wsse:UnsupportedSecurityToken"  # noqa: S105 - a code, not a password

    @property
    def of_security(self) -> bool:
        """Whether the code is defined by WS-Security and not by SOAP itself."""
        return self.startswith("wsse:")


@dataclass(frozen=True, slots=True)
class SoapFault:
    """A fault. `text` is for every client, `rule` for a developer who uses the sandbox.

    Both may hold names of the message, but no values: these are passwords and cards. A card number
    among the names is masked.
    """

    code: FaultCode
    text: str
    rule: str = ""
    status: int = HTTP_FAULT


class MessageRefusedError(Exception):
    """The message cannot be served; `fault` is the answer to it."""

    def __init__(self, fault: SoapFault) -> None:
        super().__init__(fault.text)
        self.fault = fault


def wrong_message(text: str, *, rule: str = "", status: int = HTTP_FAULT) -> MessageRefusedError:
    """A fault of the sender; the text says what is wrong."""
    return MessageRefusedError(SoapFault(FaultCode.CLIENT, text, rule, status))


FAILED_AUTHENTICATION: Final = SoapFault(
    FaultCode.FAILED_AUTHENTICATION,
    "The security token could not be authenticated or authorized",
    rule="the username or the password of wsse:UsernameToken is wrong",
)
OVERLOADED: Final = SoapFault(
    FaultCode.SERVER, "The gateway is busy: repeat the request in a moment", status=503
)
OUTDATED: Final = SoapFault(
    FaultCode.SERVER, "The gateway is being upgraded: repeat the request in a moment", status=503
)
BODY_TOO_LARGE: Final = SoapFault(
    FaultCode.CLIENT, "The request body is larger than this gateway reads"
)
BODY_TOO_SLOW: Final = SoapFault(
    FaultCode.SERVER, "The request body was not complete in time: repeat the request", status=408
)
FAILED: Final = SoapFault(FaultCode.SERVER, "System error.")


def write_fault(fault: SoapFault, *, show_rule: bool) -> bytes:
    """The fault's envelope; the rule in its detail when it may be shown.

    A fault about a header has no detail: SOAP keeps that for the body (SOAP 1.1 §4.4).
    """
    declared = f' xmlns:wsse="{WSSE}"' if fault.code.of_security else ""
    shown = show_rule and fault.rule and not fault.code.of_security
    detail = (
        f'<detail><rule xmlns="{RULE_NAMESPACE}">{_text(fault.rule)}</rule></detail>'
        if shown
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{SOAP_ENVELOPE}"><soap:Body><soap:Fault>'
        f"<faultcode{declared}>{fault.code}</faultcode>"
        f"<faultstring>{_text(fault.text)}</faultstring>{detail}"
        "</soap:Fault></soap:Body></soap:Envelope>"
    ).encode()


def _text(text: str) -> str:
    return escape(_UNSPEAKABLE.sub("\ufffd", mask_card_numbers(text)[:TEXT_CHARS_MAX]))
