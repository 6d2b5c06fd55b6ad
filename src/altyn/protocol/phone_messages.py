"""The messages that the sandbox's simulated phones get: pushes and SMS.

A phone number is eleven digits that begin with 7; times are aware UTC, amounts minor units.
Source: sberpay.md §2, §6; bnpl.md §5, §6.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class MessageKind(StrEnum):
    """How a message arrives."""

    PUSH = "push"
    SMS = "sms"


class MessageAction(StrEnum):
    """What the owner of the phone can answer."""

    CONFIRM = "confirm"
    REFUSE = "refuse"


class MessageEnd(StrEnum):
    """Why a message with actions cannot be answered any more."""

    ANSWERED = "answered"  # by this phone
    ELSEWHERE = "elsewhere"  # answered by another phone
    WITHDRAWN = "withdrawn"  # the payer has chosen another way to pay
    CANCELLED = "cancelled"  # the shop has cancelled the order
    EXPIRED = "expired"
    CLOSED = "closed"  # for a reason that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to a phone; one with the same id is stored once.

    `subject` names what it is about, with the sender before the colon (`invoice:<key>`); an answer
    goes there. `open_until`: until then the message can be answered, if it has `actions`. `link` is
    an address that the owner can open. `return_url` is where the app goes after the answer; a
    message that is sent again with another one gets it.
    """

    message_id: UUID
    phone: str
    kind: MessageKind
    text: str
    subject: str
    order_id: UUID | None = None
    amount_minor: int | None = None
    currency: str = "643"
    link: str = ""
    return_url: str = ""
    actions: tuple[MessageAction, ...] = ()
    open_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneMessage:
    """A stored message. `actions` are those that are possible now; `answer` is the one chosen.

    `end`: why it cannot be answered any more; None also for a message that never had actions.
    """

    message_id: UUID
    number: int  # grows with each message of the sandbox
    phone: str
    kind: MessageKind
    text: str
    subject: str
    at: datetime
    order_id: UUID | None = None
    amount_minor: int | None = None
    currency: str = "643"
    link: str = ""
    return_url: str = ""
    actions: tuple[MessageAction, ...] = field(default=())
    answer: MessageAction | None = None
    end: MessageEnd | None = None
