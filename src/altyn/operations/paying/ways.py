"""The ways to pay that a gateway has, each with its connector."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.connector import Connector
from altyn.operations.decisions import Refused
from altyn.operations.paying.allowed import allows_way

ReadDetails = Callable[[Mapping[str, str]], object | Refused]
Offered = Callable[[Order, Merchant], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayToPay:
    """One way to pay, under the name that `paymentWay` has on the wire.

    `read_details` makes the typed value that `begin` needs from the fields that the payer sent.
    `offered` returns whether the payer of this order may choose it on the payment page; it is never
    called for an order that checks a card (VERIFY) or names a stored card. The card has neither: it
    has a form of its own.
    """

    name: str
    connector: Connector
    read_details: ReadDetails | None = None
    offered: Offered | None = None

    def may_pay(self, order: Order, merchant: Merchant) -> bool:
        """Whether the payer of this order may choose this way on the payment page."""
        for_card_only = order.checks_card_only or order.request.binding_id is not None
        if self.offered is None or for_card_only or not allows_way(self.name, order, merchant):
            return False
        return self.offered(order, merchant)


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

    def offered(self, order: Order, merchant: Merchant) -> tuple[WayToPay, ...]:
        """The ways, other than the card, that the payer of this order may choose."""
        return tuple(way for way in self._by_name.values() if way.may_pay(order, merchant))
