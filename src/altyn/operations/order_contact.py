"""The e-mail address and the phone number of an order: who has given them, and which are kept.

What a shop gave stays. What a payer has typed is marked as the payer's own: it is never shown or
signed as a value of the shop, and a later attempt may replace it.
"""

from dataclasses import replace

from altyn.domain.order import OrderRequest
from altyn.domain.receipt.contact import EMAIL, PHONE, Contact


def with_contact(request: OrderRequest, contact: Contact, *, of_payer: bool) -> OrderRequest:
    """The request with this contact where the shop gave none; it replaces the payer's earlier one.

    A payer who typed an address first and then a number gets the receipt on the number only.
    """
    if not contact.known:
        return request
    own = request.payer_contact
    email = None if EMAIL in own else request.email
    phone = None if PHONE in own else request.phone
    added = ((EMAIL, contact.email and not email), (PHONE, contact.phone and not phone))
    return replace(
        request,
        email=email or contact.email,
        phone=phone or contact.phone,
        payer_contact=tuple(name for name, is_new in added if is_new and of_payer),
    )
