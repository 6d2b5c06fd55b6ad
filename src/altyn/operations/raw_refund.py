"""Refunds by sum of an order with a cart: the request names the line of the receipt itself.

After such a refund the positions of the cart say no longer what is left, so the way back to refunds
by positions is closed. Source: fiscal.md §8.
"""

from typing import Final

from altyn.domain.cart.parts import Part
from altyn.domain.cart.provider_rules import rates_refused
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.merchant import Merchant
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_cart import cart_positions, returnable_positions
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Busy, Refused

POSITIONS_SHOWN: Final = 5


def refuse_by_lock(order: Order, raw: RawLine | None) -> Refused | Busy | None:
    """Why earlier refunds of the order exclude this kind of refund; None when they do not.

    After a refund by sum only further ones by sum are possible; after one by the sum of a position
    also those. After a refund by positions no refund by sum. Busy while only refunds in flight
    exclude it: the bank may decline them.
    """
    excluding = [(a, rule) for a in order.attempts if (rule := _exclusion(a, raw, order))]
    for attempt, rule in excluding:
        if attempt.state is AttemptState.APPROVED:
            return Refused(Refusal.WRONG_STATUS, rule)
    return Busy(order) if excluding else None


def refuse_rate(tax_type: int | None, merchant: Merchant) -> Refused | None:
    """Why the line cannot have this VAT rate: the shop's fiscal provider has none such."""
    fiscal = merchant.settings.fiscal
    if tax_type is None or tax_type not in rates_refused(fiscal.provider, fiscal.ffd):
        return None
    rule = f"{tax_type}, a rate that {fiscal.provider} does not have in FFD {fiscal.ffd}"
    return Refused(
        Refusal.PARAMETER_INVALID, f"{rule}: send one that is in force", parameter="tax_type"
    )


def amount_of(order: Order, raw: RawLine, amount_minor: int) -> int | Refused | Busy:
    """The sum of a refund by sum; 0 means all that is left of the order or of the position.

    Refuses: POSITION_UNKNOWN, AMOUNT_ABOVE_DEPOSIT (more than is left of the position, or nothing
    is). Busy while the answer depends on a refund of the position in flight.
    """
    if raw.position_id is None:
        return amount_minor or order.left_minor
    known = [position.position_id for position in cart_positions(order)]
    if raw.position_id not in known:
        return Refused(Refusal.POSITION_UNKNOWN, _unknown(raw, known), parameter="position_id")
    free = _free_minor(order, raw)
    left = free + _reserved_minor(order, raw)
    wanted = amount_minor or left
    if wanted > left or not left:
        rule = f"{wanted}, but {left} of position {raw.position_id} is left"
        return Refused(Refusal.AMOUNT_ABOVE_DEPOSIT, rule, parameter="amount_minor")
    return wanted if wanted <= free else Busy(order)


def raw_parts(order: Order, raw: RawLine, amount_minor: int) -> tuple[Part, ...]:
    """What such a refund takes of the cart: money of the position, and its quantity with the last
    of its money."""
    if raw.position_id is None:
        return ()
    (position,) = (p for p in returnable_positions(order) if p.position_id == raw.position_id)
    whole = amount_minor == position.amount_minor
    thousandths = position.quantity.thousandths if whole else 0
    return (Part(position.position_id, thousandths, amount_minor),)


def refunded_of(raw: RawLine | None) -> str:
    """What a refund was made of, for people; equal for two refunds of the same money."""
    if raw is None:
        return "by refund.do"
    return "by sum" if raw.position_id is None else f"of position {raw.position_id}"


def _exclusion(earlier: Attempt, raw: RawLine | None, order: Order) -> str:
    """Why this earlier attempt excludes the refund; empty when it does not."""
    if earlier.kind is not Kind.REFUND:
        return ""
    if not (earlier.in_flight or earlier.state is AttemptState.APPROVED):
        return ""
    if earlier.raw is None:
        by_positions = raw is not None and cart_positions(order)
        rule = "the order was refunded by positions: use refund.do with refundItems"
        return rule if by_positions else ""
    if earlier.raw.position_id is None:
        by_sum = raw is not None and raw.position_id is None
        return "" if by_sum else "the order was refunded by sum: use processRawSumRefund.do"
    rule = "use processRawSumRefund.do or processRawPositionRefund.do"
    return "" if raw is not None else f"a sum of a position was refunded: {rule}"


def _free_minor(order: Order, raw: RawLine) -> int:
    """What of the position may be refunded now; refunds in flight are reserved."""
    left = (p for p in returnable_positions(order) if p.position_id == raw.position_id)
    return next((position.amount_minor for position in left), 0)


def _reserved_minor(order: Order, raw: RawLine) -> int:
    parts = (part for attempt in order.in_flight(Kind.REFUND) for part in attempt.parts)
    return sum(part.amount_minor for part in parts if part.position_id == raw.position_id)


def _unknown(raw: RawLine, known: list[str]) -> str:
    if not known:
        return "the order has no cart: use processRawSumRefund.do"
    more = ", …" if len(known) > POSITIONS_SHOWN else ""
    positions = ", ".join(known[:POSITIONS_SHOWN])
    return f"{raw.position_id}, but the positions are {positions}{more}"
