"""The sandbox's mailbox in PostgreSQL: takes mails instead of an SMTP server, and shows them."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from altyn.domain.mail_address import Sender
from altyn.domain.mailbox import ReceivedMail
from altyn.domain.outbox import EntryId, Verdict
from altyn.operations.mails import OutgoingMail, SendResult
from altyn.storage.database import Pool
from altyn.storage.statements import statement

SAVE_SECONDS: Final = 10


class Mailbox:
    """Implements the port `MailTransport`, and reads the mails for pages, API and commands."""

    def __init__(self, pool: Pool, sender: Sender) -> None:
        self._pool = pool
        self._sender = sender

    @property
    def attempt_seconds(self) -> int:
        """The longest that saving a mail takes."""
        return SAVE_SECONDS

    async def send(self, outgoing: OutgoingMail) -> SendResult:
        """Save the mail; one that was saved before stays as it is."""
        began, mail, id_ = time.monotonic(), outgoing.mail, outgoing.id
        name = self._sender.name or mail.from_name
        await statement("add_mail").execute(
            self._pool,
            merchant_id=id_.merchant_id,
            order_id=id_.subject_id,
            version=id_.version,
            line=id_.line,
            order_number=mail.order_number,
            reason=mail.reason,
            sender=f"{name} <{self._sender.address}>" if name else str(self._sender.address),
            recipient=str(outgoing.to),
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            sent_at=outgoing.at,
        )
        return SendResult(verdict=Verdict.DELIVERED, seconds=time.monotonic() - began)

    async def newest(
        self,
        *,
        to: str | None = None,
        order_id: UUID | None = None,
        order_number: str | None = None,
        limit: int,
    ) -> Sequence[ReceivedMail]:
        """The newest mails, newest first, at most so many."""
        rows = await statement("find_mails").fetch(
            self._pool, recipient=to, order_id=order_id, order_number=order_number, limit=limit
        )
        return [_mail(row) for row in rows]

    async def show(self, which: EntryId) -> ReceivedMail | None:
        """One mail; None when there is none, or not any more."""
        rows = await statement("load_mail").fetch(
            self._pool,
            merchant_id=which.merchant_id,
            order_id=which.subject_id,
            version=which.version,
            line=which.line,
        )
        return _mail(rows[0]) if rows else None

    async def purge(self, *, before: datetime, keep: int) -> None:
        """Delete mails that are older than a moment (UTC), and the oldest ones above a number."""
        await statement("purge_mails").execute(self._pool, before=before, keep=keep)


def _mail(row: Mapping[str, Any]) -> ReceivedMail:
    return ReceivedMail(
        id=EntryId(row["merchant_id"], row["order_id"], row["version"], row["line"]),
        order_number=row["order_number"],
        reason=row["reason"],
        sender=row["sender"],
        recipient=row["recipient"],
        subject=row["subject"],
        text=row["text"],
        html=row["html"],
        sent_at=row["sent_at"],
    )
