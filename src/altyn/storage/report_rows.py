"""The rows of reports in PostgreSQL: the orders part by part, newest first, with what happened.

Each part looks through a bounded number of orders, so that no statement takes long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from altyn.domain.ledger import Account, Movement, Posting, Totals, totals
from altyn.domain.money import Currency, Money, canonical_currency
from altyn.domain.moscow import to_moscow
from altyn.domain.order import AttemptState, Kind
from altyn.domain.receipt.values import FiscalData, ReceiptKind, ReceiptState
from altyn.operations.order_list import OrderLists
from altyn.operations.paging import Place
from altyn.operations.reports.jobs import ExportJob, ReportKind
from altyn.operations.reports.reconciliation import Reconciled, Reconciliation
from altyn.operations.reports.rows import Part, Row
from altyn.storage import keyset
from altyn.storage.database import Pool
from altyn.storage.keyset import FIRST, LAST
from altyn.storage.receipts import fiscal_data
from altyn.storage.statements import statement

LOOKED_THROUGH: Final = 2_000
"""So many orders are looked through for one part."""

Details = Mapping[UUID, Sequence[Any]]
_NO_ROWS: Final[Sequence[Any]] = ()


@dataclass(frozen=True, slots=True)
class _Span:
    """Which orders are walked through, and from where on they must have changed."""

    created_since: datetime
    created_until: datetime
    changed_since: datetime

    def percent(self, reached: datetime, oldest: datetime) -> int:
        """How much of the orders is done when the walk has reached a time."""
        whole = (self.created_until - max(oldest, self.created_since)).total_seconds()
        done = (self.created_until - reached).total_seconds()
        return max(0, min(100, int(100 * done / whole))) if whole > 0 else 100


class ReportRows:
    """Implements the port `ReportReader`."""

    def __init__(
        self, pool: Pool, lists: OrderLists, *, looked_through: int = LOOKED_THROUGH
    ) -> None:
        self._pool = pool
        self._lists = lists
        self._looked_through = looked_through

    def parts(self, job: ExportJob) -> AsyncIterator[Part]:
        """The rows of a job's report, newest orders first; of several shops, shop by shop."""
        if job.request.kind is ReportKind.ORDERS:
            return self._orders(job)
        return self._shops(job)

    async def _shops(self, job: ExportJob) -> AsyncIterator[Part]:
        """The rows of each shop; where there are several, each row ends with its shop's login."""
        read = {
            ReportKind.OPERATIONS: self._operations,
            ReportKind.REFUNDS: self._refunds,
            ReportKind.RECEIPTS: self._receipts,
            ReportKind.RECONCILIATION: self._reconciliation,
        }
        shops = job.merchant_ids
        for number, merchant_id in enumerate(shops):
            named = [await self._login(merchant_id)] if len(shops) > 1 else []
            async for part in read[job.request.kind](replace(job, merchant_id=merchant_id)):
                rows = [(*row, *named) for row in part.rows]
                yield Part(rows, (100 * number + part.percent) // len(shops))

    async def _login(self, merchant_id: int) -> str:
        rows = await statement("load_merchant").fetch(self._pool, merchant_id=merchant_id)
        return str(rows[0]["login"])

    async def _operations(self, job: ExportJob) -> AsyncIterator[Part]:
        """Each movement of money in the period."""

        async def rows(orders: Sequence[Any]) -> Sequence[Row]:
            movements = await self._details("report_movements", job, orders)
            attempts = await self._details("report_attempts", job, orders)
            return [
                _operation(order, row, _paid(attempts.get(order["order_id"], _NO_ROWS)))
                for order in orders
                for row in _newest(movements, order, "version", "line")
                if _inside(job, row["at"])
            ]

        async for part in self._walk(job, _changed_in(job), rows):
            yield part

    async def _refunds(self, job: ExportJob) -> AsyncIterator[Part]:
        """Each refund that was asked for in the period."""

        async def rows(orders: Sequence[Any]) -> Sequence[Row]:
            attempts = await self._details("report_attempts", job, orders)
            return [
                _refund(order, row, _paid(attempts[order["order_id"]]))
                for order in orders
                for row in _newest(attempts, order, "number")
                if row["kind"] == "refund" and _inside(job, row["started_at"])
            ]

        async for part in self._walk(job, _changed_in(job), rows):
            yield part

    async def _receipts(self, job: ExportJob) -> AsyncIterator[Part]:
        """Each receipt that was made in the period."""

        async def rows(orders: Sequence[Any]) -> Sequence[Row]:
            receipts = await self._details("report_receipts", job, orders)
            return [
                _receipt(order, row)
                for order in orders
                for row in _newest(receipts, order, "version")
                if _inside(job, row["created_at"])
            ]

        async for part in self._walk(job, _changed_in(job), rows):
            yield part

    async def _reconciliation(self, job: ExportJob) -> AsyncIterator[Part]:
        """The sums of each day's orders and of the ledger, then the orders that differ."""
        found = Reconciliation()

        async def rows(orders: Sequence[Any]) -> Sequence[Row]:
            movements = await self._details("report_movements", job, orders)
            for order in orders:
                found.add(_reconciled(order, movements.get(order["order_id"], _NO_ROWS)))
            return ()

        span = _Span(job.request.since, job.request.until, FIRST)
        async for part in self._walk(job, span, rows):
            yield replace(part, percent=min(part.percent, 99))
        yield Part(found.rows(), 100)

    async def _orders(self, job: ExportJob) -> AsyncIterator[Part]:
        """The orders of a filter, as the list shows them."""
        wanted = job.request.orders
        assert wanted is not None
        place: Place | None = None
        span = _Span(wanted.since or FIRST, wanted.until or job.created_at, FIRST)
        oldest = [await self._oldest(each) for each in wanted.merchant_ids]
        while True:
            page = await self._lists.page(wanted, before=place, size=self._looked_through)
            place = page.older
            percent = 100 if place is None else span.percent(place.created_at, min(oldest))
            yield Part([_order(line) for line in page.lines], percent)
            if place is None:
                return

    async def _walk(
        self,
        job: ExportJob,
        span: _Span,
        rows_of: Callable[[Sequence[Any]], Awaitable[Sequence[Row]]],
    ) -> AsyncIterator[Part]:
        """The parts of a report, each of the orders of one step."""
        place, oldest = LAST, await self._oldest(job.merchant_id)
        while True:
            bounds = {
                "merchant_id": job.merchant_id,
                "created_since": span.created_since,
                "created_until": span.created_until,
                **keyset.before(place),
                "looked_through": self._looked_through,
            }
            orders = await statement("report_orders").fetch(
                self._pool, **bounds, changed_since=span.changed_since
            )
            reached = await statement("list_orders_reach").fetch(self._pool, **bounds)
            rows = await rows_of(orders) if orders else ()
            if not reached:
                yield Part(rows, 100)
                return
            place = Place(**reached[0])
            yield Part(rows, span.percent(place.created_at, oldest))

    async def _oldest(self, merchant_id: int) -> datetime:
        rows = await statement("first_order").fetch(self._pool, merchant_id=merchant_id)
        return rows[0]["created_at"] if rows else FIRST

    async def _details(self, name: str, job: ExportJob, orders: Sequence[Any]) -> Details:
        """Rows of another table about some orders, by order."""
        rows = await statement(name).fetch(
            self._pool,
            merchant_id=job.merchant_id,
            order_ids=[each["order_id"] for each in orders],
        )
        found: defaultdict[UUID, list[Any]] = defaultdict(list)
        for row in rows:
            found[row["order_id"]].append(row)
        return found


def _changed_in(job: ExportJob) -> _Span:
    """The orders that something may have happened to in the period."""
    return _Span(FIRST, job.request.until, job.request.since)


def _inside(job: ExportJob, at: datetime) -> bool:
    return job.request.since <= at < job.request.until


def _newest(details: Details, order: Any, *names: str) -> Sequence[Any]:
    """The rows about an order, newest first."""
    rows = details.get(order["order_id"], _NO_ROWS)
    return sorted(rows, key=lambda row: [row[name] for name in names], reverse=True)


def _paid(attempts: Sequence[Any]) -> Any:
    """The approved payment of an order, or its payout; None without one."""
    for row in attempts:
        if row["kind"] in {Kind.PAY, Kind.PAYOUT} and row["state"] == AttemptState.APPROVED:
            return row
    return None


def _currency(order: Any) -> Currency:
    currency = canonical_currency(order["currency"])
    assert currency is not None, "every order has a known currency"
    return currency


def _operation(order: Any, row: Any, paid: Any) -> Row:
    currency = _currency(order)
    return (
        to_moscow(row["at"]).date(),
        row["at"],
        order["order_number"],
        str(order["order_id"]),
        Movement(row["movement"]),
        Money(row["amount_minor"], currency),
        currency.alpha,
        Account(row["source"]),
        Account(row["destination"]),
        *_payment(paid),
        row["actor"],
    )


def _refund(order: Any, row: Any, paid: Any) -> Row:
    currency = _currency(order)
    return (
        to_moscow(row["started_at"]).date(),
        row["started_at"],
        row["answered_at"],
        order["order_number"],
        str(order["order_id"]),
        Money(row["amount_minor"], currency),
        currency.alpha,
        AttemptState(row["state"]),
        row["action_code"],
        row["rrn"],
        row["external_refund_id"],
        *_payment(paid),
    )


def _payment(paid: Any) -> Row:
    """Way, card and RRN of the payment, or of the payout."""
    if paid is None:
        return (None, None, None)
    return (paid["payment_way"], paid["masked_pan"], paid["rrn"])


def _receipt(order: Any, row: Any) -> Row:
    currency = _currency(order)
    return (
        to_moscow(row["created_at"]).date(),
        row["created_at"],
        order["order_number"],
        str(order["order_id"]),
        ReceiptKind(row["kind"]),
        ReceiptState(row["state"]),
        *_fiscal(fiscal_data(row["fiscal"]), currency),
        row["provider"],
        str(row["receipt_id"]),
        row["problem"],
    )


def _fiscal(fiscal: FiscalData | None, currency: Currency) -> Row:
    """Amount, currency, drive, document, sign and time of a registered receipt."""
    if fiscal is None:
        return (None, currency.alpha, None, None, None, None)
    return (
        Money(fiscal.amount_minor, currency),
        currency.alpha,
        fiscal.fn_number,
        str(fiscal.document_number),
        fiscal.document_attribute,
        fiscal.registered_at,
    )


def _reconciled(order: Any, movements: Sequence[Any]) -> Reconciled:
    postings = [
        Posting(
            Movement(row["movement"]),
            Account(row["source"]),
            Account(row["destination"]),
            row["amount_minor"],
        )
        for row in movements
    ]
    return Reconciled(
        day=to_moscow(order["created_at"]).date(),
        currency=_currency(order),
        order_number=order["order_number"],
        order_id=order["order_id"],
        order=Totals(
            order["approved_minor"],
            order["deposited_minor"],
            order["refunded_minor"],
            order["paid_out_minor"],
        ),
        ledger=totals(postings),
    )


def _order(line: Any) -> Row:
    currency = canonical_currency(line.currency)
    assert currency is not None
    amounts = (line.amount_minor, line.approved_minor, line.deposited_minor, line.refunded_minor)
    return (
        line.created_at,
        line.order_number,
        str(line.key.order_id),
        line.status,
        *(Money(each, currency) for each in amounts),
        currency.alpha,
        line.action_code,
        line.description,
        line.merchant,
    )
