"""Measures pages of the personal account of a shop with a million orders in 30 days.

Each page is asked for over HTTP in turn with a plain query in PostgreSQL alone: the newest orders
of the shop, or the sums of its orders in the same period.
"""

import asyncio
import re
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
import asyncpg

from altyn.inbound.web.paging import place_text
from altyn.operations.dashboard import last_days
from altyn.operations.paging import Place
from altyn.storage.dashboard import DashboardStore
from altyn.storage.database import connect
from altyn.storage.demo import DEMO_OWNER_LOGIN, DEMO_PASSWORD
from benchmarks.load import BenchmarkError

SHOP: Final = 1
REQUESTS: Final = 10
"""So often each page is asked for in a round."""

BARE_REQUESTS: Final = 3
"""So often its bare query is asked in a round."""

SUMMARY_SECONDS_MAX: Final = 600
BASE: Final = "/mportal3"

# Ids as domain/order_id.py makes them for the shop 1. The shop takes part in no summary yet, so the
# triggers, which record late changes, have nothing to do.
ORDERS: Final = """
    INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency,
                        amount_minor, approved_minor, deposited_minor, refunded_minor, two_phase,
                        attempts_max, hold_days, created_at, expires_at, approved_at, deposited_at,
                        request, params)
    SELECT 1, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '800081'
               || substr(md5(n::text), 1, 14))::uuid,
           'M' || n, 3, CASE WHEN n % 10 < 7 THEN 'deposited' ELSE 'declined' END, '643', 15000,
           paid, paid, CASE WHEN n % 50 = 0 THEN paid / 3 ELSE 0 END, false, 3, 7, at,
           at + interval '20 minutes', CASE WHEN paid > 0 THEN at END,
           CASE WHEN paid > 0 THEN at END,
           '{"return_url": "https://shop.example/return", "email": "payer@shop.example"}', '{}'
    FROM (SELECT n, $2::timestamptz + n * ($3::timestamptz - $2) / $1 AS at,
                 CASE WHEN n % 10 < 7 THEN 15000 ELSE 0 END AS paid
          FROM generate_series(0, $1::integer - 1) AS n) AS made
"""
ATTEMPTS: Final = """
    INSERT INTO payment_attempts (merchant_id, order_id, number, kind, state, amount_minor,
                                  started_at, answered_at, payment_way, action_code, card)
    SELECT 1, order_id, 1, 'pay', CASE WHEN deposited_minor > 0 THEN 'approved' ELSE 'declined' END,
           amount_minor, created_at, created_at, 'CARD',
           CASE WHEN deposited_minor > 0 THEN 0
                ELSE (ARRAY[116, 101, 903])[1 + abs(hashtext(order_number)) % 3] END,
           '{"masked_pan": "555555**5599", "expiry": "203412", "system": "MASTERCARD"}'
    FROM orders WHERE merchant_id = 1
"""
NEWEST: Final = """
    SELECT * FROM orders WHERE merchant_id = 1 AND created_at >= $1
    ORDER BY created_at DESC LIMIT 51
"""
SUMS: Final = """
    SELECT currency, count(*), count(approved_at), sum(deposited_minor), sum(refunded_minor)
    FROM orders WHERE merchant_id = 1 AND created_at >= $1 GROUP BY currency
"""
SUMMARISED: Final = "SELECT until FROM summarised_hours WHERE merchant_id = 1"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the account, and the query of PostgreSQL alone that it is compared with."""

    name: str
    path: str
    bare: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """The medians of a page in milliseconds: the whole request, and the bare query."""

    page: Page
    request_ms: float
    p95_ms: float
    bare_ms: float


async def fill(url: str, count: int) -> None:
    """Store so many orders of the last 30 days, evenly spread, with an attempt each."""
    connection = await asyncpg.connect(url)
    now = datetime.now(UTC)
    try:
        await connection.execute(
            "SET synchronous_commit = off; SET session_replication_role = replica"
        )
        since = last_days(30, now).since
        await connection.execute(ORDERS, count, since, now, timeout=None)
        await connection.execute(ATTEMPTS, timeout=None)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def figures_ms(url: str, days: int) -> float:
    """The median time in which the database gives the figures of a period, in milliseconds."""
    pool = await connect(url, pool_size=1)
    store, period = DashboardStore(pool), last_days(days, datetime.now(UTC))
    try:
        return await _median_ms(lambda: store.read((SHOP,), period), times=5)
    finally:
        await pool.close()


async def summarised(url: str) -> float:
    """Wait until the gateway has summarised the orders; the seconds since the call."""
    started, recent = time.perf_counter(), datetime.now(UTC) - timedelta(hours=3)
    connection = await asyncpg.connect(url)
    try:
        while (await connection.fetchval(SUMMARISED) or datetime.min.replace(tzinfo=UTC)) < recent:
            if time.perf_counter() - started > SUMMARY_SECONDS_MAX:
                raise BenchmarkError("the orders were not summarised in ten minutes")
            await asyncio.sleep(0.1)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def measure(url: str, base_url: str, *, rounds: int) -> tuple[Sequence[Measured], int]:
    """The times of the pages, and the bytes of the first load of the list with all its files."""
    connection = await asyncpg.connect(url)
    jar = aiohttp.CookieJar(unsafe=True)  # the gateway has an address without a name
    try:
        async with aiohttp.ClientSession(
            base_url, cookie_jar=jar, auto_decompress=False
        ) as session:
            await _log_in(session, base_url)
            pages = await _pages(connection)
            times: Mapping[str, tuple[list[float], list[float]]] = {
                page.name: ([], []) for page in pages
            }
            for _ in range(rounds + 1):  # the first one is not counted
                for page in pages:
                    await _round(connection, session, page, times[page.name])
            return [_measured(page, *times[page.name]) for page in pages], await _size(session)
    finally:
        await connection.close()


async def _round(
    connection: "asyncpg.Connection[Any]",
    session: aiohttp.ClientSession,
    page: Page,
    times: tuple[list[float], list[float]],
) -> None:
    requests, bare = times
    for number in range(REQUESTS):
        requests.append(await _ms(lambda: _get(session, page.path)))
        if number < BARE_REQUESTS:
            bare.append(await _ms(lambda: connection.fetch(page.bare, page.since)))


def _measured(page: Page, requests: Sequence[float], bare: Sequence[float]) -> Measured:
    counted = requests[REQUESTS:]
    return Measured(
        page,
        statistics.median(counted),
        statistics.quantiles(counted, n=20)[18],
        statistics.median(bare[BARE_REQUESTS:]),
    )


async def _pages(connection: "asyncpg.Connection[Any]") -> Sequence[Page]:
    now = datetime.now(UTC)
    ever, some = f"{BASE}/orders?period=ever", now - timedelta(days=40)
    deep = await connection.fetchrow(
        "SELECT created_at, order_id FROM orders WHERE merchant_id = 1 AND created_at < $1"
        " ORDER BY created_at DESC LIMIT 1",
        now - timedelta(days=25),
    )
    if deep is None:
        raise BenchmarkError("there are no orders of 25 days ago; load more (--million)")
    place = place_text(Place(deep["created_at"], UUID(str(deep["order_id"]))))
    return [
        Page("the list, first page", f"{BASE}/orders", NEWEST, some),
        Page("the list, a page of 25 days ago", f"{ever}&before={place}", NEWEST, some),
        Page("the list, by order number", f"{ever}&number=M7000", NEWEST, some),
        Page("the list, a card that paid nothing", f"{ever}&card=0000", NEWEST, some),
        Page(
            "the list, cards of all banks except one",
            f"{ever}&bank=-TEST+BANK&holder=nobody",
            NEWEST,
            some,
        ),
        Page(
            "the list, an e-mail without orders",
            f"{ever}&email={secrets.token_hex(8)}",
            NEWEST,
            some,
        ),
        *(
            Page(
                f"the main page, {days} days",
                f"{BASE}?days={days}",
                SUMS,
                last_days(days, now).since,
            )
            for days in (7, 30)
        ),
    ]


async def _log_in(session: aiohttp.ClientSession, base_url: str) -> None:
    form = {"login": DEMO_OWNER_LOGIN, "password": DEMO_PASSWORD}
    headers = {"Origin": "{0.scheme}://{0.netloc}".format(urlsplit(base_url))}
    async with session.post(f"{BASE}/login", data=form, headers=headers) as answer:
        if not answer.ok or answer.url.path == f"{BASE}/login":
            raise BenchmarkError(f"the owner of the demo shop could not log in: {answer.status}")


async def _get(session: aiohttp.ClientSession, path: str) -> bytes:
    async with session.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        body = await answer.read()
        if not answer.ok:
            raise BenchmarkError(f"{path} was answered with {answer.status}")
        return body


async def _size(session: aiohttp.ClientSession) -> int:
    """The bytes of the list's first page, and of the files that it names, as they are sent."""
    html = await _get(session, f"{BASE}/orders")
    found = re.findall(rb'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]+)"', html)
    files = {each.decode() for each in found}
    return len(html) + sum([len(await _get(session, path)) for path in sorted(files)])


async def _median_ms(work: Callable[[], Awaitable[object]], *, times: int) -> float:
    await work()
    return statistics.median([await _ms(work) for _ in range(times)])


async def _ms(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000
