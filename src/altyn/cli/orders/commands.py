"""`altyn order`: lists orders, and shows all details of one. It changes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.durations import parse_duration
from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.lookup import find_merchant_id, read_order_id
from altyn.cli.output import CommandError, console

if TYPE_CHECKING:
    from altyn.domain.lifecycle import OrderStatus
    from altyn.operations.ports import OrderKey
    from altyn.storage.database import Pool
    from altyn.storage.order_history import OrderHistory

app = typer.Typer(help="List orders, or show one.")
Merchant = Annotated[str | None, typer.Option(help="Only orders of this shop (its login).")]
LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 1000
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)


@app.command("list")
def list_orders(
    merchant: Merchant = None,
    status: Annotated[
        list[str] | None, typer.Option(help="A status (deposited) or its number (2); repeatable.")
    ] = None,
    last: Annotated[str, typer.Option(help="A number of orders (50) or a duration (7d).")] = str(
        LIST_SIZE
    ),
) -> None:
    """List the newest orders, newest first."""
    from altyn.cli.database import gateway_clock, with_pool

    settings = read_settings()
    statuses = read_statuses(status or [])
    size, period = read_last(last)

    async def work(pool: "Pool") -> None:
        from altyn.cli.orders.view import orders_table
        from altyn.storage.order_history import OrderHistory

        since = BEGINNING
        if period is not None:
            since = (await gateway_clock(pool, settings)).now() - period
        lines = await OrderHistory(pool).newest(
            await _merchant_ids(pool, merchant), statuses=statuses, since=since, size=size
        )
        if lines:
            console().print(orders_table(lines))
        else:
            console().print("There are no such orders.")

    with_pool(settings, work)


@app.command()
def show(
    order: Annotated[str, typer.Argument(help="orderId, or the shop's orderNumber.")],
    merchant: Merchant = None,
) -> None:
    """Show an order: amounts, attempts, history, and what can be done with it now."""
    from altyn.cli.database import gateway_clock, with_pool

    settings = read_settings()

    async def work(pool: "Pool") -> None:
        from altyn.cli.orders.view import OrderDetails, print_order
        from altyn.storage.order_history import OrderHistory
        from altyn.storage.orders import OrderStore

        history = OrderHistory(pool)
        key = await _find_key(history, order, merchant)
        loaded = await OrderStore(pool).load(key)
        if loaded is None:
            raise _unknown_order(order)
        details = OrderDetails(
            order=loaded,
            merchant=await _login_of(pool, key.merchant_id),
            events=await history.events(key),
            postings=await history.postings(key),
            now=(await gateway_clock(pool, settings)).now(),
            base_url=settings.public_url or gateway_address(settings),
        )
        print_order(details)

    with_pool(settings, work)


def read_statuses(words: Sequence[str]) -> "tuple[OrderStatus, ...]":
    """The statuses with these names or wire numbers; all statuses when none is named.

    Refuses with CommandError: an unknown status.
    """
    from altyn.protocol.dialects.classic.order_statuses import ORDER_STATUSES

    known = {name: row.status for row in ORDER_STATUSES for name in (row.status, str(row.number))}
    for word in words:
        if word.lower() not in known:
            names = ", ".join(f"{row.status} ({row.number})" for row in ORDER_STATUSES)
            raise CommandError(f"There is no status {word!r}. The statuses are: {names}.")
    return tuple(known[word.lower()] for word in words) or tuple(
        row.status for row in ORDER_STATUSES
    )


def read_last(text: str) -> tuple[int, timedelta | None]:
    """The greatest number of orders, and the period before now; None without a period.

    Refuses with CommandError: a number outside 1 to 1000, then as `parse_duration`.
    """
    if not text.isdecimal():
        return LIST_SIZE_MAX, parse_duration(text)
    if not 1 <= int(text) <= LIST_SIZE_MAX:
        raise CommandError(f"--last must be 1 to {LIST_SIZE_MAX} orders, or a duration like 7d.")
    return int(text), None


async def _merchant_ids(pool: "Pool", login: str | None) -> list[int]:
    """The shop with this login, or all shops. Refuses with CommandError: no such shop."""
    from altyn.storage.statements import statement

    if login is not None:
        return [await find_merchant_id(pool, login)]
    return [row["merchant_id"] for row in await statement("list_merchants").fetch(pool)]


async def _login_of(pool: "Pool", merchant_id: int) -> str:
    from altyn.storage.statements import statement

    rows = await statement("load_merchant").fetch(pool, merchant_id=merchant_id)
    return str(rows[0]["login"])


async def _find_key(history: "OrderHistory", text: str, merchant: str | None) -> "OrderKey":
    """The key of an order by its orderId or orderNumber.

    Refuses with CommandError: no such order, orders of several shops with this orderNumber.
    """
    key = read_order_id(text)
    if key is not None:
        return key
    key_by_login = await history.named(text)
    matches = {login: key for login, key in key_by_login.items() if merchant in {None, login}}
    if not matches:
        raise _unknown_order(text)
    if len(matches) > 1:
        shops = ", ".join(matches)
        raise CommandError(
            f"Several shops have an order {text}: {shops}. Choose one with --merchant."
        )
    return next(iter(matches.values()))


def _unknown_order(text: str) -> CommandError:
    return CommandError(f"There is no order {text}. `altyn order list` lists the newest orders.")
