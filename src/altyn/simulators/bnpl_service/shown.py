"""A plan as its payer sees it."""

from collections.abc import Set as AbstractSet
from typing import Any

from altyn.domain.instalments import Instalment
from altyn.protocol.bnpl import PartState, ShownPart, ShownPlan
from altyn.simulators.bnpl_service.contracts import contract_of


def shown_plan(row: Any, overdue: AbstractSet[int]) -> ShownPlan:
    """The plan of a payment (its row). `overdue`: parts of which a charge was declined."""
    return ShownPlan(
        order_id=row["order_id"],
        order_number=row["order_number"],
        shop_name=row["shop_name"],
        currency=row["currency"],
        amount_minor=row["amount_minor"],
        card=row["card"],
        parts=tuple(_part(each, overdue) for each in contract_of(row).plan.parts),
    )


def _part(part: Instalment, overdue: AbstractSet[int]) -> ShownPart:
    return ShownPart(
        number=part.number,
        due_on=part.due_on,
        amount_minor=part.amount_minor,
        state=_state(part, overdue),
        returned_minor=part.returned_minor,
    )


def _state(part: Instalment, overdue: AbstractSet[int]) -> PartState:
    if not part.amount_minor:
        return PartState.ENDED
    if part.charged_minor:
        return PartState.CHARGED
    return PartState.OVERDUE if part.number in overdue else PartState.PLANNED
