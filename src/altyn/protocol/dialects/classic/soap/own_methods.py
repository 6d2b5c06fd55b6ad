"""Methods that only SOAP has: their tables, as REST's.

The status in the old form is REST's method with another answer: normal names, and more of them.
Source: soap.md §2, §3 (checkAuthenticate, update*CardList).
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import methods as m
from altyn.protocol.table import Envelope, Method, Parameter

ORDER_STATUS: Final = replace(
    m.GET_ORDER_STATUS, name="getOrderStatus.soap", rest=(), envelope=Envelope.PLAIN
)

CHECK_AUTHENTICATE: Final = Method(
    name="checkAuthenticate",
    rest=(),
    soap="checkAuthenticate",
    source="soap.md §3",
    summary="Whether a login and a password are right.",
    parameters=(m.LENIENT_LANGUAGE,),
    refusals={**m.WHO, **m.INVALID, **m.ALWAYS},
)


def _card_list(operation: str, which: str) -> Method:
    return Method(
        name=operation,
        rest=(),
        soap=operation,
        source="soap.md §3",
        summary=f"Put the card of an order on the {which} list. The list has no effect yet.",
        parameters=(
            Parameter(
                "mdorder",
                t.ORDER_ID,
                "order_id",
                "The order's number in the gateway.",
                Refusal.ORDER_ID_EMPTY,
                Refusal.ORDER_UNKNOWN,
            ),
        ),
        refusals={
            **m.WHO,
            Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
            **m.INVALID,
            Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
            **m.ALWAYS,
        },
    )


SOAP_METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        method.name: method
        for method in (
            ORDER_STATUS,
            CHECK_AUTHENTICATE,
            _card_list("updateBlackCardList", "black"),
            _card_list("updateSSLCardList", "no 3-D Secure"),
            _card_list("updateWhiteCardList", "white"),
        )
    }
)
