"""E-mail addresses: read, checked, and spelled as a mail server wants them. Pure values.

A host with letters outside ASCII is sent as `xn--…`. A mailbox name with such letters needs a
server that has SMTPUTF8 (RFC 6531).
"""

import re
from dataclasses import dataclass
from typing import Final

from altyn.domain.control_characters import has_control

LENGTH_MAX: Final = 254  # RFC 5321 §4.5.3.1.3
LOCAL_LENGTH_MAX: Final = 64  # bytes; RFC 5321 §4.5.3.1.1
NAME_LENGTH_MAX: Final = 128

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NAMED: Final = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>")


class MailAddressError(Exception):
    """The text is no e-mail address; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class MailAddress:
    """One address. `local` is the part before the @, `host` is in ASCII and lower case."""

    local: str
    host: str

    def __str__(self) -> str:
        return f"{self.local}@{self.host}"

    @property
    def needs_utf8(self) -> bool:
        """Whether the server that takes the mail must have SMTPUTF8."""
        return not self.local.isascii()


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mails come from: an address, and the name before it, which may be empty."""

    address: MailAddress
    name: str = ""


def parse_mail_address(text: str) -> MailAddress:
    """The address that a text is.

    Raises MailAddressError: no @, a character that is not allowed (blanks, line breaks, commas,
    brackets and quotes among them), a part that is too long, a host that is no name.
    """
    local, at, host = text.strip(" ").rpartition("@")
    if not at or not local or not host:
        raise MailAddressError("it has no name and host with an @ between them")
    if not _LOCAL.fullmatch(local) or has_control(local) or not local.isprintable():
        raise MailAddressError("its part before the @ has a character that is not allowed there")
    address = MailAddress(local, _ascii_host(host))
    if len(local.encode()) > LOCAL_LENGTH_MAX or len(str(address).encode()) > LENGTH_MAX:
        raise MailAddressError(
            f"it is too long: at most {LOCAL_LENGTH_MAX} bytes before the @, {LENGTH_MAX} in all"
        )
    return address


def split_addresses(text: str) -> tuple[str, ...]:
    """The addresses of a text with commas between them, each once (fiscal.md §3.1, email)."""
    return tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def refusal_of_addresses(text: str) -> str | None:
    """Why no mail can go to these addresses, or to one of them; None when it can."""
    addresses = split_addresses(text)
    if not addresses:
        return "there is no address"
    for each in addresses:
        try:
            parse_mail_address(each)
        except MailAddressError as error:
            return f"{each!r}: {error}"
    return None


def parse_sender(text: str) -> Sender:
    """`Name <address>`, or an address alone. Raises MailAddressError as `parse_mail_address`."""
    found = _NAMED.fullmatch(text.strip())
    if found is None:
        return Sender(parse_mail_address(text))
    name = found["name"].strip('" ')
    if has_control(name) or not name.isprintable() or len(name) > NAME_LENGTH_MAX:
        raise MailAddressError(
            f"its name must be at most {NAME_LENGTH_MAX} printable characters on one line"
        )
    return Sender(parse_mail_address(found["address"]), name)


def _ascii_host(host: str) -> str:
    try:
        name = host.encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if not all(map(_LABEL.fullmatch, name.split("."))):
        raise MailAddressError("its part after the @ is no host name")
    return name
