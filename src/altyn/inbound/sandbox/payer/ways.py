"""The ways in which the simulated payer can pay. A new way is a new row of WAYS."""

from collections.abc import Mapping
from typing import Final

import msgspec

from altyn.inbound.sandbox.payer.bnpl import BnplRequest
from altyn.inbound.sandbox.payer.card import CardRequest
from altyn.inbound.sandbox.payer.request import PayerRequest
from altyn.inbound.sandbox.payer.sberpay import SberPayRequest
from altyn.protocol.payment_ways import PaymentWay

WAYS: Final[Mapping[str, type[PayerRequest]]] = {
    PaymentWay.CARD: CardRequest,
    PaymentWay.SBERPAY: SberPayRequest,
    PaymentWay.BNPL: BnplRequest,
}


class _Way(msgspec.Struct):
    way: str | None = None


def read_request(body: bytes) -> PayerRequest:
    """Read the JSON of a request by the row of its way.

    Raises ValueError, in this order: not JSON, no or an unknown way, a member that this way does
    not have or of another type, members that do not fit together. No text contains a value.
    """
    way = msgspec.json.decode(body or b"{}", type=_Way).way
    members = WAYS.get(way or "")
    if members is None:
        raise ValueError(f"way: how the payer pays, one of: {', '.join(sorted(WAYS))}")
    request = msgspec.json.decode(body, type=members)
    try:
        request.check()
    except ValueError:
        request.clear()
        raise
    return request
