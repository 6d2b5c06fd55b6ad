"""The bank's number of an order's invoice, and the link that opens it in the bank's app.

Source: sberpay.md §4.
"""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

APP_SCHEME: Final = "sberpay://invoicing/v2"


def invoice_id_of(order_id: UUID) -> str:
    """The order's id without dashes: 32 characters."""
    return order_id.hex


def app_link(order_id: UUID, *, from_page: bool) -> str:
    """The deep link into the bank's app: from the payment page, or from the shop's own app."""
    kind = "Web2App" if from_page else "App2App"
    parameters = {"bankInvoiceId": invoice_id_of(order_id), "operationType": kind}
    return f"{APP_SCHEME}?{urlencode(parameters)}"
