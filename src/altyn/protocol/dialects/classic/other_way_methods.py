"""The method with which a shop's server begins a payment that needs no card.

Source: rest-orders.md §11; soap.md §6 (paymentOrderOtherWay).
"""

from typing import Final

from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import PAYMENT
from altyn.protocol.dialects.classic.payment_methods import MD_ORDER, ORDER_TAKES_NO_PAYMENT
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    INVALID,
    LENIENT_LANGUAGE,
    WHO,
)
from altyn.protocol.table import Method, Parameter

PAYMENT_ORDER_OTHER_WAY: Final = Method(
    name="paymentOrderOtherWay",
    operation=Operation.PAY_IN_OTHER_WAY,
    rest=("paymentotherway.do",),
    soap="paymentOrderOtherWay",
    source="rest-orders.md §11",
    summary="Begin a payment without a card, such as SberPay; the payer goes on at `redirect`.",
    parameters=(
        MD_ORDER,
        Parameter("paymentWay", t.text(32), "way", "The way to pay: SBRF_SBOL.",
                  Refusal.PARAMETER_EMPTY),
        Parameter("ip", t.text(39), "ip", "The payer's address."),
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_MISSING,
        Refusal.PARAMETER_EMPTY: e.PARAMETER_MISSING,
        **INVALID,
        **ORDER_TAKES_NO_PAYMENT,
        **ALWAYS,
    },
    present=p.OTHER_WAY,
    envelope=PAYMENT,
)  # fmt: skip
