"""Why a card is refused before an attempt is made with it."""

from altyn.domain.card.values import Cvc, Pan, is_maestro
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import to_moscow
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.plan import automatic
from altyn.operations.paying.card.steps import PayByCard
from altyn.operations.ports import World


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
    """`refuse_missing_cvc` for the card of a payment; a recurring payment needs no CVC."""
    if command.recurring:
        return None
    stored = command.binding_id is not None
    return refuse_missing_cvc(command.pan, command.cvc, merchant, order, stored=stored)


def refuse_card(command: PayByCard, world: World) -> Refused | None:
    """Why no attempt is made with this card: no test card, or its last month is over."""
    checks, expiry = world.card.checks, command.expiry
    if refused := checks.refusal_of(command.pan):
        return refused
    if checks.expired(command.pan, expiry, to_moscow(world.clock.now()).date()):
        rule = f"the card was valid until the end of {expiry.text} (Moscow time)"
        return Refused(Refusal.CARD_EXPIRED, rule, parameter="expiry")
    return None
