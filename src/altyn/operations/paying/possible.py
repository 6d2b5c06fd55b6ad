"""Which ways can pay an order: the one answer for its registration and for its payment page.

Source: payment-page.md §8; bnpl.md §3, §4; sberpay.md §3, §5; rest-orders.md §5.3.
"""

from dataclasses import dataclass

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.operations.paying.allowed import allows_way
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


def may_use_stored_card(order: Order, merchant: Merchant) -> bool:
    """Whether a stored card of the order's client may pay, if the client has one."""
    return (
        bool(order.request.client_id)
        and merchant.may(Permission.BINDINGS)
        and allows_way(PaymentWay.CARD_BINDING, order, merchant)
    )
