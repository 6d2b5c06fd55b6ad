"""How orders look at a terminal: lines of a list, and one order's story from top to bottom.

It exists apart from the commands so that what a person sees can be tested without a database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.table import Table

from altyn.cli.dates import in_moscow, in_words
from altyn.cli.durations import describe
from altyn.cli.output import console
from altyn.domain.action_codes import NO_PAYMENTS_YET
from altyn.domain.lifecycle import Event, OrderStatus
from altyn.domain.money import Money, canonical_currency
from altyn.domain.order import Attempt, Due, Order
from altyn.protocol.action_codes import ACTION_CODES
from altyn.protocol.dialects.classic.order_statuses import status_on_wire
from altyn.storage.order_history import BookedPosting, OrderEvent, OrderLine

_COLOURS: Final = {
    OrderStatus.APPROVED: "yellow",
    OrderStatus.WAITING: "yellow",
    OrderStatus.DEPOSITED: "green",
    OrderStatus.DECLINED: "red",
}
_DUE: Final = {
    Due.SESSION_EXPIRY: "the payer's time is over and the order is declined",
    Due.AUTO_COMPLETION: "the hold is deposited",
    Due.AUTO_REVERSE: "the hold is reversed",
    Due.HOLD_RELEASE: "the bank lets the hold go",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything known of one order. `now` is the gateway's clock, `base` its address."""

    order: Order
    merchant: str
    events: Sequence[OrderEvent]
    postings: Sequence[BookedPosting]
    now: datetime
    base: str


def orders_table(lines: Sequence[OrderLine]) -> Table:
    """Orders, a line each."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Registered (Moscow)", "Shop", "Order number", "orderId"):
        table.add_column(name, no_wrap=True)
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    for line in lines:
        colour = _COLOURS.get(line.status, "default")
        table.add_row(
            in_moscow(line.created_at),
            line.merchant,
            line.order_number,
            str(line.key.order_id),
            money(line.amount_minor, line.currency),
            f"[{colour}]{line.status}[/]{_code(line)}",
        )
    return table


def _code(line: OrderLine) -> str:
    refused = line.status is OrderStatus.DECLINED and line.action_code != NO_PAYMENTS_YET
    return f" ({line.action_code})" if refused else ""


def print_story(story: Story) -> None:
    """One order from top to bottom: what, how much, what happened when, what can be done now."""
    for title, lines in (
        ("", list(_what(story))),
        ("Money", list(_amounts(story.order))),
        ("Attempts", [_attempt(story.order, each) for each in story.order.attempts]),
        ("What happened (Moscow)", [_event(each) for each in story.events]),
        ("Movements of money", [_posting(story.order, each) for each in story.postings]),
        ("Now", list(possible(story))),
    ):
        if lines:
            if title:
                console().print(f"\n[dim]{title}[/]")
            for line in lines:
                indent = "  " if title else ""
                console().print(f"{indent}{line}", markup=False, soft_wrap=True)


def _what(story: Story) -> Iterator[str]:
    order = story.order
    row = status_on_wire(order)
    amount = money(order.amount_minor, order.currency)
    yield f"Order {order.order_number} of {story.merchant}: {amount}"
    yield f"{order.status} (orderStatus {row.number}): {row.en}"
    if order.request.description:
        yield order.request.description
    yield f"orderId {order.order_id}"


def _amounts(order: Order) -> Iterator[str]:
    stages = "two-stage" if order.two_phase else "one-stage"
    yield f"to pay     {money(order.amount_minor, order.currency)}  ({stages})"
    for name, amount in (
        ("approved", order.approved_minor),
        ("deposited", order.deposited_minor),
        ("refunded", order.refunded_minor),
    ):
        if amount:
            yield f"{name:<10} {money(amount, order.currency)}"


def _attempt(order: Order, attempt: Attempt) -> str:
    facts = [
        f"{attempt.number}. {attempt.kind} {money(attempt.amount_minor, order.currency)}",
        attempt.state.replace("_", " "),
    ]
    if attempt.card:
        facts.append(f"card {attempt.card.masked_pan}")
    if attempt.authentication and attempt.authentication.version:
        facts.append(f"3-D Secure {attempt.authentication.version}")
    if attempt.action_code is not None:
        facts.append(action_code(attempt.action_code))
    facts += [f"RRN {attempt.rrn}"] if attempt.rrn else []
    facts += [f"approval {attempt.approval_code}"] if attempt.approval_code else []
    return " · ".join(facts)


def action_code(code: int) -> str:
    """A code with its words: "action code 116: not enough money"."""
    row = ACTION_CODES.get(code)
    return f"action code {code}{f': {row.meaning}' if row else ''}"


def _event(event: OrderEvent) -> str:
    where = f" from {event.actor_ip}" if event.actor_ip else ""
    detail = "".join(f" {name}={value}" for name, value in event.detail.items())
    words = event.event.replace("_", " ")
    return f"{in_moscow(event.at)}  {words}{detail}  (by {event.actor}{where})"


def _posting(order: Order, booked: BookedPosting) -> str:
    posting = booked.posting
    way = f"{posting.source} → {posting.destination}"
    return f"{posting.movement:<9} {way:<20} {money(posting.amount_minor, order.currency)}"


def possible(story: Story) -> Iterator[str]:
    """What can be done about the order now, and what happens to it by itself."""
    order = story.order
    if order.in_flight():
        yield "the bank has been asked and has not told yet; the gateway goes on asking"
    if order.payable:
        page = f"{story.base}/payment/merchants/{story.merchant}/payment_ru.html"
        yield f"it can be paid: {page}?mdOrder={order.order_id}"
        yield f"or here: altyn pay {order.order_id} --card NUMBER"
        yield f"attempts left: {order.attempts_left}"
    if order.allows(Event.DEPOSIT_APPROVED):
        yield f"deposit.do can take up to {money(order.approved_minor, order.currency)}"
    if order.allows(Event.REVERSAL_APPROVED):
        when = "" if order.status is OrderStatus.APPROVED else " until midnight, Moscow time"
        yield f"reverse.do can give it back whole{when}"
    if order.allows(Event.REFUND_APPROVED) and order.refundable_minor:
        yield f"refund.do can give back up to {money(order.refundable_minor, order.currency)}"
    due = order.due()
    if due is not None:
        at, what = due
        left = f" (in {describe(at - story.now)})" if at > story.now else ""
        yield f"by itself: {in_words(at)}{left} {_DUE[what]}"
    if not order.payable and not order.allows(Event.REVERSAL_APPROVED) and not order.left_minor:
        yield "nothing: it is over"


def money(amount_minor: int, currency: str) -> str:
    """An amount as people read it."""
    known = canonical_currency(currency)
    return Money(amount_minor, known).human("en") if known else f"{amount_minor} of {currency}"
