"""The payment of the first part: the card flow, for an application whose payer has agreed.

The attempt begins here. The payer's card is authenticated for the sum of the first part; then the
service charges that sum, and owes the shop the order's full amount. Source: bnpl.md §5, §7.
"""

from dataclasses import replace

from altyn.domain.instalments import APPLICATION, CHARGED_NOW
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.bnpl.application import find_application
from altyn.operations.paying.card.payment import pay_by_card
from altyn.operations.paying.card.steps import PayByCard, Step
from altyn.operations.ports import World
from altyn.protocol.bnpl import Application, ApplicationStep
from altyn.protocol.payment_ways import PaymentWay


async def pay_first_part(command: PayByCard, world: World, *, loaded: Order | None = None) -> Step:
    """Begin to pay an order in parts, with the card for the first part.

    `loaded` is the order, if it was just loaded.

    Refuses: ORDER_UNKNOWN; what `find_application` refuses; WRONG_STATUS (the payer has not agreed
    to the plan of today); then as `pay_by_card`.
    """
    order = loaded or await world.orders.load(command.key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {command.key.order_id}")
    if not order.payable:
        return await pay_by_card(command, world, loaded=order)  # refuses, whatever the way
    found = await find_application(order, command.actor, world)
    if isinstance(found, Refused):
        return found
    application = found.application
    if application is None or application.step is not ApplicationStep.CARD:
        return Refused(Refusal.WRONG_STATUS, "the payer has not agreed to the plan", found.order)
    return await pay_by_card(_in_parts(command, application), world, loaded=found.order)


def _in_parts(command: PayByCard, application: Application) -> PayByCard:
    first = application.plan.parts[0]
    details = {
        APPLICATION: application.application_id,
        CHARGED_NOW: str(first.unpaid_minor),
    }
    return replace(command, payment_way=PaymentWay.BNPL, details=details)
