"""Orders as rows of PostgreSQL: how an order is written and read back."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

import msgspec

from altyn.domain.cart.document import Cart
from altyn.domain.effects import OutboxEntry
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Attempt, Order, OrderRequest
from altyn.operations.decisions import Accepted
from altyn.operations.ports import Actor
from altyn.storage.binding_rows import binding_json
from altyn.storage.carts import pack_cart, unpack_cart
from altyn.storage.order_columns import (
    JSON_COLUMNS,
    ORDER_COLUMNS,
    attempt_values,
    changing_values,
)

_decode_request: Final = msgspec.json.Decoder(OrderRequest).decode
_decode_attempts: Final = msgspec.json.Decoder(tuple[Attempt, ...]).decode
_decode_params: Final = msgspec.json.Decoder(dict[str, str]).decode
_encode: Final = msgspec.json.Encoder().encode

_REQUEST_DEFAULTS: Final = {
    field.name: getattr(OrderRequest(), field.name)
    for field in fields(OrderRequest)
    if field.name != "order_bundle"
}
_PLAIN: Final = tuple(
    column.name
    for column in ORDER_COLUMNS
    if column.name not in JSON_COLUMNS and column.name != "status"
)


def to_json(value: object) -> str:
    """JSON text, as asyncpg takes it for jsonb."""
    return _encode(value).decode()


def order_of(row: Mapping[str, Any]) -> Order:
    """The order in a row of `load_orders`, with its attempts."""
    values = {name: row[name] for name in _PLAIN}
    return Order(
        **values,
        status=OrderStatus(row["status"]),
        request=_request_of(row),
        params=_decode_params(row["params"]),
        attempts=_decode_attempts(row["attempts"]) if row["attempts"] else (),
    )


def request_json(request: OrderRequest) -> dict[str, Any]:
    """The registration request, without its cart and the fields that have their default."""
    return {
        name: value
        for name, default in _REQUEST_DEFAULTS.items()
        if (value := getattr(request, name)) != default
    }


def cart_value(request: OrderRequest) -> bytes | None:
    """The column `cart` for a request; None without a cart."""
    return pack_cart(request.order_bundle.text) if request.order_bundle is not None else None


def _request_of(row: Mapping[str, Any]) -> OrderRequest:
    request = _decode_request(row["request"])
    if row["cart"] is None:
        return request
    return replace(request, order_bundle=Cart(unpack_cart(row["cart"])))


def decided_json(accepted: Accepted, expected_version: int, actor: Actor) -> dict[str, Any]:
    """The row of `decided` in `save_orders`."""
    order = accepted.order
    due = order.due()
    return {
        **changing_values(order),
        "merchant_id": order.merchant_id,
        "order_id": order.order_id,
        "expected_version": expected_version,
        "due_at": due[0] if due else None,
        "request": request_json(order.request),
        "at": accepted.at,
        "event": accepted.event,
        "actor": actor.name,
        "actor_ip": actor.ip,
        "detail": accepted.detail or None,
    }


def attempt_rows(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `attempt` in `save_orders`."""
    order_id = accepted.order.order_id
    return [{"order_id": order_id, **attempt_values(attempt)} for attempt in accepted.attempts]


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


def receipt_rows(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `receipt` in `save_orders`."""
    return [
        {
            "order_id": receipt.order_id,
            "receipt_id": receipt.receipt_id,
            "kind": receipt.kind,
            "state": receipt.state,
            "provider": receipt.provider,
            "content": receipt.content,
            "fiscal": receipt.fiscal,
            "created_at": receipt.created_at,
        }
        for receipt in accepted.receipts
    ]


def binding_rows(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `binding` in `save_orders`."""
    order_id = accepted.order.order_id
    return [{"of_order": order_id, **binding_json(each)} for each in accepted.bindings]


def released_charges(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `charge` in `save_orders`: what the terms of a stored card count no more."""
    return [
        {
            "of_order": accepted.order.order_id,
            "binding_id": each.binding_id,
            "amount_minor": each.charge.amount_minor,
            "charged_at": each.charge.at,
            "charged_before": each.charge.before,
            "at": accepted.at,
        }
        for each in accepted.released
    ]


def outbox_rows(accepted: Accepted) -> list[dict[str, Any]]:
    """The rows of `entry` in `save_orders`: what the effects of the decision come to."""
    return [
        {"order_id": accepted.order.order_id, "line": line, **outbox_row(entry)}
        for line, entry in enumerate(accepted.outbox, 1)
    ]


def entries_json(entries: Iterable[OutboxEntry]) -> str:
    """The rows of the outbox for one version of a subject, by their lines."""
    return to_json([{"line": line, **outbox_row(each)} for line, each in enumerate(entries, 1)])


def outbox_row(entry: OutboxEntry) -> dict[str, Any]:
    """The columns of the outbox that an entry fills."""
    return {
        "kind": entry.kind,
        "operation": entry.operation,
        "receiver": entry.receiver,
        "origin": entry.host,
        "parameters": entry.parameters,
        "due_after_seconds": entry.due_after.total_seconds(),
    }
