"""The methods that send a card, as tables: from a shop, or from the payment page.

`paymentorder.do` and the page's `processform.do` are one operation; they differ in the caller.
Source: rest-orders.md §5.1, §5.2; payment-page.md §3.2, §4.
"""

from dataclasses import replace
from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol import mpi_types as m
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic import json_types as j
from altyn.protocol.dialects.classic import presentation as p
from altyn.protocol.dialects.classic.envelopes import PAYMENT
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    INVALID,
    LENIENT_LANGUAGE,
    WHO,
    Refusals,
    stored,
)
from altyn.protocol.name_types import name_on_card
from altyn.protocol.table import Method, Parameter

MD_ORDER: Final = Parameter(
    "MDORDER", t.ORDER_ID, "order_id", "The order's number in the gateway.",
    Refusal.ORDER_ID_EMPTY, Refusal.ORDER_UNKNOWN, aliases=("mdOrder", "orderId"),
)  # fmt: skip

# Our answers spell threeDSServerTransId; clients send it back as EMV 3-D Secure spells it.
TRANSACTION_SPELLINGS: Final = ("threeDSServerTransID",)

CARD_START: Final = (
    MD_ORDER,
    Parameter("$PAN", t.PAN, "pan", "The card number.", Refusal.PAN_EMPTY, Refusal.PAN_INVALID,
              aliases=("pan",)),
    Parameter("$CVC", t.CVC, "cvc", "The security code; may be left out for Maestro, or by "
              "permission.", invalid=Refusal.CVC_INVALID, aliases=("cvc",)),
    Parameter("$EXPIRY", t.EXPIRY, "expiry", "Expiry as YYYYMM; YYYY and MM do as well.",
              Refusal.EXPIRY_INVALID, Refusal.EXPIRY_INVALID, parts=("YYYY", "MM")),
)  # fmt: skip


def holder(type_: t.Type) -> Parameter:
    """The row of the name on the card: a shop sends any text, a payer types Latin letters."""
    note, refusal = "The name on the card.", Refusal.HOLDER_INVALID
    return Parameter("TEXT", type_, "holder", note, refusal, refusal)


CARD_REST: Final = (
    Parameter("email", j.EMAIL, "email", "The payer's e-mail address."),
    Parameter("phone", t.PHONE, "phone", "The payer's phone number."),
    Parameter("ip", t.text(39), "ip", "The payer's address."),
    stored("bindingNotNeeded", t.BOOLEAN, "Do not store the card.", caution=""),
    Parameter("jsonParams", j.PAYMENT_PARAMS, "json_params", "More attributes.",
              remarks=k.remarks_of_payment_params),
    Parameter("threeDSServerTransId", t.text(36), "server_trans_id",
              "The second call of 3-D Secure 2.", aliases=TRANSACTION_SPELLINGS),
    Parameter("threeDSVer2FinishUrl", t.URL, "finish_url",
              "Where the payer returns to after a challenge."),
    Parameter("termUrl", t.URL, "term_url",
              "The shop's own return address after a 3-D Secure 1 ACS, for finish3dsPayment.do."),
    Parameter("threeDSMethodNotificationUrl", t.URL, "method_notification_url",
              "Where the method step reports to."),
    Parameter("threeDSProtocolVersion", t.TDS_VERSION, "tds_protocol_version", "2.1.0 or 2.2.0."),
    Parameter("clientBrowserInfo", t.FLAT_JSON, "browser", "Data of the payer's browser."),
    stored("tii", t.text(2), "Who began the transaction (codes.md §7)."),
    stored("seToken", t.text(2048), "Encrypted card data.", caution=k.NO_ENCRYPTED_CARD),
    LENIENT_LANGUAGE,
)  # fmt: skip

EXTERNAL_MPI: Final = (
    Parameter("eci", m.ECI, "eci", "The result of 3-D Secure of the shop's own MPI: the indicator; "
              "with permission external_mpi."),
    Parameter("cavv", m.CAVV, "cavv", "The proof of the ACS; mandatory where eci says that the "
              "payer was authenticated, or that it was tried."),
    Parameter("xid", m.XID, "xid", "The transaction of that 3-D Secure."),
)  # fmt: skip

CARD_FAULTS: Final[Refusals] = {
    **WHO,
    Refusal.ORDER_ID_EMPTY: e.PARAMETER_MISSING,
    Refusal.PAN_EMPTY: e.PARAMETER_MISSING,
    Refusal.PAN_INVALID: e.PAN_INVALID,
    Refusal.EXPIRY_INVALID: e.EXPIRY_INVALID,
    Refusal.CVC_INVALID: e.PARAMETER_INVALID,
    Refusal.HOLDER_INVALID: e.PARAMETER_INVALID,
}
ORDER_TAKES_NO_PAYMENT: Final[Refusals] = {
    Refusal.ORDER_UNKNOWN: e.NUMBER_INVALID,
    Refusal.ALREADY_PAID: e.ALREADY_PROCESSED,
    Refusal.SESSION_OVER: e.SESSION_OVER,
    Refusal.ATTEMPTS_EXHAUSTED: e.ATTEMPTS_USED,
    Refusal.WRONG_STATUS: e.STATUS_INVALID,
    Refusal.CREDIT_REQUIRED: e.STATUS_INVALID,
    Refusal.BINDING_REQUIRED: e.WRONG_BINDING,
}
CARD_REFUSALS: Final[Refusals] = {
    **CARD_FAULTS,
    **INVALID,
    **ORDER_TAKES_NO_PAYMENT,
    Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
    Refusal.CARD_EXPIRED: e.CARD_EXPIRED,
    Refusal.AUTHENTICATION_UNKNOWN: e.STATUS_INVALID,
    **ALWAYS,
}

# The page asks a payer where the receipt goes. A shop's server is not asked.
FORM_REFUSALS: Final[Refusals] = {
    **CARD_FAULTS,
    Refusal.PARAMETER_EMPTY: e.PARAMETER_MISSING,
    **CARD_REFUSALS,
}

PAYMENT_ORDER: Final = Method(
    name="paymentOrder",
    operation=Operation.PAY_BY_CARD,
    rest=("paymentOrder.do",),
    soap="paymentOrder",
    source="rest-orders.md §5.1",
    summary="Pay an order with a card that the shop sends itself (PCI DSS).",
    needs=Permission.CARD_FROM_SHOP,
    parameters=(*CARD_START, holder(name_on_card(512)), *CARD_REST, *EXTERNAL_MPI),
    refusals=CARD_REFUSALS,
    present=p.CARD_PAYMENT,
    envelope=PAYMENT,
)

PROCESS_FORM: Final = Method(
    name="processform",
    operation=Operation.PAY_BY_CARD,
    rest=("processform.do",),
    source="payment-page.md §3.2",
    summary="Pay an order with the card of the payment page's form.",
    parameters=(*CARD_START, holder(t.HOLDER), *CARD_REST),
    refusals=FORM_REFUSALS,
    credentials=False,
    present=p.CARD_PAYMENT,
    envelope=PAYMENT,
)

_ORDER_REFUSALS: Final[Refusals] = {
    refusal: code
    for refusal, code in ORDER_TAKES_NO_PAYMENT.items()
    if refusal is not Refusal.BINDING_REQUIRED
}

PAYMENT_ORDER_BINDING: Final = Method(
    name="paymentOrderBinding",
    operation=Operation.PAY_BY_BINDING,
    rest=("paymentOrderBinding.do",),
    soap="paymentOrderBinding",
    source="rest-orders.md §5.3",
    summary="Pay an order with a stored card of its client.",
    needs=Permission.BINDINGS,
    parameters=(
        replace(MD_ORDER, name="mdOrder", aliases=("MDORDER", "orderId")),
        Parameter("bindingId", t.text(255), "binding_id", "The stored card.",
                  Refusal.PARAMETER_EMPTY),
        Parameter("cvc", t.CVC, "cvc", "The security code; may be left out by permission.",
                  aliases=("$CVC",)),
        *(row for row in CARD_REST if row.name != "bindingNotNeeded"),
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.PARAMETER_EMPTY: e.PARAMETER_EMPTY,
        **INVALID,
        **_ORDER_REFUSALS,
        Refusal.CLIENT_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.BINDING_UNKNOWN: e.BINDING_UNKNOWN,
        Refusal.BINDING_OF_ANOTHER_CLIENT: e.ANOTHER_BINDING,
        Refusal.CVC_INVALID: e.CVC_NEEDED,
        Refusal.BINDING_REQUIRED: e.ANOTHER_BINDING,
        Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
        Refusal.CARD_EXPIRED: e.CARD_EXPIRED,
        Refusal.AUTHENTICATION_UNKNOWN: e.STATUS_INVALID,
        **ALWAYS,
    },
    present=p.CARD_PAYMENT,
    envelope=PAYMENT,
)  # fmt: skip

PROCESS_BINDING_FORM: Final = replace(
    PAYMENT_ORDER_BINDING,
    name="processBindingForm",
    rest=("processBindingForm.do",),
    soap=None,
    source="payment-page.md §3.3",
    summary="Pay an order with a stored card that its payer has chosen on the payment page.",
    needs=None,
    credentials=False,
    parameters=(MD_ORDER, *PAYMENT_ORDER_BINDING.parameters[1:]),
    refusals={**PAYMENT_ORDER_BINDING.refusals, Refusal.PARAMETER_EMPTY: e.PARAMETER_MISSING},
)

FINISH_3DS_PAYMENT: Final = Method(
    name="finish3dsPayment",
    operation=Operation.FINISH_3DS,
    rest=("finish3dsPayment.do",),
    soap="finishThreeDs",
    source="rest-orders.md §5.2",
    summary="Finish 3-D Secure for a shop that sends cards itself.",
    needs=Permission.CARD_FROM_SHOP,
    parameters=(
        MD_ORDER,
        Parameter("paRes", t.ANY_TEXT, "pa_res", "3-D Secure 1: what the ACS sent back.",
                  aliases=("PaRes",)),
        Parameter("cRes", t.ANY_TEXT, "c_res", "3-D Secure 2: what the ACS sent back.",
                  aliases=("cres",)),
        LENIENT_LANGUAGE,
    ),
    refusals=CARD_REFUSALS,
    present=p.FINISHED_PAYMENT,
    envelope=PAYMENT,
)  # fmt: skip

FINISH_3DS_VER2_PAYMENT: Final = Method(
    name="finish3dsVer2Payment",
    operation=Operation.FINISH_3DS_VERSION_2,
    rest=("finish3dsVer2Payment.do",),
    soap="finishThreeDsVer2",
    source="rest-orders.md §5.2",
    summary="Finish 3-D Secure 2 for a shop that sends cards itself.",
    needs=Permission.CARD_FROM_SHOP,
    parameters=(
        Parameter("threeDSVer2MdOrder", t.ORDER_ID, "order_id", "The order's number; the "
                  "transaction alone will do.", invalid=Refusal.ORDER_UNKNOWN,
                  aliases=("mdOrder", "MDORDER")),
        Parameter("threeDSServerTransId", t.text(36), "server_trans_id",
                  "The transaction of 3-D Secure 2.", Refusal.PARAMETER_EMPTY,
                  aliases=TRANSACTION_SPELLINGS),
        LENIENT_LANGUAGE,
    ),
    refusals={Refusal.PARAMETER_EMPTY: e.PARAMETER_MISSING, **CARD_REFUSALS},
    present=p.FINISHED_VERSION_2,
    envelope=PAYMENT,
)  # fmt: skip
