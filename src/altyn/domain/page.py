"""What a merchant decides about the gateway's payment page.

Source: payment-page.md §7.
"""

from enum import StrEnum
from typing import Final

PAGE_LANGUAGES: Final = ("ru", "en")
"""The languages of the gateway's pages."""


class HolderField(StrEnum):
    """Whether the payment page asks for the name on the card."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OFF = "off"
