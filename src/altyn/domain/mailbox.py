"""The sandbox's mailbox: the mails that a gateway without an SMTP server has sent. Pure values."""

from dataclasses import dataclass
from datetime import datetime

from altyn.domain.outbox import EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """A mail in the mailbox. `id` is the entry of the outbox; `sent_at` is UTC by the gateway's
    clock. `sender` and `recipient` are addresses as they are in a mail's header."""

    id: EntryId
    order_number: str
    reason: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    sent_at: datetime
