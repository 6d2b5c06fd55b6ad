"""An order as JSON: the members of getOrderStatusExtended.do, with the names of the wire.

Source: rest-orders.md §4.2.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from altyn.domain.merchant import Merchant
from altyn.domain.order import Attempt, Order
from altyn.protocol.dialects.classic.order_view import extended_status
from altyn.storage.order_history import OrderEvent

STATUS_VERSION: Final = 46
"""The newest response version: it has every member, whatever version the shop has chosen."""


def order_members(order: Order, merchant: Merchant) -> dict[str, Any]:
    """The order's ids, then the members of its extended status. Amounts: minor units."""
    newest = replace(merchant.settings, status_version=STATUS_VERSION)
    status = extended_status(order, replace(merchant, settings=newest), "en")
    ids = {"orderId": str(order.order_id), "merchantLogin": merchant.login}
    return {**ids, **status}


def detail_members(
    order: Order, merchant: Merchant, events: Sequence[OrderEvent]
) -> dict[str, Any]:
    """As `order_members`, then every attempt and every change, oldest first. Dates: UTC."""
    return {
        **order_members(order, merchant),
        "attempts": [_attempt(each) for each in order.attempts],
        "history": [_event(each) for each in events],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "operation": attempt.kind,
        "state": attempt.state,
        "amount": attempt.amount_minor,
        "date": _date(attempt.started_at),
        "actionCode": attempt.action_code,
        "refNum": attempt.rrn,
        "approvalCode": attempt.approval_code,
        "paymentWay": attempt.payment_way,
        "pan": attempt.card.masked_pan if attempt.card else None,
    }


def _event(event: OrderEvent) -> dict[str, Any]:
    return {
        "date": _date(event.at),
        "event": event.event,
        "actor": event.actor,
        "ip": event.actor_ip or None,
        "detail": dict(event.detail),
    }


def _date(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
