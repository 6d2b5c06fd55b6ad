"""How getReceiptStatus.do shows receipts, by the version of the answer. Source: fiscal.md §9."""

from typing import Final

from altyn.domain.cart.codes import TAX_TYPES
from altyn.domain.merchant import Merchant
from altyn.domain.money import RUB, Money
from altyn.domain.order import Order
from altyn.domain.receipt.contact import is_fiscalised
from altyn.domain.receipt.content import kept_lines
from altyn.domain.receipt.settings import FiscalSettings
from altyn.domain.receipt.values import (
    FiscalData,
    Receipt,
    ReceiptKind,
    ReceiptLine,
    ReceiptState,
)
from altyn.operations.results import ReceiptsFound
from altyn.protocol.dialects.classic.status_fields import epoch_ms
from altyn.protocol.presentation import AnswerContext, Members, presents

_STATES: Final = (ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.FAILED)
_OF_REFUNDS: Final = 3
_OF_CORRECTIONS: Final = 6
CLOSE: Final = "close"

OFD_ID_SINCE: Final = 2
TYPE_SINCE: Final = 3
PARAMS_SINCE: Final = 4
CART_SINCE: Final = 5


def receipt_status(receipt: Receipt) -> int:
    """The status on the wire: 0 to 2 for payments, 3 to 5 for refunds, 6 to 8 for corrections."""
    place = _STATES.index(receipt.state)
    if receipt.kind is ReceiptKind.EXTERNAL_CORRECTION:
        return place + _OF_CORRECTIONS
    return place + _OF_REFUNDS if receipt.kind.returns_money else place


def _receipts(found: ReceiptsFound, context: AnswerContext) -> Members:
    settings = context.merchant.settings.fiscal
    numbers = (each.fiscal.ecr_registration_number for each in found.receipts if each.fiscal)
    register = next((number for number in numbers if number), None)
    return {
        "orderNumber": found.order.order_number,
        "orderId": str(found.order.order_id),
        **({"ecr_registration_number": register} if register else {}),
        "receipt": [
            _receipt(each, found.order, settings, context.base_url) for each in found.receipts
        ],
    }


def _receipt(receipt: Receipt, order: Order, settings: FiscalSettings, base_url: str) -> Members:
    version = settings.answer_version
    members: Members = {"receiptStatus": receipt_status(receipt), "uuid": str(receipt.receipt_id)}
    if version >= TYPE_SINCE:
        members["receiptType"] = CLOSE if receipt.kind is ReceiptKind.CLOSING else None
    fiscal = receipt.fiscal
    total = receipt.content.amount_minor if fiscal is None else fiscal.amount_minor
    members["amount_total"] = _roubles(total)
    if fiscal is not None:
        if version >= OFD_ID_SINCE and receipt.provider_id:
            members["original_ofd_uuid"] = receipt.provider_id
        of_register = _of_the_register(fiscal, page=f"{base_url}{receipt.page_path}")
        members |= _sent(of_register) if receipt.kind.is_external else of_register
    if receipt.kind.is_external:
        return members  # the gateway has not made it: it knows neither lines nor VAT nor format
    if version >= PARAMS_SINCE:
        members["ofdReceiptParams"] = {
            "vatAmount": _roubles(receipt.content.vat_minor),
            "ofdReceiptStatus": {"ffdVersion": receipt.content.ffd.value},
        }
    if version >= CART_SINCE:
        members["ofdOrderBundle"] = [_line(each) for each in _lines_left(receipt, order, settings)]
    return members


def _of_the_register(fiscal: FiscalData, *, page: str) -> Members:
    """What the cash register says; `page` is the gateway's own page of the receipt."""
    registered_at = epoch_ms(fiscal.registered_at)
    return {
        "shift_number": fiscal.shift_number,
        "fiscal_receipt_number": fiscal.receipt_number,
        "receipt_datetime": registered_at,
        "receipt_date_time": registered_at,
        "fn_number": fiscal.fn_number,
        "ecr_registration_number": fiscal.ecr_registration_number,
        "fiscal_document_number": fiscal.document_number,
        "fiscal_document_attribute": fiscal.document_attribute,
        "serial_number": fiscal.serial_number,
        "fnsSite": fiscal.fns_site,
        "ofd_receipt_url": fiscal.ofd_receipt_url or page,
        "OFD": {"name": fiscal.ofd_name, "website": fiscal.ofd_site, "inn": fiscal.ofd_inn},
    }


def _sent(members: Members) -> Members:
    """The members that a shop has sent of its own receipt: without empty texts and zeros."""
    kept = {
        name: _sent(value) if isinstance(value, dict) else value for name, value in members.items()
    }
    return {name: value for name, value in kept.items() if value not in ("", 0, {})}


def _lines_left(
    receipt: Receipt, order: Order, settings: FiscalSettings
) -> tuple[ReceiptLine, ...]:
    """The lines of a receipt; of a payment's those that were not returned."""
    of_payment = receipt.kind is ReceiptKind.PAYMENT
    if of_payment and order.left_minor != receipt.content.amount_minor:
        return kept_lines(order, settings)
    return receipt.content.lines


def _line(line: ReceiptLine) -> Members:
    return {
        "name": line.name,
        "itemAmount": line.amount_minor,
        "itemPrice": line.price_minor,
        "quantity": quantity_of(line),
        "taxType": TAX_TYPES[line.tax_type].name,
        "itemAttributes": attributes_of(line),
    }


def quantity_of(line: ReceiptLine) -> Members:
    """The quantity of a line with its measure."""
    return {"value": line.quantity.thousandths / 1000, "measure": line.quantity.measure}


def attributes_of(line: ReceiptLine) -> list[Members]:
    """The codes that every line of a receipt has."""
    return [
        {"name": "paymentMethod", "value": str(line.payment_method)},
        {"name": "paymentObject", "value": str(line.payment_object)},
    ]


def ofd_order_bundle(order: Order, merchant: Merchant) -> Members | None:
    """What was sold and not returned, in the shape of a cart, for the status of the order.

    None for an order without receipts, and where nothing is deposited or left.
    Source: rest-orders.md §4.2; fiscal.md §9.
    """
    if not is_fiscalised(order, merchant):
        return None
    lines = kept_lines(order, merchant.settings.fiscal)
    return {"cartItems": {"items": [_item(line) for line in lines]}} if lines else None


def _item(line: ReceiptLine) -> Members:
    item: Members = {"positionId": line.position_id, "name": line.name}
    item |= {"quantity": quantity_of(line), "itemAmount": line.amount_minor}
    item |= {"itemPrice": line.price_minor, "itemCode": line.item_code}
    item |= {"tax": {"taxType": line.tax_type}}
    item |= {"itemAttributes": {"attributes": attributes_of(line)}}
    return {name: value for name, value in item.items() if value != ""}


def _roubles(minor: int) -> str:
    """A sum as the receipt shows it: `100.00`."""
    return Money(minor, RUB).text()


RECEIPTS: Final = presents(ReceiptsFound, _receipts)
