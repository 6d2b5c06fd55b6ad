"""The payer's application at the service that lends, before an attempt to pay exists.

A wrong code is no attempt. The refusal of the service is a failed attempt, recorded once for each
application. The state is the service's: a page that is opened again finds it there.
Source: bnpl.md §5.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from altyn.domain.instalments import APPLICATION, WAY
from altyn.domain.order import Order
from altyn.domain.phone import russian_phone
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Decision, Refused, Unchanged
from altyn.operations.paying.bnpl.ports import BnplUnavailableError, PartsService
from altyn.operations.paying.decisions import AttemptRequest, decide_failure, refuse_payment
from altyn.operations.paying.possible import why_not_offered
from altyn.operations.paying.session import with_session_ended
from altyn.operations.paying.steps import Ended, ended
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, World
from altyn.protocol.bnpl import Application, ApplicationRequest, ApplicationStep


@dataclass(frozen=True, slots=True)
class Applied:
    """The order, and the payer's application for it; None where the payer has not applied."""

    order: Order
    application: Application | None


Result = Applied | Refused


async def find_application(order: Order, actor: Actor, world: World) -> Result:
    """The payer's application, as the service has it.

    Refuses: PARAMETER_INVALID (the order cannot be paid in parts), SYSTEM_ERROR (the service does
    not answer).
    """
    return await _at_service(order, actor, world, lambda each: each.application(order.order_id))


async def apply_for_parts(order: Order, phone: str, actor: Actor, world: World) -> Result:
    """Apply with a phone, or have another code sent to it.

    Refuses: as `find_application`; then what `refuse_payment` refuses; PARAMETER_INVALID (no
    Russian phone number). None of these uses up an attempt.
    """
    if refused := _refuse(order, world):
        return await with_session_ended(refused, world)
    number = russian_phone(phone)
    if number is None:
        rule = "not a Russian phone number of ten digits after +7, 7 or 8"
        return Refused(Refusal.PARAMETER_INVALID, rule, order, parameter="phone")
    merchant = await world.merchants.get(order.merchant_id)
    request = ApplicationRequest(
        order_id=order.order_id,
        phone=number,
        shop_name=merchant.name_in("ru"),
        order_number=order.order_number,
        amount_minor=order.amount_minor,
        currency=order.currency,
    )
    return await _at_service(order, actor, world, lambda each: each.apply(request))


async def enter_code(
    order: Order, application_id: str, code: str, actor: Actor, world: World
) -> Result:
    """Type the code of the SMS. Refuses: as `find_application`, `refuse_payment`."""
    if refused := _refuse(order, world):
        return await with_session_ended(refused, world)
    if not _is_of(order, application_id):
        return await find_application(order, actor, world)
    return await _at_service(
        order, actor, world, lambda each: each.enter_code(application_id, code.strip())
    )


async def agree_to_plan(order: Order, application_id: str, actor: Actor, world: World) -> Result:
    """Agree to the plan that the page has shown. Refuses: as `find_application`,
    `refuse_payment`."""
    if refused := _refuse(order, world):
        return await with_session_ended(refused, world)
    if not _is_of(order, application_id):
        return await find_application(order, actor, world)
    return await _at_service(order, actor, world, lambda each: each.agree(application_id))


def _is_of(order: Order, application_id: str) -> bool:
    """Whether an id that a browser has sent names an application for this order."""
    return application_id.partition("-")[0] == order.order_id.hex


def _refuse(order: Order, world: World) -> Refused | None:
    refusal = refuse_payment(order, world.clock.now())
    if isinstance(refusal, Refused):
        return refusal
    return Refused(Refusal.BUSY, "the bank is being asked", order) if refusal else None


async def _at_service(order: Order, actor: Actor, world: World, ask: "Ask") -> Result:
    """What the service answers; its refusal of the payer becomes a failed attempt."""
    merchant = await world.merchants.get(order.merchant_id)
    rule = why_not_offered(WAY, order, merchant, world.ways)
    if rule or world.parts is None:
        rule = rule or f"{WAY} has no service at this gateway"
        return Refused(Refusal.PARAMETER_INVALID, rule, order, parameter="paymentWay")
    try:
        found = await ask(world.parts)
        if found is None:  # a new application has replaced this one meanwhile
            found = await world.parts.application(order.order_id)
    except BnplUnavailableError as error:
        return Refused(Refusal.SYSTEM_ERROR, str(error), order)
    if found is None or found.step is not ApplicationStep.REFUSED:
        return Applied(order, found)
    recorded = await _record_refusal(order, found, actor, world)
    return Applied(recorded.order, found) if isinstance(recorded, Ended) else recorded


async def _record_refusal(
    order: Order, application: Application, actor: Actor, world: World
) -> Ended | Refused:
    request = AttemptRequest(
        payment_way=WAY,
        payer_ip=actor.ip or None,
        details={APPLICATION: application.application_id},
    )

    def decide(order: Order, now: datetime) -> Decision:
        if any(_belongs_to(application, each.details) for each in order.payments):
            return Unchanged(order)
        return decide_failure(order, request, application.action_code, now)

    key = OrderKey(order.merchant_id, order.order_id)
    return ended(await perform(decide, key, world=world, actor=actor, loaded=order))


def _belongs_to(application: Application, details: Mapping[str, str]) -> bool:
    return details.get(APPLICATION) == application.application_id


Ask = Callable[[PartsService], Awaitable[Application | None]]
