"""Pay an order with a stored card. Source: rest-orders.md §5.3."""

from dataclasses import dataclass, fields, replace
from typing import Any

from altyn.domain.card.binding import Binding
from altyn.domain.card.values import Expiry, Pan
from altyn.domain.merchant import Permission
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.bindings.lookup import binding_of_client, pan_of
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import pay_by_card
from altyn.operations.paying.card.steps import CardCall, PayByCard, Step
from altyn.operations.paying.decisions import refuse_payment
from altyn.operations.paying.session import with_session_ended
from altyn.operations.ports import World
from altyn.protocol.payment_ways import PaymentWay


@dataclass(frozen=True, slots=True, kw_only=True)
class PayByBinding(CardCall):
    """A stored card for an order, by the id that was sent."""

    binding_id: str


async def pay_by_binding(
    command: PayByBinding, world: World, *, loaded: Order | None = None
) -> Step:
    """Begin to pay an order with a stored card of its client.

    Refuses: ORDER_UNKNOWN, what `refuse_payment` refuses, ACCESS_DENIED (permission bindings),
    CLIENT_ID_EMPTY (the order has no client), BINDING_UNKNOWN (also one that is disabled),
    BINDING_OF_ANOTHER_CLIENT, then what `pay_by_card` refuses. Source: rest-orders.md §5.3.
    """
    order = loaded or await world.orders.load(command.key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {command.key.order_id}")
    refusal = refuse_payment(order, world.clock.now())
    if isinstance(refusal, Refused):
        return await with_session_ended(refusal, world)
    binding = await _binding(order, command.binding_id, world)
    if isinstance(binding, Refused):
        return binding
    pan = await pan_of(binding, world)
    if isinstance(pan, Refused):
        return replace(pan, order=order)
    return await pay_by_card(with_stored_card(command, binding, pan), world, loaded=order)


def with_stored_card(command: CardCall, binding: Binding, pan: Pan) -> PayByCard:
    """The command of a payment with this stored card, whose number is `pan`."""
    call: dict[str, Any] = {each.name: getattr(command, each.name) for each in fields(CardCall)}
    return PayByCard(
        **call,
        pan=pan,
        expiry=Expiry.parse(binding.expiry),
        holder=binding.holder,
        payment_way=PaymentWay.CARD_BINDING,
        binding_id=binding.binding_id,
        first_transaction_id=binding.network_transaction_id,
    )


async def _binding(order: Order, sent: str, world: World) -> Binding | Refused:
    merchant = await world.merchants.get(order.merchant_id)
    if not merchant.may(Permission.BINDINGS):
        return Refused(Refusal.ACCESS_DENIED, "permission bindings is off", order)
    client_id = order.request.client_id
    if not client_id:
        rule = "the order has no client: send clientId with the registration"
        return Refused(Refusal.CLIENT_ID_EMPTY, rule, order, parameter="clientId")
    found = await binding_of_client(sent, client_id, order.merchant_id, world)
    return replace(found, order=order) if isinstance(found, Refused) else found
