"""Pay with the stored card that the payer has marked. Source: payment-page.md §3.3."""

from dataclasses import replace
from typing import Final

from altyn.domain.receipt.contact import Contact
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_handlers import call_fields
from altyn.inbound.payment_page.card_form import FOR_SHOPS_ONLY, PageForm
from altyn.inbound.payment_page.contact_field import read_contact_fields
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.payer import Payer
from altyn.inbound.payment_page.results import FieldFault
from altyn.inbound.payment_page.stored_cards.offer import BINDING_ID
from altyn.operations.bindings.pay import PayByBinding
from altyn.operations.decisions import Refused
from altyn.protocol.dialects.classic.payment_methods import MD_ORDER, PROCESS_BINDING_FORM
from altyn.protocol.table import check_rows, first_of

# The order's id is already read: the order was found by it.
_FORM: Final = replace(
    PROCESS_BINDING_FORM,
    parameters=tuple(row for row in PROCESS_BINDING_FORM.parameters if row is not MD_ORDER),
)
CVC: Final = "$CVC"
_MISSING: Final = frozenset(
    {Refusal.BINDING_UNKNOWN, Refusal.BINDING_OF_ANOTHER_CLIENT, Refusal.CLIENT_ID_EMPTY}
)
"""They have one text, so that a payer cannot find out which cards other clients have stored."""


def names_stored_card(form: PageForm) -> bool:
    """Whether a stored card is marked, and not another card."""
    return bool(form.get(BINDING_ID))


def read_stored_card_form(
    form: PageForm, page_order: PageOrder, payer: Payer
) -> PayByBinding | Refused | tuple[FieldFault, ...]:
    """The payment that the form asks for, or every wrong field, or a refusal.

    Refuses as the table of processBindingForm.do does, for a parameter that the page has no field
    for.
    """
    contact = read_contact_fields(form, page_order)
    rows = check_rows(_FORM, form, page_order.merchant, form.malformed)
    code_empty = not (form.get("cvc") or form.get("$CVC"))
    of_rows = (
        FieldFault(CVC, "cvc_empty" if code_empty else "cvc_length", fault.refusal)
        for fault in rows.faults
        if fault.parameter == "cvc"
    )
    of_contact = (contact,) if isinstance(contact, FieldFault) else ()
    if faults := (*of_contact, *of_rows):
        return faults
    if rows.faults:
        fault = first_of(_FORM, rows.faults)
        return Refused(fault.refusal, fault.rule, parameter=fault.parameter)
    assert isinstance(contact, Contact), "a fault of the contact is returned above"
    values = {name: value for name, value in rows.values.items() if name not in FOR_SHOPS_ONLY}
    command = PayByBinding(
        **call_fields(page_order.key, values, payer.actor, payer.base_url),
        binding_id=values["binding_id"],
    )
    return replace(command, email=contact.email, phone=contact.phone) if contact.known else command


def field_fault(refusal: Refusal) -> FieldFault | None:
    """The field of the page that a refusal of a stored card is about; None for any other."""
    if refusal is Refusal.CVC_INVALID:
        return FieldFault(CVC, "cvc_empty", refusal)
    return FieldFault(BINDING_ID, "stored_missing", refusal) if refusal in _MISSING else None
