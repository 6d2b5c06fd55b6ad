"""The cart of an order, as the shop has sent it."""

from dataclasses import dataclass
from typing import Final, Self

import msgspec

CARTS_REMEMBERED: Final = 64
"""How many carts stay parsed in memory, for the next question about the same order."""


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart as JSON text; an order keeps it unchanged and echoes it in its status.

    `document` is the same as lists, dictionaries and plain values.
    """

    text: str

    @classmethod
    def of(cls, document: object) -> Self:
        """The cart that holds this document."""
        return cls(msgspec.json.encode(document).decode())

    @property
    def document(self) -> object:
        """The cart, parsed."""
        return msgspec.json.decode(self.text)
