"""Mails over SMTP: what arrives, how TLS is used, and what each answer of a server means."""

from __future__ import annotations

import asyncio
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from altyn.domain.mail import Mail
from altyn.domain.mail_address import parse_mail_address, parse_sender
from altyn.domain.mail_server import SmtpServer, Tls
from altyn.domain.outbox import EntryId, Verdict
from altyn.operations.mails import OutgoingMail, SendResult
from altyn.outbound.mail.smtp import SmtpOptions, SmtpTransport
from tests.builders import ORDER_ID
from tests.certificates import tls_contexts
from tests.smtp_server import Answer, SmtpStandIn, an_smtp_server

AT: Final = datetime(2026, 11, 21, 15, 42, tzinfo=UTC)
SENDER: Final = parse_sender("Касса <pay@shop.example>")


def a_mail(**changes: Any) -> Mail:
    fields: dict[str, Any] = {
        "reason": "payment",
        "order_id": ORDER_ID,
        "order_number": "A-100",
        "to": "payer@example.org",
        "subject": "Заказ оплачен",
        "text": "Заказ A-100 оплачен\n.\n",
        "html": "<!doctype html><p>Заказ A-100 оплачен</p>",
    }
    return Mail(**{**fields, **changes})


def outgoing(mail: Mail | None = None, *, to: str = "payer@example.org") -> OutgoingMail:
    return OutgoingMail(
        id=EntryId(1, UUID(str(ORDER_ID)), 3, 2),
        mail=mail or a_mail(),
        to=parse_mail_address(to),
        at=AT,
    )


async def send(
    server: SmtpServer, mail: OutgoingMail | None = None, options: SmtpOptions | None = None
) -> SendResult:
    transport = SmtpTransport(server, SENDER, options or SmtpOptions())
    try:
        return await transport.send(mail or outgoing())
    finally:
        transport.close()


def at(stand_in: SmtpStandIn, tls: Tls = Tls.OFFERED, **user: str) -> SmtpServer:
    return SmtpServer("127.0.0.1", stand_in.port, tls, **user)


def answering(command: str, answer: str) -> Answer:
    return lambda verb, _: answer if verb == command else None


async def test_text_and_html_arrive_with_their_headers() -> None:
    async with an_smtp_server() as stand_in:
        result = await send(at(stand_in))
    assert result.verdict is Verdict.DELIVERED
    assert result.seconds is not None
    [accepted] = stand_in.accepted
    assert (accepted.sender, accepted.recipients) == ("pay@shop.example", ("payer@example.org",))
    message = accepted.message
    assert str(message["Subject"]) == "Заказ оплачен"
    assert str(message["From"]) == "Касса <pay@shop.example>"
    assert str(message["To"]) == "payer@example.org"
    assert str(message["Date"]) == "Sat, 21 Nov 2026 15:42:00 +0000"
    assert str(message["Message-ID"]) == f"<{ORDER_ID}.3.2@shop.example>"
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content().splitlines() == ["Заказ A-100 оплачен", "."]
    assert html.get_content().strip() == "<!doctype html><p>Заказ A-100 оплачен</p>"
    assert accepted.content.isascii()


async def test_repeated_attempt_is_the_same_message() -> None:
    async with an_smtp_server() as stand_in:
        await send(at(stand_in))
        await send(at(stand_in))
    first, second = stand_in.accepted
    assert first.content == second.content


async def test_subject_cannot_add_a_header() -> None:
    mail = a_mail(subject="paid\r\nBcc: everyone@example.org", from_name="a\nb")
    async with an_smtp_server() as stand_in:
        await send(at(stand_in), outgoing(mail))
    [accepted] = stand_in.accepted
    assert str(accepted.message["Subject"]) == "paid Bcc: everyone@example.org"
    assert accepted.message["Bcc"] is None


async def test_host_outside_ascii_is_sent_as_punycode() -> None:
    async with an_smtp_server(offers=()) as stand_in:
        result = await send(at(stand_in), outgoing(to="anna@почта.рф"))
    assert result.verdict is Verdict.DELIVERED
    assert stand_in.accepted[0].recipients == ("anna@xn--80a1acny.xn--p1ai",)


async def test_name_outside_ascii_needs_a_server_that_takes_it() -> None:
    mail = outgoing(to="анна@example.org")
    async with an_smtp_server() as able:
        assert (await send(at(able), mail)).verdict is Verdict.DELIVERED
    assert able.accepted[0].recipients == ("анна@example.org",)
    async with an_smtp_server(offers=()) as unable:
        refused = await send(at(unable), mail)
    assert refused.verdict is Verdict.REJECTED
    assert "SMTPUTF8" in (refused.problem or "")


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("451 try again later", Verdict.FAILED), ("550 no such user", Verdict.REJECTED)],
)
async def test_answer_to_the_mail_decides(command: str, answer: str, verdict: Verdict) -> None:
    async with an_smtp_server(answering(command, answer)) as stand_in:
        result = await send(at(stand_in))
    assert result.verdict is verdict
    assert answer in (result.problem or "")
    assert f"127.0.0.1:{stand_in.port}" in (result.problem or "")
    assert stand_in.accepted == []


@pytest.mark.parametrize("answer", ["421 too busy", "554 not for you"])
async def test_refusal_of_the_connection_is_tried_again(answer: str) -> None:
    async with an_smtp_server(answering("CONNECT", answer)) as stand_in:
        result = await send(at(stand_in))
    assert result.verdict is Verdict.FAILED


async def test_starttls_is_used_where_it_is_offered(tmp_path: Path) -> None:
    server, client = tls_contexts(tmp_path)
    async with an_smtp_server(tls=server) as stand_in:
        target = at(stand_in, user="pay", password="secret pass")
        result = await send(target, options=SmtpOptions(tls_context=client))
    assert result.verdict is Verdict.DELIVERED
    assert stand_in.accepted[0].encrypted
    assert stand_in.accepted[0].user == "pay"


async def test_connection_may_be_encrypted_from_its_start(tmp_path: Path) -> None:
    server, client = tls_contexts(tmp_path)
    async with an_smtp_server(tls=server, implicit_tls=True) as stand_in:
        result = await send(at(stand_in, Tls.IMPLICIT), options=SmtpOptions(tls_context=client))
    assert result.verdict is Verdict.DELIVERED


async def test_untrusted_certificate_gets_no_mail(tmp_path: Path) -> None:
    server, _ = tls_contexts(tmp_path)
    async with an_smtp_server(tls=server) as stand_in:
        result = await send(at(stand_in))
    assert result.verdict is Verdict.FAILED
    assert "certificate" in (result.problem or "")
    assert stand_in.accepted == []


async def test_required_starttls_that_is_not_offered_gets_no_mail() -> None:
    async with an_smtp_server() as stand_in:
        result = await send(at(stand_in, Tls.REQUIRED))
    assert result.verdict is Verdict.FAILED
    assert "STARTTLS" in (result.problem or "")
    assert "MAIL" not in stand_in.commands


async def test_wrong_password_is_tried_again_and_never_shown() -> None:
    async with an_smtp_server() as stand_in:
        result = await send(at(stand_in, user="pay", password="other secret"))
    assert result.verdict is Verdict.FAILED
    assert "ALTYN_SMTP_URL" in (result.problem or "")
    assert "535 wrong password" in (result.problem or "")
    assert "other secret" not in (result.problem or "")


async def test_silent_server_ends_by_the_time_limit() -> None:
    async with an_smtp_server(answering(".", "")) as stand_in:
        result = await send(at(stand_in), options=SmtpOptions(silence_seconds=0.2))
    assert result.verdict is Verdict.FAILED
    assert "silent" in (result.problem or "") or "in time" in (result.problem or "")


async def test_server_that_never_ends_its_answer_is_cut() -> None:
    ended = threading.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"220-please wait\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            ended.set()
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    target = SmtpServer("127.0.0.1", port, Tls.OFFERED)
    async with server:
        result = await send(target, options=SmtpOptions(silence_seconds=10, attempt_seconds=1))
        assert result.verdict is Verdict.FAILED
        assert await asyncio.to_thread(ended.wait, 30), "the connection was not cut"


async def test_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = await send(SmtpServer("127.0.0.1", taken.getsockname()[1], Tls.OFFERED))
    assert result.verdict is Verdict.FAILED
    assert "cannot be reached" in (result.problem or "")


async def test_probe_signs_in_and_sends_nothing() -> None:
    async with an_smtp_server() as stand_in:
        good = SmtpTransport(at(stand_in, user="pay", password="secret pass"), SENDER)
        bad = SmtpTransport(at(stand_in, user="pay", password="no"), SENDER)
        assert await good.probe() is None
        assert "ALTYN_SMTP_URL" in (await bad.probe() or "")
        good.close()
        bad.close()
    assert "MAIL" not in stand_in.commands
