"""Who began a payment that stores a card or uses a stored one; the first payment of the chain.

Payment systems want both with every such payment. Source: codes.md §7.
"""

from enum import StrEnum
from typing import Final

INITIATOR: Final = "tii"
"""The detail of an attempt that names its `Initiator`."""

FIRST_TRANSACTION: Final = "firstTransactionId"
"""The detail of an attempt: the network transaction id of the payment that has stored the card."""


class Initiator(StrEnum):
    """The transaction initiator indicator (`tii`)."""

    FIRST_OF_CLIENT = "CI"  # the client pays, and the card is stored for the client's payments
    CLIENT = "U"  # the client pays with the stored card
    SHOP = "F"  # the shop charges the stored card, at no agreed time
    FIRST_RECURRING = "RI"  # the client pays, and agrees to recurring payments
    RECURRING = "R"  # the shop charges the stored card as agreed
    FIRST_INSTALMENT = "II"  # the client pays, and agrees to instalments
    INSTALMENT = "I"  # the shop charges an instalment as agreed
