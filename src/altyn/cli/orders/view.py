"""The output of `altyn order`: a table of orders, and all details of one order.

It is separate from the commands, so that it can be tested without a database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from altyn.cli.columns import Cell, Row, folded, headers, print_records
from altyn.cli.dates import in_moscow, in_words
from altyn.cli.durations import describe
from altyn.cli.escaping import visible
from altyn.cli.output import print_line
from altyn.domain.action_codes import NO_PAYMENTS_YET
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.lifecycle import Event, OrderStatus
from altyn.domain.money import Money, canonical_currency
from altyn.domain.order import Attempt, Due, Order
from altyn.domain.receipt.values import Receipt
from altyn.operations.order_history import BookedPosting, OrderEvent, OrderLine
from altyn.operations.reverse import is_reversible
from altyn.protocol.action_codes import ACTION_CODES
from altyn.protocol.dialects.classic.order_statuses import status_on_wire
from altyn.protocol.threeds import VeRes

_COLOURS: Final = {
    OrderStatus.APPROVED: "yellow",
    OrderStatus.WAITING: "yellow",
    OrderStatus.DEPOSITED: "green",
    OrderStatus.DECLINED: "red",
}
_DUE_ACTIONS: Final = {
    Due.SESSION_EXPIRY: "the session expires and the order is declined",
    Due.AUTO_COMPLETION: "the hold is deposited",
    Due.AUTO_REVERSE: "the hold is reversed",
    Due.HOLD_RELEASE: "the bank releases the hold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """An order with its history. `now` is the gateway's time, `base_url` the gateway's address."""

    order: Order
    merchant: str
    events: Sequence[OrderEvent]
    postings: Sequence[BookedPosting]
    receipts: Sequence[Receipt] = ()
    now: datetime
    base_url: str


def print_orders(lines: Sequence[OrderLine]) -> None:
    """Print two lines per order; the orderId begins the second, so that it is easy to select."""
    names = [
        headers("Registered (Moscow)", "Status", "Amount", "Shop"),
        headers("orderId", "Order number"),
    ]
    print_records(names, [_order_rows(line) for line in lines])


def _order_rows(line: OrderLine) -> Sequence[Row]:
    status = f"{line.status}{_decline_code(line)}"
    amount = money(line.amount_minor, line.currency)
    first = (
        Cell(in_moscow(line.created_at)),
        Cell(status, _COLOURS.get(line.status, "")),
        Cell(amount, right=True),
        Cell(line.merchant),
    )
    return first, (Cell(str(line.key.order_id)), Cell(line.order_number))


def _decline_code(line: OrderLine) -> str:
    declined = line.status is OrderStatus.DECLINED and line.action_code != NO_PAYMENTS_YET
    return f" ({line.action_code})" if declined else ""


_FOLDED: Final = frozenset({"Attempts", "History (Moscow time)"})
"""The parts with long lines. The others have addresses and commands, which are copied whole."""


def print_order(details: OrderDetails) -> None:
    """Print an order: status, amounts, attempts, history, postings, and what can be done now."""
    order = details.order
    for title, lines in (
        ("", list(_summary(details))),
        ("Amounts", list(_amounts(order))),
        ("Attempts", [_attempt(order, attempt) for attempt in order.attempts]),
        ("History (Moscow time)", [_event(event) for event in details.events]),
        ("Postings", [_posting(order, booked) for booked in details.postings]),
        (
            "Receipts",
            [line for each in details.receipts for line in receipt_lines(each, details.base_url)],
        ),
        ("Now", list(possible_actions(details))),
    ):
        if lines:
            if title:
                print_line(f"\n{title}", "dim")
            for line in lines:
                shown = f"{'  ' if title else ''}{line}"
                print_line(folded(shown, 5) if title in _FOLDED else shown)


def receipt_lines(receipt: Receipt, base_url: str) -> Iterator[str]:
    """A receipt for people: kind, sum, state and document; its page; its problem."""
    amount = money(receipt_minor(receipt), receipt.content.currency)
    line = f"{receipt.kind.value.replace('_', ' ')} {amount}  {receipt.state}"
    if receipt.fiscal is not None:
        line += f", document {receipt.fiscal.document_number} of {receipt.fiscal.fn_number}"
    yield line
    yield f"  {base_url}{receipt.page_path}"
    if receipt.content.replaces is not None:
        yield f"  in the place of {receipt.content.replaces}, which failed"
    if receipt.problem:
        yield f"  {visible(receipt.problem)}"


def receipt_minor(receipt: Receipt) -> int:
    """The sum of a receipt; one of the shop's own cash register has no lines."""
    fiscal = receipt.fiscal
    return receipt.content.amount_minor if fiscal is None else fiscal.amount_minor


def _summary(details: OrderDetails) -> Iterator[str]:
    order = details.order
    row = status_on_wire(order)
    amount = money(order.amount_minor, order.currency)
    yield f"Order {visible(order.order_number)} of {details.merchant}: {amount}"
    yield f"{order.status} (orderStatus {row.number}): {row.en}"
    if order.request.description:
        yield visible(order.request.description)
    yield f"orderId {order.order_id}"


def _amounts(order: Order) -> Iterator[str]:
    stages = "two-stage" if order.two_phase else "one-stage"
    kind = "card check: nothing is taken" if order.checks_card_only else stages
    name, kind = ("to pay out", "to a card") if order.is_payout else ("to pay", kind)
    yield f"{name:<10} {money(order.asked_minor, order.currency)}  ({kind})"
    for name, amount in (
        ("approved", order.approved_minor),
        ("deposited", order.deposited_minor),
        ("refunded", order.refunded_minor),
        ("paid out", order.paid_out_minor),
    ):
        if amount:
            yield f"{name:<10} {money(amount, order.currency)}"
    if order.refunded_minor:
        left = money(order.left_minor, order.currency)
        yield f"left       {left}  (depositedAmount of the status)"


def _attempt(order: Order, attempt: Attempt) -> str:
    facts = [
        f"{attempt.number}. {attempt.kind} {money(attempt.amount_minor, order.currency)}",
        attempt.state.replace("_", " "),
    ]
    if attempt.payment_way:
        facts.insert(1, f"way {attempt.payment_way}")
    if attempt.card:
        facts.append(f"card {attempt.card.masked_pan}")
    if attempt.authentication:
        facts += three_d_secure(attempt.authentication)
    if attempt.action_code is not None:
        facts.append(action_code(attempt.action_code))
    facts += [f"RRN {attempt.rrn}"] if attempt.rrn else []
    facts += [f"approval {attempt.approval_code}"] if attempt.approval_code else []
    return " · ".join(facts)


def three_d_secure(proof: ThreeDSData) -> list[str]:
    """What 3-D Secure answered about the card: not enrolled, or its version; nothing if it was not
    asked."""
    if proof.ve_res == VeRes.NOT_ENROLLED:
        return ["3-D Secure: the card is not enrolled"]
    if proof.ve_res == VeRes.UNKNOWN:
        return ["3-D Secure: the enrolment is unknown"]
    return [f"3-D Secure {proof.version}"] if proof.version else []


def action_code(code: int) -> str:
    """The code with its meaning: "action code 116: not enough money"."""
    row = ACTION_CODES.get(code)
    return f"action code {code}{f': {row.meaning}' if row else ''}"


def _event(event: OrderEvent) -> str:
    address = f" from {event.actor_ip}" if event.actor_ip else ""
    detail = "".join(f" {name}={value}" for name, value in event.detail.items())
    name = event.event.replace("_", " ")
    return visible(f"{in_moscow(event.at)}  {name}{detail}  (by {event.actor}{address})")


def _posting(order: Order, booked: BookedPosting) -> str:
    posting = booked.posting
    accounts = f"{posting.source} → {posting.destination}"
    return f"{posting.movement:<9} {accounts:<20} {money(posting.amount_minor, order.currency)}"


def possible_actions(details: OrderDetails) -> Iterator[str]:
    """What can be done with the order now, and its next due action."""
    order = details.order
    if order.in_flight():
        yield "the bank has not answered yet; the gateway repeats its inquiry until it does"
    if order.payable:
        page = f"{details.base_url}/payment/merchants/{details.merchant}/payment_ru.html"
        yield f"pay on the page: {page}?mdOrder={order.order_id}"
        yield f"pay from the command line: altyn pay {order.order_id} --card NUMBER"
        yield f"attempts left: {order.attempts_left}"
    if order.allows(Event.DEPOSIT_APPROVED):
        yield f"deposit.do: up to {money(order.approved_minor, order.currency)}"
    if order.status is OrderStatus.APPROVED:
        yield "reverse.do: the whole amount"
    elif is_reversible(order, details.now):
        yield "reverse.do: the whole amount, until midnight Moscow time"
    if order.allows(Event.REFUND_APPROVED) and order.refundable_minor:
        yield f"refund.do: up to {money(order.refundable_minor, order.currency)}"
    due = order.due()
    if due is not None:
        at, action = due
        left = f" (in {describe(at - details.now)})" if at > details.now else ""
        yield f"due at {in_words(at)}{left}: {_DUE_ACTIONS[action]}"
    if due is None and not is_reversible(order, details.now) and not order.left_minor:
        yield "nothing can be done: the order is finished"


def money(amount_minor: int, currency: str) -> str:
    """An amount with its currency: "1 500.00 ₽"; in minor units when the currency is unknown."""
    known = canonical_currency(currency)
    return Money(amount_minor, known).human("en") if known else f"{amount_minor} of {currency}"
