"""Finds the orders and shops that the arguments of a command name."""

from typing import TYPE_CHECKING
from uuid import UUID

from altyn.cli.output import CommandError

if TYPE_CHECKING:
    from altyn.operations.ports import OrderKey
    from altyn.storage.database import Pool


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
        raise CommandError(f"There is no shop {login}. `altyn merchant list` lists all shops.")
    return int(rows[0]["merchant_id"])
