"""An order as JSON: the members of getOrderStatusExtended.do, with the names of the wire.

Source: rest-orders.md §4.2.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from altyn.cli.orders.view import receipt_minor
from altyn.domain.merchant import Merchant
from altyn.domain.order import Attempt, Order
from altyn.domain.receipt.values import Receipt
from altyn.operations.order_history import OrderEvent
from altyn.protocol.dialects.classic.order_view import extended_status

STATUS_VERSION: Final = 46
"""The newest response version: it has every member, whatever version the shop has chosen."""


def order_members(order: Order, merchant: Merchant) -> dict[str, Any]:
    """The order's ids, then the members of its extended status. Amounts: minor units."""
    newest = replace(merchant.settings, status_version=STATUS_VERSION)
    status = extended_status(order, replace(merchant, settings=newest), "en")
    ids = {"orderId": str(order.order_id), "merchantLogin": merchant.login}
    return {**ids, **status}


def detail_members(
    order: Order,
    merchant: Merchant,
    events: Sequence[OrderEvent],
    receipts: Sequence[Receipt] = (),
) -> dict[str, Any]:
    """As `order_members`, then every attempt, change and receipt, oldest first. Dates: UTC."""
    return {
        **order_members(order, merchant),
        "attempts": [_attempt(each) for each in order.attempts],
        "history": [_event(each) for each in events],
        "receipts": [receipt_members(each) for each in receipts],
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


def receipt_members(receipt: Receipt) -> dict[str, Any]:
    """A receipt as JSON; `replaces` is the failed receipt in whose place it was sent."""
    fiscal = receipt.fiscal
    return {
        "uuid": str(receipt.receipt_id),
        "kind": receipt.kind,
        "state": receipt.state,
        "amount": receipt_minor(receipt),
        "date": _date(receipt.created_at),
        "fnNumber": fiscal.fn_number if fiscal else None,
        "documentNumber": fiscal.document_number if fiscal else None,
        "problem": receipt.problem,
        "path": receipt.page_path,
        "replaces": None if receipt.content.replaces is None else str(receipt.content.replaces),
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
