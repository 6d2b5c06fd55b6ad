"""Look-ups in the attempts of a card payment."""

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.values import PaymentSystem, payment_system
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Attempt, Order
from altyn.operations.paying.card.ports import CardVault
from altyn.operations.paying.card.steps import PayByCard


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
    )


def _stores(command: PayByCard, order: Order, merchant: Merchant) -> bool:
    """Whether the card is stored for the order's client when the payment succeeds.

    The payer's browser or the shop says with bindingNotNeeded that it is not.
    Source: rest-orders.md §6, §2.3 (FORCE_CREATE_BINDING).
    """
    if not order.request.client_id or not merchant.may(Permission.BINDINGS):
        return False
    if command.binding_id is not None:
        return False
    sent = {**order.request.more, **command.more}.get("bindingNotNeeded", "")
    return order.request.has("FORCE_CREATE_BINDING") or sent.lower() not in {"true", "1"}


def system_of(attempt: Attempt) -> PaymentSystem | None:
    """The payment system of the card of an attempt."""
    name = attempt.card.system if attempt.card else None
    return PaymentSystem(name) if name else None
