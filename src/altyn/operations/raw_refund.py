"""Refunds by sum of an order with a cart: the request names the line of the receipt itself.

After such a refund the positions of the cart say no longer what is left, so the way back to refunds
by positions is closed. Source: fiscal.md §8.
"""

from altyn.domain.cart.parts import Part
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_cart import cart_positions, returnable_positions
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused


def refuse_by_lock(order: Order, raw: RawLine | None) -> Refused | None:
    """Why earlier refunds of the order exclude this kind of refund; None when they do not.

    After a refund by sum only further ones by sum are possible; after one by the sum of a position
    also those. After a refund by positions no refund by sum.
    """
    earlier = [a for a in order.attempts if a.kind is Kind.REFUND and _counts(a)]
    by_sum = [a for a in earlier if a.raw is not None]
    if raw is None:
        rule = "the order was refunded by sum: use processRawSumRefund.do"
        return Refused(Refusal.WRONG_STATUS, rule) if by_sum else None
    if raw.position_id is not None and any(_of_no_position(a) for a in by_sum):
        rule = "the order was refunded by sum of no position: use processRawSumRefund.do"
        return Refused(Refusal.WRONG_STATUS, rule)
    if len(earlier) > len(by_sum) and cart_positions(order):
        rule = "the order was refunded by positions: use refund.do with refundItems"
        return Refused(Refusal.WRONG_STATUS, rule)
    return None


def amount_of(order: Order, raw: RawLine, amount_minor: int) -> int | Refused:
    """The sum of a refund by sum; 0 means all that is left of the order or of the position.

    Refuses: POSITION_UNKNOWN, CART_SUM (more than is left of the position).
    """
    if raw.position_id is None:
        return amount_minor or order.left_minor
    left = {each.position_id: each for each in returnable_positions(order)}
    position = left.get(raw.position_id)
    if position is None or not position.amount_minor:
        rule = f"the order has no position {raw.position_id}, or nothing of it is left"
        return Refused(Refusal.POSITION_UNKNOWN, rule, parameter="position_id")
    if amount_minor > position.amount_minor:
        rule = f"{amount_minor}, but {position.amount_minor} of the position is left"
        return Refused(Refusal.CART_SUM, rule, parameter="amount_minor")
    return amount_minor or position.amount_minor


def raw_parts(order: Order, raw: RawLine, amount_minor: int) -> tuple[Part, ...]:
    """What such a refund takes of the cart: money of the position, and its quantity with the last
    of its money."""
    if raw.position_id is None:
        return ()
    (position,) = (p for p in returnable_positions(order) if p.position_id == raw.position_id)
    whole = amount_minor == position.amount_minor
    thousandths = position.quantity.thousandths if whole else 0
    return (Part(position.position_id, thousandths, amount_minor),)


def _counts(attempt: Attempt) -> bool:
    return attempt.in_flight or attempt.state is AttemptState.APPROVED


def _of_no_position(attempt: Attempt) -> bool:
    return attempt.raw is not None and attempt.raw.position_id is None
