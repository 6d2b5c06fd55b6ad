"""What may be kept of a card after a payment attempt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCard:
    """The masked number of a card, and a keyed fingerprint to find the card again."""

    masked_pan: str
    expiry: str
    holder: str
    fingerprint: str
    system: str | None = None
