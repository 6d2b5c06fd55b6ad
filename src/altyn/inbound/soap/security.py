"""WS-Security: finds the user's name and password in a message's header.

SOAP has the credentials outside the request; `SignedSource` adds them to the parameters, where the
request handler looks for them. Source: soap.md §1.2; WS-Security UsernameToken Profile 1.0.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from altyn.inbound.soap.faults import FaultCode, MessageRefusedError, SoapFault
from altyn.inbound.soap.parser import local_name, namespace, plain_text
from altyn.protocol.dialects.classic.soap.names import WSSE
from altyn.protocol.table import Droppable
from altyn.protocol.types import Source

SECURITY: Final = f"{{{WSSE}}}Security"
NOT_PROCESSED: Final = "An error was discovered processing the <wsse:Security> header"
# Credentials in the body are ignored: the header alone authenticates.
OF_THE_HEADER: Final = frozenset({"userName", "password", "token"})
_TOKEN: Final = f"{{{WSSE}}}UsernameToken"
_USERNAME: Final = f"{{{WSSE}}}Username"
_PASSWORD: Final = f"{{{WSSE}}}Password"


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """The user name and the password of a header."""

    user_name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class SignedSource:
    """A request's parameters, with the credentials of its header and none of its body."""

    parameters: Source
    token: UsernameToken

    def get(self, name: str) -> str | None:
        """The first value of a parameter."""
        if name in OF_THE_HEADER:
            return {"userName": self.token.user_name, "password": self.token.password}.get(name)
        return self.parameters.get(name)

    def get_all(self, name: str) -> tuple[str, ...]:
        if name in OF_THE_HEADER:
            value = self.get(name)
            return () if value is None else (value,)
        return self.parameters.get_all(name)

    def drop(self, names: Iterable[str]) -> None:
        """Let go of the values of these parameters."""
        if isinstance(self.parameters, Droppable):
            self.parameters.drop(names)

    def __iter__(self) -> Iterator[str]:
        yield "userName"
        yield "password"
        yield from (name for name in self.parameters if name not in OF_THE_HEADER)


def read_token(headers: Sequence[Element]) -> UsernameToken:
    """The one UsernameToken of a message's header.

    Nonce, Created, time stamps and signatures are ignored: the password is in clear text.
    Refuses (MessageRefusedError): no Security header or several, no UsernameToken or several, a
    name or a password that is missing, empty or repeated, a digest or another kind of password.
    """
    security = [each for each in headers if each.tag == SECURITY]
    if not security:
        raise _missing(headers)
    if len(security) > 1:
        raise _not_processed("there are several for this service")
    tokens = security[0].findall(_TOKEN)
    if len(tokens) != 1:
        raise _not_processed(f"it holds {len(tokens)} UsernameToken, and one is needed")
    user_name = _only(tokens[0], _USERNAME, "Username").strip()
    if not user_name:
        raise _not_processed("Username is empty")
    _refuse_other_kinds(tokens[0])
    password = _only(tokens[0], _PASSWORD, "Password")
    if not password:
        raise _not_processed("Password is empty")
    return UsernameToken(user_name, password)


def _only(token: Element, tag: str, name: str) -> str:
    """The text of the only child with this name."""
    found = token.findall(tag)
    if len(found) != 1:
        raise _not_processed(f"UsernameToken holds {len(found)} {name}, and one is needed")
    text = plain_text(found[0])
    if text is None:
        raise _not_processed(f"{name} holds elements, and a text is needed")
    return text


def _refuse_other_kinds(token: Element) -> None:
    """Refuse other passwords than clear text; a password without a Type is clear text."""
    for password in token.findall(_PASSWORD):
        # Some clients qualify the attribute, or leave out the address before #.
        spelled = password.get("Type") or password.get(f"{{{WSSE}}}Type") or "PasswordText"
        kind = spelled.strip().rpartition("#")[2]
        if kind == "PasswordDigest":
            raise MessageRefusedError(_DIGEST)
        if kind != "PasswordText":
            raise _not_processed("the Type of Password is neither PasswordText nor PasswordDigest")


_DIGEST: Final = SoapFault(
    FaultCode.UNSUPPORTED_TOKEN,
    "A PasswordDigest cannot be checked here, because passwords are kept hashed: "
    "send PasswordText over TLS",
    rule="a digest is made of the clear password, which the gateway does not have",
)


def _missing(headers: Sequence[Element]) -> MessageRefusedError:
    """The fault for a missing header; a header of another draft of the standard gets a hint."""
    if any(local_name(each) == "Security" for each in headers):
        rule = f"Security stands in another namespace than {WSSE}"
    elif any(namespace(each) == WSSE for each in headers):
        rule = "UsernameToken stands in soap:Header itself and belongs into wsse:Security"
    else:
        rule = "the message has no wsse:Security header, which says who is asking"
    return MessageRefusedError(SoapFault(FaultCode.INVALID_SECURITY, NOT_PROCESSED, rule))


def _not_processed(why: str) -> MessageRefusedError:
    text = f"{NOT_PROCESSED} ({why})"
    return MessageRefusedError(SoapFault(FaultCode.INVALID_SECURITY, text, why))
