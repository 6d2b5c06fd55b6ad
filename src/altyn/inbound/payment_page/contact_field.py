"""The question of the payment page where the receipt goes: its field, and what is wrong with it.

One field takes an e-mail address or a phone number. Page sets of shops send the fields `email` and
`phone` of the wire instead. Source: payment-page.md §3.2, §7; fiscal.md §7.
"""

from typing import Final

from altyn.domain.receipt.contact import (
    EMAIL,
    PHONE,
    Contact,
    ContactFault,
    asks_contact,
    needs_contact,
    read_contact,
)
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page.card_form import PageForm
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.results import FieldFault

CONTACT: Final = "contact"

TEXT_KEYS: Final = {
    ContactFault.EMPTY: "contact_empty",
    ContactFault.NEITHER: "contact_format",
    ContactFault.EMAIL: "email_format",
    ContactFault.EMAIL_LONG: "email_long",
    ContactFault.PHONE: "phone_format",
}


def read_contact_fields(form: PageForm, page_order: PageOrder) -> Contact | FieldFault:
    """The contact in the form. An empty one where it is not asked, or is kept from an earlier try.

    The field of the page wins over `email` and `phone`, which are all read. A fault of a missing
    contact stands at the field that the form has, else at `email`.
    """
    order, merchant = page_order.order, page_order.merchant
    if not asks_contact(order, merchant):
        return Contact()
    names = (CONTACT,) if form.get(CONTACT) else (EMAIL, PHONE)
    typed = [(name, text) for name in names if (text := form.get(name))]
    found = Contact()
    for name, text in typed:
        read = _read(name, text)
        if isinstance(read, ContactFault):
            return FieldFault(name, TEXT_KEYS[read], Refusal.PARAMETER_INVALID)
        found = Contact(found.email or read.email, found.phone or read.phone)
    if not found.known and (CONTACT in form or needs_contact(order, merchant)):
        name = CONTACT if CONTACT in form else EMAIL
        return FieldFault(name, TEXT_KEYS[ContactFault.EMPTY], Refusal.PARAMETER_EMPTY)
    return found


def _read(name: str, text: str) -> Contact | ContactFault:
    """One field. `email` takes no number, and `phone` no address."""
    read = read_contact(text)
    if name == EMAIL and not (isinstance(read, Contact) and read.email):
        return read if read is ContactFault.EMAIL_LONG else ContactFault.EMAIL
    if name == PHONE and not (isinstance(read, Contact) and read.phone):
        return ContactFault.PHONE
    return read
