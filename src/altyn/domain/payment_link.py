"""The payment link of an order that a shop sends to its payer: by what, how often, to whom.

An order keeps what was sent, so that the limits and the keys of requests hold in every process.
Source: bnpl.md §6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from altyn.domain.order import Order, OrderRequest

PAYMENT_LINK: Final = "payment_link"
"""The reason of the mail and of the SMS."""

SENT_LINKS: Final = "paymentLinks"
"""The name under which the order's request keeps what was sent."""

LINKS_PER_ORDER: Final = 20
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


class Channel(StrEnum):
    """How a message reaches a payer."""

    SMS = "sms"
    EMAIL = "email"


EVERY_CHANNEL: Final = frozenset(Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLink:
    """One message with the link. `key` is the name that the shop gave to its request."""

    at: datetime
    channel: Channel
    to: str
    key: str = ""


def sent_links(order: Order) -> tuple[SentLink, ...]:
    """The messages so far, oldest first."""
    kept = order.request.more.get(SENT_LINKS)
    return msgspec.json.decode(kept, type=tuple[SentLink, ...]) if kept else ()


def with_sent_link(order: Order, sent: SentLink) -> OrderRequest:
    """The order's request with one message more."""
    kept = msgspec.json.encode((*sent_links(order), sent)).decode()
    more: Mapping[str, str] = {**order.request.more, SENT_LINKS: kept}
    return replace(order.request, more=more)


def links_left(order: Order, now: datetime, *, per_hour: int) -> int:
    """How many messages with the link of an order may be sent now."""
    sent = [each.at for each in sent_links(order)]
    return max(0, min(per_hour - len(in_last_hour(sent, now)), LINKS_PER_ORDER - len(sent)))


def in_last_hour(times: Sequence[datetime], now: datetime) -> Sequence[datetime]:
    """Those of the times that are within an hour before `now`, or after it."""
    return [each for each in times if each > now - HOUR]


def next_link_at(times: Sequence[datetime], now: datetime, *, per_hour: int) -> datetime | None:
    """When a message more may be sent; None: now. `times` are those of the messages so far.

    The time is a whole minute, so that it can be shown and still be true.
    """
    recent = sorted(in_last_hour(times, now))
    if len(recent) < per_hour:
        return None
    free = recent[len(recent) - per_hour] + HOUR
    whole = free.replace(second=0, microsecond=0)
    return free if free == whole else whole + MINUTE
