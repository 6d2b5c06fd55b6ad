"""Counters of operations, for /metrics."""

from typing import Final

from prometheus_client import Counter

RACES_LOST: Final = Counter(
    "altyn_order_races_lost",
    "Saves of an order that found a newer version, and were decided again.",
)
RACES_ABANDONED: Final = Counter(
    "altyn_order_races_abandoned",
    "Requests refused as busy, because other changes of the order were faster each time.",
)
ATTEMPTS_LIMITED: Final = Counter(
    "altyn_card_attempts_limited",
    "Card payments that a limit against card testing refused: of the card, the payer's address, "
    "the order, or the merchant.",
    ["limit"],
)
