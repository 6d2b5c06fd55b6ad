"""Look-ups in the attempts of a card payment."""

from collections.abc import Mapping

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.card.values import PaymentSystem, payment_system
from altyn.domain.instalments import CHARGED_NOW
from altyn.domain.order import Attempt, Order
from altyn.operations.paying.card.ports import CardVault
from altyn.operations.paying.card.steps import PayByCard, ShowChallenge


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


def card_of(command: PayByCard, vault: CardVault) -> PaymentCard:
    """What is kept of the card that a command brings."""
    system = payment_system(command.pan)
    return PaymentCard(
        masked_pan=command.pan.masked,
        expiry=command.expiry.wire,
        holder=command.holder,
        fingerprint=vault.fingerprint(command.key.merchant_id, command.pan),
        system=system.value if system else None,
    )


def system_of(attempt: Attempt) -> PaymentSystem | None:
    """The payment system of the card of an attempt."""
    name = attempt.card.system if attempt.card else None
    return PaymentSystem(name) if name else None


def confirmed_minor(order: Order, details: Mapping[str, str]) -> int:
    """The sum that the payer confirms at the bank of the card: the order's, or the part of it that
    is charged now. `details` are those of the attempt."""
    return int(details.get(CHARGED_NOW, order.asked_minor))
