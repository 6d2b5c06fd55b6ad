"""The auditor: compares every order with its history, its postings and the bank's own books.

It exists so that every test of integrity asks the same questions of the whole database, however the
orders came to be. It reads tables, not code: what it believes of an order is what was saved.
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
BESIDE_ORDERS: Final = (
    "SELECT * FROM order_events WHERE $1::uuid[] IS NULL OR order_id = ANY($1) ORDER BY version",
    "SELECT * FROM payment_attempts WHERE $1::uuid[] IS NULL OR order_id = ANY($1) ORDER BY number",
    "SELECT * FROM postings WHERE $1::uuid[] IS NULL OR order_id = ANY($1) ORDER BY version, line",
    "SELECT * FROM ledger_entries WHERE $1::uuid[] IS NULL OR order_id = ANY($1)",
)
# The bank knows an attempt by the order's id and its number.
AT_THE_BANK: Final = (
    """SELECT * FROM simulators.bank_authorisations
       WHERE $1::text[] IS NULL OR split_part(key, '-', 1) = ANY($1)""",
    """SELECT * FROM simulators.bank_requests
       WHERE outcome = 'APPROVED' AND ($1::text[] IS NULL OR split_part(key, '-', 1) = ANY($1))""",
)


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything that was written down about one order, here and at the bank."""

    order: Row
    events: Sequence[Row]
    attempts: Sequence[Row]
    postings: Sequence[Row]
    sums: Mapping[str, int]  # of ledger_entries, by account
    bank: Sequence[BankRow]  # authorisations that the bank has booked for this order
    moves: Sequence[BankRow]  # requests that the bank has approved for this order

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way to the bank."""
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
    """Everything that does not add up, in words; of these orders, or of all."""
    complaints = []
    for papers in await _papers(pool, order_ids, other_books):
        order = papers.order
        complaints += [
            f"{order['order_id']} ({order['order_number']}, {order['status']}): {complaint}"
            for complaint in _complaints(papers)
        ]
    return complaints


async def unsettled(pool: Pool) -> int:
    """How many attempts the bank has not told the end of."""
    count: int = await pool.fetchval(
        "SELECT count(*) FROM payment_attempts WHERE state = ANY($1)", list(IN_FLIGHT)
    )
    return count


def _complaints(papers: Papers) -> Iterator[str]:
    yield from _sums_in_order(papers.order)
    yield from _history(papers)
    yield from _postings(papers)
    if papers.settled:
        yield from _books(papers)


def _sums_in_order(order: Row) -> Iterator[str]:
    ladder = [0, *(order[name] for name in ("refunded_minor", "deposited_minor", "approved_minor"))]
    ladder.append(order["amount_minor"])
    if ladder != sorted(ladder):
        yield f"not 0 <= refunded <= deposited <= approved <= amount: {ladder}"


def _history(papers: Papers) -> Iterator[str]:
    """One event per version, and statuses that move along the lifecycle only."""
    versions = [event["version"] for event in papers.events]
    if versions != list(range(1, papers.order["version"] + 1)):
        yield f"history is {versions}, version {papers.order['version']}"
    moments = [event["at"] for event in papers.events]
    if moments != sorted(moments):
        yield f"history runs backwards: {moments}"
    status = OrderStatus.CREATED
    for event in papers.events:
        if event["event"] not in EVENTS:
            continue
        then = TRANSITIONS.get((status, Event(event["event"])))
        if then is None:
            yield f"{status} does not allow {event['event']} (version {event['version']})"
            return
        status = then
    if status != papers.order["status"]:
        yield f"history ends with {status}"


def _postings(papers: Papers) -> Iterator[str]:
    """The postings sum to zero, and their projection is what the order shows."""
    if sum(papers.sums.values()) != 0:
        yield f"postings do not balance: {dict(papers.sums)}"
    for account in (Account.HOLD, Account.MERCHANT):
        if papers.sums.get(account, 0) < 0:
            yield f"{account} is overdrawn: {papers.sums[account]}"
    totals = ledger.totals(
        Posting(
            Movement(row["movement"]),
            Account(row["source"]),
            Account(row["destination"]),
            row["amount_minor"],
        )
        for row in papers.postings
    )
    order = papers.order
    shown = (order["approved_minor"], order["deposited_minor"], order["refunded_minor"])
    if (totals.approved_minor, totals.deposited_minor, totals.refunded_minor) != shown:
        yield f"postings say {totals}, the order says {shown}"


def _books(papers: Papers) -> Iterator[str]:
    """Once nothing is on its way, the bank's books and ours are the same."""
    approved = [a for a in papers.attempts if a["kind"] == "pay" and a["state"] == "approved"]
    verified = papers.order["status"] == OrderStatus.REVERSED and not papers.postings
    if len(papers.bank) > 1:
        yield f"the bank has authorised {len(papers.bank)} times"
    if len(papers.bank) != len(approved) and not verified:
        yield f"{len(approved)} approved payments, {len(papers.bank)} at the bank"
    for row in papers.bank:
        ours = (papers.sums.get(Account.HOLD, 0), papers.sums.get(Account.MERCHANT, 0))
        theirs = (row["held_minor"], row["deposited_minor"])
        if ours != theirs:
            yield f"held, deposited: {ours}; at the bank {theirs}"
        given = papers.order["refunded_minor"]
        if given != row["refunded_minor"]:
            yield f"refunded {given}, at the bank {row['refunded_minor']}"
    ours_done = Counter(
        (attempt["number"], attempt["amount_minor"])
        for attempt in papers.attempts
        if attempt["state"] == "approved"
    )
    bank_done = Counter(
        (int(move["key"].rpartition("-")[2]), move["amount_minor"]) for move in papers.moves
    )
    if ours_done != bank_done:
        yield f"only here {ours_done - bank_done}, only at the bank {bank_done - ours_done}"


async def _papers(
    pool: Pool, order_ids: Sequence[UUID | str] | None, other_books: OtherBooks | None
) -> list[Papers]:
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        chosen = None if order_ids is None else [UUID(str(each)) for each in order_ids]
        orders = await connection.fetch(ORDERS, chosen)
        read = [_by_order(await connection.fetch(query, chosen)) for query in BESIDE_ORDERS]
        keys = None if chosen is None else [each.hex for each in chosen]
        bank, moves = [await _bank_rows(connection, query, keys) for query in AT_THE_BANK]
    if other_books is not None:
        bank = [*bank, *other_books.payments(keys)]
        moves = [*moves, *other_books.movements(keys)]
    booked, moved = _by_key(bank), _by_key(moves)
    events, attempts, postings, entries = read
    return [
        Papers(
            order=order,
            events=events[order["order_id"]],
            attempts=attempts[order["order_id"]],
            postings=postings[order["order_id"]],
            sums=_sums(entries[order["order_id"]]),
            bank=booked[order["order_id"]],
            moves=moved[order["order_id"]],
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
    """Rows of the bank by the order that their key begins with."""
    found: dict[UUID, list[BankRow]] = defaultdict(list)
    for row in rows:
        found[UUID(row["key"].rpartition("-")[0])].append(row)
    return found


def _sums(entries: Sequence[Row]) -> dict[str, int]:
    sums: dict[str, Any] = defaultdict(int)
    for entry in entries:
        sums[entry["account"]] += entry["amount_minor"]
    return dict(sums)
