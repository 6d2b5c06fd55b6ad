"""Which ways can pay an order: the one answer for its registration and for its payment page.

Source: payment-page.md §8; bnpl.md §3, §4; sberpay.md §3, §5; rest-orders.md §5.3.
"""

from dataclasses import dataclass

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.operations.paying.allowed import allows_way, why_not_allowed
from altyn.operations.paying.ways import PaymentWays, WayToPay
from altyn.protocol.payment_ways import PaymentWay


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleWays:
    """The ways that can pay an order.

    `card`: a card that the payer types. `stored_card`: a stored card of the order's client.
    `tiles` are the ways with a tile; one of them may be paused for a while.
    """

    card: bool
    stored_card: bool
    tiles: tuple[WayToPay, ...] = ()

    @property
    def by_card(self) -> bool:
        """Whether a card can pay, typed or stored."""
        return self.card or self.stored_card

    def __bool__(self) -> bool:
        return self.by_card or bool(self.tiles)

    def open_now(self, merchant: Merchant) -> tuple[WayToPay, ...]:
        """The other ways that are not paused."""
        return tuple(each for each in self.tiles if not each.is_paused(merchant))


def possible_ways(
    order: Order, merchant: Merchant, ways: PaymentWays, *, has_stored_card: bool
) -> PossibleWays:
    """The ways that can pay the order. An order that names its stored card has no other way.

    `has_stored_card`: the client of the order has one that may pay it (`cards_of_payer`).
    """
    return PossibleWays(
        card=allows_way(PaymentWay.CARD, order, merchant) and order.request.binding_id is None,
        stored_card=has_stored_card and may_use_stored_card(order, merchant),
        tiles=tuple(
            each
            for each in ways.suitable(order, merchant)
            if each.refuse_order(order, merchant) is None
        ),
    )


def why_not_offered(name: str, order: Order, merchant: Merchant, ways: PaymentWays) -> str | None:
    """Why the payer of an order cannot choose this way now; None when the payer can.

    The reason is for a shop and its developers, and begins with the way's name. The card (CARD) is
    one that the payer types.
    """
    reason = _obstacle(name, order, merchant, ways)
    return reason and f"{name} {reason}"


def _obstacle(name: str, order: Order, merchant: Merchant, ways: PaymentWays) -> str | None:
    """The reason of `why_not_offered`, as a predicate of the way's name."""
    if reason := why_not_allowed(name, order, merchant):
        return reason
    if order.request.binding_id is not None:
        return "cannot pay an order that names its stored card (bindingId)"
    if name == PaymentWay.CARD:
        return None
    way = ways.find(name)
    if way is None or way.refuse is None:
        return "is not a way of the payment page of this gateway"
    if order.checks_card_only:
        return "cannot check a card (features=VERIFY)"
    if refused := way.refuse_order(order, merchant):
        return f"cannot pay this order: {refused.rule}"
    if way.is_paused(merchant):
        return "is under maintenance: offer another way, or try again later"
    return None


def may_use_stored_card(order: Order, merchant: Merchant) -> bool:
    """Whether a stored card of the order's client may pay, if the client has one."""
    return (
        bool(order.request.client_id)
        and merchant.may(Permission.BINDINGS)
        and allows_way(PaymentWay.CARD_BINDING, order, merchant)
    )
