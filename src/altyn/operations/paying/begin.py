"""Begin a payment in a way that needs no step before its connector is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from altyn.domain.order import Attempt, AttemptState, Order
from altyn.domain.receipt.contact import Contact
from altyn.domain.refusals import Refusal
from altyn.domain.waiting import EnterCode
from altyn.operations.bindings.unkept_terms import unkept_by
from altyn.operations.connector import Outcome
from altyn.operations.decisions import Decision, Refused
from altyn.operations.history import with_notes
from altyn.operations.paying.decisions import AttemptRequest, decide_begin
from altyn.operations.paying.possible import why_not_offered
from altyn.operations.paying.session import with_session_ended
from altyn.operations.paying.steps import Ended, ended
from altyn.operations.perform import payment_of, perform_and_ask, settle_response
from altyn.operations.ports import Actor, OrderKey, World


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginPayment:
    """A payer's choice of a way to pay.

    `fields` are what the payer typed for this way, `contact` is where the receipt goes. A shop that
    begins the payment for its payer (`by_shop`) may name the payer's address.
    """

    key: OrderKey
    way: str
    actor: Actor
    fields: Mapping[str, str] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    by_shop: bool = False
    payer_ip: str | None = None

    @property
    def ip(self) -> str | None:
        """The payer's address, as far as it is known."""
        return self.payer_ip if self.by_shop else self.actor.ip or None


async def begin_payment(
    command: BeginPayment, world: World, *, loaded: Order | None = None
) -> Ended | Refused:
    """Ask the connector of the way for the money; the order may then wait for the payer.

    A payment that waits for a code gets the code by the same call, and no second attempt begins; a
    code that did not reach the other side changes nothing, and the payer may send it again. An
    unpaid order whose session is over is declined by this call.
    Refuses: ORDER_UNKNOWN, PARAMETER_INVALID (the way), what the way refuses of its fields, then
    what `refuse_payment` refuses, BUSY.
    """
    return await with_session_ended(await _begin(command, world, loaded), world)


async def _begin(command: BeginPayment, world: World, loaded: Order | None) -> Ended | Refused:
    order = loaded or await world.orders.load(command.key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {command.key.order_id}")
    merchant = await world.merchants.get(order.merchant_id)
    way = world.ways.find(command.way)
    if way is None or way.read_details is None:
        rule = f"no way to pay {command.way}"
        return Refused(Refusal.PARAMETER_INVALID, rule, order, parameter="paymentWay")
    if reason := why_not_offered(command.way, order, merchant, world.ways):
        return Refused(Refusal.PARAMETER_INVALID, reason, order, parameter="paymentWay")
    details = way.read_details(command.fields)
    if isinstance(details, Refused):
        return details
    if attempt := _waits_for_code(order, command.way):
        payment = await payment_of(order, attempt, world)
        response = await way.connector.begin(payment, details)
        if response.outcome is Outcome.NOT_SENT:
            return Ended(order)  # only the code did not arrive: the payment still waits for it
        return ended(
            await settle_response(
                command.key, attempt.number, response, world=world, actor=command.actor
            )
        )
    request = AttemptRequest(
        payment_way=command.way,
        payer_ip=command.ip,
        email=command.contact.email,
        phone=command.contact.phone,
        params_of_payer=True,
    )

    notes = unkept_by(command.way, None, order, merchant)

    def decide(order: Order, now: datetime) -> Decision:
        return with_notes(decide_begin(order, request, now), notes)

    return ended(
        await perform_and_ask(
            decide, command.key, world=world, actor=command.actor, details=details, loaded=order
        )
    )


def _waits_for_code(order: Order, way: str) -> Attempt | None:
    waiting = (
        a
        for a in order.payments
        if a.state is AttemptState.PENDING
        and a.payment_way == way
        and isinstance(a.waiting, EnterCode)
    )
    return next(waiting, None)
