"""The simulated payer of a purchase on credit: the payment begins after the bank has granted it.

Source: bnpl.md §8.
"""

from collections.abc import Mapping
from typing import Final

from altyn.domain.credit import CreditState, application_of, awaits_credit
from altyn.inbound.sandbox.payer.visit import SERVER_ERROR, Visit, VisitEnd
from altyn.protocol.dialects.classic.return_links import payment_link

_ERRORS: Final[Mapping[CreditState, str]] = {
    CreditState.OPEN: "the payer has no credit yet: POST months and phone to formUrl first",
    CreditState.APPLIED: (
        "the bank still considers the application for the credit, ten minutes by the gateway's "
        "clock: move the clock (altyn clock advance 10m), then pay again"
    ),
    CreditState.REFUSED: (
        "the bank has refused the credit, and its decision is final: register a new order. To let "
        "the payer of a refused credit pay in another way, send allowedPaymentWays with it"
    ),
}
SILENT: Final = "the bank that decides about the credit does not answer: pay again in a moment"


async def visit_application(visit: Visit) -> VisitEnd | None:
    """Open the application for the credit, where the payment page sends the payer of this order.

    The order then keeps what the bank has decided meanwhile. None: the order takes a payment, or is
    no purchase on credit.
    """
    order = visit.page_order.order
    if not awaits_credit(order):
        return None
    await visit.payment_page()
    visit.add_step("The payment page sends the payer to the application for a credit.")
    address = payment_link(visit.base_url, visit.page_order.merchant.login, order)
    page = await visit.browser.get(address)
    if page.status >= SERVER_ERROR:
        return VisitEnd(redirect=address, error=SILENT)
    order = (await visit.look()).order
    application = application_of(order)
    if application is None or not awaits_credit(order):
        visit.add_step("The bank has decided; the order can be paid now.")
        return None
    if not order.payable:
        return None
    return VisitEnd(redirect=address, error=_ERRORS[application.state])
