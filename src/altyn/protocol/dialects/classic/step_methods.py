"""The methods for single steps of 3-D Secure 2, for a shop that sends cards itself.

Source: rest-orders.md §5.2.
"""

from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import PAYMENT
from altyn.protocol.dialects.classic.payment_methods import (
    CARD_REFUSALS,
    MD_ORDER,
    TRANSACTION_SPELLINGS,
)
from altyn.protocol.dialects.classic.shared_rows import ALWAYS, INVALID, LENIENT_LANGUAGE, WHO
from altyn.protocol.malformed import Malformed
from altyn.protocol.table import Method, Parameter
from altyn.protocol.threeds import MethodCompletion

_REFUSALS: Final = {
    **WHO,
    Refusal.ORDER_ID_EMPTY: e.PARAMETER_MISSING,
    Refusal.PARAMETER_EMPTY: e.PARAMETER_MISSING,
    **INVALID,
    Refusal.ORDER_UNKNOWN: CARD_REFUSALS[Refusal.ORDER_UNKNOWN],
    Refusal.AUTHENTICATION_UNKNOWN: CARD_REFUSALS[Refusal.AUTHENTICATION_UNKNOWN],
    **ALWAYS,
}


def _completion(value: str, _: t.Context) -> MethodCompletion:
    known = value.strip().upper()
    if known not in tuple(MethodCompletion):
        raise Malformed(f"one of {', '.join(MethodCompletion)}")
    return MethodCompletion(known)


_COMPLETION: Final = t.Type("A1", _completion, enumeration=tuple(MethodCompletion))

CONTINUE_3DS: Final = Method(
    name="continue3ds",
    operation=Operation.CONTINUE_3DS,
    rest=("3ds/continue.do",),
    soap="continueThreeDs",
    source="rest-orders.md §5.2",
    summary="Go on after the method step of 3-D Secure 2, without sending the card again.",
    needs=Permission.CARD_FROM_SHOP,
    parameters=(MD_ORDER, LENIENT_LANGUAGE),
    refusals={
        refusal: error
        for refusal, error in _REFUSALS.items()
        if refusal is not Refusal.PARAMETER_EMPTY
    },
    present=p.CARD_PAYMENT,
    envelope=PAYMENT,
)

FINISH_3DS_METHOD: Final = Method(
    name="finish3dsMethod",
    operation=Operation.CONTINUE_3DS,
    rest=("finish3dsMethod.do",),
    source="rest-orders.md §5.2",
    summary="Go on after the method step of 3-D Secure 2, and say whether it was completed.",
    needs=Permission.CARD_FROM_SHOP,
    parameters=(
        MD_ORDER,
        Parameter("threeDSServerTransId", t.text(36), "server_trans_id",
                  "The transaction of 3-D Secure 2.", Refusal.PARAMETER_EMPTY,
                  aliases=TRANSACTION_SPELLINGS),
        Parameter("threeDSCompInd", _COMPLETION, "method_completed", "Y: the method step was "
                  "reported as over; N: not within 10 s; U: there was none. Y by default."),
        LENIENT_LANGUAGE,
    ),
    refusals=_REFUSALS,
    present=p.METHOD_FINISHED,
    envelope=PAYMENT,
)  # fmt: skip
