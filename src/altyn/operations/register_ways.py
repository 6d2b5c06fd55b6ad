"""Refuse the registration of an order that none of its ways can pay.

The ways are those that the payment page offers (`possible_ways`), so that a registered order is
never one whose page has nothing to offer. Source: payment-page.md §8; bnpl.md §4; sberpay.md §3.
"""

from collections.abc import Iterator
from typing import Final, Protocol

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.app_request import AppRequest
from altyn.operations.bindings.of_order import cards_of_payer, refuse_binding
from altyn.operations.bindings.storing import NamesBinding
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import allows_way, own_ways, refuse_way
from altyn.operations.paying.bnpl.offer import FEATURE, takes_only_parts
from altyn.operations.paying.possible import may_use_stored_card, possible_ways
from altyn.operations.ports import World
from altyn.operations.register_for_app import refuse_without_way
from altyn.protocol.payment_ways import PaymentWay

WHAT_TO_DO: Final = "change that, or allow another way to pay"
_STORED: Final = PaymentWay.CARD_BINDING.value


class RegistersOrder(NamesBinding, Protocol):
    """The part of a registration that says how its order is paid."""

    @property
    def paid_by(self) -> str | None: ...


async def refuse_ways(
    command: RegistersOrder, app: AppRequest, order: Order, merchant: Merchant, world: World
) -> Refused | None:
    """Why no way can pay the new order; None when one can.

    An order that is paid by the same call (`paid_by`) needs that way only, and one that begins in
    the bank's app is paid there. A way that is paused for a while counts as possible.
    Refuses: as `refuse_without_way`, as `refuse_binding`, as `refuse_way`, then AMOUNT_INVALID,
    PARAMETER_INVALID, JSON_PARAMS_INVALID, FEATURES_INVALID, CLIENT_ID_EMPTY or ACCESS_DENIED for
    what keeps its ways from paying.
    """
    if refused := refuse_without_way(app, order, merchant, world):
        return refused
    if refused := await refuse_binding(command, merchant, world):
        return refused
    if command.paid_by is not None:
        return refuse_way(command.paid_by, order, merchant)
    if app.asked or await _is_payable(order, merchant, world):
        return None
    return _refusal(order, merchant, world)


async def _is_payable(order: Order, merchant: Merchant, world: World) -> bool:
    """Stored cards are looked up only where no other way is left."""
    named = order.request.binding_id is not None  # `refuse_binding` has found it
    if possible_ways(order, merchant, world.ways, has_stored_card=named):
        return True
    if not may_use_stored_card(order, merchant):
        return False
    return bool(await cards_of_payer(order, merchant, world))


def _refusal(order: Order, merchant: Merchant, world: World) -> Refused:
    """The refusal that names what the shop can change."""
    found = tuple(_obstacles(order, merchant, world))
    if not found:
        return _nothing_left(order, merchant, world)
    rule = f"{'; '.join(f'{way}: {each.rule}' for way, each in found)}; {WHAT_TO_DO}"
    kinds = {(each.refusal, each.parameter) for _, each in found}
    refusal, parameter = found[0][1].refusal, found[0][1].parameter
    if own_ways(order) and (len(kinds) > 1 or refusal is Refusal.ACCESS_DENIED):
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="allowed_ways")
    return Refused(refusal, rule, parameter=parameter)


def _obstacles(order: Order, merchant: Merchant, world: World) -> Iterator[tuple[str, Refused]]:
    """Each way that shop and order allow, and what keeps it from paying."""
    for way in world.ways.suitable(order, merchant):
        if refused := way.refuse_order(order, merchant):
            yield way.name, refused
    if allows_way(_STORED, order, merchant):
        yield _STORED, _without_stored_card(order, merchant)


def _without_stored_card(order: Order, merchant: Merchant) -> Refused:
    if not merchant.may(Permission.BINDINGS):
        return Refused(Refusal.ACCESS_DENIED, "permission bindings is off")
    if not order.request.client_id:
        rule = "a stored card belongs to a client: send clientId"
        return Refused(Refusal.CLIENT_ID_EMPTY, rule, parameter="client_id")
    rule = "this client has no stored card that may pay"
    return Refused(Refusal.PARAMETER_INVALID, rule, parameter="client_id")


def _nothing_left(order: Order, merchant: Merchant, world: World) -> Refused:
    """The lists of shop and order, and what the order is for, exclude each other."""
    because = ", ".join(_bounds(order, merchant, world))
    if own := own_ways(order):
        rule = f"{','.join(own)}: none of these can pay this order ({because}); {WHAT_TO_DO}"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="allowed_ways")
    rule = f"no way is left to pay this order ({because}); {WHAT_TO_DO}"
    if order.request.has(FEATURE) or order.checks_card_only:
        return Refused(Refusal.FEATURES_INVALID, rule, parameter="features")
    if order.request.binding_id is not None:
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="binding_id")
    return Refused(Refusal.ACCESS_DENIED, rule)


def _bounds(order: Order, merchant: Merchant, world: World) -> Iterator[str]:
    """What leaves ways out, besides the order's own list."""
    settings, request = merchant.settings, order.request
    if request.has(FEATURE):
        yield "features=BNPL is paid in parts only"
    elif takes_only_parts(order, merchant):
        yield "setting bnpl.only takes payments in parts only"
    if order.checks_card_only:
        yield "features=VERIFY checks a card"
    if request.binding_id is not None:
        yield "bindingId names the stored card that pays"
    if settings.allowed_payment_ways:
        yield f"setting allowed_payment_ways has {','.join(settings.allowed_payment_ways)}"
    if unserved := [name for name in own_ways(order) if world.ways.find(name) is None]:
        yield f"this gateway does not serve {','.join(unserved)}"
    if PaymentWay.CARD_MOTO in own_ways(order):
        yield f"{PaymentWay.CARD_MOTO} pays by motoPayment.do, which registers orders of its own"
