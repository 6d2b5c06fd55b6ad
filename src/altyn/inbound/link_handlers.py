"""The handlers of the operations about payment links. Source: bnpl.md §6."""

from collections.abc import Mapping
from typing import Final

from altyn.domain.operation import Operation
from altyn.domain.order import Order
from altyn.domain.payment_link import Channel
from altyn.domain.refusals import Refusal
from altyn.inbound.request_handler import Call, Handler
from altyn.operations.decisions import Refused
from altyn.operations.order_status import find_target
from altyn.operations.outcome import outcome_of
from altyn.operations.paying.lookup import find_for_payer
from altyn.operations.payment_link import SendLink, messages_left, refuse_link, send_link
from altyn.operations.ports import World
from altyn.operations.results import Done, LinkFound
from altyn.protocol.dialects.classic.return_links import payment_link


async def handle_payment_link(call: Call, world: World) -> LinkFound | Refused:
    """Find the link of an order that can be paid."""
    order = await _find_order(call, world)
    if isinstance(order, Refused):
        return order
    if refused := refuse_link(order, call.merchant, world.clock.now()):
        return refused
    return LinkFound(order, await messages_left(order, call.merchant, world))


async def handle_send_payment_link(call: Call, world: World) -> Done | Refused:
    """Send the link of an order to the payer."""
    values = call.values
    phone: str = values.get("sms", "")
    email: str = values.get("email", "")
    if phone and email:
        rule = "sms or email, not both: each message is a request of its own"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="email")
    order = await _find_order(call, world)
    if isinstance(order, Refused):
        return order
    command = SendLink(
        channel=Channel.SMS if phone else Channel.EMAIL,
        to=phone or email,
        link=payment_link(call.base_url, call.merchant.login, order),
        key=values.get("key", ""),
    )
    decision = await send_link(
        command, order, merchant=call.merchant, world=world, actor=call.actor, notes=call.notes
    )
    return outcome_of(decision)


async def _find_order(call: Call, world: World) -> Order | Refused:
    """The order of a call, by its id or its number; it may be over."""
    target = await find_target(call.merchant, call.key, call.values.get("order_number"), world)
    if isinstance(target, Refused):
        return target
    order = await find_for_payer(target.key, world)
    return order or Refused(Refusal.ORDER_UNKNOWN, "no such order of this merchant")


LINK_HANDLERS: Final[Mapping[Operation, Handler]] = {
    Operation.PAYMENT_LINK: handle_payment_link,
    Operation.SEND_PAYMENT_LINK: handle_send_payment_link,
}
