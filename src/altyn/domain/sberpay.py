"""The bank's number of an order's invoice, the link that opens it in the bank's app, and the way
back from the app.

Source: sberpay.md §3, §4, §7.
"""

from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

APP_SCHEME: Final = "sberpay://invoicing/v2"
BACK_URL_IN_LINK: Final = "backUrl"
"""The parameter of the link that says where the app takes the payer afterwards."""
RESULT_MARK: Final = "@{BankResultState}"
"""The text in an address of the shop that the app replaces by the result."""


class BankResult(StrEnum):
    """What the app writes into the address, as the bank's own SDK calls the results."""

    SUCCESS = "success"
    WAITING = "waiting"  # confirmed; the bank has not moved the money yet
    CANCEL = "cancel"  # the payer refused
    ERROR = "error"  # the bank declined, or the invoice waits no more


def invoice_id_of(order_id: UUID) -> str:
    """The order's id without dashes: 32 characters."""
    return order_id.hex


def app_link(order_id: UUID, *, from_page: bool, back_url: str = "") -> str:
    """The deep link into the bank's app: from the payment page, or from the shop's own app.

    `back_url` is where the app takes the payer afterwards; empty: nowhere, as for a QR code.
    """
    kind = "Web2App" if from_page else "App2App"
    parameters = {"bankInvoiceId": invoice_id_of(order_id), "operationType": kind}
    if back_url:
        parameters[BACK_URL_IN_LINK] = back_url
    return f"{APP_SCHEME}?{urlencode(parameters)}"


def filled_back_url(address: str, result: BankResult) -> str:
    """The address with the result in the place that the shop has marked for it."""
    return address.replace(RESULT_MARK, result.value)
