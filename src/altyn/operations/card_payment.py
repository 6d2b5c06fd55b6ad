"""Card payment: the conversation between payer, 3-D Secure and bank, from the card to an end.

Nothing outside is called while anything is being saved: each step is decided and saved, then the
outside is asked, then its answer is decided and saved. The payment page, `paymentorder.do` and
the returns from the ACS all come here.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from altyn.domain.card.values import Pan, PaymentSystem, payment_system
from altyn.domain.order import Attempt, AttemptState, Authentication, CardSeen, Order
from altyn.domain.refusals import Refusal
from altyn.operations import pay
from altyn.operations.authenticate import (
    Authenticate,
    Authorise,
    Fail,
    Plan,
    after_enrolment,
    before_enrolment,
    judge,
)
from altyn.operations.card_steps import (
    Ended,
    GoToAcs,
    PayByCard,
    RunMethod,
    ShowChallenge,
    Step,
)
from altyn.operations.decisions import Accepted, Busy, Decision, Refused, Unchanged
from altyn.operations.perform import perform, perform_and_ask
from altyn.operations.ports import Actor, OrderKey, World
from altyn.protocol import action_codes as codes
from altyn.protocol.acquiring import CardCheck
from altyn.protocol.tds_outcomes import AFTER_ARES, AFTER_CHALLENGE, AFTER_PARES, Challenge
from altyn.protocol.threeds import AuthenticationRequest, EnrolmentRequest
from altyn.protocol.threeds_version1 import PaReq, build_pareq, new_xid

MESSAGE_VERSION: Final = "2.1.0"
VAULT_TIME: Final = timedelta(hours=1)


async def pay_by_card(command: PayByCard, world: World) -> Step:
    """Try to pay an order with a card.

    Refuses: ORDER_UNKNOWN, then what `pay.refuse_payment` refuses, PAN_NOT_A_TEST_CARD, BUSY.
    Source: rest-orders.md §5.1, payment-page.md §3.2, §4.
    """
    order = await world.orders.load(command.key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {command.key.order_id}")
    if command.server_trans_id:
        return await _after_method(order, command, world)
    refusal = pay.refuse_payment(order, world.clock.now())
    if isinstance(refusal, Refused):
        return refusal
    if not world.acquirer.accepts(command.pan):
        return Refused(
            Refusal.PAN_NOT_A_TEST_CARD, "only the test cards of `altyn cards` pay here", order
        )
    plan = await _plan(order, command, world)
    return await _carry_out(plan, order, command, world)


async def finish_with_pa_res(key: OrderKey, pa_res: str, actor: Actor, world: World) -> Step:
    """The payer is back from a 3-D Secure 1 ACS.

    A PaRes that was brought before moves no money again. Refuses: ORDER_UNKNOWN,
    AUTHENTICATION_UNKNOWN (nobody was sent to the ACS), BUSY.
    Source: payment-page.md §4.1.
    """
    order = await world.orders.load(key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id}")
    result = world.threeds.read_pa_res(pa_res)
    attempt = _attempt_of(order, xid=result.xid if result else None) or order.authenticating
    if attempt is None or attempt.authentication is None:
        return _ended_or_unknown(order)
    seen = attempt.authentication
    code: int | None
    if result is None:
        proof, code = seen, codes.SIGNATURE_INVALID
    elif result.xid != seen.xid:
        proof, code = seen, codes.XID_MISMATCH
    else:
        told = replace(seen, pa_res=result.status.value, cavv=result.cavv)
        proof, code = judge(order, told, AFTER_PARES[result.status], _system(attempt))
    return await _authenticated(key, attempt, proof, code, actor, world)


async def finish_challenge(
    key: OrderKey, server_trans_id: str | None, actor: Actor, world: World
) -> Step:
    """The payer is back from a 3-D Secure 2 challenge; the ACS itself is asked how it went.

    Refuses: ORDER_UNKNOWN, AUTHENTICATION_UNKNOWN, BUSY. Source: payment-page.md §4.2.
    """
    order = await world.orders.load(key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id}")
    attempt = (
        _attempt_of(order, server_trans_id=server_trans_id)
        if server_trans_id
        else order.authenticating
    )
    if attempt is None or attempt.authentication is None:
        return _ended_or_unknown(order)
    seen = attempt.authentication
    result = await world.threeds.challenge_result(seen.server_trans_id or "")
    if result is None:
        return Ended(order)  # the ACS has not spoken: the payer may still be there
    told = replace(seen, r_req=result.trans_status.value, cavv=result.cavv)
    proof, code = judge(order, told, AFTER_CHALLENGE[result.trans_status], _system(attempt))
    return await _authenticated(key, attempt, proof, code, actor, world)


async def _plan(order: Order, command: PayByCard, world: World) -> Plan:
    """Find out, without moving any money, which way this try has to go."""
    card = CardCheck(pan=command.pan, expiry=command.expiry, cvc=command.cvc)
    code = await world.acquirer.check(card)
    if code is not None:
        return Fail(code)
    merchant = await world.merchants.get(order.merchant_id)
    with_cvc = command.cvc is not None
    plan = before_enrolment(order, merchant, with_cvc=with_cvc)
    if plan is not None:
        return plan
    version = merchant.settings.tds_version
    enrolment = await world.threeds.enrolment(EnrolmentRequest(pan=command.pan, version=version))
    system = payment_system(command.pan)
    return after_enrolment(order, merchant, enrolment, system, with_cvc=with_cvc)


async def _carry_out(plan: Plan, order: Order, command: PayByCard, world: World) -> Step:
    try_ = pay.Try(
        card=_card_seen(command, world),
        payment_way=command.payment_way,
        payer_ip=command.payer_ip or command.actor.ip or None,
        email=command.email,
        phone=command.phone,
        params=command.params,
        more=command.more,
    )
    if isinstance(plan, Authenticate):
        return await _send_to_acs(plan, order, try_, command, world)

    def decide(order: Order, now: datetime) -> Decision:
        if isinstance(plan, Authorise):
            return pay.decide_authorisation(order, try_, plan.authentication, now)
        return pay.decide_failure(order, try_, plan.authentication, plan.action_code, now)

    decision = await perform_and_ask(
        decide, command.key, world=world, actor=command.actor, pan=command.pan, cvc=command.cvc
    )
    return _ended(decision)


async def _send_to_acs(
    plan: Authenticate, order: Order, try_: pay.Try, command: PayByCard, world: World
) -> Step:
    """Store the try and the card, and tell the browser where to go."""
    version_2 = plan.enrolment.version == "2"
    proof = replace(
        plan.authentication,
        acs_url=plan.enrolment.acs_url or None,
        xid=None if version_2 else new_xid(),
        server_trans_id=str(uuid4()) if version_2 else None,
        finish_url=command.finish_url,
    )
    until = min(order.expires_at, world.clock.now() + VAULT_TIME)
    await world.vault.keep(order.merchant_id, command.pan, until=until)
    decision = await perform(
        lambda order, now: pay.decide_authentication(order, try_, proof, now),
        command.key,
        world=world,
        actor=command.actor,
    )
    if not isinstance(decision, Accepted):
        return _ended(decision)
    if not version_2:
        return await _to_version_1(decision.order, plan, command, proof, world)
    if plan.enrolment.method_url:
        return RunMethod(
            decision.order,
            proof.server_trans_id or "",
            plan.enrolment.method_url,
            command.method_notification_url,
        )
    again = replace(command, server_trans_id=proof.server_trans_id)
    return await _after_method(decision.order, again, world)


async def _to_version_1(
    order: Order, plan: Authenticate, command: PayByCard, proof: Authentication, world: World
) -> GoToAcs:
    merchant = await world.merchants.get(order.merchant_id)
    term_url = command.term_url or _return_from_acs("finish3ds.do", order, command)
    pa_req = PaReq(
        message_id=order.order_id.hex,
        account=plan.enrolment.account,
        merchant=merchant.name,
        amount_minor=order.amount_minor,
        currency=order.currency,
        xid=proof.xid or "",
        term_url=term_url,
    )
    return GoToAcs(order, plan.enrolment.acs_url, build_pareq(pa_req), term_url)


async def _after_method(order: Order, command: PayByCard, world: World) -> Step:
    """The method step is over: authenticate, then pay, fail, or show a challenge."""
    attempt = _attempt_of(order, server_trans_id=command.server_trans_id)
    if attempt is None or attempt.authentication is None or attempt.card is None:
        return Refused(
            Refusal.AUTHENTICATION_UNKNOWN, f"no 3-D Secure {command.server_trans_id}", order
        )
    if attempt.card.fingerprint != world.vault.fingerprint(order.merchant_id, command.pan):
        return Refused(Refusal.PAN_INVALID, "not the card that this 3-D Secure began with", order)
    if attempt.state is not AttemptState.AUTHENTICATING:
        return Ended(order)
    merchant = await world.merchants.get(order.merchant_id)
    seen = attempt.authentication
    answer = await world.threeds.authenticate(
        AuthenticationRequest(
            threeds_server_trans_id=seen.server_trans_id or "",
            pan=command.pan,
            expiry=command.expiry.wire,
            amount_minor=order.amount_minor,
            currency=order.currency,
            merchant=merchant.name,
            browser=command.browser,
            comp_ind=command.method_completed,
            message_version=command.tds_protocol_version or MESSAGE_VERSION,
            notification_url=_return_from_acs("finish3dsVer2.do", order, command),
        )
    )
    told = replace(
        seen,
        a_res=answer.trans_status.value,
        acs_trans_id=answer.acs_trans_id,
        acs_url=answer.acs_url or None,
        cavv=answer.cavv,
    )
    outcome = AFTER_ARES[answer.trans_status]
    if not isinstance(outcome, Challenge):
        proof, code = judge(order, told, outcome, _system(attempt))
        return await _authenticated(
            command.key, attempt, proof, code, command.actor, world, pan=command.pan
        )
    decision = await perform(
        lambda order, now: pay.decide_challenge(order, attempt.number, told, now),
        command.key,
        world=world,
        actor=command.actor,
    )
    if not isinstance(decision, Accepted):
        return _ended(decision)
    return ShowChallenge(
        decision.order, answer.acs_url, seen.server_trans_id or "", answer.acs_trans_id
    )


async def _authenticated(
    key: OrderKey,
    attempt: Attempt,
    proof: Authentication,
    code: int | None,
    actor: Actor,
    world: World,
    *,
    pan: Pan | None = None,
) -> Step:
    """Go on to the bank with the proof, or end the try with the code."""
    if code is None and pan is None and attempt.card is not None:
        pan = await world.vault.reveal(key.merchant_id, attempt.card.fingerprint)
    if code is None and pan is None:
        code = codes.SESSION_EXPIRED  # the vault lets go of a card after an hour
    decision = await perform_and_ask(
        lambda order, now: pay.decide_authenticated(order, attempt.number, proof, code, now),
        key,
        world=world,
        actor=actor,
        pan=pan,
    )
    return _ended(decision)


def _ended(decision: Decision) -> Step:
    match decision:
        case Accepted() | Unchanged():
            return Ended(decision.order)
        case Busy():
            return Refused(Refusal.BUSY, "the bank is being asked", decision.order)
        case _:
            return decision


def _ended_or_unknown(order: Order) -> Step:
    if order.payments:
        return Ended(order)
    return Refused(Refusal.AUTHENTICATION_UNKNOWN, "nobody was sent to the ACS", order)


def _attempt_of(
    order: Order, *, xid: str | None = None, server_trans_id: str | None = None
) -> Attempt | None:
    for attempt in order.payments:
        proof = attempt.authentication
        if proof is None:
            continue
        if (xid and proof.xid == xid) or (
            server_trans_id and proof.server_trans_id == server_trans_id
        ):
            return attempt
    return None


def _return_from_acs(method: str, order: Order, command: PayByCard) -> str:
    """Where the ACS sends the payer back, who goes on reading the language of the page."""
    language = command.language or order.request.language
    return f"{command.base_url}/payment/rest/{method}?lang={language}"


def _card_seen(command: PayByCard, world: World) -> CardSeen:
    system = payment_system(command.pan)
    return CardSeen(
        masked_pan=command.pan.masked,
        expiry=command.expiry.wire,
        holder=command.holder,
        fingerprint=world.vault.fingerprint(command.key.merchant_id, command.pan),
        system=system.value if system else None,
    )


def _system(attempt: Attempt) -> PaymentSystem | None:
    name = attempt.card.system if attempt.card else None
    return PaymentSystem(name) if name else None
