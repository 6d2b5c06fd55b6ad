"""Pay an order with a stored card. Source: rest-orders.md §5.3."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from altyn.domain.card.binding import Binding, read_binding_id
from altyn.domain.card.values import Cvc, Expiry
from altyn.domain.merchant import Permission
from altyn.domain.notes import Notes
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import pay_by_card
from altyn.operations.paying.card.steps import PayByCard, Step
from altyn.operations.paying.decisions import refuse_payment
from altyn.operations.paying.session import with_session_ended
from altyn.operations.ports import Actor, OrderKey, World
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.threeds import MethodCompletion


@dataclass(frozen=True, slots=True, kw_only=True)
class PayByBinding:
    """A stored card for an order. The CVC is kept for this call only; the rest as in PayByCard."""

    key: OrderKey
    binding_id: str
    cvc: Cvc | None
    actor: Actor
    base_url: str
    language: str | None = None
    payer_ip: str | None = None
    email: str | None = None
    phone: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    params_of_payer: bool = False
    more: Mapping[str, str] = field(default_factory=dict)
    term_url: str | None = None
    finish_url: str | None = None
    method_notification_url: str | None = None
    tds_protocol_version: str | None = None
    method_completed: MethodCompletion = MethodCompletion.FINISHED
    browser: Mapping[str, str | int | bool] = field(default_factory=dict)
    notes: Notes = ()


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
    pan = await world.card.vault.reveal(order.merchant_id, binding.fingerprint)
    if pan is None:
        rule = f"no card is kept for {binding.binding_id}"
        return Refused(Refusal.BINDING_UNKNOWN, rule, order, parameter="binding_id")
    card = PayByCard(
        key=command.key,
        pan=pan,
        expiry=Expiry.parse(binding.expiry),
        cvc=command.cvc,
        holder=binding.holder,
        actor=command.actor,
        base_url=command.base_url,
        payment_way=PaymentWay.CARD_BINDING,
        language=command.language,
        payer_ip=command.payer_ip,
        email=command.email,
        phone=command.phone,
        params=command.params,
        params_of_payer=command.params_of_payer,
        more=command.more,
        term_url=command.term_url,
        finish_url=command.finish_url,
        method_notification_url=command.method_notification_url,
        tds_protocol_version=command.tds_protocol_version,
        method_completed=command.method_completed,
        browser=command.browser,
        notes=command.notes,
        binding_id=binding.binding_id,
        first_transaction_id=binding.network_transaction_id,
    )
    return await pay_by_card(card, world, loaded=order)


async def _binding(order: Order, sent: str, world: World) -> Binding | Refused:
    merchant = await world.merchants.get(order.merchant_id)
    if not merchant.may(Permission.BINDINGS):
        return Refused(Refusal.ACCESS_DENIED, "permission bindings is off", order)
    client_id = order.request.client_id
    if not client_id:
        rule = "the order has no client: send clientId with the registration"
        return Refused(Refusal.CLIENT_ID_EMPTY, rule, order, parameter="clientId")
    binding_id, store = read_binding_id(sent), world.bindings.store
    binding = await store.load(order.merchant_id, binding_id) if binding_id else None
    if binding is None or not binding.active:
        rule = f"no active stored card {sent}"
        return Refused(Refusal.BINDING_UNKNOWN, rule, order, parameter="binding_id")
    if binding.client_id != client_id:
        rule = "the stored card is another client's than the order's"
        return Refused(Refusal.BINDING_OF_ANOTHER_CLIENT, rule, order, parameter="binding_id")
    return binding
