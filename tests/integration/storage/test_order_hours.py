"""Figures that are read from sums of hours equal the sums of the orders, whatever changes later.

Python computes the expected figures from all rows, in the same snapshot of the database.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from altyn.domain.moscow import start_of_day, to_moscow
from altyn.domain.order_id import new_order_id
from altyn.operations.dashboard import Dashboard, Figures, Period, last_days
from altyn.storage.dashboard import DashboardStore
from altyn.storage.database import Pool, connect
from altyn.storage.order_hours import OrderHours, summarised_hours
from tests.integration.storage.processes import eventually

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SHOPS: Final = (1, 2)
TABLES: Final = (
    *("orders", "payment_attempts", "order_hours", "attempt_hours", "summarised_hours"),
    "merchants",
)
HOUR: Final = timedelta(hours=1)
NEAR_AN_HOUR: Final = tuple(timedelta(milliseconds=each) for each in (-1, 0, 1, 1_800_000))
FINAL_STATES: Final = ("approved", "declined", "not_sent")
ATTEMPTS: Final = [
    *((state, way, 0 if state == "approved" else code) for state in (*FINAL_STATES, "asked")
      for way in ("CARD", None) for code in (116, None)),
]  # fmt: skip
SAVE_ATTEMPT: Final = """
    INSERT INTO payment_attempts (merchant_id, order_id, number, kind, state, amount_minor,
                                  started_at, payment_way, action_code)
    VALUES ($1, $2, $3, $4, $5, 100, $6, $7, $8)
    ON CONFLICT (merchant_id, order_id, number)
    DO UPDATE SET state = excluded.state, action_code = excluded.action_code
"""


WAITS_FOR_A_LOCK: Final = """
    SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'
"""


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


# ── What the figures are ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Expected:
    """The figures of some orders."""

    parts: dict[tuple[datetime, str], Figures]
    ways: Counter[str]
    refusals: Counter[int]


async def expected(connection: Connection, shops: Sequence[int], period: Period) -> Expected:
    """The figures of the orders of some shops, computed by Python from each order and attempt."""
    parts: dict[tuple[datetime, str], Figures] = {}
    inside = set()
    for order in await connection.fetch("SELECT * FROM orders WHERE merchant_id = ANY ($1)", shops):
        day = to_moscow(order["created_at"]).date()
        if period.first <= day <= period.last:
            inside.add(order["order_id"])
            start = start_of_day(day) if len(period.days) > 1 else hour_of(order["created_at"])
            key = start, order["currency"]
            parts[key] = parts.get(key, Figures()) + Figures(
                orders=1,
                paid=int(order["approved_at"] is not None),
                deposited=int(order["deposited_minor"] > 0),
                turnover_minor=order["deposited_minor"],
                refunded_minor=order["refunded_minor"],
            )
    rows = await connection.fetch("SELECT * FROM payment_attempts WHERE kind = 'pay'")
    attempts = [row for row in rows if row["order_id"] in inside]
    approved = [each for each in attempts if each["state"] == "approved"]
    refused = [each for each in attempts if each["state"] in {"declined", "not_sent"}]
    return Expected(
        parts,
        Counter(each["payment_way"] or "" for each in approved),
        Counter(each["action_code"] for each in refused if each["action_code"] is not None),
    )


def of(shown: Dashboard) -> Expected:
    return Expected(
        {(each.start, each.currency): each.figures for each in shown.parts},
        Counter({each.way: each.payments for each in shown.attempts.ways}),
        Counter({each.action_code: each.attempts for each in shown.attempts.refusals}),
    )


async def check(connection: Connection, now: datetime) -> None:
    """Both ways to read give the same figures of the same moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        store = DashboardStore(cast("Pool", connection))
        for shops in ((1,), (2,), SHOPS):
            for days in (1, 7, 30):
                period = last_days(days, now)
                shown = of(await store.read(shops, period))
                assert shown == await expected(connection, shops, period)


# ── A shop whose orders change ────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Order:
    """An order that a test has saved."""

    merchant_id: int
    order_id: UUID
    at: datetime
    held: bool = False


@dataclass(slots=True)
class Shops:
    """Saves orders of two shops and changes them; another transaction may be open meanwhile."""

    url: str
    pool: Pool
    now: datetime
    free: Connection
    slow: Connection
    orders: list[Order] = field(default_factory=list)
    slow_work: Any = None

    async def register(
        self, shop: int, hours: int, near: timedelta, currency: str, *, slow: bool
    ) -> None:
        at = min(hour_of(self.now) - hours * HOUR + near, self.now)
        order = Order(shop, new_order_id(at, shop), at, held=slow)
        await (await self._connection(slow=slow)).execute(
            "INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency,"
            " amount_minor, two_phase, attempts_max, hold_days, created_at, expires_at, request,"
            " params) VALUES ($1, $2, $2::uuid::text, 1, 'created', $3, 100000, false, 3, 7, $4,"
            " $4, '{}', '{}')",
            shop,
            order.order_id,
            currency,
            at,
        )
        self.orders.append(order)

    async def move_money(
        self, number: int, approved: int, deposited: int, refunded: int, *, slow: bool
    ) -> None:
        """Set the sums of an order; 0 approved takes the approval back."""
        if order := self._order(number, slow=slow):
            await (await self._connection(slow=slow)).execute(
                "UPDATE orders SET approved_at = $3, approved_minor = $4, deposited_minor = $5,"
                " refunded_minor = $6 WHERE merchant_id = $1 AND order_id = $2",
                order.merchant_id,
                order.order_id,
                self.now if approved else None,
                approved,
                min(approved, deposited),
                min(approved, deposited, refunded),
            )

    async def save_attempt(
        self,
        number: int,
        attempt: int,
        ending: tuple[str, str | None, int | None],
        kind: str,
        *,
        slow: bool,
    ) -> None:
        if order := self._order(number, slow=slow):
            state, way, code = ending
            values = (order.merchant_id, order.order_id, attempt, kind, state, order.at, way, code)
            connection = await self._connection(slow=slow)
            savepoint = connection.transaction()
            await savepoint.start()
            try:
                await connection.execute(SAVE_ATTEMPT, *values)
            except asyncpg.UniqueViolationError:  # an order is paid once
                await savepoint.rollback()
            else:
                await savepoint.commit()

    async def commit(self) -> None:
        """End the other transaction."""
        if self.slow_work is not None:
            await self.slow_work.commit()
            self.slow_work = None
            for order in self.orders:
                order.held = False

    async def update(self, hours_before: int, processes: int) -> None:
        """What housekeeping does, in several processes at once."""
        works = [OrderHours(self.pool, orders_min=2, days=8) for _ in range(processes)]
        end = await works[0].end() - hours_before * HOUR
        await asyncio.gather(*(work.update_until(end) for work in works))

    def _order(self, number: int, *, slow: bool) -> Order | None:
        """An order that the other transaction has not changed, or that it changes itself."""
        if not self.orders:
            return None
        order = self.orders[number % len(self.orders)]
        if order.held and not slow:
            return None
        order.held = order.held or slow
        return order

    async def _connection(self, *, slow: bool) -> Connection:
        if not slow:
            return self.free
        if self.slow_work is None:
            self.slow_work = self.slow.transaction()
            await self.slow_work.start()
        return self.slow


NUMBERS: Final = st.integers(0, 30)
SUMS: Final = st.sampled_from([0, 1, 500, 100_000])
SLOW: Final = st.sampled_from([False, False, True])
STEPS: Final = st.one_of(
    st.tuples(
        st.just("register"),
        st.tuples(
            st.sampled_from(SHOPS),
            st.integers(0, 80),
            st.sampled_from(NEAR_AN_HOUR),
            st.sampled_from(["643", "643", "840"]),
        ),
        SLOW,
    ),
    st.tuples(st.just("move_money"), st.tuples(NUMBERS, SUMS, SUMS, SUMS), SLOW),
    st.tuples(
        st.just("save_attempt"),
        st.tuples(
            NUMBERS,
            st.integers(1, 3),
            st.sampled_from(ATTEMPTS),
            st.sampled_from(["pay", "pay", "refund"]),
        ),
        SLOW,
    ),
    st.tuples(st.just("update"), st.tuples(st.integers(0, 6), st.integers(1, 2)), st.none()),
    st.tuples(st.just("commit"), st.just(()), st.none()),
)


@asynccontextmanager
async def shops_of(pool: Pool, url: str) -> AsyncIterator[Shops]:
    for table in TABLES:
        await pool.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
    await pool.execute(
        "INSERT INTO merchants (merchant_id, login, name, created_at)"
        " SELECT n, 'shop' || n, 'Shop', now() FROM unnest($1::integer[]) AS n",
        list(SHOPS),
    )
    free, slow = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        yield Shops(url, pool, datetime.now(UTC), free, slow)
    finally:
        await free.close()
        await slow.close()


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.generate],  # a shorter example would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=10, max_size=60))
async def test_figures_equal_the_sums_of_the_orders_after_any_changes(
    pool: Pool, database_url: str, steps: list[tuple[str, tuple[Any, ...], bool | None]]
) -> None:
    async with shops_of(pool, database_url) as shops:
        for name, words, slow in steps:
            await getattr(shops, name)(*words, **({} if slow is None else {"slow": slow}))
            if name in {"update", "commit"}:
                await check(shops.free, shops.now)
        await shops.update(0, 1)
        await check(shops.free, shops.now)
        await shops.commit()
        await check(shops.free, shops.now)
        await shops.update(0, 2)
        await check(shops.free, shops.now)


@pytest.mark.parametrize("seed", range(2))
async def test_figures_are_right_at_each_moment_while_orders_change(
    pool: Pool, database_url: str, seed: int
) -> None:
    """Writers, two summarising processes and a reader work at the same time."""
    choose = random.Random(seed)
    writers_done = asyncio.Event()
    async with shops_of(pool, database_url) as shops:
        for _ in range(60):
            near, hours = choose.choice(NEAR_AN_HOUR), choose.randrange(80)
            await shops.register(choose.choice(SHOPS), hours, near, "643", slow=False)

        async def write(first: int) -> None:
            connection = await asyncpg.connect(database_url)
            own = Shops(
                database_url, pool, shops.now, connection, connection, shops.orders[first::3]
            )
            for _ in range(80):
                sums = [choose.choice([0, 1, 500, 100_000]) for _ in range(3)]
                await own.move_money(choose.randrange(30), *sums, slow=False)
                ending = choose.choice(ATTEMPTS)
                await own.save_attempt(choose.randrange(30), 1, ending, "pay", slow=False)
            await connection.close()

        async def summarise() -> None:
            own = await connect(database_url, pool_size=1)
            work = OrderHours(own, orders_min=2, days=8)
            last, before = await work.end(), 75
            while not writers_done.is_set() or before:
                before = max(before - 3, 0)
                await work.update_until(last - before * HOUR)
            await own.close()

        async def read() -> None:
            while not writers_done.is_set():
                await check(shops.free, shops.now)

        works = asyncio.gather(summarise(), summarise(), read())
        await asyncio.gather(*(write(first) for first in range(3)))
        writers_done.set()
        await works
        assert len(await summarised_hours(pool, SHOPS)) == len(SHOPS)
        await check(shops.free, shops.now)


async def test_two_processes_that_summarise_an_hour_at_once_make_one_sum(
    pool: Pool, database_url: str
) -> None:
    """The second one waits for the first; a change meanwhile is in the figures once."""
    async with shops_of(pool, database_url) as shops:
        for hours in (10, 10, 12):
            await shops.register(1, hours, timedelta(0), "643", slow=False)
        await OrderHours(pool, orders_min=1).update_until(hour_of(shops.now) - 11 * HOUR)
        assert len(await summarised_hours(pool, SHOPS)) == 1
        async with shops.slow.transaction():
            await OrderHours(cast("Pool", shops.slow), orders_min=1).update()
            second = asyncio.create_task(OrderHours(pool, orders_min=1).update())
            await eventually(lambda: shops.free.fetchval(WAITS_FOR_A_LOCK))
            await shops.move_money(0, 100_000, 500, 1, slow=False)
            await check(shops.free, shops.now)
        await second
        await check(shops.free, shops.now)


# ── Which hours are summarised ────────────────────────────────────────────────────────────────────


async def test_hours_after_an_open_transaction_began_are_not_summarised(
    pool: Pool, database_url: str
) -> None:
    work = OrderHours(pool)
    async with shops_of(pool, database_url) as shops:
        async with shops.slow.transaction():
            began = await shops.slow.fetchval("SELECT now()")
            assert await work.end() == hour_of(began - timedelta(minutes=65))
        assert await work.end() <= datetime.now(UTC) - timedelta(minutes=65)


async def test_merchant_with_few_orders_is_not_summarised(pool: Pool, database_url: str) -> None:
    async with shops_of(pool, database_url) as shops:
        for shop, count in ((1, 5), (2, 4)):
            for _ in range(count):
                await shops.register(shop, 10, timedelta(0), "643", slow=False)
        assert await pool.fetchval("SELECT count(*) FROM order_hours") == 9
        work = OrderHours(pool, orders_min=5)
        await work.update()
        assert [each.merchant_id for each in await summarised_hours(pool, SHOPS)] == [1]
        rows = await pool.fetch("SELECT merchant_id, registered FROM order_hours")
        assert [tuple(row) for row in rows] == [(1, 5)], "no late change is kept for the other one"
        await check(shops.free, shops.now)


async def test_sums_of_a_shop_are_read_together_with_a_shop_without_any(
    pool: Pool, database_url: str
) -> None:
    async with shops_of(pool, database_url) as shops:
        for shop, count in ((1, 5), (2, 4)):
            for _ in range(count):
                await shops.register(shop, 10, timedelta(0), "643", slow=False)
        await OrderHours(pool, orders_min=5).update()
        await pool.execute("UPDATE order_hours SET registered = 100")
        shown = await DashboardStore(pool).read([1, 2], last_days(30, shops.now))
        assert sum(each.figures.orders for each in shown.parts) == 104


async def test_late_changes_of_an_hour_become_one_row(pool: Pool, database_url: str) -> None:
    async with shops_of(pool, database_url) as shops:
        await shops.register(1, 10, timedelta(0), "643", slow=False)
        await OrderHours(pool, orders_min=1).update()
        for refunded in (0, 1, 500):
            await shops.move_money(0, 100_000, 500, refunded, slow=False)
        await shops.save_attempt(0, 1, ("declined", "CARD", 116), "pay", slow=False)
        await shops.save_attempt(0, 1, ("approved", "CARD", 0), "pay", slow=False)
        assert await pool.fetchval("SELECT count(*) FROM order_hours") == 4
        await OrderHours(pool, orders_min=1).update()
        rows = await pool.fetch(
            "SELECT registered, paid, deposited, turnover_minor, refunded_minor FROM order_hours"
        )
        assert [tuple(row) for row in rows] == [(1, 1, 1, 500, 500)]
        attempts = await pool.fetch("SELECT approved, way, attempts FROM attempt_hours")
        assert [tuple(row) for row in attempts] == [(True, "CARD", 1)]
        await check(shops.free, shops.now)


async def test_payment_of_a_new_order_adds_no_row(pool: Pool, database_url: str) -> None:
    async with shops_of(pool, database_url) as shops:
        await shops.register(1, 0, HOUR, "643", slow=False)  # now, which is earlier
        await shops.move_money(0, 100_000, 100_000, 500, slow=False)
        await shops.save_attempt(0, 1, ("approved", "CARD", 0), "pay", slow=False)
        assert await pool.fetchval("SELECT count(*) FROM order_hours") == 0
        assert await pool.fetchval("SELECT count(*) FROM attempt_hours") == 0
        await check(shops.free, shops.now)
