"""Authenticate: whether a try needs 3-D Secure, and what its outcome allows.

Pure rules: features of the order, permissions of the merchant and the schemes' answers go in; a
plan or an action code comes out. Source: codes.md §5.1, rest-orders.md §2.3.
"""

from dataclasses import dataclass, replace
from typing import Final

from altyn.domain.card.values import PaymentSystem
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Authentication, Order
from altyn.protocol import action_codes as codes
from altyn.protocol.eci import Authentication as Proven
from altyn.protocol.eci import eci
from altyn.protocol.tds_outcomes import AFTER_VERES, Challenge, Decline, Outcome, Proceed
from altyn.protocol.threeds import Enrolment

NOTHING_SEEN: Final = Authentication()


@dataclass(frozen=True, slots=True)
class Authorise:
    """Ask the bank at once."""

    authentication: Authentication


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Send the payer to the ACS first."""

    authentication: Authentication
    enrolment: Enrolment


@dataclass(frozen=True, slots=True)
class Fail:
    """End the try with this action code."""

    action_code: int
    authentication: Authentication = NOTHING_SEEN


Plan = Authorise | Authenticate | Fail


def before_enrolment(order: Order, merchant: Merchant, *, with_cvc: bool) -> Plan | None:
    """A plan that needs no question to the directory server, or None.

    One-phase payments the merchant may not take, payments forced past 3-D Secure, and merchants
    without 3-D Secure are decided here.
    """
    if not order.two_phase and not merchant.may(Permission.ONE_PHASE):
        return Fail(codes.ONE_PHASE_FORBIDDEN)
    wants = order.request.has("FORCE_TDS") or order.request.has("FORCE_FULL_TDS")
    if order.request.has("FORCE_SSL") and not wants:
        return _without(merchant, with_cvc=with_cvc)
    if merchant.may(Permission.THREE_DS):
        return None
    if wants or merchant.may(Permission.THREE_DS_REQUIRED):
        return Fail(codes.TDS_FORBIDDEN)
    return _without(merchant, with_cvc=with_cvc)


def after_enrolment(
    order: Order,
    merchant: Merchant,
    enrolment: Enrolment,
    system: PaymentSystem | None,
    *,
    with_cvc: bool,
) -> Plan:
    """What the directory server's answer makes of the try."""
    seen = Authentication(version=enrolment.version, ve_res=enrolment.ve_res)
    if enrolment.ve_res is None:
        return Fail(codes.TDS_COMMUNICATION_ERROR, seen)
    match AFTER_VERES[enrolment.ve_res]:
        case Challenge():
            return Authenticate(seen, enrolment)
        case Decline(action_code):
            return Fail(action_code, seen)
        case Proceed():
            return _not_enrolled(order, merchant, seen, system, with_cvc=with_cvc)


def _not_enrolled(
    order: Order,
    merchant: Merchant,
    seen: Authentication,
    system: PaymentSystem | None,
    *,
    with_cvc: bool,
) -> Plan:
    if order.request.has("FORCE_FULL_TDS") or merchant.may(Permission.THREE_DS_REQUIRED):
        return Fail(codes.TDS_RULE_FAILED, seen)
    if order.request.has("FORCE_TDS"):
        return Authorise(replace(seen, eci=_eci(system, Proven.ATTEMPT)))
    plan = _without(merchant, with_cvc=with_cvc)
    return replace(plan, authentication=replace(seen, eci=_eci(system, Proven.NONE)))


def judge(
    order: Order, seen: Authentication, outcome: Outcome, system: PaymentSystem | None
) -> tuple[Authentication, int | None]:
    """What an authentication is worth: proof for the bank, or the action code that ends the try.

    FORCE_FULL_TDS accepts nothing but a full authentication (-2017). A challenge is neither.
    """
    match outcome:
        case Decline(action_code):
            return seen, action_code
        case Proceed(Proven.ATTEMPT) if order.request.has("FORCE_FULL_TDS"):
            return seen, codes.PARES_NOT_Y
        case Proceed(proven):
            return replace(seen, eci=_eci(system, proven)), None
        case Challenge():
            return seen, codes.AUTHENTICATION_FAILED


def _eci(system: PaymentSystem | None, proven: Proven) -> int:
    """Cards of no known system are reported as Visa's are."""
    return eci(system or PaymentSystem.VISA, proven)


def _without(merchant: Merchant, *, with_cvc: bool) -> Authorise | Fail:
    """A payment without 3-D Secure, where the merchant may take one."""
    if not merchant.may(Permission.SSL_ALLOWED):
        return Fail(codes.SSL_FORBIDDEN)
    if not with_cvc and not merchant.may(Permission.SSL_WITHOUT_CVC):
        return Fail(codes.SSL_WITHOUT_CVC)
    return Authorise(Authentication())
