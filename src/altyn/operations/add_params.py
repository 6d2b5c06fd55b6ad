"""Add parameters: further merchant parameters for an order that exists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from altyn.domain.history import HistoryEvent
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Decision, Refused, Unchanged, accept
from altyn.operations.order_params import with_params_of_shop

NAMES_MAX: Final = 100
CHARS_MAX: Final = 65_536


def decide_params(order: Order, params: Mapping[str, str], now: datetime) -> Decision:
    """Add these pairs to the order, replacing those of the same names.

    Refuses: PARAMS_INVALID when the order would carry too much; each status answer has all of it.
    Source: rest-orders.md §3.5.
    """
    merged, payer_params = with_params_of_shop(order, params)
    if len(merged) > NAMES_MAX or sum(map(len, (*merged, *merged.values()))) > CHARS_MAX:
        rule = f"an order carries at most {NAMES_MAX} names, {CHARS_MAX} characters in all"
        return Refused(Refusal.PARAMS_INVALID, rule, order, parameter="params")
    request = replace(order.request, payer_params=payer_params)
    if merged == dict(order.params) and request == order.request:
        return Unchanged(order)
    detail = {"names": sorted(params)}
    return accept(
        order, HistoryEvent.PARAMS_ADDED, now, params=merged, request=request, detail=detail
    )
