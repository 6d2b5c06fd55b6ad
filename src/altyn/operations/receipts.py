"""Receipts as effects of a change: what a decision asks for becomes the receipt that is saved."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from altyn.domain.effects import Effect
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.receipt.content import receipt_of
from altyn.domain.receipt.values import ReceiptDue, ReceiptMade


def made_effects(
    effects: Iterable[Effect], order: Order, merchant: Merchant, at: datetime
) -> Iterator[Effect]:
    """The effects, with the receipts made; those that this merchant does not have are left out.

    `order` is the order after the change, `at` the time of the change (UTC).
    """
    for effect in effects:
        if not isinstance(effect, ReceiptDue):
            yield effect
        elif receipt := receipt_of(effect, order, merchant, at):
            yield ReceiptMade(receipt)
