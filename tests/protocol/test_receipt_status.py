"""The status of a receipt on the wire, for every kind and state. Source: fiscal.md §9."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest

from altyn.domain.receipt.values import Receipt, ReceiptContent, ReceiptKind, ReceiptState
from altyn.protocol.dialects.classic.receipt_view import receipt_status

FIRST: Final = {
    ReceiptKind.PAYMENT: 0,
    ReceiptKind.CLOSING: 0,
    ReceiptKind.EXTERNAL_PAYMENT: 0,
    ReceiptKind.REFUND: 3,
    ReceiptKind.EXTERNAL_REFUND: 3,
    ReceiptKind.EXTERNAL_CORRECTION: 6,
}
STATES: Final = (ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.FAILED)


@pytest.mark.parametrize("kind", ReceiptKind)
def test_sent_delivered_and_failed_are_three_numbers_of_the_kind(kind: ReceiptKind) -> None:
    found = [receipt_status(a_receipt(kind, state)) for state in STATES]
    assert found == [FIRST[kind], FIRST[kind] + 1, FIRST[kind] + 2]


def a_receipt(kind: ReceiptKind, state: ReceiptState) -> Receipt:
    return Receipt(
        merchant_id=7,
        order_id=UUID(int=1),
        version=2,
        kind=kind,
        content=ReceiptContent(lines=(), currency="643"),
        created_at=datetime(2026, 11, 27, tzinfo=UTC),
        provider="simulated",
        state=state,
    )
