"""What the payment page shows of the stored cards of an order's client."""

from dataclasses import dataclass
from enum import StrEnum


class Remember(StrEnum):
    """Whether the card of this payment is stored: never, if the payer agrees, or always."""

    NEVER = "never"
    ASK = "ask"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A stored card. `system` is the payment system, `expiry` MM/YY; no card number is here."""

    binding_id: str
    system: str
    last_digits: str
    expiry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCards:
    """The stored cards that may pay an order, the last stored first.

    `only`: no card may be typed, as the shop takes a stored one only. `chosen` is the id of the
    card that is marked, empty for another card. `remembers`: the payer has ticked the box that asks
    whether to store the card.
    """

    cards: tuple[StoredCard, ...] = ()
    only: bool = False
    chosen: str = ""
    remember: Remember = Remember.NEVER
    remembers: bool = False

    @property
    def shown(self) -> bool:
        """Whether the page has anything about stored cards."""
        return bool(self.cards) or self.remember is not Remember.NEVER

    @property
    def removable(self) -> bool:
        """Whether the payer may remove a card here; not where no other card could pay instead."""
        return not self.only
