"""The notes about a registration: what of it has no effect, although it is accepted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import to_moscow
from altyn.domain.notes import Note, Notes
from altyn.operations.bindings.storing import FORCE, registration_forbids_storing
from altyn.operations.bindings.terms import PAYMENTS
from altyn.operations.register import SESSION_SECONDS_MAX, Register
from altyn.protocol.payment_ways import PaymentWay


def registration_notes(command: Register, merchant: Merchant, now: datetime) -> Notes:
    """What of a registration has no effect, by the names of its fields."""
    session = _session_notes(command, merchant, now)
    return (*session, *_storing_notes(command, merchant, now))


def _session_notes(command: Register, merchant: Merchant, now: datetime) -> Notes:
    """The note about a session that is shorter than the request wants: a year is the longest."""
    if not merchant.may(Permission.CUSTOM_SESSION):
        return ()
    text = f"bounded to {SESSION_SECONDS_MAX} seconds from now"
    latest = now + timedelta(seconds=SESSION_SECONDS_MAX)
    if command.expiration_date is not None:
        return (Note("expiration_date", text),) if command.expiration_date > latest else ()
    too_long = (command.session_timeout_seconds or 0) > SESSION_SECONDS_MAX
    return (Note("session_timeout_seconds", text),) if too_long else ()


def _storing_notes(command: Register, merchant: Merchant, now: datetime) -> Iterator[Note]:
    """The notes about a card that is to be stored and will not be, and about the terms with it."""
    why = _why_not_stored(command, merchant)
    if why and FORCE in command.features:
        yield Note("features", f"{FORCE} is without effect: {why}")
    if merchant.may(Permission.RECURRENT):
        yield from _term_notes(command, now, why)
    typed = command.binding_id is None
    if command.paid_by == PaymentWay.CARD_MOTO and command.client_id and typed:
        yield Note("client_id", f"kept with the order, but {why}")


def _term_notes(command: Register, now: datetime, why: str) -> Iterator[Note]:
    """The notes about terms of recurring payments and of instalments that none can follow."""
    until = command.recurring_expiry
    recurring = until is not None and command.recurring_frequency is not None
    if recurring and why:
        yield Note("recurring_frequency", f"without effect: {why}")
    elif until is not None and recurring and until < f"{to_moscow(now):%Y%m%d}":
        yield Note("recurring_expiry", "is over: no recurring payment can follow")
    if why and PAYMENTS in command.more:
        yield Note(PAYMENTS, f"without effect: {why}")


def _why_not_stored(command: Register, merchant: Merchant) -> str:
    """Why no payment of the order stores a card; empty where one may.

    Source: rest-orders.md §6, §5.5.
    """
    if not command.client_id:
        return "no card is stored without clientId"
    if command.paid_by == PaymentWay.CARD_BINDING:
        return "a payment with a stored card stores none"
    if command.paid_by == PaymentWay.CARD_MOTO:
        return "a payment by mail or telephone stores no card"
    if not merchant.may(Permission.BINDINGS):
        return "no card is stored: permission bindings is off"
    if registration_forbids_storing(command.more, command.features):
        return "bindingNotNeeded says that the card is not stored"
    return ""
