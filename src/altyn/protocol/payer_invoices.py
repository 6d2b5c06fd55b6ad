"""Invoices of the bank's app as their payer's phone shows them.

Source: sberpay.md §2, §4.
"""

from dataclasses import dataclass
from uuid import UUID

from altyn.protocol.bank_invoices import InvoiceRequest, InvoiceResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as the bank has it: the request that brought it, and how far it is."""

    request: InvoiceRequest
    response: InvoiceResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedInvoice:
    """An invoice that a phone has opened by its link or QR code.

    `message_id` is the message on that phone; None when the invoice cannot be confirmed.
    """

    invoice: Invoice
    message_id: UUID | None
