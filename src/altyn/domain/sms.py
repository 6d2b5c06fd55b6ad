"""SMS as an effect: what a decision asks for, and what a template makes of it.

The outbox keeps the order, the phone number and a few parameters. The text is written when the
message is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from altyn.domain.effects import OutboxEntry

SMS: Final = "sms"
"""The kind of the effect, of its rows in the outbox, and the host of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsDue:
    """An effect: write a message about the order, and send it.

    `reason` names the template that writes it. `phone` is eleven digits that begin with 7.
    `parameters` are what the template needs besides the order.
    """

    reason: str
    phone: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The handler of SMS carries it out."""
        return SMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """A written message. `link` is the address in its text; the amount is in minor units."""

    order_id: UUID
    phone: str
    text: str
    link: str
    amount_minor: int
    currency: str


def sms_entries(due: SmsDue) -> tuple[OutboxEntry, ...]:
    """The row of the outbox for a message."""
    return (
        OutboxEntry(
            kind=SMS,
            operation=due.reason,
            receiver=due.phone,
            host=SMS,
            parameters=due.parameters,
        ),
    )
