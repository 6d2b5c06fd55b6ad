"""The audit: compares every order with its history, its postings, its receipts and the bank's own
books.

It gives every test of integrity the same checks of the whole database. It reads only the saved
tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

import asyncpg

from altyn.domain import ledger
from altyn.domain.ledger import Account, Movement, Posting
from altyn.domain.lifecycle import TRANSITIONS, Event, OrderStatus
from altyn.storage.database import Pool

Row: TypeAlias = "asyncpg.Record"
BankRow: TypeAlias = "asyncpg.Record | Mapping[str, Any]"
IN_FLIGHT: Final = frozenset({"asked", "pending", "unknown"})
EVENTS: Final = frozenset(Event)

ORDERS: Final = "SELECT * FROM orders WHERE $1::uuid[] IS NULL OR order_id = ANY($1)"
ORDER_TABLES: Final = (
    "SELECT * FROM order_events WHERE $1::uuid[] IS NULL OR order_id = ANY($1) ORDER BY version",
    "SELECT * FROM payment_attempts WHERE $1::uuid[] IS NULL OR order_id = ANY($1) ORDER BY number",
    "SELECT * FROM postings WHERE $1::uuid[] IS NULL OR order_id = ANY($1) ORDER BY version, line",
    "SELECT * FROM ledger_entries WHERE $1::uuid[] IS NULL OR order_id = ANY($1)",
    """SELECT order_id, kind, receipts.state, provider, printed.state AS printed,
              printed.amount_minor AS printed_minor,
              (SELECT sum((line ->> 'amount_minor')::bigint)
               FROM jsonb_array_elements(content -> 'lines') AS line) AS amount_minor
       FROM receipts LEFT JOIN simulators.register_receipts AS printed
            ON printed.receipt_id = receipts.receipt_id::text
       WHERE ($1::uuid[] IS NULL OR order_id = ANY($1)) AND kind IN ('payment', 'refund')""",
)
# The bank's key of an attempt is the order's id and the attempt's number. The service that lends
# for payment in parts has books of its own; what it charges to cards has other keys.
BANK_TABLES: Final = (
    """SELECT key, held_minor, deposited_minor, refunded_minor FROM (
           SELECT key, held_minor, deposited_minor, refunded_minor
           FROM simulators.bank_authorisations WHERE key NOT LIKE 'bnpl:%'
           UNION ALL
           SELECT key, held_minor, deposited_minor, refunded_minor
           FROM simulators.bnpl_contracts WHERE state = 'active') AS booked
       WHERE $1::text[] IS NULL OR split_part(key, '-', 1) = ANY($1)""",
    """SELECT key, amount_minor FROM (
           SELECT key, amount_minor FROM simulators.bank_requests
           WHERE outcome = 'APPROVED' AND key NOT LIKE 'bnpl:%'
           UNION ALL
           SELECT key, amount_minor FROM simulators.bnpl_contracts WHERE state = 'active'
           UNION ALL
           SELECT key, amount_minor FROM simulators.bnpl_requests
           WHERE outcome = 'APPROVED' AND operation IN ('DEPOSIT', 'REVERSE', 'REFUND')) AS moved
       WHERE $1::text[] IS NULL OR split_part(key, '-', 1) = ANY($1)""",
)


@dataclass(frozen=True, slots=True)
class OrderRecords:
    """Everything that is stored about one order, by the gateway and by the bank."""

    order: Row
    events: Sequence[Row]
    attempts: Sequence[Row]
    postings: Sequence[Row]
    sums: Mapping[str, int]  # of ledger_entries, by account
    bank: Sequence[BankRow]  # authorisations that the bank has booked for this order
    moves: Sequence[BankRow]  # requests that the bank has approved for this order
    receipts: Sequence[Row] = ()  # with what the simulated cash register says of them

    @property
    def settled(self) -> bool:
        """Whether no request to the bank is open."""
        return not any(attempt["state"] in IN_FLIGHT for attempt in self.attempts)


class OtherBooks(Protocol):
    """The books of a way to pay other than the card: rows in the shape of the bank's tables.

    `orders` are the order ids in hex that keys begin with; None means all.
    """

    def payments(self, orders: Sequence[str] | None) -> Sequence[Mapping[str, Any]]: ...
    def movements(self, orders: Sequence[str] | None) -> Sequence[Mapping[str, Any]]: ...


async def audit(
    pool: Pool,
    order_ids: Sequence[UUID | str] | None = None,
    *,
    other_books: OtherBooks | None = None,
) -> list[str]:
    """Every inconsistency of these orders, or of all orders, as text."""
    errors = [error] if (error := await _without_order(pool)) else []
    for records in await _records(pool, order_ids, other_books):
        order = records.order
        errors += [
            f"{order['order_id']} ({order['order_number']}, {order['status']}): {error}"
            for error in _errors(records)
        ]
    return errors


async def _without_order(pool: Pool) -> str:
    """The attempts and postings whose order does not exist; no foreign key looks for them."""
    count = await pool.fetchval(
        """SELECT count(*) FROM (SELECT merchant_id, order_id FROM payment_attempts
                                 UNION ALL SELECT merchant_id, order_id FROM postings) AS written
           LEFT JOIN orders USING (merchant_id, order_id) WHERE orders.order_id IS NULL"""
    )
    return f"{count} attempts or postings belong to no order" if count else ""


async def unsettled(pool: Pool) -> int:
    """The number of attempts whose result the bank has not sent."""
    count: int = await pool.fetchval(
        "SELECT count(*) FROM payment_attempts WHERE state = ANY($1)", list(IN_FLIGHT)
    )
    return count


def _errors(records: OrderRecords) -> Iterator[str]:
    yield from _sums_in_order(records.order)
    yield from _history(records)
    yield from _postings(records)
    yield from _receipts(records)
    if records.settled:
        yield from _books(records)


def _sums_in_order(order: Row) -> Iterator[str]:
    ladder = [0, *(order[name] for name in ("refunded_minor", "deposited_minor", "approved_minor"))]
    ladder.append(order["amount_minor"])
    if ladder != sorted(ladder):
        yield f"not 0 <= refunded <= deposited <= approved <= amount: {ladder}"
    paid_out = order["paid_out_minor"]
    if paid_out and (paid_out != order["amount_minor"] or order["approved_minor"]):
        yield f"paid out {paid_out} of {order['amount_minor']}, approved {order['approved_minor']}"


def _history(records: OrderRecords) -> Iterator[str]:
    """One event per version, and only status changes that the lifecycle allows."""
    versions = [event["version"] for event in records.events]
    if versions != list(range(1, records.order["version"] + 1)):
        yield f"history is {versions}, version {records.order['version']}"
    times = [event["at"] for event in records.events]
    if times != sorted(times):
        yield f"the times of the history decrease: {times}"
    status = OrderStatus.CREATED
    for event in records.events:
        if event["event"] not in EVENTS:
            continue
        then = TRANSITIONS.get((status, Event(event["event"])))
        if then is None:
            yield f"{status} does not allow {event['event']} (version {event['version']})"
            return
        status = then
    if status != records.order["status"]:
        yield f"history ends with {status}"


def _postings(records: OrderRecords) -> Iterator[str]:
    """The postings sum to zero, and their totals are the order's amounts."""
    if sum(records.sums.values()) != 0:
        yield f"postings do not balance: {dict(records.sums)}"
    order = records.order
    # a payout is paid from what other orders have brought in
    for account, least in ((Account.HOLD, 0), (Account.MERCHANT, -order["paid_out_minor"])):
        if records.sums.get(account, 0) < least:
            yield f"{account} is overdrawn: {records.sums[account]}"
    totals = ledger.totals(
        Posting(
            Movement(row["movement"]),
            Account(row["source"]),
            Account(row["destination"]),
            row["amount_minor"],
        )
        for row in records.postings
    )
    shown = ledger.Totals(
        approved_minor=order["approved_minor"],
        deposited_minor=order["deposited_minor"],
        refunded_minor=order["refunded_minor"],
        paid_out_minor=order["paid_out_minor"],
    )
    if totals != shown:
        yield f"the postings total {totals}, the order has {shown}"


def _receipts(records: OrderRecords) -> Iterator[str]:
    """The receipts of an order that has any sum to the ledger, and what the register has printed is
    what was sent."""
    if not records.receipts:
        return
    total = sum(
        row["amount_minor"] if row["kind"] == "payment" else -row["amount_minor"]
        for row in records.receipts
    )
    kept = records.sums.get(Account.MERCHANT, 0)
    if total != kept:
        yield f"the receipts sum to {total}, the merchant has {kept}"
    for row in records.receipts:
        own = row["provider"] == "simulated"
        if own and row["state"] == "delivered" and row["printed"] != "printed":
            yield f"a receipt is delivered, and {row['printed']} at the cash register"
        if row["printed"] is not None and row["printed_minor"] != row["amount_minor"]:
            yield f"a receipt of {row['amount_minor']} is one of {row['printed_minor']} there"


def _books(records: OrderRecords) -> Iterator[str]:
    """When no request is open, the bank's books and ours are equal."""
    approved = [a for a in records.attempts if a["kind"] == "pay" and a["state"] == "approved"]
    verified = records.order["status"] == OrderStatus.REVERSED and not records.postings
    if len(records.bank) > 1:
        yield f"the bank has authorised {len(records.bank)} times"
    if len(records.bank) != len(approved) and not verified:
        yield f"{len(approved)} approved payments, {len(records.bank)} at the bank"
    for row in records.bank:
        ours = (records.sums.get(Account.HOLD, 0), records.sums.get(Account.MERCHANT, 0))
        theirs = (row["held_minor"], row["deposited_minor"])
        if ours != theirs:
            yield f"held, deposited: {ours}; at the bank {theirs}"
        refunded = records.order["refunded_minor"]
        if refunded != row["refunded_minor"]:
            yield f"refunded {refunded}, at the bank {row['refunded_minor']}"
    ours_done = Counter(
        (attempt["number"], attempt["amount_minor"])
        for attempt in records.attempts
        if attempt["state"] == "approved"
    )
    bank_done = Counter(
        (int(move["key"].rpartition("-")[2]), move["amount_minor"]) for move in records.moves
    )
    if ours_done != bank_done:
        yield f"only here {ours_done - bank_done}, only at the bank {bank_done - ours_done}"


async def _records(
    pool: Pool, order_ids: Sequence[UUID | str] | None, other_books: OtherBooks | None
) -> list[OrderRecords]:
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        chosen = None if order_ids is None else [UUID(str(each)) for each in order_ids]
        orders = await connection.fetch(ORDERS, chosen)
        read = [_by_order(await connection.fetch(query, chosen)) for query in ORDER_TABLES]
        keys = None if chosen is None else [each.hex for each in chosen]
        bank, moves = [await _bank_rows(connection, query, keys) for query in BANK_TABLES]
    if other_books is not None:
        bank = [*bank, *other_books.payments(keys)]
        moves = [*moves, *other_books.movements(keys)]
    booked, moved = _by_key(bank), _by_key(moves)
    events, attempts, postings, entries, receipts = read
    return [
        OrderRecords(
            order=order,
            events=events[order["order_id"]],
            attempts=attempts[order["order_id"]],
            postings=postings[order["order_id"]],
            sums=_sums(entries[order["order_id"]]),
            bank=booked[order["order_id"]],
            moves=moved[order["order_id"]],
            receipts=receipts[order["order_id"]],
        )
        for order in orders
    ]


async def _bank_rows(
    connection: asyncpg.pool.PoolConnectionProxy[asyncpg.Record],
    query: str,
    keys: Sequence[str] | None,
) -> list[BankRow]:
    return list(await connection.fetch(query, keys))


def _by_order(rows: Sequence[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["order_id"]].append(row)
    return found


def _by_key(rows: Sequence[BankRow]) -> dict[UUID, list[BankRow]]:
    """Rows of the bank by order; a key begins with the order's id."""
    found: dict[UUID, list[BankRow]] = defaultdict(list)
    for row in rows:
        found[UUID(row["key"].rpartition("-")[0])].append(row)
    return found


def _sums(entries: Sequence[Row]) -> dict[str, int]:
    sums: dict[str, Any] = defaultdict(int)
    for entry in entries:
        sums[entry["account"]] += entry["amount_minor"]
    return dict(sums)
