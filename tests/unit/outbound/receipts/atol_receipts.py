"""Receipts of a shop that uses ATOL Online, for the tests of this folder."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from altyn.domain.cart.values import Quantity
from altyn.domain.merchant import Merchant
from altyn.domain.receipt.settings import FfdVersion, FiscalProvider, FiscalSettings
from altyn.domain.receipt.values import Receipt, ReceiptContent, ReceiptKind, ReceiptLine
from altyn.outbound.receipts.atol.account import Account
from tests.atol_server import GROUP, INN, LOGIN, PASSWORD
from tests.builders import ORDER_ID, a_merchant

MADE_AT: Final = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ACCOUNT: Final = Account(
    login=LOGIN,
    password=PASSWORD,
    group=GROUP,
    inn=INN,
    payment_address="https://shop.example",
    company_email="shop@shop.example",
)
SETTINGS: Final = FiscalSettings(
    provider=FiscalProvider.ATOL,
    login=LOGIN,
    password="sealed",
    group=GROUP,
    inn=INN,
    payment_address="https://shop.example",
    company_email="shop@shop.example",
)


def a_line(**changes: Any) -> ReceiptLine:
    """Six packets of tea for 33.34 roubles each."""
    tea = ReceiptLine(
        name="Чай", quantity=Quantity(6000, "шт."), price_minor=3334, amount_minor=20004, tax_type=6
    )
    return replace(tea, **changes)


def a_receipt(
    *lines: ReceiptLine,
    ffd: FfdVersion = FfdVersion.V1_2,
    kind: ReceiptKind = ReceiptKind.PAYMENT,
    **content: Any,
) -> Receipt:
    """A receipt that goes to payer@shop.example; `content` are changes of its content."""
    made = ReceiptContent(
        lines=lines or (a_line(),), currency="643", ffd=ffd, email="payer@shop.example"
    )
    return Receipt(
        merchant_id=1,
        order_id=ORDER_ID,
        version=3,
        kind=kind,
        content=replace(made, **content),
        created_at=MADE_AT,
        provider=FiscalProvider.ATOL,
    )


def a_shop(**settings: Any) -> Merchant:
    """A shop with all settings that the provider needs."""
    return a_merchant(fiscal=replace(SETTINGS, **settings))
