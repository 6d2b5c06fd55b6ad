"""A fiscal receipt: what it contains, how far it is, and what the fiscal provider answered.

Pure values. Amounts are minor units of the order's currency, quantities thousandths of their
measure; times are aware UTC. Source: fiscal.md §9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from altyn.domain.cart.codes import FULL_PREPAYMENT, GOODS, TAX_TYPES
from altyn.domain.cart.values import NO_CUSTOMER, Customer, Quantity
from altyn.domain.receipt.settings import FfdVersion

RECEIPT: Final = "receipt"
"""The kind of the effect, and of its rows in the outbox."""


class ReceiptKind(StrEnum):
    """What a receipt is about. Source: fiscal.md §1, §9, §10, §11."""

    PAYMENT = "payment"
    REFUND = "refund"
    CLOSING = "closing"  # the goods of a prepayment are handed over
    EXTERNAL_PAYMENT = "external_payment"  # made by the shop's own cash register
    EXTERNAL_REFUND = "external_refund"
    EXTERNAL_CORRECTION = "external_correction"

    @property
    def is_external(self) -> bool:
        """Whether the shop's own cash register has made it: only what was sent of it is known."""
        return self in {
            ReceiptKind.EXTERNAL_PAYMENT,
            ReceiptKind.EXTERNAL_REFUND,
            ReceiptKind.EXTERNAL_CORRECTION,
        }

    @property
    def returns_money(self) -> bool:
        """Whether the receipt is about money that goes back to the payer."""
        return self in {ReceiptKind.REFUND, ReceiptKind.EXTERNAL_REFUND}


class ReceiptState(StrEnum):
    """How far a receipt is. A failed one is not sent again without a request."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line of a receipt. `price_minor` is the price of one unit of the measure.

    `tax_type`, `payment_method` and `payment_object` are codes of fiscal.md §4; `attributes` are
    the fiscal attributes of the cart's position, as the shop has sent them. `of_settings` are the
    fields that the shop's settings have filled.
    """

    name: str
    quantity: Quantity
    price_minor: int
    amount_minor: int
    tax_type: int = 0
    payment_method: int = FULL_PREPAYMENT
    payment_object: int = GOODS
    item_code: str = ""
    position_id: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)
    of_settings: tuple[str, ...] = ()

    @property
    def vat_minor(self) -> int:
        """The VAT inside the amount."""
        return TAX_TYPES[self.tax_type].vat_minor(self.amount_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptContent:
    """What a receipt says; it never changes once the receipt is made.

    `tax_system` is a code of fiscal.md §4.1. `email` or `phone` is where the payer gets it.
    `ofd_params` are the parameters of the whole receipt (fiscal.md §6). `named_tax_system` says
    that the shop has sent the taxation system. `replaces` is the id of the failed receipt in whose
    place this one is sent.
    """

    lines: tuple[ReceiptLine, ...]
    currency: str
    tax_system: int = 0
    ffd: FfdVersion = FfdVersion.V1_05
    email: str | None = None
    phone: str | None = None
    ofd_params: Mapping[str, str] = field(default_factory=dict)
    named_tax_system: bool = False
    replaces: UUID | None = None

    @property
    def amount_minor(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def vat_minor(self) -> int:
        """The VAT inside the sum: the sum of the lines' VAT."""
        return sum(line.vat_minor for line in self.lines)

    def vat_by_type(self) -> dict[int, int]:
        """The VAT by tax type, for the types that have a rate."""
        sums: dict[int, int] = {}
        for line in self.lines:
            if TAX_TYPES[line.tax_type].percent is not None:
                sums[line.tax_type] = sums.get(line.tax_type, 0) + line.vat_minor
        return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalData:
    """What a cash register and its operator (OFD) say of a registered receipt.

    `document_number` counts the documents of one fiscal drive (`fn_number`), `document_attribute`
    is the fiscal sign of the document. `receipt_number` counts within the shift.
    """

    registered_at: datetime
    fn_number: str
    ecr_registration_number: str
    document_number: int
    document_attribute: str
    shift_number: int
    receipt_number: int
    amount_minor: int
    serial_number: str = ""
    fns_site: str = ""
    ofd_receipt_url: str = ""
    ofd_name: str = ""
    ofd_site: str = ""
    ofd_inn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt of one version of an order. `receipt_id` is its id at the provider, too.

    `provider` is the name of the provider that it was made for. `provider_id` is the provider's own
    id, once it has given one. `problem` says why the receipt failed, or why the last try did.
    """

    merchant_id: int
    order_id: UUID
    version: int
    kind: ReceiptKind
    content: ReceiptContent
    created_at: datetime
    provider: str
    state: ReceiptState = ReceiptState.SENT
    provider_id: str | None = None
    fiscal: FiscalData | None = None
    problem: str | None = None

    @property
    def receipt_id(self) -> UUID:
        """The id under which the provider registers it once, however often it is sent."""
        return receipt_id_of(self.order_id, self.version)

    @property
    def page_path(self) -> str:
        """The path of the page that shows it."""
        return f"/receipts/{self.order_id}/{self.receipt_id}"


def receipt_id_of(order_id: UUID, version: int) -> UUID:
    """The id of the receipt of one version of an order; a version has one receipt at most."""
    return uuid5(order_id, f"receipt-{version}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDue:
    """An effect: a receipt is to be made, if the merchant has receipts.

    `attempt` is the number of the deposit, refund or reversal that it is about; `amount_minor` is
    the sum. `lines` are there where the request has named them itself; `own_cart` says that they
    are those of a cart of the request, so the registered cart says nothing of this receipt.
    `customer` is the customer of the request's cart, `ofd_params` are the parameters of the whole
    receipt that the request and its cart have named; they replace those of the registration.
    """

    receipt_kind: ReceiptKind
    amount_minor: int
    attempt: int | None = None
    lines: tuple[ReceiptLine, ...] = ()
    own_cart: bool = False
    customer: Customer = NO_CUSTOMER
    ofd_params: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The handler of receipts carries it out."""
        return RECEIPT


@dataclass(frozen=True, slots=True)
class ReceiptMade:
    """An effect: this receipt is saved with the change, and sent unless it is delivered already."""

    receipt: Receipt

    @property
    def kind(self) -> str:
        """The handler of receipts carries it out."""
        return RECEIPT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptUpdate:
    """What one attempt to have a receipt registered has found out. Saved with the outbox entry."""

    state: ReceiptState
    provider_id: str | None = None
    fiscal: FiscalData | None = None
