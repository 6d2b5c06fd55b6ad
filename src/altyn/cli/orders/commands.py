"""`altyn order`: lists orders, and shows all details of one. `link.py` has the payment link."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from altyn.cli.durations import parse_duration
from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.lookup import (
    BEGINNING,
    find_merchant_id,
    find_order_key,
    load_merchant,
    unknown_order,
)
from altyn.cli.output import CommandError, JsonFlag, console, print_json

if TYPE_CHECKING:
    from altyn.domain.lifecycle import OrderStatus
    from altyn.operations.ports import OrderKey
    from altyn.storage.database import Pool

app = typer.Typer(help="List orders, show one, or send its payment link.")
MerchantOption = Annotated[
    str | None, typer.Option("--merchant", help="Only orders of this shop (its login).")
]
LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 1000


@app.command("list")
def list_orders(
    merchant: MerchantOption = None,
    status: Annotated[
        list[str] | None, typer.Option(help="A status (deposited) or its number (2); repeatable.")
    ] = None,
    last: Annotated[
        str | None, typer.Option(help="Only orders registered within this time: 7d, 2h30m.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="List at most this many.", min=1, max=LIST_SIZE_MAX)
    ] = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """List the newest orders, newest first."""
    from altyn.cli.database import gateway_clock, with_pool

    settings = read_settings()
    statuses = read_statuses(status or [])
    period = read_last(last)
    size = limit or (LIST_SIZE if period is None else LIST_SIZE_MAX)

    async def work(pool: "Pool") -> None:
        from altyn.cli.orders.view import print_orders
        from altyn.storage.order_history import OrderHistory

        since = BEGINNING
        if period is not None:
            since = max(since, (await gateway_clock(pool, settings)).now() - period)
        lines = await OrderHistory(pool).newest(
            await _merchant_ids(pool, merchant), statuses=statuses, since=since, size=size
        )
        if as_json:
            print_json(await _members_of(pool, [line.key for line in lines]))
        elif lines:
            print_orders(lines)
        else:
            console().print("There are no such orders.")

    with_pool(settings, work)


@app.command()
def show(
    order: Annotated[str, typer.Argument(help="orderId, or the shop's orderNumber.")],
    merchant: MerchantOption = None,
    as_json: JsonFlag = False,  # noqa: FBT002 - an option of the command
) -> None:
    """Show an order: amounts, attempts, history, and what can be done with it now."""
    from altyn.cli.database import gateway_clock, with_pool

    settings = read_settings()

    async def work(pool: "Pool") -> None:
        from altyn.cli.orders.members import detail_members
        from altyn.cli.orders.view import OrderDetails, print_order
        from altyn.storage.order_history import OrderHistory
        from altyn.storage.orders import OrderStore
        from altyn.storage.receipts import ReceiptStore

        history = OrderHistory(pool)
        key = await find_order_key(pool, order, merchant)
        loaded = await OrderStore(pool).load(key)
        if loaded is None:
            raise await unknown_order(pool, order)
        shop, events = await load_merchant(pool, key.merchant_id), await history.events(key)
        receipts = await ReceiptStore(pool).of_order(key.merchant_id, key.order_id)
        if as_json:
            print_json(detail_members(loaded, shop, events, receipts))
            return
        details = OrderDetails(
            order=loaded,
            merchant=shop.login,
            events=events,
            postings=await history.postings(key),
            receipts=receipts,
            now=(await gateway_clock(pool, settings)).now(),
            base_url=settings.public_url or gateway_address(settings),
        )
        print_order(details)

    with_pool(settings, work)


def read_statuses(words: Sequence[str]) -> "tuple[OrderStatus, ...]":
    """The statuses with these names or wire numbers; all statuses when none is named.

    Refuses with CommandError: an unknown status.
    """
    from altyn.domain.similar_names import did_you_mean
    from altyn.protocol.dialects.classic.order_statuses import ORDER_STATUSES

    known = {name: row.status for row in ORDER_STATUSES for name in (row.status, str(row.number))}
    for word in words:
        if word.lower() not in known:
            names = ", ".join(f"{row.status} ({row.number})" for row in ORDER_STATUSES)
            meant = did_you_mean(word, known)
            raise CommandError(f"There is no status {word!r}.{meant} The statuses are: {names}.")
    return tuple(known[word.lower()] for word in words) or tuple(
        row.status for row in ORDER_STATUSES
    )


def read_last(text: str | None) -> timedelta | None:
    """The period before now; None without one. Refuses with CommandError: as `parse_duration`."""
    if text is not None and text.isdecimal():
        raise CommandError(
            f"--last takes a duration, like 7d or 2h30m. For a number of orders: --limit {text}."
        )
    return None if text is None else parse_duration(text)


async def _merchant_ids(pool: "Pool", login: str | None) -> list[int]:
    """The shop with this login, or all shops. Refuses with CommandError: no such shop."""
    from altyn.storage.statements import statement

    if login is not None:
        return [await find_merchant_id(pool, login)]
    return [row["merchant_id"] for row in await statement("list_merchants").fetch(pool)]


async def _members_of(pool: "Pool", keys: "Sequence[OrderKey]") -> list[dict[str, object]]:
    """The members of these orders, in this order."""
    from altyn.cli.orders.members import order_members
    from altyn.storage.orders import OrderStore

    store = OrderStore(pool)
    orders = await asyncio.gather(*map(store.load, keys))
    shops = {number: await load_merchant(pool, number) for number in {k.merchant_id for k in keys}}
    return [order_members(each, shops[each.merchant_id]) for each in orders if each is not None]
