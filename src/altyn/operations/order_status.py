"""Order status: finds orders for the merchant that asks, and never those of another merchant."""

from dataclasses import dataclass, replace
from typing import Final

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import Merchants, OrderKey, OrderSearch, World
from altyn.operations.results import OrderFound, OrdersFound

PAGE_SIZE_MAX: Final = 200


async def find_order(
    merchant: Merchant, key: OrderKey | None, order_number: str | None, world: World
) -> Order | Refused:
    """The order by its id, or by the merchant's number; the id wins where both are given.

    Refuses: ORDER_SELECTOR_MISSING, ORDER_UNKNOWN. Source: rest-orders.md §4.2.
    """
    if key is None and order_number is None:
        return Refused(Refusal.ORDER_SELECTOR_MISSING, "neither orderId nor orderNumber is given")
    if key is not None:
        order = await world.orders.load(key)
    else:
        order = await world.orders.load_by_number(merchant.merchant_id, order_number or "")
    return order or Refused(Refusal.ORDER_UNKNOWN, "no such order of this merchant")


@dataclass(frozen=True, slots=True)
class Target:
    """The order that is to change; `loaded` is there where the search has loaded the order."""

    key: OrderKey
    loaded: Order | None = None


async def find_target(
    merchant: Merchant, key: OrderKey | None, order_number: str | None, world: World
) -> Target | Refused:
    """The order that is to change: by its id, or by the merchant's number.

    Refuses: ORDER_ID_EMPTY, ORDER_UNKNOWN (by number only: a change looks for the id itself).
    """
    if key is not None:
        return Target(key)
    if order_number is None:
        return Refused(Refusal.ORDER_ID_EMPTY, "mandatory, but missing", parameter="order_id")
    order = await find_order(merchant, None, order_number, world)
    if isinstance(order, Refused):
        return order
    return Target(OrderKey(order.merchant_id, order.order_id), order)


async def last_orders(
    merchant: Merchant, logins: tuple[str, ...], search: OrderSearch, world: World
) -> OrdersFound | Refused:
    """A page of orders of the named merchants, or of all that the caller may see.

    Refuses: SIZE_TOO_LARGE, MERCHANT_NOT_VISIBLE. Source: rest-orders.md §4.3.
    """
    if search.size > PAGE_SIZE_MAX:
        return Refused(Refusal.SIZE_TOO_LARGE, f"{search.size} > {PAGE_SIZE_MAX}", parameter="size")
    merchant_ids = await _visible_ids(merchant, logins, world)
    if isinstance(merchant_ids, Refused):
        return merchant_ids
    page = await world.orders.search(replace(search, merchant_ids=merchant_ids))
    found = [OrderFound(each, await world.merchants.get(each.merchant_id)) for each in page.orders]
    return OrdersFound(
        orders=tuple(found), total=page.total, page=search.page, page_size=search.size
    )


async def visible_merchants(merchant: Merchant, merchants: Merchants) -> tuple[Merchant, ...]:
    """The merchants whose orders a merchant may see: itself, then its children if it may."""
    if not merchant.may(Permission.SEE_OTHER_MERCHANTS):
        return (merchant,)
    return (merchant, *await merchants.children(merchant.merchant_id))


async def _visible_ids(
    merchant: Merchant, logins: tuple[str, ...], world: World
) -> tuple[int, ...] | Refused:
    """The merchants whose orders are searched."""
    named = [await world.merchants.by_login(login) for login in logins]
    logins = tuple(m.login if m else login for m, login in zip(named, logins, strict=True))
    visible = {each.login: each for each in await visible_merchants(merchant, world.merchants)}
    hidden = [login for login in logins if login not in visible]
    if hidden:
        return Refused(
            Refusal.MERCHANT_NOT_VISIBLE, f"not visible: {', '.join(hidden)}", parameter="merchants"
        )
    chosen = [visible[login] for login in logins] if logins else list(visible.values())
    return tuple(m.merchant_id for m in chosen)
