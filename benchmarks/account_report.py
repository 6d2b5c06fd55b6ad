"""Fills a database, measures the pages of the account in it, and prints the table."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
from rich.console import Console
from rich.table import Table

from benchmarks import account_pages

DATABASE: Final = "account_pages"
PERIODS: Final = (7, 30)
ROUNDS: Final = 3
ORDER_BY_ORDER_MAX: Final = 2_000_000
"""The sums of more orders, read one by one, take longer than a statement may."""

Gateway = Callable[[str], AbstractContextManager[tuple[str, Any, float]]]


def run(console: Console, gateway: Gateway, url: str, count: int) -> None:
    """Measure with so many orders, in a database of its own. `gateway` runs one on a database."""
    asyncio.run(_create(url))
    own = urlsplit(url)._replace(path=f"/{DATABASE}").geturl()
    with gateway(own):
        pass  # it has made the tables and the demo shop
    asyncio.run(account_pages.fill(own, count))
    before = {
        days: asyncio.run(account_pages.figures_ms(own, days))
        for days in (PERIODS if count <= ORDER_BY_ORDER_MAX else ())
    }
    with gateway(own) as (base_url, _, _):
        seconds = asyncio.run(account_pages.summarised(own))
        after = {days: asyncio.run(account_pages.figures_ms(own, days)) for days in PERIODS}
        measured, size = asyncio.run(account_pages.measure(own, base_url, rounds=ROUNDS))
    console.print(_table(measured, count))
    for days in PERIODS:
        text = (
            f"the figures of {days} days in the database: {after[days]:.1f} ms from sums of hours"
        )
        if days in before:
            times = before[days] / after[days]
            text += f", {before[days]:.1f} ms order by order ({times:.0f} times)"
        console.print(text)
    console.print(f"the sums of all hours were made within {seconds:.1f} s of the gateway's start")
    console.print(f"the first load of the list: {size / 1000:.0f} kB with all its files")


def _table(measured: Sequence[account_pages.Measured], count: int) -> Table:
    table = Table(
        title=f"The personal account with {count:,} orders in 30 days", title_justify="left"
    )
    for name in ("page", "median, ms", "p95, ms", "bare, ms", "of bare"):
        table.add_column(name, justify="left" if name == "page" else "right")
    for each in measured:
        table.add_row(
            each.page.name,
            f"{each.request_ms:.1f}",
            f"{each.p95_ms:.1f}",
            f"{each.bare_ms:.1f}",
            f"{each.request_ms / each.bare_ms:.2f}",
        )
    return table


async def _create(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
