"""The text of a receipt's QR code, in the tax service's form."""

from datetime import UTC, datetime

import pytest

from altyn.domain.receipt.qr import qr_text
from altyn.domain.receipt.values import FiscalData, ReceiptKind

FISCAL = FiscalData(
    registered_at=datetime(2026, 11, 26, 22, 5, 59, tzinfo=UTC),
    fn_number="9999078900000001",
    ecr_registration_number="0000000000000001",
    document_number=17,
    document_attribute="0123456789",
    shift_number=2,
    receipt_number=3,
    amount_minor=40004,
)


@pytest.mark.parametrize(
    ("kind", "operation"),
    [(ReceiptKind.PAYMENT, 1), (ReceiptKind.CLOSING, 1), (ReceiptKind.REFUND, 2)],
)
def test_text_has_time_sum_drive_document_sign_and_operation(
    kind: ReceiptKind, operation: int
) -> None:
    assert qr_text(FISCAL, kind) == (
        f"t=20261127T0105&s=400.04&fn=9999078900000001&i=17&fp=0123456789&n={operation}"
    )
