"""The ways to pay that a gateway has, each with its connector."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.connector import Connector
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import allows_way

ReadDetails = Callable[[Mapping[str, str]], object | Refused]
RefuseOrder = Callable[[Order, Merchant], Refused | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayToPay:
    """One way to pay, under the name that `paymentWay` has on the wire.

    `read_details` makes the typed value that `begin` needs from the fields that the payer sent.
    `refuse` returns why the payer of an order can never choose it on the payment page, and None
    where the payer can; it is not called for an order that checks a card (VERIFY) or names a stored
    card. `paused` returns whether it is closed for a while. The card has none of them: it has a
    form of its own.
    """

    name: str
    connector: Connector
    read_details: ReadDetails | None = None
    refuse: RefuseOrder | None = None
    paused: Callable[[Merchant], bool] | None = None

    def is_paused(self, merchant: Merchant) -> bool:
        """Whether the way is closed for a while, for all orders of the merchant."""
        return self.paused is not None and self.paused(merchant)

    def suits(self, order: Order, merchant: Merchant) -> bool:
        """Whether the page has this way, and the lists of shop and order have it too."""
        for_card_only = order.checks_card_only or order.request.binding_id is not None
        if self.refuse is None or for_card_only:
            return False
        return allows_way(self.name, order, merchant)

    def refuse_order(self, order: Order, merchant: Merchant) -> Refused | None:
        """Why a way that suits the order cannot pay it all the same: its sum, its currency."""
        return self.refuse(order, merchant) if self.refuse else None


class PaymentWays:
    """All ways of a gateway by name. A name that is not registered is a bug (KeyError).

    Raises ValueError for two ways of one name.
    """

    def __init__(self, ways: Sequence[WayToPay]) -> None:
        self._by_name = {way.name: way for way in ways}
        if len(self._by_name) != len(ways):
            names = ", ".join(way.name for way in ways)
            raise ValueError(f"each way to pay needs a name of its own: {names}")

    def connector(self, name: str) -> Connector:
        """The connector that took, or is to take, a payment of this way."""
        return self._by_name[name].connector

    def find(self, name: str) -> WayToPay | None:
        """The way of this name."""
        return self._by_name.get(name)

    def suitable(self, order: Order, merchant: Merchant) -> tuple[WayToPay, ...]:
        """The ways, other than the card, that shop and order allow, whether they can pay or not."""
        return tuple(way for way in self._by_name.values() if way.suits(order, merchant))
