"""The classic dialect: the first one, and the one that every merchant has unless it is taken away.

SOAP is its second spelling (`soap/`). Source: rest-orders.md §1.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.protocol.dialect import Dialect, TransportFault
from altyn.protocol.dialects.classic.envelopes import PLAIN
from altyn.protocol.dialects.classic.error_codes import SYSTEM_ERROR
from altyn.protocol.dialects.classic.later_methods import LATER_METHODS
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.presentation import ErrorAnswer, Members


def transport_fault(text: str) -> Members:
    """The members of the answer to a request that is not read."""
    return PLAIN.refusal(ErrorAnswer(SYSTEM_ERROR.code, text))


TRANSPORT_FAULTS: Final[Mapping[TransportFault, Members]] = MappingProxyType(
    {
        TransportFault.METHOD: transport_fault("This address takes GET and POST"),
        TransportFault.CARD_BY_GET: transport_fault(
            "This method takes a card, so it is served by POST only: addresses are kept in logs "
            "and histories. Send the parameters in the body"
        ),
        TransportFault.CARD_IN_ADDRESS: transport_fault(
            "The card is in the address, which logs keep: send $PAN, pan, $CVC and cvc in the body "
            "of the request. Nothing was read, and nothing was charged"
        ),
        TransportFault.BY_POST: transport_fault(
            "This method changes the payment, so it is served by POST only"
        ),
        TransportFault.BODY_TOO_SLOW: transport_fault(
            "The request body was not complete in time: repeat the request"
        ),
        TransportFault.BODY_TOO_LARGE: transport_fault(
            "The request body is larger than this gateway reads"
        ),
        TransportFault.OVERLOADED: transport_fault(
            "The gateway is busy: repeat the request in a moment"
        ),
        TransportFault.OUTDATED: transport_fault(
            "The gateway is being upgraded: repeat the request in a moment"
        ),
    }
)

CLASSIC: Final = Dialect(
    name="classic",
    prefix="/payment/rest/",
    methods=tuple(METHODS.values()),
    transport_faults=TRANSPORT_FAULTS,
    unserved=LATER_METHODS,
)
