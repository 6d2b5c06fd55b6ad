"""Why a card is refused before an attempt is made with it."""

from dataclasses import replace
from typing import Final

from altyn.domain.card.values import Cvc, Expiry, Pan, is_maestro
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import to_moscow
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import refuse_way
from altyn.operations.paying.card.external_mpi import refuse_foreign_mpi
from altyn.operations.paying.card.plan import automatic
from altyn.operations.paying.card.steps import PayByCard, Step
from altyn.operations.paying.decisions import refuse_other_binding, refuse_payment
from altyn.operations.paying.steps import Ended
from altyn.operations.ports import World
from altyn.protocol.payment_ways import PaymentWay

NO_PAYER: Final = "no payer was sent to the ACS"
CHOOSE_AT_FORM_URL: Final = "send the payer to formUrl, to the ways that can pay"


def refuse_missing_cvc(
    pan: Pan,
    cvc: Cvc | None,
    merchant: Merchant,
    order: Order | None,
    *,
    stored: bool = False,
) -> Refused | None:
    """CVC_INVALID for a card that needs its CVC and comes without (payment-page.md §3.2).

    An automatic payment needs none, nor a stored card of a merchant who may leave it out. `order`
    is None when there is no such order.
    """
    if cvc is not None or is_maestro(pan) or merchant.may(Permission.SSL_WITHOUT_CVC):
        return None
    if stored and merchant.may(Permission.BINDING_WITHOUT_CVC):
        return None
    if order is not None and automatic(order, merchant):
        return None
    return Refused(Refusal.CVC_INVALID, "this card needs its CVC", parameter="cvc")


def has_cvc(command: PayByCard, merchant: Merchant) -> bool:
    """Whether the payment counts as one with a CVC: it has one, or may leave it out."""
    may_lack = command.binding_id is not None and merchant.may(Permission.BINDING_WITHOUT_CVC)
    return command.cvc is not None or may_lack


def refuse_without_cvc(
    command: PayByCard, merchant: Merchant, order: Order | None
) -> Refused | None:
    """`refuse_missing_cvc` for the card of a payment; one that is recurring, or by mail or
    telephone, needs no CVC."""
    if command.agreed_as or command.payment_way is PaymentWay.CARD_MOTO:
        return None
    stored = command.binding_id is not None
    return refuse_missing_cvc(command.pan, command.cvc, merchant, order, stored=stored)


def refuse_payment_by_card(
    command: PayByCard, order: Order | None, merchant: Merchant, world: World
) -> Refused | None:
    """Why no attempt is made to pay this order with this card; None when one is made.

    Refuses: ACCESS_DENIED (`refuse_foreign_mpi`), CVC_INVALID (the card needs one), ORDER_UNKNOWN
    (there is no order), what `refuse_payment` refuses, PARAMETER_INVALID (the shop or the order
    does not allow the way), BINDING_REQUIRED, PAN_NOT_A_TEST_CARD (sandbox), CARD_EXPIRED.
    """
    if refused := refuse_foreign_mpi(command, merchant):
        return refused
    if refused := refuse_without_cvc(command, merchant, order):
        return refused
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {command.key.order_id}")
    refusal = refuse_payment(order, world.clock.now())
    if isinstance(refusal, Refused):
        return refusal
    if refused := refuse_way(command.payment_way, order, merchant):
        return replace(refused, rule=f"{refused.rule}; {CHOOSE_AT_FORM_URL}")
    if refused := refuse_other_binding(order, command.binding_id):
        return refused
    refused = refuse_card(command.pan, command.expiry, world)
    return replace(refused, order=order) if refused else None


def refuse_card(pan: Pan, expiry: Expiry, world: World) -> Refused | None:
    """Why no attempt is made with this card: no test card, or its last month is over."""
    checks = world.card.checks
    if refused := checks.refusal_of(pan):
        return refused
    if checks.expired(pan, expiry, to_moscow(world.clock.now()).date()):
        rule = f"the card was valid until the end of {expiry.text} (Moscow time)"
        return Refused(Refusal.CARD_EXPIRED, rule, parameter="expiry")
    return None


def ended_or_unknown(order: Order, server_trans_id: str | None = None) -> Step:
    """A finish of 3-D Secure without an attempt to finish: the order as it is, after a replay.

    Refuses: AUTHENTICATION_UNKNOWN (no payer was sent to the ACS, or not with this transaction).
    """
    if order.payments and not server_trans_id:
        return Ended(order)
    rule = f"no transaction {server_trans_id} of this order" if server_trans_id else NO_PAYER
    return Refused(Refusal.AUTHENTICATION_UNKNOWN, rule, order)
