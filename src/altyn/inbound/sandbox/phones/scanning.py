"""A phone scans a QR code, or opens a link: an invoice in the bank's app, or a payment page.

Source: sberpay.md §1, §4; payment-page.md §1.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from altyn.domain.sberpay import BACK_URL_IN_LINK
from altyn.inbound.payment_page.page_order import find_page_order
from altyn.inbound.sandbox.phones.ports import PhoneServices
from altyn.inbound.sandbox.phones.refusals import PhoneRefusal, PhoneRefusedError
from altyn.protocol.bank_invoices import InvoiceState

PAYLOAD_MAX: Final = 2048
INVOICE_ID: Final = "bankInvoiceId"
ORDER_ID: Final = "mdOrder"


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the phone shows: a message to answer, or a page of this gateway to open."""

    message_id: UUID | None = None
    page: str = ""


async def scan(phone: str, payload: str, base_url: str, services: PhoneServices) -> Scanned:
    """Open what the payload names. `base_url` is an address of this gateway.

    Raises PhoneRefusedError: UNREADABLE_CODE, OTHER_SITE, NO_ORDER, NO_INVOICE, INVOICE_OVER,
    NO_APP.
    """
    text = payload.strip()
    try:
        parts = urlsplit(text)
        query = parse_qs(parts.query)
    except ValueError:
        raise PhoneRefusedError(PhoneRefusal.UNREADABLE_CODE) from None
    if len(text) > PAYLOAD_MAX or not parts.scheme or "\0" in unquote(text):
        raise PhoneRefusedError(PhoneRefusal.UNREADABLE_CODE)
    if parts.scheme in {"http", "https"}:
        order_id = query.get(ORDER_ID, [""])[0]
        await _check_page(parts.netloc, order_id, base_url, services)
        return Scanned(page=text)
    invoice_id = query.get(INVOICE_ID, [""])[0]
    if not invoice_id:
        raise PhoneRefusedError(PhoneRefusal.UNREADABLE_CODE)
    return_url = query.get(BACK_URL_IN_LINK, [""])[0]
    return Scanned(message_id=await _open_invoice(invoice_id, phone, return_url, services))


async def _check_page(host: str, order_id: str, base_url: str, services: PhoneServices) -> None:
    own = {urlsplit(each).netloc for each in (base_url, services.public_url or "")}
    if host not in own:
        raise PhoneRefusedError(PhoneRefusal.OTHER_SITE, host)
    if await find_page_order(order_id, services.world) is None:
        raise PhoneRefusedError(PhoneRefusal.NO_ORDER)


async def _open_invoice(
    invoice_id: str, phone: str, return_url: str, services: PhoneServices
) -> UUID:
    opened = await services.bank.open(invoice_id, phone, return_url)
    if opened is None:
        raise PhoneRefusedError(PhoneRefusal.NO_INVOICE, invoice_id)
    if opened.message_id is not None:
        return opened.message_id
    waits = opened.invoice.response.state is InvoiceState.WAITING
    raise PhoneRefusedError(PhoneRefusal.NO_APP if waits else PhoneRefusal.INVOICE_OVER)
