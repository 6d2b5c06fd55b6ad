"""The figures of the main page, against sums that Python computes from the same orders."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest

from altyn.domain.moscow import start_of_day, to_moscow
from altyn.domain.order_id import first_order_id, new_order_id
from altyn.operations.dashboard import PRESETS, Figures, Period, last_days
from altyn.storage.dashboard import DashboardStore
from altyn.storage.database import Pool

SHOPS: Final = (1, 2, 3)
NOW: Final = datetime(2026, 11, 27, 20, 59, tzinfo=UTC)  # a minute before midnight in Moscow
WAYS: Final = ("CARD", "SBRF_SBOL", "BNPL")
STATES: Final = ("approved", "declined", "not_sent", "waiting", "abandoned")


@dataclass(frozen=True, slots=True)
class Bought:
    """An order with its attempts: state, way and action code of each."""

    merchant_id: int
    order_id: UUID
    at: datetime
    currency: str
    approved: bool
    deposited_minor: int
    refunded_minor: int
    attempts: tuple[tuple[str, str, int | None], ...]


def some_times(choose: random.Random) -> list[datetime]:
    """Times of 40 days, many of them close to a Moscow midnight."""
    midnights = [start_of_day(date(2026, 11, 28) - timedelta(days=day)) for day in range(40)]
    close = [timedelta(milliseconds=each) for each in (-1000, -1, 0, 1, 999, 43_200_000)]
    return [choose.choice(midnights) + choose.choice(close) for _ in range(300)]


def some_orders(seed: int) -> list[Bought]:
    choose = random.Random(seed)
    orders = []
    for at in some_times(choose):
        merchant_id = choose.choice(SHOPS)
        approved = choose.random() < 0.6
        deposited = choose.randrange(1, 100_000) if approved and choose.random() < 0.8 else 0
        failed = [
            (choose.choice(STATES[1:]), choose.choice(WAYS), choose.choice([116, 101, -2007, None]))
            for _ in range(choose.randrange(3))
        ]
        paid = [("approved", choose.choice(WAYS), 0)] if approved else []
        orders.append(
            Bought(
                merchant_id=merchant_id,
                order_id=new_order_id(at, merchant_id),
                at=at,
                currency=choose.choice(["643", "643", "840"]),
                approved=approved,
                deposited_minor=deposited,
                refunded_minor=choose.randrange(deposited) if deposited else 0,
                attempts=(*failed, *paid),
            )
        )
    return orders


async def save(pool: Pool, orders: list[Bought]) -> None:
    await pool.execute(
        "INSERT INTO merchants (merchant_id, login, name, created_at)"
        " SELECT n, 'shop' || n, 'Shop', now() FROM unnest($1::integer[]) AS n",
        list(SHOPS),
    )
    await pool.executemany(
        "INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency,"
        " amount_minor, approved_minor, deposited_minor, refunded_minor, two_phase, attempts_max,"
        " hold_days, created_at, expires_at, approved_at, request, params)"
        " VALUES ($1, $2, $2::uuid::text, 1, 'created', $3, 100000, $4, $5, $6, false, 3, 7, $7,"
        " $7, $8, '{}', '{}')",
        [
            (
                *(each.merchant_id, each.order_id, each.currency),
                *(100_000 * each.approved, each.deposited_minor, each.refunded_minor),
                *(each.at, each.at + timedelta(hours=1) if each.approved else None),
            )
            for each in orders
        ],
    )
    await pool.executemany(
        "INSERT INTO payment_attempts (merchant_id, order_id, number, kind, state, amount_minor,"
        " started_at, action_code, payment_way)"
        " VALUES ($1, $2, $3, 'pay', $4, 1, $5, $6, $7)",
        [
            (each.merchant_id, each.order_id, number, state, each.at, code, way)
            for each in orders
            for number, (state, way, code) in enumerate(each.attempts)
        ],
    )


def expected_parts(orders: list[Bought], period: Period) -> dict[tuple[datetime, str], Figures]:
    """The figures by the beginning of a day, or by the hour where the period is one day."""
    parts: dict[tuple[datetime, str], Figures] = {}
    for each in orders:
        day = to_moscow(each.at).date()
        hour = each.at.replace(minute=0, second=0, microsecond=0)
        start = hour if period.first == period.last else start_of_day(day)
        if period.first <= day <= period.last:
            figures = Figures(
                orders=1,
                paid=int(each.approved),
                deposited=int(each.deposited_minor > 0),
                turnover_minor=each.deposited_minor,
                refunded_minor=each.refunded_minor,
            )
            known = parts.get((start, each.currency), Figures())
            parts[start, each.currency] = known + figures
    return parts


@pytest.mark.parametrize("seed", range(3))
async def test_figures_are_the_sums_of_the_orders_of_each_moscow_day(pool: Pool, seed: int) -> None:
    orders = some_orders(seed)
    await save(pool, orders)
    store = DashboardStore(pool)
    for merchant_ids in ((1,), (2, 3), SHOPS):
        own = [each for each in orders if each.merchant_id in merchant_ids]
        for count in PRESETS:
            period = last_days(count, NOW)
            assert period.last == date(2026, 11, 27)
            shown = await store.read(merchant_ids, period)
            parts = expected_parts(own, period)
            assert {(each.start, each.currency): each.figures for each in shown.parts} == parts
            for currency in shown.currencies:
                listed = [each for (_, of), each in parts.items() if of == currency]
                assert shown.total(currency) == sum(listed, Figures())
                assert len(shown.each_part(currency)) == (24 if count == 1 else count)
            inside = [
                each for each in own if period.first <= to_moscow(each.at).date() <= period.last
            ]
            tried = [attempt for each in inside for attempt in each.attempts]
            ways = Counter(way for state, way, _ in tried if state == "approved")
            codes = Counter(
                code
                for state, _, code in tried
                if state in {"declined", "not_sent"} and code is not None
            )
            assert {each.way: each.payments for each in shown.attempts.ways} == ways
            assert {each.action_code: each.attempts for each in shown.attempts.refusals} == codes


def test_average_is_rounded_and_conversion_is_none_without_orders() -> None:
    assert Figures().conversion is None
    assert Figures().average_minor is None
    assert Figures(orders=4, paid=1).conversion == 0.25
    assert Figures(deposited=2, turnover_minor=101).average_minor == 51
    assert Figures(deposited=3, turnover_minor=100).average_minor == 33


def test_first_order_id_parts_the_ids_of_a_time() -> None:
    for at in some_times(random.Random(1)):
        border = first_order_id(at)
        assert new_order_id(at, 262_143) >= border
        assert new_order_id(at, 1) >= border
        assert new_order_id(at - timedelta(milliseconds=1), 262_143) < border
