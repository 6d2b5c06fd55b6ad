"""Opens an envelope: its header entries, and the element of the one operation.

A client with a wrong envelope (another version of SOAP, another namespace, a misspelled operation)
gets a fault that says what is wrong. Source: soap.md §1, §1.1; SOAP 1.1 §4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from xml.etree.ElementTree import Element

from altyn.inbound.soap.faults import (
    FaultCode,
    MessageRefusedError,
    SoapFault,
    wrong_message,
)
from altyn.inbound.soap.parser import local_name, namespace
from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, SOAP_ENVELOPE

NEXT_ACTOR: Final = "http://schemas.xmlsoap.org/soap/actor/next"
NEAREST_MAX: Final = 3
NAME_CHARS_MAX: Final = 100
_HEADER: Final = f"{{{SOAP_ENVELOPE}}}Header"
_BODY: Final = f"{{{SOAP_ENVELOPE}}}Body"
_ACTOR: Final = f"{{{SOAP_ENVELOPE}}}actor"
_MUST_UNDERSTAND: Final = f"{{{SOAP_ENVELOPE}}}mustUnderstand"


@dataclass(frozen=True, slots=True)
class Message:
    """A message: the header entries for this service, and the operation's own element."""

    headers: tuple[Element, ...]
    wrapper: Element

    @property
    def name(self) -> str:
        """The operation's name as sent."""
        return local_name(self.wrapper)

    @property
    def namespace(self) -> str:
        """The namespace of the message, which the answer must have too."""
        return namespace(self.wrapper)


def open_envelope(root: Element, *, understood: Iterable[str]) -> Message:
    """Open a message. `understood` are the header entries that this service reads.

    Refuses, in this order (MessageRefusedError): a root that is not an envelope, another version of
    SOAP, no Body or several, a header entry that must be understood and is not, a Body without
    exactly one element, an element in another namespace than the message's.
    """
    if local_name(root) != "Envelope":
        raise wrong_message(f"{_shown(root)} is not a SOAP envelope")
    if namespace(root) != SOAP_ENVELOPE:
        text = f"This is a SOAP 1.1 service: the namespace of Envelope is {SOAP_ENVELOPE}"
        raise MessageRefusedError(SoapFault(FaultCode.VERSION_MISMATCH, text))
    header, body = _parts(root)
    headers = tuple(each for each in header if _is_for_this_service(each))
    _refuse_not_understood(headers, frozenset(understood))
    if len(body) != 1:
        raise wrong_message(
            f"soap:Body holds one element, the operation; here it holds {len(body)}"
        )
    wrapper = body[0]
    if namespace(wrapper) not in MESSAGE_NAMESPACES:
        raise wrong_message(
            f"{_shown(wrapper)} is not in the namespace of this service: the operation's element "
            f"belongs to {MESSAGE_NAMESPACES[0]}, the elements in it to none"
        )
    return Message(headers, wrapper)


def unknown_operation(name: str, known: Iterable[str]) -> MessageRefusedError:
    """The fault for an unknown operation; it lists the nearest names."""
    lowered = {each.lower(): each for each in known}
    nearest = get_close_matches(name[:NAME_CHARS_MAX].lower(), lowered, n=NEAREST_MAX)
    hint = f"; the nearest are {', '.join(lowered[each] for each in nearest)}" if nearest else ""
    return wrong_message(f"There is no operation {_cut(name)}{hint}. The WSDL lists them all")


def _parts(root: Element) -> tuple[tuple[Element, ...], Element]:
    """The header's entries, and the Body. Elements of other namespaces are ignored."""
    own = [each for each in root if namespace(each) == SOAP_ENVELOPE]
    match [each.tag for each in own]:
        case [only] if only == _BODY:
            return (), own[0]
        case [first, second] if (first, second) == (_HEADER, _BODY):
            return tuple(own[0]), own[1]
    raise wrong_message("soap:Envelope holds at most one soap:Header, then one soap:Body")


def _is_for_this_service(entry: Element) -> bool:
    """Whether a header entry is for this service: it names the next node, or no node at all."""
    return entry.get(_ACTOR, "").strip() in {"", NEXT_ACTOR}


def _refuse_not_understood(headers: Iterable[Element], understood: frozenset[str]) -> None:
    for entry in headers:
        demanded = entry.get(_MUST_UNDERSTAND, "0").strip() in {"1", "true"}
        # A Security header of another WS-Security draft is reported by security.py, with a hint.
        of_security = local_name(entry) == "Security"
        if demanded and entry.tag not in understood and not of_security:
            text = (
                f"The header {_shown(entry)} must be understood, and this service does not know it"
            )
            raise MessageRefusedError(SoapFault(FaultCode.MUST_UNDERSTAND, text))


def _shown(element: Element) -> str:
    """The element's name for a fault's text."""
    if not namespace(element):
        return f"{_cut(element.tag)} (in no namespace)"
    return f"{_cut(local_name(element))} (in {_cut(namespace(element))})"


def _cut(name: str) -> str:
    return name if len(name) <= NAME_CHARS_MAX else f"{name[:NAME_CHARS_MAX]}…"
