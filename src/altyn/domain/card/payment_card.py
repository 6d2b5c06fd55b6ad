"""What may be kept of a card after a payment attempt."""

from dataclasses import dataclass
from uuid import UUID

from altyn.domain.card.charge import Charge


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCard:
    """The masked number of a card, and a keyed fingerprint to find the card again.

    `stores`: when the payment succeeds, the card is stored for the order's client. `binding_id` is
    the stored card that pays, or that the payment has stored. `network_transaction_id` is the
    payment system's number of this payment, which later payments with the stored card refer to.
    `charge` is what the terms of the stored card count for this payment.
    """

    masked_pan: str
    expiry: str
    holder: str
    fingerprint: str
    system: str | None = None
    stores: bool = False
    binding_id: UUID | None = None
    network_transaction_id: str | None = None
    charge: Charge | None = None
