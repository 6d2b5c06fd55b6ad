"""The SMS handler: has each message written by the template of its reason, and sends it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.outbox import AttemptResult, ClaimedEntry, Verdict
from altyn.operations.mails import NotNeeded
from altyn.operations.ports import Clock
from altyn.operations.sms import SmsRequest, SmsSender, SmsTemplate

ATTEMPT_SECONDS: Final = 15
PAUSES: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""The time until the next attempt, after each failure: a link is of use for a short time."""

NO_SERVICE: Final = "this gateway sends no SMS: no SMS service is connected to it"


class SmsHandler:
    """Carries out the entries of the kind `sms`. `templates` are by the reasons of messages.

    `sender` is None where no message can be sent.
    """

    def __init__(
        self, templates: Mapping[str, SmsTemplate], sender: SmsSender | None, clock: Clock
    ) -> None:
        self._templates = templates
        self._sender = sender
        self._clock = clock

    def attempt_seconds(self, _merchant: Merchant) -> int:
        """The time limit of one attempt."""
        return ATTEMPT_SECONDS

    def retry_pause(self, _merchant: Merchant, failures: int) -> timedelta | None:
        """After 10 seconds, 1 and 5 minutes; None after the fourth failure."""
        return PAUSES[failures - 1] if failures <= len(PAUSES) else None

    async def deliver(self, entry: ClaimedEntry, merchant: Merchant) -> AttemptResult:
        """Write the message and send it once."""
        template = self._templates.get(entry.operation)
        if template is None:
            return _unsent(Verdict.FAILED, f"this gateway has no SMS {entry.operation!r}")
        if self._sender is None:
            return _unsent(Verdict.REJECTED, NO_SERVICE)
        request = SmsRequest(
            merchant=merchant,
            order_id=entry.id.subject_id,
            phone=entry.receiver,
            parameters=entry.parameters,
            now=self._clock.now(),
        )
        sms = await template(request)
        if isinstance(sms, NotNeeded):
            return _unsent(Verdict.REJECTED, sms.problem)
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                await self._sender.send(entry.id, sms)
        except TimeoutError:
            return AttemptResult(verdict=Verdict.FAILED, problem="the SMS service did not answer")
        return AttemptResult(verdict=Verdict.DELIVERED)


def _unsent(verdict: Verdict, problem: str) -> AttemptResult:
    return AttemptResult(verdict=verdict, problem=problem, contacted=False)
