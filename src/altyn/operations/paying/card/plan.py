"""The plan of a card payment: whether it needs 3-D Secure, and what a result of 3-D Secure allows.

Pure rules: features of the order, permissions of the merchant and the schemes' answers go in; a
plan or an action code comes out. Source: codes.md §5.1, rest-orders.md §2.3.
"""

from dataclasses import dataclass, replace
from typing import Final

from altyn.domain import action_codes as codes
from altyn.domain.card.attempt_limits import BrokenLimit
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.card.values import PaymentSystem
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.operations.paying.card.steps import PayByCard
from altyn.protocol.eci import AuthenticationLevel, eci, level_of
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.tds_outcomes import AFTER_VERES, Challenge, Decline, Outcome, Proceed
from altyn.protocol.threeds import Enrolment

NO_3DS: Final = ThreeDSData()


@dataclass(frozen=True, slots=True)
class Authorise:
    """Ask the acquirer at once."""

    authentication: ThreeDSData


@dataclass(frozen=True, slots=True)
class SendToAcs:
    """Send the payer to the ACS first."""

    authentication: ThreeDSData
    enrolment: Enrolment


@dataclass(frozen=True, slots=True)
class Fail:
    """End the attempt with this action code; `limit` is the limit that refuses it."""

    action_code: int
    authentication: ThreeDSData = NO_3DS
    limit: BrokenLimit | None = None


Plan = Authorise | SendToAcs | Fail


def automatic(order: Order, merchant: Merchant) -> bool:
    """Whether the order is paid without CVC and 3-D Secure: AUTO_PAYMENT, with its permission.

    Source: rest-orders.md §2.3; 004 (features).
    """
    return order.request.has("AUTO_PAYMENT") and merchant.may(Permission.AUTO_PAYMENT)


def before_enrolment(
    order: Order,
    command: PayByCard,
    merchant: Merchant,
    system: PaymentSystem | None,
    *,
    with_cvc: bool,
) -> Plan | None:
    """The plan where the directory server need not be asked, else None.

    It covers one-phase payments that the merchant may not take, payments by mail or telephone,
    payments with a result of the shop's own MPI (`external`), automatic and recurring payments,
    payments that skip 3-D Secure on request, and merchants without 3-D Secure.
    """
    if not order.two_phase and not merchant.may(Permission.ONE_PHASE):
        return Fail(codes.ONE_PHASE_FORBIDDEN)
    if command.external is not None:
        return _by_external_mpi(order, merchant, command.external, system, with_cvc=with_cvc)
    moto = command.payment_way is PaymentWay.CARD_MOTO
    if moto or command.agreed_as or automatic(order, merchant):
        return Authorise(NO_3DS)
    wants = order.request.has("FORCE_TDS") or order.request.has("FORCE_FULL_TDS")
    if order.request.has("FORCE_SSL") and not wants:
        return _without(merchant, with_cvc=with_cvc)
    if merchant.may(Permission.THREE_DS):
        return None
    if wants or merchant.may(Permission.THREE_DS_REQUIRED):
        return Fail(codes.TDS_FORBIDDEN)
    return _without(merchant, with_cvc=with_cvc)


def _by_external_mpi(
    order: Order,
    merchant: Merchant,
    proof: ThreeDSData,
    system: PaymentSystem | None,
    *,
    with_cvc: bool,
) -> Plan:
    """The plan after an authentication by the shop's own MPI, by its ECI.

    An ECI that the payment system does not have ends with -2020.
    """
    assert proof.eci is not None, "a proof without its ECI was refused"
    demands = order.request.has("FORCE_TDS") or merchant.may(Permission.THREE_DS_REQUIRED)
    full = order.request.has("FORCE_FULL_TDS")
    match level_of(system or PaymentSystem.VISA, proof.eci):
        case None:
            return Fail(codes.WRONG_ECI, proof)
        case AuthenticationLevel.NONE if demands or full:
            return Fail(codes.TDS_RULE_FAILED, proof)
        case AuthenticationLevel.NONE:
            return replace(_without(merchant, with_cvc=with_cvc), authentication=proof)
        case AuthenticationLevel.ATTEMPT if full:
            return Fail(codes.PARES_NOT_Y, proof)
        case _:
            return Authorise(proof)


def after_enrolment(
    order: Order,
    merchant: Merchant,
    enrolment: Enrolment,
    system: PaymentSystem | None,
    *,
    with_cvc: bool,
) -> Plan:
    """The plan after the answer of the directory server."""
    answers = ThreeDSData(version=enrolment.version, ve_res=enrolment.ve_res)
    if enrolment.ve_res is None:
        return Fail(codes.TDS_COMMUNICATION_ERROR, answers)
    match AFTER_VERES[enrolment.ve_res]:
        case Challenge():
            return SendToAcs(answers, enrolment)
        case Decline(action_code):
            return Fail(action_code, answers)
        case Proceed():
            return _not_enrolled(order, merchant, answers, system, with_cvc=with_cvc)


def _not_enrolled(
    order: Order,
    merchant: Merchant,
    answers: ThreeDSData,
    system: PaymentSystem | None,
    *,
    with_cvc: bool,
) -> Plan:
    if order.request.has("FORCE_FULL_TDS") or merchant.may(Permission.THREE_DS_REQUIRED):
        return Fail(codes.TDS_RULE_FAILED, answers)
    if order.request.has("FORCE_TDS"):
        return Authorise(replace(answers, eci=_eci(system, AuthenticationLevel.ATTEMPT)))
    plan = _without(merchant, with_cvc=with_cvc)
    return replace(
        plan, authentication=replace(answers, eci=_eci(system, AuthenticationLevel.NONE))
    )


def judge(
    order: Order, answers: ThreeDSData, outcome: Outcome, system: PaymentSystem | None
) -> tuple[ThreeDSData, int | None]:
    """Proof for the acquirer, or the action code that ends the attempt.

    FORCE_FULL_TDS accepts a full authentication only (-2017). A challenge is no result.
    """
    match outcome:
        case Decline(action_code):
            return answers, action_code
        case Proceed(AuthenticationLevel.ATTEMPT) if order.request.has("FORCE_FULL_TDS"):
            return answers, codes.PARES_NOT_Y
        case Proceed(proven):
            return replace(answers, eci=_eci(system, proven)), None
        case Challenge():
            return answers, codes.AUTHENTICATION_FAILED


def _eci(system: PaymentSystem | None, proven: AuthenticationLevel) -> int:
    """Cards of no known system are reported as Visa's are."""
    return eci(system or PaymentSystem.VISA, proven)


def _without(merchant: Merchant, *, with_cvc: bool) -> Authorise | Fail:
    """A payment without 3-D Secure, where the merchant may take one."""
    if not merchant.may(Permission.SSL_ALLOWED):
        return Fail(codes.SSL_FORBIDDEN)
    if not with_cvc and not merchant.may(Permission.SSL_WITHOUT_CVC):
        return Fail(codes.SSL_WITHOUT_CVC)
    return Authorise(ThreeDSData())
