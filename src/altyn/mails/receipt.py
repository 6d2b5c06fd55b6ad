"""The mail with a fiscal receipt: sent when the cash register has registered it.

Source: fiscal.md §1 (receipt address), §9.
"""

from collections.abc import Iterator
from typing import Final, Protocol
from uuid import UUID

import segno

from altyn.domain.language import text_language
from altyn.domain.mail import Mail
from altyn.domain.merchant import Merchant
from altyn.domain.money import CURRENCIES, Money
from altyn.domain.order import Order
from altyn.domain.receipt.qr import qr_text
from altyn.domain.receipt.values import FiscalData, Receipt, ReceiptState
from altyn.look import amount_text, date_text
from altyn.look.cart_words import tax_text
from altyn.look.receipt_words import kind_name, text
from altyn.mails.order_facts import Orders
from altyn.mails.rendering import Fact, render_html, render_text
from altyn.operations.mails import MailRequest, NotNeeded, NotReady
from altyn.operations.ports import OrderKey

QR_SCALE: Final = 4


class Receipts(Protocol):
    """Loads a receipt; None when there is none."""

    async def by_id(self, merchant_id: int, receipt_id: UUID) -> Receipt | None: ...


class ReceiptMail:
    """Implements the port `MailTemplate` for the reason `receipt`.

    `base_url` is the gateway's own address, for the link to the receipt's page; empty when it is
    not known: then the mail has no link.
    """

    def __init__(self, receipts: Receipts, orders: Orders, base_url: str) -> None:
        self._receipts = receipts
        self._orders = orders
        self._base_url = base_url

    async def __call__(self, request: MailRequest) -> Mail | NotReady | NotNeeded:
        """The mail, in the language of the order; not before the receipt is registered."""
        merchant_id = request.merchant.merchant_id
        receipt = await self._receipts.by_id(merchant_id, UUID(request.parameters["receipt"]))
        order = await self._orders.load(OrderKey(merchant_id, request.order_id))
        if receipt is None or order is None:
            return NotNeeded("the receipt of this mail does not exist any more")
        if receipt.state is ReceiptState.SENT:
            return NotReady.for_a_while("the receipt is being registered", request)
        if receipt.fiscal is None:
            return NotNeeded(f"the receipt is not registered: {receipt.problem}")
        link = f"{self._base_url}{receipt.page_path}" if self._base_url else ""
        return receipt_mail(request, order, receipt, receipt.fiscal, link)


def receipt_mail(
    request: MailRequest, order: Order, receipt: Receipt, fiscal: FiscalData, link: str
) -> Mail:
    """The mail with a registered receipt; `link` is the address of its page, or empty."""
    merchant = request.merchant
    language = text_language(order.request.language, merchant.settings.default_language)
    amount = _amount(receipt, fiscal.amount_minor, language)
    kind, shop = text(kind_name(receipt.kind), language=language), merchant.name_in(language)
    title = f"{text('title', language=language)}. {kind}"
    lines = tuple(_lines(receipt, language))
    facts = tuple(_facts(order, receipt, fiscal, merchant, language))
    note = text("automatic", language=language)
    open_text = text("open", language=language)
    html = render_html(
        "receipt.html",
        language=language,
        title=title,
        amount=amount,
        lines=lines,
        facts=facts,
        note=note,
        link=f"{link}?language={language}" if link else "",
        open_text=open_text,
        qr=segno.make(qr_text(fiscal, receipt.kind)).png_data_uri(scale=QR_SCALE, border=2),
        qr_note=text("qr", language=language),
    )
    total = Fact(text("total", language=language), amount)
    more = (f"{open_text}: {link}",) if link else ()
    return Mail(
        reason=request.reason,
        order_id=order.order_id,
        order_number=order.order_number,
        to=request.to,
        subject=text("subject", language=language).format(kind=kind, amount=amount, shop=shop),
        text=render_text(title, (*lines, total, *facts), *more, note),
        html=html,
        from_name=shop,
    )


def _lines(receipt: Receipt, language: str) -> Iterator[Fact]:
    """The lines of the receipt: the name with its quantity, and the amount."""
    for line in receipt.content.lines:
        yield Fact(f"{line.name} × {line.quantity}", _amount(receipt, line.amount_minor, language))


def _facts(
    order: Order, receipt: Receipt, fiscal: FiscalData, merchant: Merchant, language: str
) -> Iterator[Fact]:
    for code, minor in receipt.content.vat_by_type().items():
        name = f"{text('vat', language=language)} {tax_text(code, language)}"
        yield Fact(name, _amount(receipt, minor, language))
    values = {
        "shop": merchant.name_in(language),
        "inn": merchant.settings.fiscal.inn,
        "order": order.order_number,
        "time": date_text(fiscal.registered_at, language),
        "ecr": fiscal.ecr_registration_number,
        "fn": fiscal.fn_number,
        "document": str(fiscal.document_number),
        "sign": fiscal.document_attribute,
        "site": fiscal.fns_site,
    }
    for name, value in values.items():
        if value:
            yield Fact(text(name, language=language), value)


def _amount(receipt: Receipt, minor: int, language: str) -> str:
    return amount_text(Money(minor, CURRENCIES[receipt.content.currency]), language)
