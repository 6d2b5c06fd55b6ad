"""A card payment from the card to its end: one entrance per phase.

Phase 1 `pay_by_card`, phase 2 `continue_after_method` (3-D Secure 2), phase 3 `finish_with_pa_res`
or `finish_challenge`. Each step is decided and saved first; then the outside is asked; then its
answer is decided and saved. The payment page, `paymentOrder.do` and the returns from the ACS use
them.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from altyn.domain import action_codes as codes
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.card.values import Pan, payment_system
from altyn.domain.merchant import Merchant
from altyn.domain.order import Attempt, AttemptState, Order
from altyn.domain.refusals import Refusal
from altyn.domain.waiting import AtAcs, MethodStep
from altyn.operations.bindings.storing import NOT_NEEDED
from altyn.operations.decisions import Accepted, Decision, Refused
from altyn.operations.history import with_notes
from altyn.operations.paying.card.at_acs import to_version_1
from altyn.operations.paying.card.attempts import (
    attempt_of,
    card_of,
    challenge_of,
    confirmed_minor,
    system_of,
    transaction_of,
    with_details,
)
from altyn.operations.paying.card.beginning import Beginning
from altyn.operations.paying.card.decisions import decide_authenticated, decide_challenge
from altyn.operations.paying.card.limits import (
    limited_attempt,
    report,
    with_exhaustion,
    with_limit,
)
from altyn.operations.paying.card.payer_page import language_of, return_from_acs
from altyn.operations.paying.card.plan import (
    Authorise,
    Fail,
    Plan,
    SendToAcs,
    after_enrolment,
    before_enrolment,
    judge,
)
from altyn.operations.paying.card.ports import CardDetails
from altyn.operations.paying.card.refusals import (
    ended_or_unknown,
    has_cvc,
    refuse_missing_cvc,
    refuse_payment_by_card,
)
from altyn.operations.paying.card.steps import (
    AfterMethod,
    PayByCard,
    RunMethod,
    ShowChallenge,
    Step,
    after_call,
)
from altyn.operations.paying.decisions import (
    AttemptRequest,
    decide_begin,
    decide_failure,
    decide_wait,
)
from altyn.operations.paying.session import with_session_ended
from altyn.operations.paying.steps import Ended, ended
from altyn.operations.perform import ask_if_decided, perform, perform_and_ask
from altyn.operations.ports import Actor, OrderKey, World
from altyn.protocol.tds_outcomes import AFTER_ARES, AFTER_CHALLENGE, AFTER_PARES, Challenge
from altyn.protocol.threeds import AuthenticationRequest, EnrolmentRequest
from altyn.protocol.threeds_version1 import new_xid

MESSAGE_VERSION: Final = "2.1.0"
VAULT_TIME: Final = timedelta(hours=1)
STORED_VAULT_TIME: Final = timedelta(days=7)


async def pay_by_card(command: PayByCard, world: World, *, loaded: Order | None = None) -> Step:
    """Phase 1: begin to pay an order with a card. `loaded` is the order, if it was just loaded.

    An unpaid order whose session is over is declined by this call.
    Refuses: what `refuse_payment_by_card` refuses, BUSY. None of these uses up an attempt. An
    attempt that a limit against card testing refuses is declined, and uses up one.
    Source: rest-orders.md §5.1, payment-page.md §3.2, §4; merchant-settings.md §10.
    """
    step = await with_session_ended(await _pay_by_card(command, world, loaded), world)
    return await with_exhaustion(step, command.actor, world)


async def _pay_by_card(command: PayByCard, world: World, loaded: Order | None) -> Step:
    merchant = await world.merchants.get(command.key.merchant_id)
    order = loaded or await world.orders.load(command.key)
    if refused := refuse_payment_by_card(command, order, merchant, world):
        return refused
    assert order is not None, "an unknown order was refused"
    card = card_of(command, order, merchant, world.card.vault)
    with world.card.limiter.begin(limited_attempt(command, card)) as beginning:
        plan = await _plan(order, command, merchant, world, beginning)
        if card.stores and not isinstance(plan, Fail):
            # in the vault before its row, which keeps it and may wait for the bank's answer
            until = world.clock.now() + STORED_VAULT_TIME
            await world.card.vault.keep(order.merchant_id, command.pan, until=until)
        command = with_details(command, card, order, merchant)
        return await _carry_out(plan, order, command, card, world, beginning.saving())


async def continue_after_method(
    command: AfterMethod, world: World, *, loaded: Order | None = None
) -> Step:
    """Phase 2: the method step is over; authenticate, then pay, fail, or show a challenge.

    A repeated call gets the challenge of the first one.
    Refuses: CVC_INVALID (a card was sent and needs one), ORDER_UNKNOWN, AUTHENTICATION_UNKNOWN (no
    such transaction, or its card has left the vault), PAN_INVALID (another card), BUSY.
    Source: payment-page.md §4.2.
    """
    merchant = await world.merchants.get(command.key.merchant_id)
    order = loaded or await world.orders.load(command.key)
    if command.pan and (refused := refuse_missing_cvc(command.pan, command.cvc, merchant, order)):
        return refused
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {command.key.order_id}")
    attempt = transaction_of(order, command.server_trans_id)
    named = command.server_trans_id or "2 that waits for its payer"
    unknown = Refused(Refusal.AUTHENTICATION_UNKNOWN, f"no 3-D Secure {named}", order)
    if attempt is None or attempt.authentication is None or attempt.card is None:
        over = command.server_trans_id is None and order.payments and not order.payable
        return Ended(order) if over else unknown
    vault = world.card.vault
    pan = command.pan or await vault.reveal(order.merchant_id, attempt.card.fingerprint)
    if pan is None:
        return unknown
    if attempt.card.fingerprint != vault.fingerprint(order.merchant_id, pan):
        return Refused(Refusal.PAN_INVALID, "not the card that this 3-D Secure began with", order)
    if attempt.state is not AttemptState.WAITING:
        return Ended(order)
    if challenge := challenge_of(order, attempt.authentication):
        return challenge
    return await _authenticate(order, attempt, pan, command, merchant, world)


async def finish_with_pa_res(
    key: OrderKey, pa_res: str, actor: Actor, world: World, *, loaded: Order | None = None
) -> Step:
    """Phase 3 of 3-D Secure 1: the payer is back from the ACS.

    A PaRes that was brought before moves no money again. Refuses: ORDER_UNKNOWN,
    AUTHENTICATION_UNKNOWN (no payer was sent to the ACS, or by 3-D Secure 2), BUSY.
    Source: payment-page.md §4.1.
    """
    order = loaded or await world.orders.load(key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id}")
    result = world.card.threeds.read_pa_res(pa_res)
    attempt = attempt_of(order, xid=result.xid if result else None) or order.waiting_attempt
    if attempt is None or attempt.authentication is None:
        return ended_or_unknown(order)
    recorded = attempt.authentication
    if recorded.version == "2":
        return Refused(Refusal.AUTHENTICATION_UNKNOWN, "no PaRes: 3-D Secure 2 ends by cRes", order)
    code: int | None
    if result is None:
        proof, code = recorded, codes.SIGNATURE_INVALID
    elif result.xid != recorded.xid:
        proof, code = recorded, codes.XID_MISMATCH
    else:
        updated = replace(recorded, pa_res=result.status.value, cavv=result.cavv)
        proof, code = judge(order, updated, AFTER_PARES[result.status], system_of(attempt))
    return await _authenticated(order, attempt, proof, code, actor, world)


async def finish_challenge(
    key: OrderKey,
    server_trans_id: str | None,
    actor: Actor,
    world: World,
    *,
    loaded: Order | None = None,
) -> Step:
    """Phase 3 of 3-D Secure 2: the payer is back from a challenge; the ACS is asked for its result.

    Refuses: ORDER_UNKNOWN, AUTHENTICATION_UNKNOWN (another order's transaction, or no challenge
    was asked for), BUSY. Source: payment-page.md §4.2.
    """
    order = loaded or await world.orders.load(key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id}")
    attempt = (
        attempt_of(order, server_trans_id=server_trans_id)
        if server_trans_id
        else order.waiting_attempt
    )
    if attempt is None or attempt.authentication is None:
        return ended_or_unknown(order, server_trans_id)
    recorded = attempt.authentication
    if attempt.state is AttemptState.WAITING and recorded.acs_trans_id is None:
        rule = "no challenge was asked for: the method step comes first, or paRes is to be sent"
        return Refused(Refusal.AUTHENTICATION_UNKNOWN, rule, order)
    result = await world.card.threeds.challenge_result(recorded.server_trans_id or "")
    if result is None:
        return Ended(order)  # no result yet: the payer may still be at the ACS
    updated = replace(recorded, r_req=result.trans_status.value, cavv=result.cavv)
    proof, code = judge(order, updated, AFTER_CHALLENGE[result.trans_status], system_of(attempt))
    return await _authenticated(order, attempt, proof, code, actor, world)


async def _plan(
    order: Order, command: PayByCard, merchant: Merchant, world: World, beginning: Beginning
) -> Plan:
    """Find out, without moving any money, how this attempt has to go on."""
    broken = await world.card.limiter.broken_limit(beginning, merchant, world.clock.now())
    if broken is not None:  # nothing is asked about the card
        return Fail(broken.action_code, limit=broken)
    code = await world.card.checks.check(command.pan, command.expiry, command.cvc)
    if code is not None:
        return Fail(code)
    with_cvc, system = has_cvc(command, merchant), payment_system(command.pan)
    plan = before_enrolment(order, command, merchant, system, with_cvc=with_cvc)
    if plan is not None:
        return plan
    version = merchant.settings.tds_version
    request = EnrolmentRequest(pan=command.pan, version=version)
    enrolment = await world.card.threeds.enrolment(request)
    return after_enrolment(order, merchant, enrolment, system, with_cvc=with_cvc)


async def _carry_out(
    plan: Plan,
    order: Order,
    command: PayByCard,
    card: PaymentCard,
    world: World,
    beginning: Beginning,
) -> Step:
    request = AttemptRequest(
        payment_way=command.payment_way.value,
        card=card,
        authentication=plan.authentication,
        payer_ip=command.payer_ip or command.actor.ip or None,
        payer_network=beginning.attempt.network,
        email=command.email,
        phone=command.phone,
        params=command.params,
        params_of_payer=command.params_of_payer,
        more={name: text for name, text in command.more.items() if name != NOT_NEEDED},
        details=command.details,
    )
    if isinstance(plan, SendToAcs):
        return await _send_to_acs(plan, order, request, command, world, beginning)

    def decide(order: Order, now: datetime) -> Decision:
        if isinstance(plan, Authorise):
            return with_notes(decide_begin(order, request, now), command.notes)
        failure = decide_failure(order, request, plan.action_code, now)
        return with_notes(with_limit(failure, plan.limit), command.notes)

    decision = await perform(decide, command.key, world=world, actor=command.actor, loaded=order)
    beginning.end()
    if isinstance(plan, Fail) and plan.limit and isinstance(decision, Accepted):
        report(plan.limit, decision.order)
    details = CardDetails(pan=command.pan, cvc=command.cvc)
    return ended(
        await ask_if_decided(
            decision, command.key, world=world, actor=command.actor, details=details
        )
    )


async def _send_to_acs(
    plan: SendToAcs,
    order: Order,
    request: AttemptRequest,
    command: PayByCard,
    world: World,
    beginning: Beginning,
) -> Step:
    """Store the attempt and the card, and return the address for the browser."""
    enrolment, version_2 = plan.enrolment, plan.enrolment.version == "2"
    proof = replace(
        plan.authentication,
        acs_url=enrolment.acs_url or None,
        xid=None if version_2 else new_xid(),
        server_trans_id=str(uuid4()) if version_2 else None,
        finish_url=command.finish_url,
    )
    method = enrolment.method_url if version_2 else ""
    waiting = MethodStep(url=method) if method else AtAcs(url=enrolment.acs_url)
    request = replace(request, authentication=proof)
    until = min(order.expires_at, world.clock.now() + VAULT_TIME)
    await world.card.vault.keep(order.merchant_id, command.pan, until=until)
    decision = await perform(
        lambda order, now: with_notes(decide_wait(order, request, waiting, now), command.notes),
        command.key,
        world=world,
        actor=command.actor,
        loaded=order,
    )
    beginning.end()
    if not isinstance(decision, Accepted):
        return ended(decision)
    merchant = await world.merchants.get(order.merchant_id)
    if not version_2:
        return to_version_1(decision.order, plan, command, proof, merchant)
    if method:
        notify = command.method_notification_url
        return RunMethod(decision.order, proof.server_trans_id or "", method, notify)
    attempt = decision.order.attempts[-1]
    return await _authenticate(
        decision.order,
        attempt,
        command.pan,
        after_call(command, proof.server_trans_id or ""),
        merchant,
        world,
    )


async def _authenticate(
    order: Order,
    attempt: Attempt,
    pan: Pan,
    command: AfterMethod,
    merchant: Merchant,
    world: World,
) -> Step:
    recorded, card = attempt.authentication, attempt.card
    assert recorded is not None, "an attempt at the ACS has its 3-D Secure data"
    assert card is not None, "an attempt at the ACS has its card"
    answer = await world.card.threeds.authenticate(
        AuthenticationRequest(
            threeds_server_trans_id=recorded.server_trans_id or "",
            pan=pan,
            expiry=command.expiry.wire if command.expiry else card.expiry,
            amount_minor=confirmed_minor(order, attempt.details),
            currency=order.currency,
            merchant=merchant.name_in(language_of(order, command, merchant)),
            browser=command.browser,
            comp_ind=command.method_completed,
            message_version=command.tds_protocol_version or MESSAGE_VERSION,
            notification_url=return_from_acs("finish3dsVer2.do", order, command, merchant),
        )
    )
    updated = replace(
        recorded,
        a_res=answer.trans_status.value,
        acs_trans_id=answer.acs_trans_id,
        acs_url=answer.acs_url or None,
        cavv=answer.cavv,
    )
    outcome = AFTER_ARES[answer.trans_status]
    if not isinstance(outcome, Challenge):
        proof, code = judge(order, updated, outcome, system_of(attempt))
        return await _authenticated(order, attempt, proof, code, command.actor, world, pan=pan)
    decision = await perform(
        lambda order, now: decide_challenge(order, attempt.number, updated, now),
        command.key,
        world=world,
        actor=command.actor,
        loaded=order,
    )
    if not isinstance(decision, Accepted):
        return ended(decision)
    return ShowChallenge(
        decision.order, answer.acs_url, recorded.server_trans_id or "", answer.acs_trans_id
    )


async def _authenticated(
    order: Order,
    attempt: Attempt,
    proof: ThreeDSData,
    code: int | None,
    actor: Actor,
    world: World,
    *,
    pan: Pan | None = None,
) -> Step:
    """Ask the acquirer with the proof, or end the attempt with the code."""
    if code is None and pan is None and attempt.card is not None:
        pan = await world.card.vault.reveal(order.merchant_id, attempt.card.fingerprint)
    if code is None and pan is None:
        code = codes.SESSION_EXPIRED  # the vault deletes a card after an hour
    decision = await perform_and_ask(
        lambda order, now: decide_authenticated(order, attempt.number, proof, code, now),
        OrderKey(order.merchant_id, order.order_id),
        world=world,
        actor=actor,
        details=CardDetails(pan=pan) if pan else None,
        loaded=order,
    )
    return ended(decision)
