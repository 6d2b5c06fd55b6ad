"""An SMTP server for tests, written from RFC 5321, 3207 and 6531: it keeps what it accepts.

A test decides what it answers to each command, and may have it be silent.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

WAIT_SECONDS: Final = 30

Answer = Callable[[str, int], str | None]
"""The answer to a command (`CONNECT`, `MAIL`, `RCPT`, `DATA`, `.` for the end of a mail), when it
came for the n-th time, from 1; an empty text is no answer at all, None the usual one."""


def usual(_command: str, _time: int) -> str | None:
    """Everything is accepted."""
    return None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the server has accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class SmtpStandIn:
    """The server: what it offers, how it answers, what it has accepted."""

    answer: Answer = usual
    tls: ssl.SSLContext | None = None
    offers: Sequence[str] = ("8BITMIME", "SMTPUTF8")
    port: int = 0
    accepted: list[Accepted] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, enough: Callable[[SmtpStandIn], bool]) -> None:
        """Wait until the server is so. TimeoutError after long."""
        async with asyncio.timeout(WAIT_SECONDS), self.changed:
            await self.changed.wait_for(lambda: enough(self))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await _Conversation(self, reader, writer).run()
        finally:
            writer.transport.abort()


@dataclass
class _Conversation:
    server: SmtpStandIn
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    recipients: tuple[str, ...] = ()
    user: str = ""
    encrypted: bool = False

    async def run(self) -> None:
        greeting = await self._decided("CONNECT") or "220 stand-in.example ESMTP"
        await self._send(greeting)
        if not greeting.startswith("220"):
            return
        while line := await self.reader.readline():
            command = line.decode().rstrip("\r\n")
            verb = command.partition(" ")[0].upper()
            answer = await self._decided(verb) or await self._answer(verb, command)
            await self._send(answer)
            if answer[:3] == "354":
                await self._content()
            if verb == "STARTTLS" and self.server.tls and answer[:3] == "220":
                await self.writer.start_tls(self.server.tls)
                self.encrypted = True
            if verb == "QUIT":
                return

    async def _answer(self, verb: str, command: str) -> str:
        match verb:
            case "EHLO":
                return self._greeting()
            case "STARTTLS":
                return "220 go ahead"
            case "AUTH":
                return await self._sign_in(command)
            case "MAIL":
                self.sender, self.recipients = _address(command), ()
            case "RCPT":
                self.recipients = (*self.recipients, _address(command))
            case "DATA":
                return "354 end with a dot"
            case "QUIT":
                return "221 bye"
        return "250 ok"

    def _greeting(self) -> str:
        tls = ("STARTTLS",) if self.server.tls and not self.encrypted else ()
        offers = ("stand-in.example", *self.server.offers, *tls, "AUTH PLAIN")
        return "\r\n".join(f"250{' ' if each == offers[-1] else '-'}{each}" for each in offers)

    async def _sign_in(self, command: str) -> str:
        sent = command.split(" ")
        coded = sent[2] if len(sent) > 2 else ""
        _, self.user, password = base64.b64decode(coded).decode().split("\0")
        return "235 welcome" if password == "secret pass" else "535 wrong password"

    async def _content(self) -> None:
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise ConnectionError
            lines.append(line.removeprefix(b"."))
        answer = await self._decided(".") or "250 accepted"
        if answer.startswith("250"):
            mail = Accepted(
                self.sender, self.recipients, b"".join(lines), self.encrypted, self.user
            )
            self.server.accepted.append(mail)
        await self._send(answer)

    async def _decided(self, verb: str) -> str | None:
        """What the test wants to be answered; a silent server never comes back from here."""
        self.server.commands.append(verb)
        async with self.server.changed:
            self.server.changed.notify_all()
        answer = self.server.answer(verb, self.server.commands.count(verb))
        if answer == "":
            await self.reader.read(-1)
            raise ConnectionError
        return answer

    async def _send(self, answer: str) -> None:
        self.writer.write(f"{answer}\r\n".encode())
        await self.writer.drain()
        async with self.server.changed:
            self.server.changed.notify_all()


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]


@asynccontextmanager
async def an_smtp_server(
    answer: Answer = usual,
    *,
    tls: ssl.SSLContext | None = None,
    offers: Sequence[str] = ("8BITMIME", "SMTPUTF8"),
    implicit_tls: bool = False,
) -> AsyncIterator[SmtpStandIn]:
    """A server on a free port of the loopback interface; `tls` is offered by STARTTLS."""
    stand_in = SmtpStandIn(answer, None if implicit_tls else tls, offers)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await stand_in.serve(reader, writer)
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls if implicit_tls else None)
    stand_in.port = server.sockets[0].getsockname()[1]
    try:
        yield stand_in
    finally:
        server.close()
        for task in set(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
