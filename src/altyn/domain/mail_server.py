"""The SMTP server that mails are sent through, read from its URL. A pure value."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_HOST: Final = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*"
)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
EXAMPLE: Final = "smtp://user:password@mail.example:587"


class Tls(StrEnum):
    """How the connection is encrypted: from its start, by STARTTLS, or by STARTTLS if offered."""

    IMPLICIT = "implicit"
    REQUIRED = "required"
    OFFERED = "offered"


DEFAULT_PORTS: Final = {"smtp": 587, "smtps": 465}


class MailServerError(Exception):
    """The text is no URL of an SMTP server; the message says what to write, never a password."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """An SMTP server, and the user to sign in as; an empty user does not sign in."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_local(self) -> bool:
        """Whether the connection does not leave this machine."""
        return self.host in _LOOPBACK

    def __str__(self) -> str:
        """The server without its password, for people."""
        scheme = "smtps" if self.tls is Tls.IMPLICIT else "smtp"
        host = f"[{self.host}]" if ":" in self.host else self.host
        query = "?starttls=required" if self.tls is Tls.REQUIRED else ""
        user = f"{self.user}:***@" if self.user else ""
        return f"{scheme}://{user}{host}:{self.port}{query}"


def parse_smtp_url(url: str) -> SmtpServer:
    """The server of `smtp://user:password@host:587?starttls=required` or `smtps://…`.

    Raises MailServerError: another scheme, no valid host or port, a path, a user without a password
    or the reverse, another query.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailServerError(f"it is no URL; write it as {EXAMPLE}") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise MailServerError(f"it must begin with smtp:// or smtps://, as {EXAMPLE}")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host) or port == 0 or parts.path not in {"", "/"} or parts.fragment:
        raise MailServerError(
            f"it must have a host, a port and nothing behind them but ?starttls=required: {EXAMPLE}"
            " (signs like / # ? @ : in a password are written %2F %23 %3F %40 %3A)"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise MailServerError("it must have both a user and a password, or neither")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise MailServerError("its user and password may have printable ASCII characters only")
    return SmtpServer(host, port or DEFAULT_PORTS[parts.scheme], _tls(parts), user, password)


def _tls(parts: SplitResult) -> Tls:
    query = parse_qsl(parts.query, keep_blank_values=True)
    if parts.scheme == "smtps" and not query:
        return Tls.IMPLICIT
    if parts.scheme == "smtp" and query in ([], [("starttls", "offered")]):
        return Tls.OFFERED
    if parts.scheme == "smtp" and query == [("starttls", "required")]:
        return Tls.REQUIRED
    raise MailServerError(
        "its query may be starttls=required or starttls=offered, and only with smtp://"
    )
