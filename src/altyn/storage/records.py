"""Orders as rows of PostgreSQL: how an order is written and read back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import msgspec

from altyn.domain.callback import Announcement, origin_of
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Attempt, Order, OrderRequest
from altyn.operations.decisions import Accepted
from altyn.operations.ports import Actor

_decode_request: Final = msgspec.json.Decoder(OrderRequest).decode
_decode_attempts: Final = msgspec.json.Decoder(tuple[Attempt, ...]).decode
_decode_params: Final = msgspec.json.Decoder(dict[str, str]).decode
_encode: Final = msgspec.json.Encoder().encode

_REQUEST_DEFAULTS: Final = {
    field.name: getattr(OrderRequest(), field.name) for field in fields(OrderRequest)
}
_ATTEMPT_FIELDS: Final = tuple(field.name for field in fields(Attempt))


def to_json(value: object) -> str:
    """JSON text, as asyncpg takes it for jsonb."""
    return _encode(value).decode()


def order_of(row: Mapping[str, Any]) -> Order:
    """The order in a row of `load_orders`, with its attempts."""
    return Order(
        merchant_id=row["merchant_id"],
        order_id=row["order_id"],
        order_number=row["order_number"],
        version=row["version"],
        status=OrderStatus(row["status"]),
        currency=row["currency"],
        amount_minor=row["amount_minor"],
        approved_minor=row["approved_minor"],
        deposited_minor=row["deposited_minor"],
        refunded_minor=row["refunded_minor"],
        two_phase=row["two_phase"],
        attempts_max=row["attempts_max"],
        hold_days=row["hold_days"],
        action_code=row["action_code"],
        partly_reversed=row["partly_reversed"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        approved_at=row["approved_at"],
        deposited_at=row["deposited_at"],
        reversed_at=row["reversed_at"],
        refunded_at=row["refunded_at"],
        auto_completion_at=row["auto_completion_at"],
        auto_reverse_at=row["auto_reverse_at"],
        postponed_until=row["postponed_until"],
        changed_at=row["changed_at"],
        payer_ip=row["payer_ip"],
        request=_decode_request(row["request"]),
        params=_decode_params(row["params"]),
        attempts=_decode_attempts(row["attempts"]) if row["attempts"] else (),
    )


def request_json(request: OrderRequest) -> dict[str, Any]:
    """The fields of a request that the merchant set; fields with their default are left out."""
    return {
        name: value
        for name, default in _REQUEST_DEFAULTS.items()
        if (value := getattr(request, name)) != default
    }


def decided_json(accepted: Accepted, expected_version: int, actor: Actor) -> dict[str, Any]:
    """The row of `decided` in `save_orders`."""
    order = accepted.order
    due = order.due()
    return {
        "merchant_id": order.merchant_id,
        "order_id": order.order_id,
        "expected_version": expected_version,
        "version": order.version,
        "status": order.status,
        "approved_minor": order.approved_minor,
        "deposited_minor": order.deposited_minor,
        "refunded_minor": order.refunded_minor,
        "action_code": order.action_code,
        "partly_reversed": order.partly_reversed,
        "approved_at": order.approved_at,
        "deposited_at": order.deposited_at,
        "reversed_at": order.reversed_at,
        "refunded_at": order.refunded_at,
        "auto_completion_at": order.auto_completion_at,
        "auto_reverse_at": order.auto_reverse_at,
        "postponed_until": order.postponed_until,
        "due_at": due[0] if due else None,
        "payer_ip": order.payer_ip,
        "request": request_json(order.request),
        "params": order.params,
        "at": accepted.at,
        "event": accepted.event,
        "actor": actor.name,
        "actor_ip": actor.ip,
        "detail": accepted.detail or None,
    }


def attempt_rows(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `attempt` in `save_orders`."""
    order_id = accepted.order.order_id
    return [{"order_id": order_id, **_fields(attempt)} for attempt in accepted.attempts]


def _fields(attempt: Attempt) -> dict[str, Any]:
    return {name: getattr(attempt, name) for name in _ATTEMPT_FIELDS}


def posting_rows(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `posting` in `save_orders`."""
    return [
        {
            "order_id": accepted.order.order_id,
            "line": line,
            "movement": posting.movement,
            "source": posting.source,
            "destination": posting.destination,
            "amount_minor": posting.amount_minor,
        }
        for line, posting in enumerate(accepted.postings, 1)
    ]


def announcement_rows(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `announcement` in `save_orders`: what the shop is to be told, as of now."""
    return [
        {"order_id": accepted.order.order_id, "line": line, **announcement_row(announcement)}
        for line, announcement in enumerate(accepted.announcements, 1)
    ]


def announcement_row(announcement: Announcement) -> dict[str, Any]:
    """The columns of the outbox that an announcement fills."""
    return {
        "operation": announcement.operation,
        "receiver": announcement.receiver,
        "origin": origin_of(announcement.receiver),
        "parameters": announcement.parameters,
    }
