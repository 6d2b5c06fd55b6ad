"""Look-ups in the attempts of a card payment."""

from collections.abc import Mapping
from dataclasses import replace

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.stored_credential import FIRST_TRANSACTION, INITIATOR, Initiator
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.card.values import PaymentSystem, payment_system
from altyn.domain.instalments import CHARGED_NOW
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Attempt, Order
from altyn.operations.bindings.storing import (
    FORCE,
    agrees_to_storing,
    forbids_storing,
    registration_forbids_storing,
)
from altyn.operations.bindings.terms import instalment_terms, recurring_terms
from altyn.operations.bindings.unkept_terms import unkept_by
from altyn.operations.paying.card.plan import automatic
from altyn.operations.paying.card.ports import CardVault
from altyn.operations.paying.card.steps import PayByCard, ShowChallenge
from altyn.protocol.payment_ways import PaymentWay


def attempt_of(
    order: Order, *, xid: str | None = None, server_trans_id: str | None = None
) -> Attempt | None:
    """The payment attempt of a 3-D Secure transaction, by its XID or its version 2 id."""
    for attempt in order.payments:
        proof = attempt.authentication
        if proof is None:
            continue
        if (xid and proof.xid == xid) or (
            server_trans_id and proof.server_trans_id == server_trans_id
        ):
            return attempt
    return None


def transaction_of(order: Order, server_trans_id: str | None) -> Attempt | None:
    """The attempt with this transaction of 3-D Secure 2; None stands for the one that waits."""
    if server_trans_id is not None:
        return attempt_of(order, server_trans_id=server_trans_id)
    waiting = order.waiting_attempt
    proof = waiting.authentication if waiting else None
    return waiting if proof and proof.server_trans_id else None


def challenge_of(order: Order, proof: ThreeDSData) -> ShowChallenge | None:
    """The challenge that the ACS has asked for before; None where it has not."""
    if not (proof.acs_trans_id and proof.server_trans_id and proof.acs_url):
        return None
    return ShowChallenge(order, proof.acs_url, proof.server_trans_id, proof.acs_trans_id)


def card_of(command: PayByCard, order: Order, merchant: Merchant, vault: CardVault) -> PaymentCard:
    """What is kept of the card that a command brings."""
    system = payment_system(command.pan)
    return PaymentCard(
        masked_pan=command.pan.masked,
        expiry=command.expiry.wire,
        holder=command.holder,
        fingerprint=vault.fingerprint(command.key.merchant_id, command.pan),
        system=system.value if system else None,
        stores=_stores(command, order, merchant),
        binding_id=command.binding_id,
        charge=command.charge,
    )


def _stores(command: PayByCard, order: Order, merchant: Merchant) -> bool:
    """Whether the card is stored for the order's client when the payment succeeds.

    Only a payment in the way CARD stores one. On the page the payer has to agree, by
    bindingNotNeeded=false; the shop forbids it by bindingNotNeeded=true, in the registration or
    with the card, and by the feature BINDING_NOT_NEEDED. FORCE_CREATE_BINDING needs no agreement.
    Source: rest-orders.md §6, §2.3; payment-page.md §3.2, §5.
    """
    if not order.request.client_id or not merchant.may(Permission.BINDINGS):
        return False
    if command.payment_way is not PaymentWay.CARD:
        return False
    if order.request.has(FORCE):
        return True
    if registration_forbids_storing(order.request.more, order.request.features):
        return False
    by_payer = command.params_of_payer
    return agrees_to_storing(command.more) if by_payer else not forbids_storing(command.more)


def with_details(
    command: PayByCard, card: PaymentCard, order: Order, merchant: Merchant
) -> PayByCard:
    """The command with the details of its attempt, who began it and the first payment, and with the
    note about terms that it does not keep."""
    details = dict(command.details)
    if initiator := _initiator(command, card, order, merchant):
        details[INITIATOR] = initiator
    if command.first_transaction_id:
        details[FIRST_TRANSACTION] = command.first_transaction_id
    notes = unkept_by(command.payment_way, card, order, merchant)
    return replace(command, details=details, notes=(*command.notes, *notes))


def _initiator(
    command: PayByCard, card: PaymentCard, order: Order, merchant: Merchant
) -> str | None:
    """The shop may say F or U of a stored card itself (codes.md §7). None for any other payment."""
    if card.stores and instalment_terms(order, merchant) is not None:
        return Initiator.FIRST_INSTALMENT
    if card.stores:
        recurring = recurring_terms(order, merchant) is not None
        return Initiator.FIRST_RECURRING if recurring else Initiator.FIRST_OF_CLIENT
    if card.binding_id is None:
        return None
    if command.agreed_as:
        return command.agreed_as
    sent = command.more.get(INITIATOR, "")
    if sent in {Initiator.SHOP, Initiator.CLIENT} and not command.params_of_payer:
        return sent
    return Initiator.SHOP if automatic(order, merchant) else Initiator.CLIENT


def system_of(attempt: Attempt) -> PaymentSystem | None:
    """The payment system of the card of an attempt."""
    name = attempt.card.system if attempt.card else None
    return PaymentSystem(name) if name else None


def confirmed_minor(order: Order, details: Mapping[str, str]) -> int:
    """The sum that the payer confirms at the bank of the card: the order's, or the part of it that
    is charged now. `details` are those of the attempt."""
    return int(details.get(CHARGED_NOW, order.asked_minor))
