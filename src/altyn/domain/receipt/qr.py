"""The text of the QR code on a fiscal receipt, in the form that the tax service's app reads.

Source: fiscal.md §9.
"""

from altyn.domain.money import RUB, Money
from altyn.domain.moscow import to_moscow
from altyn.domain.receipt.values import FiscalData, ReceiptKind


def qr_text(fiscal: FiscalData, kind: ReceiptKind) -> str:
    """The text: `t` time in Moscow, `s` sum, `fn` fiscal drive, `i` document, `fp` fiscal sign, `n`
    1 for a sale and 2 for a return."""
    moment = to_moscow(fiscal.registered_at)
    total = Money(fiscal.amount_minor, RUB).text()
    operation = 2 if kind.returns_money else 1
    return (
        f"t={moment:%Y%m%dT%H%M}&s={total}&fn={fiscal.fn_number}&i={fiscal.document_number}"
        f"&fp={fiscal.document_attribute}&n={operation}"
    )
