"""`altyn order`: what orders there are, and the whole story of one.

It exists because the answer to "what happened to this payment?" must not need SQL. Reads only.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

from altyn.cli.durations import parse_duration
from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.domain.lifecycle import OrderStatus
    from altyn.operations.ports import OrderKey
    from altyn.storage.database import Pool
    from altyn.storage.order_history import OrderHistory

app = typer.Typer(help="Orders: list them, read the story of one.")
Merchant = Annotated[str | None, typer.Option(help="Only this shop's (its login).")]
LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 1000
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)


@app.command("list")
def list_orders(
    merchant: Merchant = None,
    status: Annotated[
        list[str] | None, typer.Option(help="A name (deposited) or its number (2); repeatable.")
    ] = None,
    last: Annotated[str, typer.Option(help="How many (50), or since how long ago (7d).")] = str(
        LIST_SIZE
    ),
) -> None:
    """The newest orders, newest first."""
    from altyn.cli.prompts import gateway_clock, with_pool

    settings = read_settings()
    statuses = read_statuses(status or [])
    size, span = read_last(last)

    async def work(pool: "Pool") -> None:
        from altyn.cli.orders.view import orders_table
        from altyn.storage.order_history import OrderHistory

        since = BEGINNING
        if span is not None:
            since = (await gateway_clock(pool, settings)).now() - span
        lines = await OrderHistory(pool).newest(
            await _merchants(pool, merchant), statuses=statuses, since=since, size=size
        )
        if lines:
            console().print(orders_table(lines))
        else:
            console().print("There is no such order.")

    with_pool(settings, work)


@app.command()
def show(
    order: Annotated[str, typer.Argument(help="orderId, or the shop's orderNumber.")],
    merchant: Merchant = None,
) -> None:
    """The story of an order: what, how much, what happened when, what can be done now."""
    from altyn.cli.prompts import gateway_clock, with_pool

    settings = read_settings()

    async def work(pool: "Pool") -> None:
        from altyn.cli.orders.view import Story, print_story
        from altyn.storage.order_history import OrderHistory
        from altyn.storage.orders import OrderStore

        history = OrderHistory(pool)
        key = await _find(history, order, merchant)
        found = await OrderStore(pool).load(key)
        if found is None:
            raise _unknown(order)
        story = Story(
            order=found,
            merchant=await _merchant_of(pool, key.merchant_id),
            events=await history.events(key),
            postings=await history.postings(key),
            now=(await gateway_clock(pool, settings)).now(),
            base=settings.public_url or gateway_address(settings),
        )
        print_story(story)

    with_pool(settings, work)


def read_statuses(words: Sequence[str]) -> "tuple[OrderStatus, ...]":
    """Statuses by name or wire number; all of them when none is given.

    Refuses with CommandError: an unknown one.
    """
    from altyn.protocol.dialects.classic.order_statuses import ORDER_STATUSES

    known = {name: row.status for row in ORDER_STATUSES for name in (row.status, str(row.number))}
    for word in words:
        if word.lower() not in known:
            names = ", ".join(f"{row.status} ({row.number})" for row in ORDER_STATUSES)
            raise CommandError(f"There is no status {word!r}. There are: {names}.")
    return tuple(known[word.lower()] for word in words) or tuple(
        row.status for row in ORDER_STATUSES
    )


def read_last(text: str) -> tuple[int, timedelta | None]:
    """How many orders at most, and since how long ago. Refuses as `parse_duration`, or 0."""
    if not text.isdecimal():
        return LIST_SIZE_MAX, parse_duration(text)
    if not 1 <= int(text) <= LIST_SIZE_MAX:
        raise CommandError(f"--last takes 1 to {LIST_SIZE_MAX} orders, or a span of time like 7d.")
    return int(text), None


async def _merchants(pool: "Pool", login: str | None) -> list[int]:
    from altyn.storage.statements import statement

    rows = await statement("list_merchants").fetch(pool)
    chosen = [row["merchant_id"] for row in rows if login in {None, row["login"]}]
    if not chosen:
        raise CommandError(f"There is no shop {login}. `altyn merchant list` shows them all.")
    return chosen


async def _merchant_of(pool: "Pool", merchant_id: int) -> str:
    from altyn.storage.statements import statement

    rows = await statement("load_merchant").fetch(pool, merchant_id=merchant_id)
    return str(rows[0]["login"])


async def _find(history: "OrderHistory", text: str, merchant: str | None) -> "OrderKey":
    """The order somebody means. Refuses: no such order, one of several shops'."""
    key = read_order_id(text)
    if key is not None:
        return key
    named = await history.named(text)
    chosen = {login: found for login, found in named.items() if merchant in {None, login}}
    if not chosen:
        raise _unknown(text)
    if len(chosen) > 1:
        shops = ", ".join(chosen)
        raise CommandError(f"Several shops have an order {text}: {shops}. Name one by --merchant.")
    return next(iter(chosen.values()))


def read_order_id(text: str) -> "OrderKey | None":
    """The address that an order id stands for; None for what is no id of ours."""
    from altyn.domain.order_id import merchant_of
    from altyn.operations.ports import OrderKey

    try:
        order_id = UUID(text)
    except ValueError:
        return None
    merchant_id = merchant_of(order_id)
    return OrderKey(merchant_id, order_id) if merchant_id else None


def _unknown(text: str) -> CommandError:
    return CommandError(f"There is no order {text}. `altyn order list` shows the newest.")
