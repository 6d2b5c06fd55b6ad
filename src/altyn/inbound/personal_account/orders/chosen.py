"""What a user types before an action: an amount, or quantities of the cart's positions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from altyn.domain.cart.numbers import product_minor
from altyn.domain.cart.values import Position
from altyn.domain.money import CURRENCIES
from altyn.domain.order import Order
from altyn.inbound.web.amounts import minor_units, typed_number

AMOUNT: Final = "amount"
QUANTITY: Final = "quantity-"
"""With the number of a position: how much of it."""

QUANTITY_DIGITS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice: `amount_minor` and, for an order with a cart, the positions.

    `texts` are the fields as they were typed; `faults` names the fields that cannot be read,
    `items` for a choice of no position.
    """

    amount_minor: int = 0
    items: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()


def read_amount(texts: Mapping[str, str], order: Order) -> Chosen:
    """The typed amount, in minor units of the order's currency."""
    sent = {AMOUNT: texts.get(AMOUNT, "").strip()}
    minor = minor_units(sent[AMOUNT], CURRENCIES[order.currency].exponent)
    if not minor:
        return Chosen(texts=sent, faults=frozenset({AMOUNT}))
    return Chosen(amount_minor=minor, texts=sent)


def read_quantities(texts: Mapping[str, str], positions: Sequence[Position]) -> Chosen:
    """The typed quantities as a parameter of the API, with the sum of the chosen positions.

    A position without a quantity is not chosen.
    """
    sent = {
        f"{QUANTITY}{n}": texts.get(f"{QUANTITY}{n}", "").strip() for n in range(len(positions))
    }
    items, faults, total = [], set[str](), 0
    for (name, text), position in zip(sent.items(), positions, strict=True):
        number = typed_number(text, QUANTITY_DIGITS) if text else Decimal(0)
        thousandths = -1 if number is None else int(number * 1000)
        if not 0 <= thousandths <= position.quantity.thousandths:
            faults.add(name)
        elif thousandths:
            amount = _amount_of(position, thousandths)
            total += amount
            items.append(_item(position, number, amount))
    if not items and not faults:
        faults.add("items")
    return Chosen(
        amount_minor=total,
        items=json.dumps({"items": items}, ensure_ascii=False),
        texts=sent,
        faults=frozenset(faults),
    )


def _item(position: Position, quantity: Decimal | None, amount_minor: int) -> dict[str, object]:
    return {
        "positionId": position.position_id,
        "quantity": {"value": f"{quantity}"},
        "itemAmount": amount_minor,
    }


def _amount_of(position: Position, thousandths: int) -> int:
    """All that is left of it has its amount; a part has price × quantity."""
    if thousandths == position.quantity.thousandths:
        return position.amount_minor
    if position.price_minor is not None:
        return min(position.amount_minor, product_minor(position.price_minor, thousandths))
    return position.amount_minor * thousandths // position.quantity.thousandths
