"""Finds the orders and shops that the arguments of a command name."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from altyn.cli.output import CommandError

if TYPE_CHECKING:
    from altyn.domain.merchant import Merchant
    from altyn.operations.ports import OrderKey
    from altyn.storage.database import Pool

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
NEWEST_SEARCHED: Final = 1000


def read_order_id(text: str) -> "OrderKey | None":
    """The key of an orderId; None when the text is not an orderId of this gateway."""
    from altyn.domain.order_id import merchant_of
    from altyn.operations.ports import OrderKey

    try:
        order_id = UUID(text)
    except ValueError:
        return None
    merchant_id = merchant_of(order_id)
    return OrderKey(merchant_id, order_id) if merchant_id else None


async def find_merchant_id(pool: "Pool", login: str) -> int:
    """The number of the shop with this login. Refuses with CommandError: no such shop."""
    from altyn.storage.statements import statement

    rows = await statement("find_merchant").fetch(pool, login=login)
    if not rows:
        raise await unknown_shop(pool, login)
    return int(rows[0]["merchant_id"])


async def unknown_shop(pool: "Pool", login: str, advice: str = "") -> CommandError:
    """The refusal of a login that no shop has, with the login that was probably meant."""
    from altyn.domain.similar_names import did_you_mean
    from altyn.storage.statements import statement

    logins = [row["login"] for row in await statement("list_merchants").fetch(pool)]
    return CommandError(
        f"There is no shop {login}.{did_you_mean(login, logins)} `altyn merchant list` lists all "
        f"shops.{advice}"
    )


async def unknown_order(pool: "Pool", text: str) -> CommandError:
    """The refusal of an order that does not exist, with the number that was probably meant."""
    meant = await order_meant(pool, text)
    return CommandError(
        f"There is no order {text}.{meant} `altyn order list` lists the newest orders."
    )


async def order_meant(pool: "Pool", text: str) -> str:
    """A question that names the most similar order number of the newest orders, or ""."""
    from altyn.domain.lifecycle import OrderStatus
    from altyn.domain.similar_names import did_you_mean
    from altyn.storage.order_history import OrderHistory
    from altyn.storage.statements import statement

    shops = [row["merchant_id"] for row in await statement("list_merchants").fetch(pool)]
    newest = await OrderHistory(pool).newest(
        shops, statuses=tuple(OrderStatus), since=BEGINNING, size=NEWEST_SEARCHED
    )
    numbers = [line.order_number for line in newest]
    return "" if text in numbers else did_you_mean(text, numbers)


async def load_merchant(pool: "Pool", merchant_id: int) -> "Merchant":
    """The shop with this number, which an order has named."""
    from altyn.storage.merchants import merchant_of
    from altyn.storage.statements import statement

    rows = await statement("load_merchant").fetch(pool, merchant_id=merchant_id)
    return merchant_of(rows[0])


async def find_order_key(pool: "Pool", text: str, merchant: str | None) -> "OrderKey":
    """The key of an order by its orderId or orderNumber.

    Refuses with CommandError: no such shop, no such order, orders of several shops with this
    orderNumber.
    """
    from altyn.storage.order_history import OrderHistory

    key = read_order_id(text)
    if key is not None:
        return key
    if merchant is not None:
        await find_merchant_id(pool, merchant)
    key_by_login = await OrderHistory(pool).named(text)
    matches = {login: key for login, key in key_by_login.items() if merchant in {None, login}}
    if not matches:
        raise await unknown_order(pool, text)
    if len(matches) > 1:
        shops = ", ".join(matches)
        raise CommandError(
            f"Several shops have an order {text}: {shops}. Choose one with --merchant."
        )
    return next(iter(matches.values()))
