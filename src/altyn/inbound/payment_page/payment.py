"""Pay an order with the form of the page: the form becomes a command, its step a typed result.

The page's scripts and browsers without scripts both pay through `pay`, so both are treated alike.
Source: payment-page.md §3.2, §4, §5.
"""

from dataclasses import replace
from typing import Final, TypeVar

import structlog

from altyn.domain.instalments import WAY
from altyn.domain.receipt.contact import Contact
from altyn.domain.refusals import Refusal
from altyn.domain.waiting import EnterCode
from altyn.inbound.call_log import record_notes
from altyn.inbound.payment_handlers import after_method, card_command
from altyn.inbound.payment_page.card_form import CARD_WAYS, CardFormReader, FilledForm, PageForm
from altyn.inbound.payment_page.contact_field import read_contact_fields
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.payer import Payer
from altyn.inbound.payment_page.results import (
    FieldFault,
    FieldsWrong,
    OrderOver,
    PaymentRefused,
    PaymentResult,
    StepTaken,
    WaitingForBank,
)
from altyn.inbound.payment_page.stored_cards.form import (
    field_fault,
    names_stored_card,
    read_stored_card_form,
)
from altyn.operations.bindings.pay import PayByBinding, pay_by_binding
from altyn.operations.bindings.unkept_terms import unkept_terms
from altyn.operations.decisions import Refused
from altyn.operations.paying.begin import BeginPayment, begin_payment
from altyn.operations.paying.bnpl.payment import pay_first_part
from altyn.operations.paying.card.limits import record_exhaustion
from altyn.operations.paying.card.payment import continue_after_method, pay_by_card
from altyn.operations.paying.card.steps import AfterMethod, CardCall, PayByCard, Step
from altyn.operations.paying.decisions import refuse_declined
from altyn.operations.paying.sberpay import PHONE
from altyn.operations.paying.steps import Ended
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.payment_methods import PROCESS_BINDING_FORM
from altyn.protocol.threeds import MethodCompletion

REFUSALS_OF_AN_ENDED_ORDER: Final = frozenset(
    {
        Refusal.ALREADY_PAID,
        Refusal.SESSION_OVER,
        Refusal.ATTEMPTS_EXHAUSTED,
        Refusal.WRONG_STATUS,
    }
)
log = structlog.get_logger("altyn.payment_page")

C = TypeVar("C", bound=CardCall)


async def pay(
    form: PageForm, page_order: PageOrder, payer: Payer, world: World, *, sandbox: bool
) -> PaymentResult:
    """Pay an order as the form says: with the card of the form, with a stored card, or by another
    way to pay.

    The card of the form may also pay the first part of a payment in parts.

    An order that is over, or whose payment is under way, gives that result and nothing is read. A
    payment that waits for a code of the payer gets it from the form.
    """
    by_card = form.payment_way in (*CARD_WAYS, WAY)
    if page_order.over:
        return _order_over(await _with_exhaustion(page_order, payer, world, by_card=by_card))
    if page_order.waiting and (by_card or not isinstance(page_order.waiting_for, EnterCode)):
        return WaitingForBank(page_order)
    if by_card and form.payment_way != WAY and names_stored_card(form) and not form.transaction:
        return await _pay_by_stored_card(form, page_order, payer, world)
    if by_card:
        return await _pay_by_card(form, page_order, payer, world, sandbox=sandbox)
    return await _pay_by_other_way(form, page_order, payer, world)


async def _with_exhaustion(
    page_order: PageOrder, payer: Payer, world: World, *, by_card: bool
) -> PageOrder:
    """The order that is over; a card for an order without attempts left is recorded."""
    if not by_card:
        return page_order
    return replace(page_order, order=await record_exhaustion(page_order.order, payer.actor, world))


async def _pay_by_other_way(
    form: PageForm, page_order: PageOrder, payer: Payer, world: World
) -> PaymentResult:
    form.drop_card()  # a card may have been typed before another way was chosen
    # A payment that waits for a code has had its contact when it began.
    contact = Contact() if page_order.waiting else read_contact_fields(form, page_order)
    if isinstance(contact, FieldFault):
        return _fields_wrong(page_order, (contact,))
    command = BeginPayment(
        key=page_order.key,
        way=form.payment_way,
        actor=payer.actor,
        fields=form.other_fields,
        contact=contact,
    )
    step = await begin_payment(command, world, loaded=page_order.order)
    return _result_of(step, page_order)


async def _pay_by_card(
    form: PageForm, page_order: PageOrder, payer: Payer, world: World, *, sandbox: bool
) -> PaymentResult:
    now = world.clock.now()
    reader = CardFormReader(form=form, page_order=page_order, now=now, sandbox=sandbox)
    command = _command(reader, payer)
    form.drop_card()
    match command:
        case PayByCard():
            begin = pay_first_part if form.payment_way == WAY else pay_by_card
            step = await begin(_with_browser(form, command, payer), world, loaded=page_order.order)
            return _result_of(step, page_order)
        case AfterMethod():
            after = _after_method_step(form, command, payer)
            step = await continue_after_method(after, world, loaded=page_order.order)
            return _result_of(step, page_order)
        case Refused():
            return _refused(page_order, command)
        case faults:
            return _fields_wrong(page_order, faults)


async def _pay_by_stored_card(
    form: PageForm, page_order: PageOrder, payer: Payer, world: World
) -> PaymentResult:
    """With the stored card that is marked; the fields of another card are let go of."""
    read = read_stored_card_form(form, page_order, payer)
    form.drop_card()
    match read:
        case PayByBinding():
            command = _with_browser(form, read, payer)
            step = await pay_by_binding(command, world, loaded=page_order.order)
            return _of_stored_card(step, page_order)
        case Refused():
            return _of_stored_card(read, page_order)
        case faults:
            return replace(_fields_wrong(page_order, faults), method=PROCESS_BINDING_FORM)


def _of_stored_card(step: Step, page_order: PageOrder) -> PaymentResult:
    """The result of a payment with a stored card; a refusal has the code of its own form."""
    if isinstance(step, Refused) and (fault := field_fault(step.refusal)):
        return FieldsWrong(page_order.after(step), (fault,), PROCESS_BINDING_FORM)
    result = _result_of(step, page_order)
    if isinstance(result, PaymentRefused | FieldsWrong):
        return replace(result, method=PROCESS_BINDING_FORM)
    return result


def _command(
    reader: CardFormReader, payer: Payer
) -> PayByCard | AfterMethod | Refused | tuple[FieldFault, ...]:
    """Phase 1 with the card of the form, or phase 2 of a 3-D Secure 2 payment."""
    form, page_order = reader.form, reader.page_order
    transaction = form.transaction
    if transaction and not form.get("$PAN"):
        # A browser without scripts posts the card only once: afterwards it is in the vault.
        return AfterMethod(
            key=page_order.key,
            server_trans_id=transaction,
            actor=payer.actor,
            base_url=payer.base_url,
        )
    contact, read = read_contact_fields(form, page_order), reader.read()
    if isinstance(contact, FieldFault):
        card_faults = read if isinstance(read, tuple) else ()
        return (contact, *(fault for fault in card_faults if fault.name != contact.name))
    if not isinstance(read, FilledForm):
        return read
    card = card_command(page_order.key, read.values, payer.actor, payer.base_url)
    if contact.known:
        card = replace(card, email=contact.email, phone=contact.phone)
    return after_method(card, transaction) if transaction else card


def _with_browser(form: PageForm, command: C, payer: Payer) -> C:
    """Add who has sent the parameters, the browser, the result of the method step, and the address
    to return to from the ACS.

    That address carries the language of the page, so that the payer reads the same language after
    the ACS.
    """
    return replace(
        command,
        params_of_payer=True,
        method_completed=_method_completed(form),
        browser={**payer.browser, **command.browser},
        term_url=f"{payer.base_url}/payment/rest/finish3ds.do?lang={payer.language}",
    )


def _after_method_step(form: PageForm, command: AfterMethod, payer: Payer) -> AfterMethod:
    """Add the browser and the result of the method step."""
    browser = {**payer.browser, **command.browser}
    return replace(command, method_completed=_method_completed(form), browser=browser)


def _method_completed(form: PageForm) -> MethodCompletion:
    indicator = form.get("threeDSCompInd") or ""
    known = indicator in tuple(MethodCompletion)
    return MethodCompletion(indicator) if known else MethodCompletion.FINISHED


def _result_of(step: Step, page_order: PageOrder) -> PaymentResult:
    """The result of a payment step."""
    if isinstance(step, Refused):
        return _refused(page_order, step)
    after = page_order.after(step)
    record_notes(unkept_terms(after.order, after.merchant))
    if isinstance(step, Ended) and after.paid:
        return OrderOver(after, None)
    if isinstance(step, Ended) and after.undecided:
        return WaitingForBank(after)
    return StepTaken(after, step)


def _refused(page_order: PageOrder, refused: Refused) -> PaymentResult:
    """The result of a refusal: wait, the end of the order, a wrong field, or the refusal itself."""
    log.info(
        "payment_refused",
        order_id=page_order.order_id,
        refusal=refused.refusal.value,
        rule=refused.rule,
    )
    after = page_order.after(refused)
    began_meanwhile = refused.refusal is Refusal.WRONG_STATUS and after.waiting
    if refused.refusal is Refusal.BUSY or began_meanwhile:
        return WaitingForBank(after)
    if refused.refusal is Refusal.PAN_NOT_A_TEST_CARD:
        return FieldsWrong(after, (FieldFault("$PAN", "pan_not_test", refused.refusal),))
    if refused.parameter == PHONE:
        key = "phone_empty" if refused.refusal is Refusal.PARAMETER_EMPTY else "phone_russian"
        return FieldsWrong(after, (FieldFault(PHONE, key, refused.refusal),))
    if refused.refusal in REFUSALS_OF_AN_ENDED_ORDER and after.over:
        return _order_over(after)
    return PaymentRefused(after, refused)


def _order_over(page_order: PageOrder) -> OrderOver:
    refused = None if page_order.paid else refuse_declined(page_order.order)
    return OrderOver(page_order, refused.refusal if refused else None)


def _fields_wrong(page_order: PageOrder, faults: tuple[FieldFault, ...]) -> FieldsWrong:
    log.info("form_refused", order_id=page_order.order_id, fields=[each.name for each in faults])
    return FieldsWrong(page_order, faults)


def chooses_steps(form: PageForm) -> bool:
    """Whether a form chooses payment in parts, and has no card for the first part yet."""
    return form.payment_way == WAY and not form.get("$PAN") and not form.transaction
