"""What every mail about an order says: the shop, the order, its description, and amounts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from altyn.domain.money import CURRENCIES, Money
from altyn.domain.order import Order
from altyn.look import Words, amount_text
from altyn.mails.rendering import Fact
from altyn.operations.ports import OrderKey

_NAMES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "shop": Words("Магазин", "Shop"),
        "order": Words("Заказ", "Order"),
        "description": Words("Описание", "Description"),
        "amount": Words("Сумма", "Amount"),
    }
)


class Orders(Protocol):
    """Loads an order; None when there is none."""

    async def load(self, key: OrderKey) -> Order | None: ...


def order_facts(order: Order, shop: str, moment: Fact, *, language: str) -> tuple[Fact, ...]:
    """The lines about an order, and the moment of the mail; a line without a value is left out."""
    facts = (
        _fact("shop", shop, language),
        _fact("order", order.order_number, language),
        _fact("description", order.request.description or "", language),
        moment,
    )
    return tuple(fact for fact in facts if fact.value)


def amount_fact(amount: str, *, language: str) -> Fact:
    """The line with the amount, which the HTML shows above the others."""
    return _fact("amount", amount, language)


def money_text(minor: int, order: Order, language: str) -> str:
    """An amount in minor units of the order's currency, with the sign of the currency."""
    return amount_text(Money(minor, CURRENCIES[order.currency]), language)


def _fact(key: str, value: str, language: str) -> Fact:
    return Fact(_NAMES[key].text(language), value)
