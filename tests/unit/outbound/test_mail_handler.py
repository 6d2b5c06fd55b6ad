"""The mail handler: what becomes of a mail that cannot be written or sent, and the retries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from altyn.domain.mail import Mail
from altyn.domain.outbox import ClaimedEntry, EntryId, Verdict
from altyn.main.mails import BUILT_IN_MAILS, OpenMailHandler
from altyn.operations.mails import (
    MailRequest,
    MailTemplate,
    NotNeeded,
    NotReady,
    OutgoingMail,
    SendResult,
)
from altyn.outbound.mail.handler import PAUSES, MailHandler
from tests.builders import ORDER_ID, PAID_AT, a_merchant


class Clock:
    def now(self) -> datetime:
        return PAID_AT


@dataclass
class Transport:
    attempt_seconds: int = 30
    sent: list[OutgoingMail] = field(default_factory=list)

    async def send(self, outgoing: OutgoingMail) -> SendResult:
        self.sent.append(outgoing)
        return SendResult(verdict=Verdict.DELIVERED, seconds=0.1)


def an_entry(receiver: str = "anna@example.org", operation: str = "payment") -> ClaimedEntry:
    return ClaimedEntry(
        id=EntryId(1, ORDER_ID, 3, 1),
        kind="mail",
        operation=operation,
        receiver=f"{operation} {receiver}",
        host="mail",
        parameters={"amount": "1"},
        created_at=PAID_AT,
    )


def template(answer: Mail | NotReady | NotNeeded) -> Mapping[str, MailTemplate]:
    async def write(_: MailRequest) -> Mail | NotReady | NotNeeded:
        return answer

    return {"payment": write}


A_MAIL = Mail(
    reason="payment",
    order_id=ORDER_ID,
    order_number="A-100",
    to="anna@example.org",
    subject="s",
    text="t",
    html="h",
)


async def test_written_mail_is_sent() -> None:
    transport = Transport()
    handler = MailHandler(template(A_MAIL), transport, Clock())
    result = await handler.deliver(an_entry(), a_merchant())
    assert result.verdict is Verdict.DELIVERED
    [outgoing] = transport.sent
    assert (str(outgoing.to), outgoing.at, outgoing.mail) == ("anna@example.org", PAID_AT, A_MAIL)


@pytest.mark.parametrize(
    ("answer", "entry", "verdict", "problem"),
    [
        (NotReady("a receipt", timedelta(1)), an_entry(), Verdict.ACCEPTED, "a receipt"),
        (NotNeeded("no receipt"), an_entry(), Verdict.REJECTED, "no receipt"),
        (A_MAIL, an_entry("nobody"), Verdict.REJECTED, "'nobody' is no e-mail address"),
        (A_MAIL, an_entry(operation="new"), Verdict.FAILED, "no mail 'new'"),
    ],
)
async def test_mail_that_is_not_sent_has_a_reason(
    answer: Mail | NotReady | NotNeeded, entry: ClaimedEntry, verdict: Verdict, problem: str
) -> None:
    transport = Transport()
    handler = MailHandler(template(answer), transport, Clock())
    result = await handler.deliver(entry, a_merchant())
    assert (result.verdict, result.contacted) == (verdict, False)
    assert problem in (result.problem or "")
    assert transport.sent == []


async def test_gateway_without_a_server_names_the_setting() -> None:
    handler = MailHandler(template(A_MAIL), None, Clock())
    result = await handler.deliver(an_entry(), a_merchant())
    assert result.verdict is Verdict.REJECTED
    assert "ALTYN_SMTP_URL" in (result.problem or "")


def test_retries_take_less_than_two_days() -> None:
    handler = MailHandler({}, None, Clock())
    pauses = [handler.retry_pause(a_merchant(), number) for number in range(1, 10)]
    assert pauses == [*PAUSES, None, None]
    assert sum(PAUSES, timedelta(0)) < timedelta(days=2)


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(0), timedelta(seconds=2)),
        (timedelta(minutes=4), timedelta(minutes=1)),
        (timedelta(days=3), timedelta(hours=1)),
    ],
)
def test_template_is_asked_less_often_the_longer_it_waits(age: timedelta, pause: timedelta) -> None:
    request = MailRequest(
        merchant=a_merchant(),
        order_id=ORDER_ID,
        reason="receipt",
        to="anna@example.org",
        parameters={},
        due_at=PAID_AT,
        now=PAID_AT + age,
    )
    assert NotReady.for_a_while("a receipt", request) == NotReady("a receipt", pause)


def test_two_mails_of_one_reason_are_refused() -> None:
    with pytest.raises(ValueError, match=r"payment, .*payment"):
        OpenMailHandler.with_mails((*BUILT_IN_MAILS, *BUILT_IN_MAILS))
