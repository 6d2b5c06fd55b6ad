"""Begin the payment in the bank's app (SberPay) that a registration has asked for.

Source: sberpay.md §2, §4.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.notes import Note
from altyn.domain.order import AttemptState, Order
from altyn.domain.refusals import Refusal
from altyn.domain.sberpay import app_link, invoice_id_of
from altyn.operations.app_request import WAY, AppRequest
from altyn.operations.decisions import Decision, Refused, Unchanged
from altyn.operations.paying.allowed import allows_way
from altyn.operations.paying.decisions import AttemptRequest, begin_attempt
from altyn.operations.perform import perform_and_ask
from altyn.operations.ports import Actor, OrderKey, Overloaded, ResultUnknown, World
from altyn.operations.results import AppInvoice, Registered

NO_INVOICE: Final[Mapping[AttemptState | None, str]] = MappingProxyType(
    {
        AttemptState.NOT_SENT: "the bank cannot be reached, so the payer needs formUrl",
        AttemptState.UNKNOWN: "the bank has not answered, so the payer may need formUrl",
        AttemptState.DECLINED: "the bank has declined at once, so the payer needs formUrl",
        None: "the payment could not be begun, so the payer needs formUrl",
    }
)
"""Why an order has no invoice that its payer can confirm, for the developer of the shop."""

MAINTENANCE: Final = "nothing was sent to the bank: setting sberpay.inactive is on"
OVER: Final = "nothing was sent to the bank: the session of the order is over"
UNREACHABLE: Final = frozenset({AttemptState.NOT_SENT, AttemptState.UNKNOWN, None})
"""States in which the bank cannot show the invoice, as far as the gateway can tell."""


def refuse_without_way(
    request: AppRequest, order: Order, merchant: Merchant, world: World
) -> Refused | None:
    """Why the new order cannot be paid in the bank's app; None when it can, or need not be.

    Refuses: ACCESS_DENIED (this gateway has no bank whose app takes payments), PARAMETER_INVALID
    (the order's own list of ways leaves it out). Source: sberpay.md §3; payment-page.md §8.
    """
    if not request.asked:
        return None
    if world.ways.find(WAY) is None:
        return Refused(Refusal.ACCESS_DENIED, "this gateway has no connector of SberPay")
    if not allows_way(WAY, order, merchant):
        rule = f"leaves out {WAY}, by which app2app and back2app pay: add it, or leave out the list"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="allowed_ways")
    return None


async def begin_in_app(
    order: Order, request: AppRequest, *, merchant: Merchant, world: World, actor: Actor
) -> Registered:
    """Send the invoice of a new order to the payer's phone, or make it ready for the bank's app.

    The order is registered whatever becomes of the invoice: the payer may pay at formUrl, and a
    lost answer of the bank is inquired about. While the bank's app is under maintenance nothing is
    sent. Source: sberpay.md §2, §4, §5.
    """
    if merchant.settings.sberpay.inactive:
        return _registered(order, request, merchant, inactive=True, why_not=MAINTENANCE)
    if world.clock.now() >= order.expires_at:
        return _registered(order, request, merchant, inactive=False, why_not=OVER)
    state = await _begin(order, request, world, actor)
    why_not = NO_INVOICE.get(state, "")
    return _registered(order, request, merchant, inactive=state in UNREACHABLE, why_not=why_not)


async def _begin(
    order: Order, request: AppRequest, world: World, actor: Actor
) -> AttemptState | None:
    """The state of the order's first attempt; None when it is not known whether it was begun."""
    key = OrderKey(order.merchant_id, order.order_id)

    def decide(order: Order, now: datetime) -> Decision:
        if order.payments or not order.payable or now >= order.expires_at:
            return Unchanged(order)
        return begin_attempt(order, AttemptRequest(payment_way=WAY), now)

    try:
        decision = await perform_and_ask(
            decide, key, world=world, actor=actor, details=request.details, loaded=order
        )
    except (Overloaded, ResultUnknown):  # the order is saved, and the shop has to get its number
        return None
    if isinstance(decision, Refused) or not decision.order.payments:
        return None
    return decision.order.payments[0].state


def _registered(
    order: Order, request: AppRequest, merchant: Merchant, *, inactive: bool, why_not: str
) -> Registered:
    link = app_link(order.order_id, from_page=False)
    invoice = AppInvoice(
        invoice_id=invoice_id_of(order.order_id),
        deep_link=link if request.app2app and not why_not else None,
        inactive=inactive if merchant.may(Permission.SBOL_INACTIVE) else None,
    )
    parameter = "app2app" if request.app2app else "back2app"
    notes = (Note(parameter, why_not),) if why_not else ()
    return Registered(order, notes, invoice)
