"""Sends mails over SMTP, each with a connection of its own, in threads.

The standard library's smtplib speaks the protocol: see docs/decisions/0013-mail-by-smtplib.md. A
session that takes too long is cut, so its thread ends.
"""

import asyncio
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from altyn.domain.mail_address import Sender
from altyn.domain.mail_server import SmtpServer, Tls
from altyn.operations.mails import OutgoingMail, SendResult
from altyn.outbound.mail.message import message_of
from altyn.outbound.mail.problems import MailRefusedError, result_of, words_of

ATTEMPT_SECONDS: Final = 30
PROBE_SECONDS: Final = 10
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """How the server is called. `tls_context` is the system's trust store by default.

    Times in seconds: `silence` is the longest wait for one answer, `attempt` that for a whole mail.
    """

    tls_context: ssl.SSLContext | None = None
    silence_seconds: float = 15.0
    attempt_seconds: int = ATTEMPT_SECONDS


class SmtpTransport:
    """Implements the port `MailTransport` with an SMTP server. Close it at the end."""

    def __init__(
        self,
        server: SmtpServer,
        sender: Sender,
        options: SmtpOptions = SmtpOptions(),
        *,
        connections_max: int = 32,
    ) -> None:
        self._server = server
        self._sender = sender
        self._options = options
        self._threads = ThreadPoolExecutor(connections_max, thread_name_prefix="mail")
        self._open: set[_Session] = set()

    @property
    def attempt_seconds(self) -> int:
        """The longest that one attempt takes."""
        return self._options.attempt_seconds

    async def send(self, outgoing: OutgoingMail) -> SendResult:
        """Send the mail once. A refusal for good is REJECTED, every other error FAILED."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._options.attempt_seconds):
                await self._run(partial(_deliver, outgoing=outgoing, sender=self._sender))
        except (OSError, smtplib.SMTPException, MailRefusedError) as error:
            return result_of(error, self._server)
        return result_of(None, self._server, seconds=time.monotonic() - began)

    async def probe(self) -> str | None:
        """Connect, encrypt and sign in, and send nothing. Why that fails; None when it works."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._run(_sign_in_only)
        except (OSError, smtplib.SMTPException, MailRefusedError) as error:
            return words_of(error, self._server)
        return None

    def close(self) -> None:
        """Cut the open connections, and end the threads."""
        for session in set(self._open):
            session.cut()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: "Callable[[_Session], Result]") -> Result:
        session = _Session(self._server, self._sender.address.host, self._options)
        self._open.add(session)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, session.run, work)
        except BaseException:
            session.cut()
            raise
        finally:
            self._open.discard(session)


class _Session:
    """One connection to the server, used by one thread. `cut` may be called by any thread."""

    def __init__(self, server: SmtpServer, own_host: str, options: SmtpOptions) -> None:
        self._server = server
        self._own_host = own_host
        self._options = options
        self._is_cut = False
        self.client: smtplib.SMTP | None = None

    def run(self, work: "Callable[[_Session], Result]") -> Result:
        """Connect, sign in, do the work, and say goodbye. Raises what smtplib raises."""
        client = self._connect()
        try:
            result = self._signed_in(client, work)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.close()
        return result

    def began(self, client: smtplib.SMTP) -> None:
        """Remember the client before it connects."""
        self.client = client

    def cut(self) -> None:
        """End the connection: what waits for an answer fails at once."""
        self._is_cut = True
        connection = self.client.sock if self.client else None
        if isinstance(connection, socket.socket):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def refuse_if_cut(self) -> None:
        """Raise ConnectionAbortedError after `cut`: nothing may be sent after the time limit."""
        if self._is_cut:
            raise ConnectionAbortedError("the attempt has ended")

    def _signed_in(self, client: smtplib.SMTP, work: "Callable[[_Session], Result]") -> Result:
        server = self._server
        client.ehlo_or_helo_if_needed()
        if server.tls in {Tls.REQUIRED, Tls.OFFERED}:
            self._start_tls(client)
        if server.user:
            client.login(server.user, server.password)
        self.refuse_if_cut()
        result = work(self)
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        return result

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        common: Any = {
            "host": server.host,
            "port": server.port,
            "local_hostname": self._own_host,
            "timeout": self._options.silence_seconds,
        }
        if server.tls is Tls.IMPLICIT:
            return _ImplicitTlsClient(self, context=self._context(), **common)
        return _PlainClient(self, **common)

    def _start_tls(self, client: smtplib.SMTP) -> None:
        """Encrypt where the server offers it. Without TLS no password leaves this machine."""
        server = self._server
        if client.has_extn("starttls"):
            client.starttls(context=self._context())
            client.ehlo()
        elif server.tls is Tls.REQUIRED:
            raise MailRefusedError("the server does not offer STARTTLS, which is required")
        elif server.user and not server.is_local:
            raise MailRefusedError(
                "the server does not offer STARTTLS, and the password is not sent without TLS"
            )

    def _context(self) -> ssl.SSLContext:
        return self._options.tls_context or ssl.create_default_context()


class _PlainClient(smtplib.SMTP):
    """A client that its session knows before it connects."""

    def __init__(self, session: _Session, **options: Any) -> None:
        self._session = session
        super().__init__(**options)

    def connect(self, *address: Any, **options: Any) -> tuple[int, bytes]:
        self._session.began(self)
        return super().connect(*address, **options)


class _ImplicitTlsClient(_PlainClient, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


def _deliver(session: _Session, *, outgoing: OutgoingMail, sender: Sender) -> None:
    client = session.client
    assert client is not None, "the session is connected"
    message = message_of(outgoing, sender)
    utf8 = outgoing.to.needs_utf8 or sender.address.needs_utf8
    if utf8 and not client.has_extn("smtputf8"):
        raise MailRefusedError(
            "the server takes no addresses with letters outside ASCII (SMTPUTF8)", for_good=True
        )
    session.refuse_if_cut()
    client.sendmail(
        str(sender.address),
        [str(outgoing.to)],
        message.as_bytes(),
        mail_options=["SMTPUTF8", "BODY=8BITMIME"] if utf8 else [],
    )


def _sign_in_only(session: _Session) -> None:
    session.refuse_if_cut()
