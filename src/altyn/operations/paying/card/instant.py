"""A payment in one call: register an order and pay it, with 3-D Secure where the card demands it.

Source: rest-orders.md §5.4.
"""

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import continue_after_method
from altyn.operations.paying.card.register_and_pay import RegisterAndPay, register_and_pay
from altyn.operations.paying.card.steps import AfterMethod, RegisteredAndPaid
from altyn.operations.ports import World
from altyn.operations.register import Register


async def pay_instantly(
    command: RegisterAndPay, merchant: Merchant, world: World
) -> RegisteredAndPaid | Refused:
    """Register an order and begin to pay it. Refuses: as `register_and_pay`."""
    return await register_and_pay(command, merchant, world)


async def continue_instantly(
    after: AfterMethod, registration: Register, merchant: Merchant, world: World
) -> RegisteredAndPaid | Refused:
    """The same call again, after the method step of 3-D Secure 2: no second order is registered.

    `registration` is the one that the call sends again.
    Refuses: ORDER_UNKNOWN, PARAMETER_INVALID (not the order's number, sum, currency or stored
    card), then as `continue_after_method`.
    """
    order = await world.orders.load(after.key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {after.key.order_id}")
    if refused := _refuse_other_order(order, registration, merchant):
        return refused
    step = await continue_after_method(after, world, loaded=order)
    return step if isinstance(step, Refused) else RegisteredAndPaid(step)


def _refuse_other_order(order: Order, registration: Register, merchant: Merchant) -> Refused | None:
    currency = registration.currency or merchant.settings.default_currency
    compared = (
        ("order_number", registration.order_number or order.order_number, order.order_number),
        ("amount_minor", registration.amount_minor, order.amount_minor),
        ("currency", currency, order.currency),
        ("binding_id", registration.binding_id, order.request.binding_id),
    )
    for name, sent, registered in compared:
        if sent != registered:
            rule = f"{sent}, but the order of this 3-D Secure was registered with {registered}"
            return Refused(Refusal.PARAMETER_INVALID, rule, order, parameter=name)
    return None
