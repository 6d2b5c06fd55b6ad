"""The mail handler: has each mail written by the template of its reason, and sends it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from altyn.domain.mail import Mail, address_of
from altyn.domain.mail_address import MailAddressError, parse_mail_address
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import AttemptResult, ClaimedEntry, Verdict
from altyn.operations.mails import (
    MailRequest,
    MailTemplate,
    MailTransport,
    NotNeeded,
    NotReady,
    OutgoingMail,
)
from altyn.operations.ports import Clock

WRITE_SECONDS: Final = 5
"""How long a template may take, besides the attempt to send."""

PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""The time until the next attempt, after each failure."""

NO_SERVER: Final = (
    "this gateway sends no mail: set ALTYN_SMTP_URL and ALTYN_MAIL_FROM, and start it again"
)


class MailHandler:
    """Carries out the entries of the kind `mail`. `templates` are by the reasons of mails.

    `transport` is None where no mail can be sent: production without an SMTP server.
    """

    def __init__(
        self,
        templates: Mapping[str, MailTemplate],
        transport: MailTransport | None,
        clock: Clock,
    ) -> None:
        self._templates = templates
        self._transport = transport
        self._clock = clock

    def attempt_seconds(self, _merchant: Merchant) -> int:
        """The time limit of the transport, and time to write the mail."""
        return WRITE_SECONDS + (self._transport.attempt_seconds if self._transport else 0)

    def retry_pause(self, _merchant: Merchant, failures: int) -> timedelta | None:
        """After 1, 5, 15 minutes, 1, 4, 12, 24 hours; None after the eighth failure."""
        return PAUSES[failures - 1] if failures <= len(PAUSES) else None

    async def deliver(self, entry: ClaimedEntry, merchant: Merchant) -> AttemptResult:
        """Write the mail and send it once."""
        template = self._templates.get(entry.operation)
        if template is None:
            return _unsent(Verdict.FAILED, f"this gateway has no mail {entry.operation!r}")
        if self._transport is None:
            return _unsent(Verdict.REJECTED, NO_SERVER)
        address = address_of(entry.receiver)
        try:
            to = parse_mail_address(address)
        except MailAddressError as error:
            return _unsent(Verdict.REJECTED, f"{address!r} is no e-mail address: {error}")
        at = self._clock.now()
        match await template(_request(entry, merchant, at)):
            case NotReady() as waiting:
                return AttemptResult(
                    verdict=Verdict.ACCEPTED,
                    problem=waiting.problem,
                    again_after=waiting.again_after,
                    contacted=False,
                )
            case NotNeeded() as ended:
                return _unsent(Verdict.REJECTED, ended.problem)
            case Mail() as mail:
                outgoing = OutgoingMail(id=entry.id, mail=mail, to=to, at=at)
                return await _sent(self._transport, outgoing)


def _request(entry: ClaimedEntry, merchant: Merchant, now: datetime) -> MailRequest:
    return MailRequest(
        merchant=merchant,
        order_id=entry.id.subject_id,
        reason=entry.operation,
        to=address_of(entry.receiver),
        parameters=entry.parameters,
        due_at=entry.created_at,
        now=now,
    )


async def _sent(transport: MailTransport, outgoing: OutgoingMail) -> AttemptResult:
    result = await transport.send(outgoing)
    return AttemptResult(
        verdict=result.verdict,
        problem=result.problem,
        contacted=result.contacted,
        response_seconds=result.seconds,
    )


def _unsent(verdict: Verdict, problem: str) -> AttemptResult:
    return AttemptResult(verdict=verdict, problem=problem, contacted=False)
