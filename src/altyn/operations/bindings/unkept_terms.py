"""The note about terms of later charges that an order has and a payment of it does not keep.

Terms are kept with a stored card, so a payment that stores no card keeps none.
Source: docs/decisions/0015-stored-cards.md.
"""

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.notes import Note, Notes
from altyn.domain.order import Order
from altyn.operations.bindings.storing import registration_forbids_storing
from altyn.operations.bindings.terms import PAYMENTS, instalment_terms, recurring_terms
from altyn.protocol.payment_ways import PaymentWay


def unkept_terms(order: Order, merchant: Merchant) -> Notes:
    """The notes about the order's last payment; none for an order without payments."""
    if not order.payments:
        return ()
    last = order.payments[-1]
    return unkept_by(last.payment_way or "", last.card, order, merchant)


def unkept_by(way: str, card: PaymentCard | None, order: Order, merchant: Merchant) -> Notes:
    """The notes about a payment in this way, with this card if it has one.

    There are none where the notes about the registration have said that no card can be stored.
    """
    request = order.request
    may_store = bool(request.client_id) and merchant.may(Permission.BINDINGS)
    if not may_store or registration_forbids_storing(request.more, request.features):
        return ()
    if way == PaymentWay.CARD_MOTO or (card and card.stores):
        return ()
    why = "without effect: this payment stores no card"
    if way == PaymentWay.CARD:
        why = f"{why}, because its payer has not agreed to it (bindingNotNeeded)"
    names = {
        "recurringFrequency": recurring_terms(order, merchant),
        PAYMENTS: instalment_terms(order, merchant),
    }
    return tuple(Note(name, why) for name, terms in names.items() if terms)
