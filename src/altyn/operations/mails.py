"""The ports of mails: templates write them, a transport sends them.

A template is asked when the mail is sent. It may answer that the facts are not there yet, for
example while a receipt is being registered; then it is asked again later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, Self
from uuid import UUID

from altyn.domain.mail import Mail
from altyn.domain.mail_address import MailAddress
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import EntryId, Verdict

SHORTEST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRequest:
    """What a template writes a mail of. Times: UTC by the gateway's clock.

    `due_at` is the time of the change that the mail is about, `parameters` are those of `MailDue`.
    """

    merchant: Merchant
    order_id: UUID
    reason: str
    to: str
    parameters: Mapping[str, str]
    due_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class NotReady:
    """The mail cannot be written yet; `problem` says what it waits for."""

    problem: str
    again_after: timedelta

    @classmethod
    def for_a_while(cls, problem: str, request: MailRequest) -> Self:
        """Ask again after a quarter of the time since the change: 2 seconds to an hour."""
        age = request.now - request.due_at
        return cls(problem, min(max(age / 4, SHORTEST_WAIT), LONGEST_WAIT))


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """The mail is never sent; `problem` says why."""

    problem: str


class MailTemplate(Protocol):
    """Writes the mails of one reason. It may be asked again, and then writes the same mail."""

    async def __call__(self, request: MailRequest, /) -> Mail | NotReady | NotNeeded: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail on its way: the entry of the outbox that it belongs to, its address, and the time of
    this attempt (UTC)."""

    id: EntryId
    mail: Mail
    to: MailAddress
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """How an attempt to send a mail ended. `problem` says why it failed, for people.

    `contacted`: the server was called. `seconds`: how long its answer took, None without one.
    """

    verdict: Verdict
    problem: str | None = None
    contacted: bool = True
    seconds: float | None = None


class MailTransport(Protocol):
    """Sends mails: over SMTP, or into the sandbox's mailbox. Errors of the server are results.

    A mail that is sent again has the same id, so that it can be recognised.
    """

    @property
    def attempt_seconds(self) -> int:
        """The longest that one attempt takes."""
        ...

    async def send(self, outgoing: OutgoingMail) -> SendResult: ...
