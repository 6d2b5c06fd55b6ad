"""Paying from the page: a form becomes a try to pay, and its outcome the members of an answer.

The scripts of the page and a browser without any go through here, so that both are treated alike.
Source: payment-page.md §3.2, §4, §5.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog

from altyn.domain.refusals import Refusal
from altyn.inbound.payment_handlers import after_method, card_command
from altyn.inbound.payment_page.card_form import CardReader, FieldFault, Filled, PageForm
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.visits import Visit, again
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import continue_after_method, pay_by_card
from altyn.operations.paying.card.steps import AfterMethod, PayByCard, Step
from altyn.operations.ports import PAYER, Actor, World
from altyn.protocol.dialects.classic.payment_methods import PROCESS_FORM
from altyn.protocol.dialects.classic.payment_steps import INFO, WAITING, Asker, present_step
from altyn.protocol.threeds import MethodCompletion

OVER: Final = frozenset(
    {
        Refusal.ALREADY_PAID,
        Refusal.SESSION_OVER,
        Refusal.ATTEMPTS_EXHAUSTED,
        Refusal.WRONG_STATUS,
    }
)
log = structlog.get_logger("altyn.payment_page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whoever sits at the browser. `base_url` is the gateway as this browser reaches it.

    `browser` is what its headers tell, for 3-D Secure 2; scripts tell more of it.
    """

    ip: str
    base_url: str
    language: str
    browser: dict[str, str | int | bool] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The payer, for the order's history."""
        return Actor(name=PAYER, ip=self.ip)


@dataclass(frozen=True, slots=True)
class Paid:
    """How a try went: the order afterwards, the members of the answer, and the faulty fields."""

    visit: Visit
    members: dict[str, Any]
    field_errors: dict[str, str] = field(default_factory=dict)


async def pay(form: PageForm, visit: Visit, payer: Payer, world: World, *, sandbox: bool) -> Paid:
    """Try to pay an order with the card of a form.

    Whatever happens has an answer: a step of the payment, the fields to be put right, or where to
    go when there is nothing left to pay.
    """
    if visit.over:
        return Paid(visit, over_members(visit, payer))
    if visit.waiting:
        return Paid(visit, _waiting(payer))
    reader = CardReader(
        form=form,
        visit=visit,
        now=world.clock.now(),
        language=payer.language,
        sandbox=sandbox,
    )
    command = _command(reader, payer)
    if isinstance(command, tuple):
        return _faulty(visit, command)
    if isinstance(command, Refused):
        return _refused(visit, command, payer)
    step = await _step(form, command, visit, payer, world)
    return await presented(visit, step, payer, world)


async def presented(visit: Visit, step: Step, payer: Payer, world: World) -> Paid:
    """The answer to a step of the payment."""
    now = await again(visit, world)
    if isinstance(step, Refused):
        return _refused(now, step, payer)
    members = present_step(
        step,
        visit.merchant,
        asker=Asker.PAGE,
        language=payer.language,
        base_url=payer.base_url,
    )
    return Paid(now, {**members, "errorCode": 0})


def over_members(visit: Visit, payer: Payer) -> dict[str, Any]:
    """The answer about an order that is over: where its payer belongs, and why."""
    back = visit.way_back(payer.base_url, payer.language)
    if visit.paid:
        return {"redirect": back, "info": INFO[payer.language], "errorCode": 0}
    refusal = Refusal.WRONG_STATUS if visit.order.attempts_left else Refusal.ATTEMPTS_EXHAUSTED
    if visit.expired:
        refusal = Refusal.SESSION_OVER
    error = PROCESS_FORM.error(refusal)
    words = error.text(payer.language)
    return {"error": words, "errorCode": error.code, "errorMessage": words, "redirect": back}


def _command(
    reader: CardReader, payer: Payer
) -> PayByCard | AfterMethod | Refused | tuple[FieldFault, ...]:
    """Phase 1 with a new card, or phase 2 of a 3-D Secure 2 payment that has begun."""
    form, visit = reader.form, reader.visit
    transaction = form.get("threeDSServerTransId")
    if transaction and not form.get("$PAN"):
        # A browser without scripts: the card waits in the vault, and no page carries it.
        return AfterMethod(
            key=visit.key,
            server_trans_id=transaction,
            actor=payer.actor,
            base_url=payer.base_url,
        )
    filled = reader.read()
    if not isinstance(filled, Filled):
        return filled
    card = card_command(visit.key, filled.values, payer.actor, payer.base_url)
    return after_method(card, transaction) if transaction else card


async def _step(
    form: PageForm, command: PayByCard | AfterMethod, visit: Visit, payer: Payer, world: World
) -> Step:
    """Carry the command out with what the browser says of itself and of the method step.

    The way back from the ACS carries the language of the page.
    """
    completed = form.get("threeDSCompInd") or ""
    known = MethodCompletion(completed) if completed in tuple(MethodCompletion) else None
    method_completed = known or MethodCompletion.FINISHED
    browser = {**payer.browser, **command.browser}
    if isinstance(command, AfterMethod):
        after = replace(command, method_completed=method_completed, browser=browser)
        return await continue_after_method(after, world, loaded=visit.order)
    term_url = f"{payer.base_url}/payment/rest/finish3ds.do?lang={payer.language}"
    card = replace(command, method_completed=method_completed, browser=browser, term_url=term_url)
    return await pay_by_card(card, world, loaded=visit.order)


def _faulty(visit: Visit, faults: tuple[FieldFault, ...]) -> Paid:
    rank = {refusal: place for place, refusal in enumerate(PROCESS_FORM.refusals)}
    first = min(faults, key=lambda each: rank[each.fault.refusal])
    log.info("form_refused", order_id=visit.order_id, fields=[each.name for each in faults])
    error = PROCESS_FORM.error(first.fault.refusal)
    words = {each.name: each.words for each in faults}
    return Paid(visit, _error(error.code, first.words, words), words)


def _refused(visit: Visit, refused: Refused, payer: Payer) -> Paid:
    """The answer to a refusal: wait for the bank, go where the order's end is told, or correct."""
    log.info(
        "payment_refused",
        order_id=visit.order_id,
        refusal=refused.refusal.value,
        rule=refused.rule,
    )
    if refused.refusal is Refusal.BUSY:
        return Paid(visit, _waiting(payer))
    if refused.refusal in OVER and visit.over:
        return Paid(visit, over_members(visit, payer))
    if refused.refusal is Refusal.PAN_NOT_A_TEST_CARD:
        told = text("pan_not_test", payer.language)
        code = PROCESS_FORM.error(refused.refusal).code
        return Paid(visit, _error(code, told, {"$PAN": told}), {"$PAN": told})
    error = PROCESS_FORM.error(refused.refusal)
    name = PROCESS_FORM.name_of(refused.parameter)
    members = _error(error.code, error.text(payer.language, name=name), {})
    if refused.refusal is Refusal.ATTEMPTS_EXHAUSTED:
        members["attemptsLeft"] = 0  # the last try is at the bank still: nothing to do but to wait
    return Paid(visit, members)


def _waiting(payer: Payer) -> dict[str, Any]:
    return {"info": WAITING[payer.language], "waiting": True, "errorCode": 0}


def _error(code: int, words: str, fields: dict[str, str]) -> dict[str, Any]:
    members: dict[str, Any] = {
        "error": words,
        "errorCode": code,
        "errorMessage": words,
        "is3DSVer2": False,
    }
    return {**members, "fieldErrors": fields} if fields else members
