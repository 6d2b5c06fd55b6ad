"""Rows and refusals that several methods share.

Source: rest-orders.md §1.2, §3; 004 (request parameters, error codes).
"""

from collections.abc import Callable, Mapping
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic.cautions import (
    STORED_ONLY,
    remarks_of_language,
    without_receipts,
)
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.name_types import own_name
from altyn.protocol.receipt_params_type import (
    AGENT,
    RECEIPT_PARAMS,
    SUPPLIER_PHONES,
    remarks_of_receipt_params,
)
from altyn.protocol.table import STORED, Echo, Parameter

Refusals = Mapping[Refusal, ErrorCode]

WHO: Final[Refusals] = {
    Refusal.CREDENTIALS_MISSING: e.CREDENTIALS_MISSING,
    Refusal.ACCESS_DENIED: e.ACCESS_DENIED,
    Refusal.USER_BLOCKED: e.USER_BLOCKED,
    Refusal.PASSWORD_CHANGE_REQUIRED: e.PASSWORD_CHANGE,
    Refusal.MERCHANT_LOGIN_UNKNOWN: e.ACCESS_DENIED,  # merchantLogin is read for every method
}
ALWAYS: Final[Refusals] = {
    Refusal.BUSY: e.SYSTEM_ERROR,
    Refusal.OUTCOME_UNKNOWN: e.SYSTEM_ERROR,
    Refusal.SYSTEM_ERROR: e.SYSTEM_ERROR,
}
CART_REFUSALS: Final[Refusals] = {
    Refusal.CART_FORMAT: e.CART_FORMAT,
    Refusal.CART_MANDATORY: e.CART_MANDATORY,
    Refusal.CART_CURRENCY: e.CART_CURRENCY,
    Refusal.CART_SUM: e.CART_SUM,
    Refusal.CART_QUANTITY: e.CART_QUANTITY,
}
PARTS_REFUSALS: Final[Refusals] = {
    refusal: code for refusal, code in CART_REFUSALS.items() if refusal is not Refusal.CART_CURRENCY
}
INVALID: Final[Refusals] = {Refusal.PARAMETER_INVALID: e.PARAMETER_INVALID}

LENIENT_LANGUAGE: Final = Parameter(
    "language",
    t.LENIENT_LANGUAGE,
    "language",
    "Language of texts: ru or en.",
    remarks=remarks_of_language,
)
MERCHANT_LOGIN: Final = Parameter(
    "merchantLogin", t.text(255), "merchant_login", "Act for this child merchant."
)
ORDER_NUMBER_SELECTOR: Final = Parameter(
    "orderNumber", t.ANY_TEXT, "order_number", "The shop's number, where orderId is not known."
)

EXPECTED_DEPOSIT: Final = Parameter(
    "expectedDepositedAmount",
    t.AMOUNT,
    "expected_minor",
    "Refund only if this is what is deposited now.",
    invalid=Refusal.AMOUNT_INVALID,
)
EXTERNAL_REFUND_ID: Final = Parameter(
    "externalRefundId",
    own_name(32),
    "external_refund_id",
    "The refund's name: repeating it refunds once.",
    in_json_params=True,
)
REFUND_RECEIPT_PARAMS: Final = Parameter(
    "additionalOfdParams",
    RECEIPT_PARAMS,
    "receipt_params",
    "Parameters of the whole receipt in place of those of the registration.",
    remarks=remarks_of_receipt_params,
    idle_for=without_receipts,
)

DEPOSIT_AGENT: Final = Parameter(
    "agent",
    AGENT,
    "agent",
    "The agent of the receipt in place of that of the registration (deprecated).",
    remarks=remarks_of_receipt_params,
    idle_for=without_receipts,
)
DEPOSIT_SUPPLIER: Final = Parameter(
    "supplierPhones",
    SUPPLIER_PHONES,
    "supplier_phones",
    "Phones of the supplier in place of those of the registration (deprecated).",
    idle_for=without_receipts,
)


def order_id(
    required: Refusal | None,
    *,
    unless: str | None = None,
    name: str = "orderId",
    aliases: tuple[str, ...] = (),
) -> Parameter:
    """The row that names an order; an id that is not a UUID is an unknown order."""
    return Parameter(
        name,
        t.ORDER_ID,
        "order_id",
        "The order's number in the gateway.",
        required,
        Refusal.ORDER_UNKNOWN,
        unless=unless,
        aliases=aliases,
    )


def amount(note: str, *, required: bool) -> Parameter:
    """The row of a sum, in minor units."""
    missing = Refusal.AMOUNT_INVALID if required else None
    return Parameter("amount", t.AMOUNT, "amount_minor", note, missing, Refusal.AMOUNT_INVALID)


def stored(
    name: str,
    type_: t.Type,
    note: str,
    *,
    echo: Echo | None = None,
    caution: str = STORED_ONLY,
    idle_for: Callable[[Merchant], str] | None = None,
) -> Parameter:
    """The row of a parameter that is only kept with the order; `echo` shows it in the status too.

    Such a row is all that the parameter needs: reading, storage, the status answer and the printed
    reference follow from it. A row without an echo has a `caution` for the developer who sends
    it, or `idle_for`, which gives one for the shops where it has no effect.
    """
    warning = "" if echo or idle_for else caution
    return Parameter(name, type_, STORED, note, echo=echo, caution=warning, idle_for=idle_for)


ACCEPTED: Final = (
    Parameter("currency", t.text(3), "currency", "Accepted; an order keeps its currency."),
    Parameter("jsonParams", t.FLAT_JSON, "json_params", "Accepted."),
    MERCHANT_LOGIN,
    LENIENT_LANGUAGE,
)
BY_ID_OR_NUMBER: Final = (
    order_id(Refusal.ORDER_ID_EMPTY, unless="orderNumber"),
    ORDER_NUMBER_SELECTOR,
)
