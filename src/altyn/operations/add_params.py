"""Add parameters: more merchant parameters on an order that exists."""

from collections.abc import Mapping
from datetime import datetime

from altyn.domain.order import Order
from altyn.operations.decisions import Decision, Repeated, accept


def decide_params(order: Order, params: Mapping[str, str], now: datetime) -> Decision:
    """Add these pairs to the order, replacing those of the same names. Refuses nothing.

    Source: rest-orders.md §3.5.
    """
    merged = {**order.params, **params}
    if merged == dict(order.params):
        return Repeated(order)
    return accept(order, "params_added", now, params=merged, detail={"names": sorted(params)})
