"""A receipt that the shop's own cash register has made, kept with the order.

Source: fiscal.md §11 (externalReceipt.do).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from altyn.domain.history import HistoryEvent
from altyn.domain.order import Order
from altyn.domain.receipt.contact import RECEIPT_CURRENCY
from altyn.domain.receipt.values import (
    FiscalData,
    Receipt,
    ReceiptContent,
    ReceiptKind,
    ReceiptMade,
    ReceiptState,
)
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Decision, Refused, Unchanged, accept

EXTERNAL: str = "external"
"""The provider of such a receipt: the shop itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalReceipt:
    """What the shop's cash register has said."""

    kind: ReceiptKind
    fiscal: FiscalData


def decide_external(
    order: Order, command: ExternalReceipt, known: Sequence[Receipt], now: datetime
) -> Decision:
    """Keep a receipt of the shop's own cash register. `known` are the receipts of the order.

    Unchanged: the document of this fiscal drive is known. Refuses: WRONG_STATUS (no money was ever
    deposited), ACCESS_DENIED (the order is not in roubles).
    """
    fiscal = command.fiscal
    if order.deposited_at is None:
        return Refused(Refusal.WRONG_STATUS, f"a receipt needs a deposit, order is {order.status}")
    if order.currency != RECEIPT_CURRENCY:
        return Refused(Refusal.ACCESS_DENIED, "receipts are in roubles (currency 643)")
    if any(_is_same(each.fiscal, fiscal) for each in known):
        return Unchanged(order)
    receipt = Receipt(
        merchant_id=order.merchant_id,
        order_id=order.order_id,
        version=order.version + 1,
        kind=command.kind,
        content=ReceiptContent(lines=(), currency=order.currency),
        created_at=now,
        provider=EXTERNAL,
        state=ReceiptState.DELIVERED,
        fiscal=fiscal,
    )
    detail = {"fn_number": fiscal.fn_number, "document_number": fiscal.document_number}
    return accept(
        order, HistoryEvent.RECEIPT_RECEIVED, now, effects=(ReceiptMade(receipt),), detail=detail
    )


def _is_same(known: FiscalData | None, sent: FiscalData) -> bool:
    return known is not None and (
        (known.fn_number, known.document_number) == (sent.fn_number, sent.document_number)
    )
