"""Loads a million orders with COPY, to compare their speed with that of an empty database."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from altyn.domain.order_id import new_order_id

BATCH = 50_000
ORDERS = (
    "merchant_id", "order_id", "order_number", "version", "status", "currency", "amount_minor",
    "approved_minor", "deposited_minor", "two_phase", "attempts_max", "hold_days", "action_code",
    "created_at", "expires_at", "approved_at", "deposited_at", "request", "params",
)  # fmt: skip
EVENTS = ("merchant_id", "order_id", "version", "at", "event", "actor")
ATTEMPTS = (
    "merchant_id", "order_id", "number", "kind", "state", "amount_minor", "started_at",
    "answered_at", "action_code", "rrn", "approval_code", "payment_way", "card",
)  # fmt: skip
POSTINGS = (
    "merchant_id", "order_id", "version", "line", "movement", "source", "destination", "currency",
    "amount_minor",
)  # fmt: skip
CARD = (
    '{"masked_pan": "555555**5599", "expiry": "203412", "holder": "IVAN PETROV",'
    ' "fingerprint": "00", "system": "MASTERCARD"}'
)
REQUEST = '{"return_url": "https://shop.example/return", "description": "Order of a benchmark"}'


async def load(url: str, count: int) -> None:
    """Store `count` paid orders of two weeks ago, with attempts, history and postings."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET synchronous_commit = off")
        since = datetime.now(UTC) - timedelta(days=14)
        for first in range(0, count, BATCH):
            orders = list(_orders(since, first, min(BATCH, count - first)))
            await _copy(connection, orders)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _copy(connection: "asyncpg.Connection[Any]", orders: list[tuple[Any, ...]]) -> None:
    tables = (
        ("orders", ORDERS, orders),
        ("order_events", EVENTS, [row for order in orders for row in _events(order)]),
        ("payment_attempts", ATTEMPTS, [_attempt(order) for order in orders]),
        ("postings", POSTINGS, [row for order in orders for row in _postings(order)]),
    )
    for table, columns, records in tables:
        await connection.copy_records_to_table(table, columns=columns, records=records)


def _orders(since: datetime, first: int, count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(first, first + count):
        at = since + timedelta(milliseconds=number)
        amount = 100 + secrets.randbelow(1_000_000)
        order_id = new_order_id(at, 1)
        yield (
            1, order_id, f"M{number}", 3, "deposited", "643", amount, amount, amount, False, 3, 7,
            0, at, at + timedelta(minutes=20), at, at, REQUEST, "{}",
        )  # fmt: skip


def _events(order: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for version, event in enumerate(("registered", "payment_asked", "purchase_approved"), 1):
        yield (1, order[1], version, order[13], event, "payer")


def _attempt(order: tuple[Any, ...]) -> tuple[Any, ...]:
    return (
        1, order[1], 1, "pay", "approved", order[6], order[13], order[13], 0, "600000000000",
        "000000", "CARD", CARD,
    )  # fmt: skip


def _postings(order: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield (1, order[1], 3, 1, "hold", "payer", "hold", "643", order[6])
    yield (1, order[1], 3, 2, "deposit", "hold", "merchant", "643", order[6])
