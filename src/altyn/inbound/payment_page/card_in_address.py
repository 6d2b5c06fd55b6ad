"""A card in the address of a request: the page takes none, because logs keep addresses.

Source: payment-page.md §3.
"""

from typing import Final

from starlette.responses import Response

from altyn.inbound.http.fields import Fields
from altyn.inbound.payment_page import responses
from altyn.protocol.dialect import TransportFault
from altyn.protocol.dialects.classic.dialect import TRANSPORT_FAULTS

CARD_NAMES: Final = ("$PAN", "pan", "$CVC", "cvc")
FAULT: Final = TransportFault.CARD_IN_ADDRESS


def has_card_in_address(fields: Fields) -> bool:
    """Whether the query string has a card number or a CVC."""
    return not fields.in_address.isdisjoint(CARD_NAMES)


def card_in_address() -> Response:
    """The answer to such a request: nothing of it is read."""
    return responses.json(TRANSPORT_FAULTS[FAULT], FAULT.status)
