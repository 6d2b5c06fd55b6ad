"""Pay on the page with a stored card of the payer: the form has its id and the CVC.

Scripts post it to processBindingForm.do, browsers without scripts to the page itself.
Source: payment-page.md §3.3.
"""

from dataclasses import replace
from typing import Any, Final

from altyn.domain.receipt.contact import Contact
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page.card_form import FOR_SHOPS_ONLY, PageForm
from altyn.inbound.payment_page.contact_field import read_contact_fields
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.payer import Payer
from altyn.inbound.payment_page.results import FieldFault
from altyn.operations.bindings.pay import PayByBinding
from altyn.operations.decisions import Refused
from altyn.protocol.dialects.classic.payment_methods import MD_ORDER, PROCESS_BINDING_FORM
from altyn.protocol.table import check_rows, first_of

# The order's id is already read: the order was found by it.
FORM: Final = replace(
    PROCESS_BINDING_FORM,
    parameters=tuple(row for row in PROCESS_BINDING_FORM.parameters if row is not MD_ORDER),
)
CVC: Final = "$CVC"


def stored_card_command(
    form: PageForm, page_order: PageOrder, payer: Payer
) -> PayByBinding | Refused | tuple[FieldFault, ...]:
    """The command of the form, or every wrong field of the page, or a refusal by the table."""
    contact = read_contact_fields(form, page_order)
    rows = check_rows(FORM, form, page_order.merchant, form.malformed)
    faults = tuple(
        FieldFault(CVC, "cvc_length", fault.refusal)
        for fault in rows.faults
        if fault.parameter == "cvc"
    )
    if isinstance(contact, FieldFault):
        return (contact, *faults)
    if faults:
        return faults
    if rows.faults:
        fault = first_of(FORM, rows.faults)
        return Refused(fault.refusal, fault.rule, parameter=fault.parameter)
    values = {name: each for name, each in rows.values.items() if name not in FOR_SHOPS_ONLY}
    return _command(values, contact, page_order, payer)


def _command(
    values: dict[str, Any], contact: Contact, page_order: PageOrder, payer: Payer
) -> PayByBinding:
    return PayByBinding(
        key=page_order.key,
        binding_id=values["binding_id"],
        cvc=values.get("cvc"),
        actor=payer.actor,
        base_url=payer.base_url,
        language=values.get("language"),
        email=contact.email if contact.known else values.get("email"),
        phone=contact.phone if contact.known else values.get("phone"),
        params=values.get("json_params", {}),
        params_of_payer=True,
        more=values.get("more", {}),
        term_url=f"{payer.base_url}/payment/rest/finish3ds.do?lang={payer.language}",
        browser={**payer.browser, **values.get("browser", {})},
    )


def missing_cvc(refused: Refused) -> FieldFault | None:
    """The field of the page that a refusal of the payment is about; None for another refusal."""
    if refused.refusal is not Refusal.CVC_INVALID:
        return None
    return FieldFault(CVC, "cvc_empty", refused.refusal)
