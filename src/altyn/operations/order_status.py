"""Order status: find orders of the merchant that asks."""

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import OrderKey, OrderPage, OrderSearch, World


async def find_order(
    merchant: Merchant, key: OrderKey | None, order_number: str | None, world: World
) -> Order | Refused:
    """The order by its id, or by the shop's number; the id wins where both are given.

    Refuses: ORDER_SELECTOR_MISSING, ORDER_UNKNOWN. Source: rest-orders.md §4.2.
    """
    if key is None and order_number is None:
        return Refused(Refusal.ORDER_SELECTOR_MISSING, "neither orderId nor orderNumber is given")
    if key is not None:
        order = await world.orders.load(key)
    else:
        order = await world.orders.load_by_number(merchant.merchant_id, order_number or "")
    return order or Refused(Refusal.ORDER_UNKNOWN, "no such order of this merchant")


async def last_orders(
    merchant: Merchant, logins: tuple[str, ...], search: OrderSearch, world: World
) -> OrderPage | Refused:
    """A page of orders of the named merchants, or of all that the caller may see.

    Refuses: MERCHANT_NOT_VISIBLE. Source: rest-orders.md §4.3.
    """
    visible = {merchant.login: merchant}
    named = [await world.merchants.by_login(login) for login in logins]
    logins = tuple(m.login if m else login for m, login in zip(named, logins, strict=True))
    if merchant.may(Permission.SEE_OTHER_MERCHANTS):
        children = await world.merchants.children(merchant.merchant_id)
        visible |= {child.login: child for child in children}
    hidden = [login for login in logins if login not in visible]
    if hidden:
        return Refused(
            Refusal.MERCHANT_NOT_VISIBLE, f"not visible: {', '.join(hidden)}", parameter="merchants"
        )
    chosen = [visible[login] for login in logins] if logins else list(visible.values())
    ids = tuple(m.merchant_id for m in chosen)
    return await world.orders.search(
        OrderSearch(
            merchant_ids=ids,
            since=search.since,
            to=search.to,
            statuses=search.statuses,
            by_created=search.by_created,
            page=search.page,
            size=search.size,
        )
    )
