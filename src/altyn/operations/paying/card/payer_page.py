"""The payer's page of a card payment: its language, and where the ACS returns the payer to."""

from altyn.domain.language import text_language
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.paying.card.steps import AfterMethod, PayByCard


def return_from_acs(
    method: str, order: Order, command: PayByCard | AfterMethod, merchant: Merchant
) -> str:
    """Where the ACS sends the payer back, in the language of the payer's page."""
    language = language_of(order, command, merchant)
    return f"{command.base_url}/payment/rest/{method}?lang={language}"


def language_of(order: Order, command: PayByCard | AfterMethod, merchant: Merchant) -> str:
    """The language of the payer's page."""
    default = merchant.settings.default_language
    return text_language(command.language, order.request.language, default)
