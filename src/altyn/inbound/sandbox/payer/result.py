"""How the visit of the simulated payer ended, found by comparing the order before and after it.

The page shows the same to the payer of a paid, a held and a refunded order; the order itself has
the difference. Source: codes.md §1; payment-page.md §2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from altyn.domain import action_codes as codes
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.money import Money
from altyn.domain.order import AttemptState, Order
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.sandbox.payer.visit import VisitEnd
from altyn.protocol.action_codes import describe
from altyn.protocol.dialects.classic.order_statuses import ORDER_STATUSES

NUMBERS: Final = {row.status: row.number for row in ORDER_STATUSES}
DECLINED_STATES: Final = frozenset({AttemptState.DECLINED, AttemptState.NOT_SENT})
NOTHING: Final = "Nothing was paid now"


class Result(StrEnum):
    """How a visit ended. PAID, HELD and VERIFIED are the successes of this visit."""

    PAID = "PAID"
    HELD = "HELD"
    VERIFIED = "VERIFIED"
    PAID_BEFORE = "PAID_BEFORE"
    REFUNDED = "REFUNDED"
    REVERSED = "REVERSED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WAITING = "WAITING"
    REFUSED = "REFUSED"


def result_of(before: Order, after: Order, end: VisitEnd) -> Result:
    """How the visit ended: by the order's status, and by whether this visit made a payment."""
    attempted = len(after.payments) > len(before.payments)
    paid_now = attempted or before.waiting_payment is not None
    match after.status:
        case OrderStatus.DEPOSITED:
            return Result.PAID if paid_now else Result.PAID_BEFORE
        case OrderStatus.APPROVED:
            return Result.HELD if paid_now else Result.PAID_BEFORE
        case OrderStatus.REVERSED:
            return Result.VERIFIED if paid_now else Result.REVERSED
        case OrderStatus.REFUNDED:
            return Result.REFUNDED
        case OrderStatus.DECLINED:
            return Result.EXPIRED if _expired(after) else Result.DECLINED
        case _:
            return _result_of_open_order(after, end, attempted=attempted)


def _result_of_open_order(after: Order, end: VisitEnd, *, attempted: bool) -> Result:
    """The result while the order can still be paid."""
    if end.error and not attempted:
        return Result.REFUSED
    declined = bool(after.payments) and after.payments[-1].state in DECLINED_STATES
    return Result.DECLINED if declined and not end.left else Result.WAITING


def answer_members(
    before: PageOrder, after: PageOrder, end: VisitEnd, *, steps: list[str], language: str
) -> dict[str, Any]:
    """The answer: the result in a word and in a sentence, the order now, and every step."""
    order = after.order
    result = result_of(before.order, order, end)
    members = {
        "result": result,
        "text": TEXTS[result](_Ending(before.order, after, end, language)),
        "orderId": after.order_id,
        "orderNumber": order.order_number,
        "orderStatus": NUMBERS[order.status],
        "actionCode": order.action_code,
        "actionCodeDescription": describe(order.action_code, language),
        "attemptsLeft": _attempts_left(order),
        "redirect": end.redirect,
        "steps": steps,
    }
    if end.field_errors:
        members["fieldErrors"] = end.field_errors
    if end.unused:
        members["unused"] = list(end.unused)
    return members


@dataclass(frozen=True, slots=True)
class _Ending:
    """What the text of a result is made of."""

    before: Order
    after: PageOrder
    end: VisitEnd
    language: str

    @property
    def order(self) -> Order:
        return self.after.order

    @property
    def code(self) -> str:
        """The action code in brackets."""
        return f"(action code {self.order.action_code})"

    def money(self, amount_minor: int) -> str:
        return Money(amount_minor, self.after.amount.currency).wire()


def _paid_before(it: _Ending) -> str:
    if it.order.status is OrderStatus.APPROVED:
        return f"{NOTHING}: {it.money(it.order.approved_minor)} are held since before."
    return f"{NOTHING}: the order was paid before ({it.money(it.order.left_minor)})."


def _refunded(it: _Ending) -> str:
    sums = f"{it.money(it.order.refunded_minor)} of {it.money(it.order.deposited_minor)}"
    return f"{NOTHING}: the order was refunded before ({sums})."


def _declined(it: _Ending) -> str:
    text = it.after.decline_text(it.language)
    shown = f" The payer reads: {text}" if text else ""
    if not it.before.payable:
        return f"{NOTHING}: the order was declined before {it.code}.{shown}"
    return f"Declined {it.code}. Attempts left: {_attempts_left(it.order)}.{shown}"


def _refused(it: _Ending) -> str:
    fields = "".join(f" {name}: {text.rstrip('.')}." for name, text in it.end.field_errors.items())
    shown = it.end.error in it.end.field_errors.values()
    text = (it.end.error or "").rstrip(".")
    error = "" if shown or not text else f" {text[0].upper()}{text[1:]}."
    return f"Refused by the page, and {_use_of_attempts(it)}.{error}{fields}"


def _use_of_attempts(it: _Ending) -> str:
    """What became of the payment that waited before the visit, which has used an attempt."""
    waited = it.before.waiting_payment
    if waited is None or it.order.attempt(waited.number).in_flight:
        return "no attempt was used"
    left = f"attempts left: {_attempts_left(it.order)}"
    return f"the payment that waited was withdrawn, which used an attempt; {left}"


TEXTS: Final[Mapping[Result, Callable[[_Ending], str]]] = {
    Result.PAID: lambda it: f"Paid: {it.money(it.order.deposited_minor)}.",
    Result.HELD: lambda it: (
        f"Held: {it.money(it.order.approved_minor)}. The shop takes the amount by deposit.do."
    ),
    Result.VERIFIED: lambda _: "The card was verified; no money was taken.",
    Result.PAID_BEFORE: _paid_before,
    Result.REFUNDED: _refunded,
    Result.REVERSED: lambda _: f"{NOTHING}: the payment of the order was reversed before.",
    Result.DECLINED: _declined,
    Result.EXPIRED: lambda it: f"Expired: the time for the payment is over {it.code}.",
    Result.WAITING: lambda it: f"Not paid yet: {it.end.left or 'the bank has not answered'}.",
    Result.REFUSED: _refused,
}


def _attempts_left(order: Order) -> int:
    return order.attempts_left if order.payable else 0


def _expired(order: Order) -> bool:
    return order.action_code == codes.SESSION_EXPIRED
