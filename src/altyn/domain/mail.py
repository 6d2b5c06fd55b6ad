"""E-mails that the gateway sends: what a decision asks for, and a mail as it is sent. Pure values.

The outbox keeps the reason of a mail, its address and a few parameters. The text is written when
the mail is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from altyn.domain.effects import OutboxEntry
from altyn.domain.mail_address import split_addresses

MAIL: Final = "mail"
"""The kind of the effect, and of its rows in the outbox."""

MAIL_QUEUE: Final = "mail"
"""The host of all entries: one server takes all mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDue:
    """An effect: write a mail about the order, and send it.

    `reason` names the template that writes it. `to` is an
    address, or several with commas between them; each gets a mail of its own. `parameters` are what
    the template needs besides the order: ids and amounts, no texts.
    """

    reason: str
    to: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The handler of mails carries it out."""
        return MAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A written mail. `text` and `html` say the same. `order_number` is the shop's own number.

    `from_name` is the name that is shown before the gateway's address, where that has none.
    """

    reason: str
    order_id: UUID
    order_number: str
    to: str
    subject: str
    text: str
    html: str
    from_name: str = ""


def mail_entries(due: MailDue) -> tuple[OutboxEntry, ...]:
    """The rows of the outbox for a mail: one for each address.

    The receiver has the reason before the address, because the outbox keeps the order for each
    receiver: a mail that waits for its receipt delays no mail of another reason.
    """
    return tuple(
        OutboxEntry(
            kind=MAIL,
            operation=due.reason,
            receiver=f"{due.reason} {address}",
            host=MAIL_QUEUE,
            parameters=due.parameters,
        )
        for address in split_addresses(due.to)
    )


def address_of(receiver: str) -> str:
    """The address in the receiver of an entry."""
    return receiver.partition(" ")[2]
