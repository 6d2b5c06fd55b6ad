"""The store of orders: PostgreSQL behind the `Orders` port, one statement per change."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import asyncpg

from altyn.domain.order import Order
from altyn.domain.outbox import DeliveryQueue
from altyn.operations.decisions import Accepted
from altyn.operations.ports import Actor, DueOrder, OrderKey, OrderPage, OrderSearch
from altyn.storage import records
from altyn.storage.coalescing import Coalescer
from altyn.storage.records import cart_value, order_of, request_json, to_json
from altyn.storage.statements import key_array, statement

Registering = tuple[Order, Actor, Mapping[str, object]]
Saving = tuple[Accepted, int, Actor]
NO_DETAIL: Final[Mapping[str, object]] = MappingProxyType({})
Notify = Callable[[Collection[DeliveryQueue]], None]


def _no_notification(_queues: Collection[DeliveryQueue]) -> None:
    """Notify no worker: a worker that looks at the outbox finds what is due."""


class OrderStore:
    """Orders in PostgreSQL. Calls that meet share a statement (`coalescing.py`).

    `notify` is called with the delivery queues of the outbox that a save has added entries to.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]", notify: Notify = _no_notification) -> None:
        self._pool = pool
        self._notify = notify
        self._registering = Coalescer(self._register_batch)
        self._saving = Coalescer(self._save_batch)
        self._loading = Coalescer(self._load_batch)
        self._loading_by_number = Coalescer(self._load_by_number_batch)

    async def register(
        self, order: Order, actor: Actor, detail: Mapping[str, object] = NO_DETAIL
    ) -> bool:
        """Add an order. False when the merchant already has one with this number."""
        return await self._registering.call((order, actor, detail))

    async def load(self, key: OrderKey) -> Order | None:
        """The order as it is now, with its attempts."""
        return await self._loading.call(key)

    async def load_by_number(self, merchant_id: int, order_number: str) -> Order | None:
        """The order with this order number, with its attempts."""
        return await self._loading_by_number.call((merchant_id, order_number))

    async def save(self, accepted: Accepted, *, expected_version: int, actor: Actor) -> bool:
        """Save a decision if the order still has that version; False if it has another one."""
        try:
            return await self._saving.call((accepted, expected_version, actor))
        except asyncpg.UniqueViolationError:
            # another process saves the same refund, or another payment of this order
            return False
        except asyncpg.NotNullViolationError as error:
            if error.table_name == "bindings" and error.column_name == "version":
                return False  # the stored card that this payment renews was changed first
            raise

    async def search(self, query: OrderSearch) -> OrderPage:
        """A page of orders, newest first."""
        rows = await statement("search_orders").fetch(
            self._pool,
            merchant_ids=list(query.merchant_ids),
            statuses=list(query.statuses),
            by_created=query.by_created,
            since=query.since,
            until=query.to,
            size=query.size,
            skip=query.page * query.size,
        )
        # a page after the last one is a single row of nulls, for the total alone
        orders = tuple(order_of(row) for row in rows if row["order_id"] is not None)
        return OrderPage(orders, rows[0]["total"])

    async def due(self, until: datetime, *, limit: int) -> Sequence[DueOrder]:
        """Orders with an action that is due until then, earliest first."""
        rows = await statement("due_orders").fetch(self._pool, until=until, limit=limit)
        return [
            DueOrder(OrderKey(row["merchant_id"], row["order_id"]), row["due_at"]) for row in rows
        ]

    async def claim_unsettled(
        self, now: datetime, *, asked_before: datetime, lease_until: datetime, limit: int
    ) -> Sequence[tuple[OrderKey, int]]:
        """Claim attempts to ask the bank about now; other workers get them after the lease."""
        rows = await statement("claim_unsettled").fetch(
            self._pool, now=now, asked_before=asked_before, lease_until=lease_until, limit=limit
        )
        return [(OrderKey(row["merchant_id"], row["order_id"]), row["number"]) for row in rows]

    async def order_of_transaction(self, merchant_id: int, server_trans_id: str) -> UUID | None:
        """The order of a 3-D Secure 2 transaction."""
        rows = await statement("find_transaction").fetch(
            self._pool, merchant_id=merchant_id, server_trans_id=server_trans_id
        )
        order_id: UUID | None = rows[0]["order_id"] if rows else None
        return order_id

    async def _register_batch(self, batch: Sequence[Registering]) -> list[bool]:
        orders = sorted(batch, key=lambda each: (each[0].merchant_id, each[0].order_number))
        of = partial(_column, [order for order, _, _ in orders])
        rows = await statement("register_orders").fetch(
            self._pool,
            merchant_ids=of("merchant_id"),
            order_ids=of("order_id"),
            order_numbers=of("order_number"),
            currencies=of("currency"),
            amounts_minor=of("amount_minor"),
            two_phases=of("two_phase"),
            attempts_max=of("attempts_max"),
            hold_days=of("hold_days"),
            created_ats=of("created_at"),
            expires_ats=of("expires_at"),
            auto_completion_ats=of("auto_completion_at"),
            auto_reverse_ats=of("auto_reverse_at"),
            payer_ips=of("payer_ip"),
            requests=[to_json(request_json(order.request)) for order, _, _ in orders],
            carts=[cart_value(order.request) for order, _, _ in orders],
            params=[to_json(order.params) for order, _, _ in orders],
            actors=[actor.name for _, actor, _ in orders],
            actor_ips=[actor.ip for _, actor, _ in orders],
            details=[to_json(detail) if detail else None for _, _, detail in orders],
        )
        registered = {row["order_id"] for row in rows}
        return [order.order_id in registered for order, _, _ in batch]

    async def _save_batch(self, batch: Sequence[Saving]) -> list[bool]:
        # of two decisions about one order only the first can be saved: it changes the version
        first = {saving[0].order.order_id: saving for saving in reversed(batch)}
        chosen = sorted(first.values(), key=lambda saving: saving[0].order.order_id)
        decisions = [accepted for accepted, _, _ in chosen]
        rows = await statement("save_orders").fetch(
            self._pool,
            merchant_ids=key_array(each.order.merchant_id for each in decisions),
            order_ids=key_array(each.order.order_id for each in decisions),
            orders=to_json([records.decided_json(*saving) for saving in chosen]),
            attempts=_rows(records.attempt_rows, decisions),
            postings=_rows(records.posting_rows, decisions),
            entries=_rows(records.outbox_rows, decisions),
            receipts=_rows(records.receipt_rows, decisions),
            bindings=_rows(records.binding_rows, decisions),
            charges=_rows(records.released_charges, decisions),
        )
        saved = {row["order_id"] for row in rows}
        self._notify(queues_of(each for each in decisions if each.order.order_id in saved))
        return [
            saving[0].order.order_id in saved and first[saving[0].order.order_id] is saving
            for saving in batch
        ]

    async def _load_batch(self, batch: Sequence[OrderKey]) -> list[Order | None]:
        rows = await statement("load_orders").fetch(
            self._pool,
            merchant_ids=key_array(key.merchant_id for key in batch),
            order_ids=key_array(key.order_id for key in batch),
        )
        orders = {OrderKey(row["merchant_id"], row["order_id"]): order_of(row) for row in rows}
        return [orders.get(key) for key in batch]

    async def _load_by_number_batch(self, batch: Sequence[tuple[int, str]]) -> list[Order | None]:
        rows = await statement("load_orders_by_number").fetch(
            self._pool,
            merchant_ids=key_array(merchant_id for merchant_id, _ in batch),
            order_numbers=key_array(number for _, number in batch),
        )
        orders = {(row["merchant_id"], row["order_number"]): order_of(row) for row in rows}
        return [orders.get(key) for key in batch]


def _column(orders: Sequence[Order], name: str) -> list[Any]:
    return [getattr(order, name) for order in orders]


def _rows(make: Any, decisions: Sequence[Accepted]) -> str:
    return to_json([row for accepted in decisions for row in make(accepted)])


def queues_of(decisions: Iterable[Accepted]) -> set[DeliveryQueue]:
    """The delivery queues of the entries that these decisions add to the outbox."""
    return {
        DeliveryQueue(entry.kind, decision.order.merchant_id, entry.host)
        for decision in decisions
        for entry in decision.outbox
    }
