"""Methods that only SOAP has: their tables, as REST's.

The status in the old form is REST's method with another answer: normal names, and more of them.
Source: soap.md §2, §3 (checkAuthenticate, update*CardList).
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import PLAIN
from altyn.protocol.dialects.classic.methods import GET_ORDER_STATUS
from altyn.protocol.dialects.classic.shared_rows import ALWAYS, INVALID, LENIENT_LANGUAGE, WHO
from altyn.protocol.dialects.classic.soap.order_status import SOAP_STATUS
from altyn.protocol.table import Method, Parameter

ORDER_STATUS: Final = replace(
    GET_ORDER_STATUS,
    name="getOrderStatus.soap",
    rest=(),
    present=SOAP_STATUS,
    envelope=PLAIN,
)

CHECK_AUTHENTICATE: Final = Method(
    name="checkAuthenticate",
    operation=Operation.CHECK_CREDENTIALS,
    rest=(),
    soap="checkAuthenticate",
    source="soap.md §3",
    summary="Whether a login and a password are right.",
    parameters=(LENIENT_LANGUAGE,),
    refusals={**WHO, **INVALID, **ALWAYS},
    present=p.DONE,
    envelope=PLAIN,
)


def _card_list(operation: str, which: str) -> Method:
    return Method(
        name=operation,
        operation=Operation.LIST_CARD,
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
            **WHO,
            Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
            **INVALID,
            Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
            **ALWAYS,
        },
        present=p.DONE,
        envelope=PLAIN,
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
