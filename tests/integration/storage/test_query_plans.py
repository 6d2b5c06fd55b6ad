"""Statements that run often find their rows by an index, in tables that have many others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from altyn.operations.order_list import OrderDate
from altyn.operations.paging import LOOKED_THROUGH_MAX, PAGE_SIZE, Place
from altyn.storage.database import Pool
from altyn.storage.invoices import LOOKED_THROUGH
from altyn.storage.keyset import FIRST, LAST, before
from altyn.storage.statements import statement
from tests.builders import REGISTERED_AT
from tests.shop import open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

NOW: Final = REGISTERED_AT
LATER: Final = NOW.replace(year=NOW.year + 60)
PLACES: Final = [LAST, Place(NOW - timedelta(minutes=2_000), LAST.row_id)]
ANALYZED: Final = "ANALYZE, FORMAT JSON"
ATTEMPTS: Final = """
    INSERT INTO payment_attempts (merchant_id, order_id, number, kind, state, amount_minor,
                                  started_at, card, counted)
    SELECT 1 + n % 3, gen_random_uuid(), 1, 'pay',
           CASE WHEN n % 5 = 0 THEN 'declined' ELSE 'approved' END, 1000,
           $1::timestamptz - n * interval '1 minute', '{"fingerprint": "ab"}', n % 5 = 0
    FROM generate_series(1, 20000) AS n
"""
CARDS: Final = """
    INSERT INTO card_vault (merchant_id, fingerprint, key_id, wrapped_key, nonce, ciphertext,
                            keep_until, check_at)
    SELECT 1 + n % 3, int8send(n), 'key', '', '', '', $1::timestamptz - interval '1 day',
           $1::timestamptz + (CASE WHEN n <= 20 THEN -1 ELSE 1 END) * interval '1 hour'
    FROM generate_series(1, 10000) AS n
"""
STORED_CARDS: Final = """
    INSERT INTO bindings (merchant_id, binding_id, version, client_id, fingerprint, masked_pan,
                          expiry, holder, active, category, created_at, changed_at)
    SELECT merchant_id, gen_random_uuid(), 1, 'client', fingerprint, '411111**1111', '209912', '',
           true, 'COMMON', keep_until, keep_until
    FROM card_vault
"""
# What is due lies far ahead, so that no worker carries it out during the test.
ORDERS: Final = """
    INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency,
                        amount_minor, two_phase, attempts_max, hold_days, created_at, expires_at,
                        due_at, payer_ip, request, params)
    SELECT 1 + n % 3, gen_random_uuid(), 'many-' || n, 1, 'created', '643',
           1000, false, 3, 7, $1::timestamptz - n * interval '1 minute', '2090-01-01',
           '2090-01-01'::timestamptz + n * interval '1 second', '192.0.2.' || n % 250, '{}', '{}'
    FROM generate_series(1, 5000) AS n
"""
OUTBOX: Final = """
    INSERT INTO outbox (merchant_id, subject_id, version, line, kind, operation, receiver, origin,
                        parameters, created_at, due_at, state)
    SELECT 1 + n % 3, gen_random_uuid(), 1, 1, 'callback', 'deposited', 'https://shop.example/cb',
           'https://shop.example:443', '{}', $1::timestamptz - n * interval '1 minute',
           '2090-01-01'::timestamptz + n * interval '1 second',
           CASE n % 5 WHEN 0 THEN 'dead' WHEN 1 THEN 'waiting' ELSE 'delivered' END
    FROM generate_series(1, 10000) AS n
"""

INVOICES: Final = """
    INSERT INTO invoices (merchant_id, order_id, created_at, created_by, payer_name)
    SELECT merchant_id, order_id, created_at, 'test-owner', '' FROM orders
"""
CALLBACK_PAGE: Final = {
    "state": None,
    "merchant_id": 1,
    "before_version": 0,
    "before_line": 0,
    "size": PAGE_SIZE + 1,
}
# Their dates lie ahead too, so that housekeeping does not delete them.
JOBS: Final = """
    INSERT INTO export_jobs (merchant_id, job_id, kind, format, request, requested_by, created_at,
                             state)
    SELECT 1 + n % 3, gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'orders' ELSE 'refunds' END,
           'csv', '{"merchant_ids": [1]}', 'test-owner',
           $1::timestamptz + interval '60 years' - n * interval '1 minute', 'ready'
    FROM generate_series(1, 5000) AS n
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pool]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as shop:
        for fill in (ATTEMPTS, CARDS, ORDERS, OUTBOX, JOBS):
            await shop.pool.execute(fill, NOW)
        await shop.pool.execute(STORED_CARDS)
        await shop.pool.execute(INVOICES)
        await shop.pool.execute(
            "ANALYZE payment_attempts, card_vault, bindings, orders, outbox, export_jobs, invoices"
        )
        yield shop.pool


async def plan_of(pool: Pool, name: str, **values: object) -> list[dict[str, Any]]:
    """The nodes of the plan of a statement."""
    return await explained(pool, "FORMAT JSON", name, values)


async def explained(
    pool: Pool, options: str, name: str, values: Mapping[str, object]
) -> list[dict[str, Any]]:
    """The nodes of a plan; with the option ANALYZE the statement runs, and its rows are counted."""
    wanted = statement(name)
    arguments = [values[each] for each in wanted.parameters]
    text = await pool.fetchval(f"EXPLAIN ({options}) {wanted.sql}", *arguments)
    return list(nodes(json.loads(text)[0]["Plan"]))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def indexes(plan: list[dict[str, Any]]) -> set[str]:
    return {node["Index Name"] for node in plan if "Index Name" in node}


def read_whole(plan: list[dict[str, Any]]) -> list[str]:
    return [node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"]


def rows_read(plan: list[dict[str, Any]], table: str) -> int:
    """How many rows of a table were read, by a plan with the option ANALYZE."""
    return sum(
        node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        for node in plan
        if node.get("Relation Name") == table
    )


async def test_cards_that_are_due_are_found_without_those_that_are_not(pool: Pool) -> None:
    values = {"now": NOW, "disabled_after": NOW, "look_again": NOW, "limit": 500}
    plan = await plan_of(pool, "purge_cards", **values)
    assert {"card_vault_check_at", "bindings_by_card"} <= indexes(plan)
    assert read_whole(plan) == []


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("count_paid_by_card", "payment_attempts_paid"),
        ("count_refused_attempts", "payment_attempts_refused"),
    ],
)
async def test_outcomes_of_a_merchant_are_counted_in_their_window_only(
    pool: Pool, name: str, index: str
) -> None:
    window = {"since": NOW - timedelta(minutes=10), "soon": NOW + timedelta(minutes=1)}
    plan = await plan_of(pool, name, merchant_id=1, enough=50, **window)
    assert indexes(plan) == {index}
    assert read_whole(plan) == []


async def test_entries_that_are_due_first_are_read_along_their_queue(pool: Pool) -> None:
    queue = {"kind": "callback", "merchant_id": 1, "host": "https://shop.example:443"}
    plan = await plan_of(pool, "first_entries", limit=20, **queue)
    assert [node["Node Type"] for node in plan] == ["Limit", "Index Scan"], "nothing is sorted"
    assert indexes(plan) == {"outbox_queues"}


async def test_orders_that_are_due_first_are_read_in_their_order(pool: Pool) -> None:
    plan = await plan_of(pool, "due_orders", until=datetime.max.replace(tzinfo=UTC), limit=20)
    assert indexes(plan) == {"orders_due"}
    assert read_whole(plan) == []


async def test_newest_orders_of_an_address_are_found_by_their_date(pool: Pool) -> None:
    plan = await plan_of(
        pool,
        "newest_payer_addresses",
        merchant_id=1,
        since=NOW - timedelta(minutes=10),
        address="192.0.2.1",
        looked_through=10_000,
    )
    assert indexes(plan) == {"orders_by_created"}
    assert read_whole(plan) == []


@pytest.mark.parametrize("place", PLACES)
async def test_page_of_the_list_reads_its_own_orders_along_their_dates(
    pool: Pool, place: Place
) -> None:
    """Each shop has some 1 700 orders here; a page shows 50, and sorts those of one moment only."""
    values = dict.fromkeys(statement("list_orders").parameters) | {
        "merchant_id": 1,
        "created_since": FIRST,
        "created_until": LAST.created_at,
        **before(place),
        "looked_through": LOOKED_THROUGH_MAX,
        "date": str(OrderDate.CREATED),
        "of_attempt": False,
        "size": PAGE_SIZE + 1,
    }
    plan = await explained(pool, ANALYZED, "list_orders", values)
    assert "orders_by_created" in indexes(plan)
    assert "orders" not in read_whole(plan)
    assert "Sort" not in {node["Node Type"] for node in plan}, "a sort of all orders"
    assert PAGE_SIZE < rows_read(plan, "orders") < 3 * PAGE_SIZE


@pytest.mark.parametrize("place", [LAST, Place(LATER - timedelta(minutes=2_000), LAST.row_id)])
async def test_page_of_reports_reads_its_own_jobs_along_their_dates(
    pool: Pool, place: Place
) -> None:
    """Every second of the shop's 1 600 jobs is an export."""
    values = before(place) | {"merchant_id": 1, "kinds": ["orders"], "visible": "[1, 2]"}
    plan = await explained(pool, ANALYZED, "list_export_jobs", {**values, "size": PAGE_SIZE + 1})
    assert indexes(plan) == {"export_jobs_listed"}
    assert "Sort" not in {node["Node Type"] for node in plan}
    assert 2 * PAGE_SIZE < rows_read(plan, "export_jobs") < 3 * PAGE_SIZE


@pytest.mark.parametrize("place", PLACES)
async def test_page_of_invoices_reads_its_own_along_their_dates(pool: Pool, place: Place) -> None:
    values = dict.fromkeys(statement("list_invoices").parameters) | {
        **before(place),
        "merchant_id": 1,
        "created_since": FIRST,
        "created_until": LAST.created_at,
        "looked_through": LOOKED_THROUGH,
        "size": PAGE_SIZE + 1,
    }
    plan = await explained(pool, ANALYZED, "list_invoices", values)
    assert indexes(plan) == {"invoices_newest", "orders_pkey"}
    assert "Sort" not in {node["Node Type"] for node in plan}
    assert PAGE_SIZE < rows_read(plan, "invoices") < 3 * PAGE_SIZE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("name", "index", "more"),
    [
        ("list_callbacks", "outbox_by_created", {"looked_through": LOOKED_THROUGH_MAX}),
        ("list_dead_callbacks", "outbox_dead", {}),
    ],
)
async def test_page_of_callbacks_reads_its_own_along_their_dates(
    pool: Pool, place: Place, name: str, index: str, more: dict[str, int]
) -> None:
    plan = await explained(pool, ANALYZED, name, CALLBACK_PAGE | before(place) | more)
    assert index in indexes(plan)
    assert "outbox" not in read_whole(plan)
    assert "Sort" not in {node["Node Type"] for node in plan}
    assert PAGE_SIZE < rows_read(plan, "outbox") < 3 * PAGE_SIZE


async def test_waiting_callbacks_are_read_without_those_that_have_arrived(pool: Pool) -> None:
    plan = await explained(pool, ANALYZED, "list_waiting_callbacks", CALLBACK_PAGE | before(LAST))
    assert "outbox" not in read_whole(plan)
    assert PAGE_SIZE < rows_read(plan, "outbox") < 500
