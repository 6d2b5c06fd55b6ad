"""The form of the payment page for a stored card, as a table. Source: payment-page.md §3.3."""

from typing import Final

from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import PAYMENT
from altyn.protocol.dialects.classic.payment_methods import CARD_REST, FORM_REFUSALS, MD_ORDER
from altyn.protocol.table import Method, Parameter

PROCESS_BINDING_FORM: Final = Method(
    name="processBindingForm",
    operation=Operation.PAY_BY_BINDING,
    rest=("processBindingForm.do",),
    source="payment-page.md §3.3",
    summary="Pay an order with a stored card that the payer chooses on the payment page.",
    parameters=(
        MD_ORDER,
        Parameter("bindingId", t.text(255), "binding_id", "The stored card.",
                  Refusal.PARAMETER_EMPTY, Refusal.BINDING_UNKNOWN),
        Parameter("cvc", t.CVC, "cvc", "The security code; may be left out by permission.",
                  invalid=Refusal.CVC_INVALID, aliases=("$CVC",)),
        *(row for row in CARD_REST if row.name != "bindingNotNeeded"),
    ),
    refusals={
        **FORM_REFUSALS,
        Refusal.CLIENT_ID_EMPTY: e.PARAMETER_MISSING,
        Refusal.BINDING_UNKNOWN: e.BINDING_UNKNOWN,
        Refusal.BINDING_OF_ANOTHER_CLIENT: e.ANOTHER_BINDING,
    },
    credentials=False,
    present=p.CARD_PAYMENT,
    envelope=PAYMENT,
)  # fmt: skip
