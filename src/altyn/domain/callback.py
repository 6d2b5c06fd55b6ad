"""What a shop can be told about an order when it changes (callbacks.md §4)."""

from dataclasses import dataclass
from enum import StrEnum


class Notification(StrEnum):
    """The change being told; the words are the wire's own."""

    APPROVED = "approved"
    DEPOSITED = "deposited"
    REVERSED = "reversed"
    REFUNDED = "refunded"
    DECLINED_BY_TIMEOUT = "declinedByTimeout"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell the shop. `succeeded` is the wire's status 1 or 0."""

    notification: Notification
    succeeded: bool = True
    amount_minor: int = 0
