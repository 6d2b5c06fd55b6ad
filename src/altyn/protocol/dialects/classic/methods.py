"""Every REST method of orders and card payments, as tables.

A new parameter is a new row, a new dialect a new table; numbers once published keep their meaning.
Source: rest-orders.md §2–§5; 004 (request parameters, error codes).
"""

from collections.abc import Mapping
from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.refusals import Refusal
from altyn.protocol import types as t
from altyn.protocol.cart_type import CART
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.table import Envelope, Method, Parameter

Refusals = Mapping[Refusal, e.ErrorCode]

WHO: Final[Refusals] = {
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
INVALID: Final[Refusals] = {Refusal.PARAMETER_INVALID: e.PARAMETER_INVALID}

LENIENT_LANGUAGE: Final = Parameter(
    "language", t.LENIENT_LANGUAGE, "language", "Language of texts: ru or en."
)
MERCHANT_LOGIN: Final = Parameter(
    "merchantLogin", t.text(255), "merchant_login", "Act for this child merchant."
)
ORDER_NUMBER_SELECTOR: Final = Parameter(
    "orderNumber", t.ANY_TEXT, "order_number", "The shop's number, where orderId is not known."
)


def order_id(required: Refusal, *, unless: str | None = None) -> Parameter:
    """The row that names an order; an id that is no UUID is the id of no order."""
    note = "The order's number in the gateway."
    return Parameter(
        "orderId", t.ORDER_ID, "order_id", note, required, Refusal.ORDER_UNKNOWN, unless=unless
    )


def amount(note: str, *, required: bool) -> Parameter:
    """The row of a sum, in minor units."""
    missing = Refusal.AMOUNT_INVALID if required else None
    return Parameter("amount", t.AMOUNT, "amount_minor", note, missing, Refusal.AMOUNT_INVALID)


def stored(name: str, type_: t.Type, note: str) -> Parameter:
    """The row of a parameter that is kept with the order for a method yet to read it."""
    return Parameter(name, type_, "more", note)


REGISTRATION: Final = (
    Parameter("orderNumber", t.ORDER_NUMBER, "order_number",
              "The shop's own number, unique per merchant; may be left out where the gateway "
              "makes numbers.", Refusal.ORDER_NUMBER_EMPTY, Refusal.ORDER_NUMBER_INVALID,
              optional_with=Permission.ORDER_NUMBER_GENERATION),
    Parameter("amount", t.ORDER_AMOUNT, "amount_minor", "Sum in minor units; 0 with VERIFY only.",
              Refusal.AMOUNT_MISSING, Refusal.AMOUNT_INVALID),
    Parameter("returnUrl", t.RETURN_URL, "return_url", "Where the payer goes after paying.",
              Refusal.RETURN_URL_EMPTY, Refusal.RETURN_URL_INVALID),
    Parameter("failUrl", t.URL, "fail_url", "Where the payer goes after failing; else returnUrl."),
    Parameter("dynamicCallbackUrl", t.URL, "dynamic_callback_url",
              "Payment callbacks of this order go here, for merchants with dynamic callbacks."),
    Parameter("description", t.text(598, lines=True), "description",
              "What is paid for; shown to the payer."),
    Parameter("pageView", t.PAGE_VIEW, "page_view", "DESKTOP, MOBILE, or the prefix of own pages."),
    Parameter("clientId", t.text(255), "client_id", "The payer in the shop, for stored cards."),
    MERCHANT_LOGIN,
    Parameter("sessionTimeoutSecs", t.digits(10), "session_timeout_seconds",
              "The order's life in seconds; 1200 unless the merchant's settings say otherwise."),
    Parameter("expirationDate", t.MOMENT, "expiration_date",
              "The end of the order's life, Moscow time; beats sessionTimeoutSecs."),
    Parameter("bindingId", t.text(255), "binding_id", "Only this stored card may pay."),
    Parameter("email", t.text(128), "email", "The payer's e-mail address."),
    Parameter("phone", t.PHONE, "phone", "The payer's phone number."),
    Parameter("postAddress", t.text(255), "post_address", "Delivery address."),
    Parameter("billingPayerData", t.PAYER_DATA, "billing_payer_data",
              "Address the card is registered at; line 1 and postal code are mandatory under AVS."),
    Parameter("shippingPayerData", t.PAYER_DATA, "shipping_payer_data", "For 3-D Secure 2."),
    Parameter("preOrderPayerData", t.PAYER_DATA, "preorder_payer_data", "For 3-D Secure 2."),
    Parameter("orderPayerData", t.PAYER_DATA, "order_payer_data", "For 3-D Secure 2."),
    Parameter("orderBundle", CART, "order_bundle", "The cart, for a fiscal receipt."),
    Parameter("taxSystem", t.digits(1, high=5), "tax_system", "Taxation system, 0 to 5."),
    Parameter("feeInput", t.digits(8), "fee_input", "The merchant's fee in minor units."),
    Parameter("mcc", t.code(4), "mcc", "Merchant category code."),
    Parameter("ip", t.text(39), "ip", "The payer's address."),
    Parameter("currency", t.CURRENCY, "currency", "ISO 4217 numeric code; 643 by default.",
              invalid=Refusal.CURRENCY_UNKNOWN),
    Parameter("language", t.LANGUAGE, "language", "Language of the page and of texts: ru or en.",
              invalid=Refusal.LANGUAGE_INVALID),
    Parameter("jsonParams", t.JSON_PARAMS, "json_params",
              "Free attributes of the order, echoed in merchantOrderParams.",
              invalid=Refusal.JSON_PARAMS_INVALID),
    Parameter("recurringFrequency", t.digits(2, low=1, high=28), "recurring_frequency",
              "Least number of days between recurring charges; goes with recurringExpiry.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True),
    Parameter("recurringExpiry", t.DAY, "recurring_expiry", "Last day of recurring charges.",
              invalid=Refusal.JSON_PARAMS_INVALID, in_json_params=True),
    Parameter("features", t.FEATURE_LIST, "features", "Features of the order, see the list below.",
              invalid=Refusal.FEATURES_INVALID),
    stored("app2app", t.BOOLEAN, "Payment in the bank's app."),
    stored("back2app", t.BOOLEAN, "Payment in the bank's app by push message."),
    stored("app.osType", t.text(32), "The phone's system: ios or android."),
    stored("app.deepLink", t.text(512), "Where the bank's app returns to."),
    stored("bindingNotNeeded", t.BOOLEAN, "Do not store the card."),
    stored("additionalOfdParams", t.JSON, "More for the fiscal receipt."),
    stored("merchantInn", t.text(12), "The child merchant by its tax number."),
)  # fmt: skip

PRE_AUTHORISATION: Final = (
    Parameter("autocompletionDate", t.MOMENT, "auto_completion_date",
              "Deposit the whole hold by itself then, Moscow time."),
    Parameter("autoReverseDate", t.MOMENT, "auto_reverse_date",
              "Let the hold go by itself then, Moscow time."),
)  # fmt: skip

REGISTRATION_REFUSALS: Final[Refusals] = {
    Refusal.LOGIN_EMPTY: e.LOGIN_EMPTY,
    Refusal.PASSWORD_EMPTY: e.PASSWORD_EMPTY,
    **WHO,
    Refusal.MERCHANT_LOGIN_UNKNOWN: e.MERCHANT_LOGIN_UNKNOWN,
    Refusal.ORDER_NUMBER_EMPTY: e.NUMBER_EMPTY,
    Refusal.AMOUNT_MISSING: e.AMOUNT_MISSING,
    Refusal.RETURN_URL_EMPTY: e.RETURN_URL_EMPTY,
    Refusal.ORDER_NUMBER_INVALID: e.NUMBER_INVALID,
    Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
    Refusal.RETURN_URL_INVALID: e.RETURN_URL_INVALID,
    Refusal.PARAMETER_INVALID: e.PARAMETER_INVALID,
    Refusal.CURRENCY_UNKNOWN: e.CURRENCY_UNKNOWN,
    Refusal.LANGUAGE_INVALID: e.LANGUAGE_INVALID,
    Refusal.JSON_PARAMS_INVALID: e.JSON_PARAMS_INVALID,
    Refusal.FEATURES_INVALID: e.FEATURES_INVALID,
    Refusal.FEATURES_CONFLICT: e.FEATURES_CONFLICT,
    Refusal.VERIFY_FORBIDDEN: e.VERIFY_FORBIDDEN,
    Refusal.AUTO_PAYMENT_FORBIDDEN: e.AUTO_FORBIDDEN,
    Refusal.ORDER_NUMBER_TAKEN: e.NUMBER_TAKEN,
    **ALWAYS,
}

REGISTER: Final = Method(
    name="register",
    rest=("register.do",),
    soap="registerOrder",
    source="rest-orders.md §2",
    summary="Register an order that is paid in one stage.",
    parameters=REGISTRATION,
    refusals=REGISTRATION_REFUSALS,
    envelope=Envelope.REGISTRATION,
)

REGISTER_PRE_AUTH: Final = Method(
    name="registerPreAuth",
    rest=("registerPreAuth.do",),
    soap="registerOrderPreAuth",
    source="rest-orders.md §2",
    summary="Register an order whose sum is held first and deposited later.",
    needs=Permission.TWO_PHASE,
    parameters=(*REGISTRATION, *PRE_AUTHORISATION),
    refusals=REGISTRATION_REFUSALS,
    envelope=Envelope.REGISTRATION,
)

ECHOED: Final = (
    Parameter("currency", t.text(3), "currency", "Accepted; an order keeps its currency."),
    Parameter("jsonParams", t.FLAT_JSON, "json_params", "Accepted."),
    MERCHANT_LOGIN,
    LENIENT_LANGUAGE,
)
BY_ID_OR_NUMBER: Final = (
    order_id(Refusal.ORDER_ID_EMPTY, unless="orderNumber"),
    ORDER_NUMBER_SELECTOR,
)

DEPOSIT: Final = Method(
    name="deposit",
    rest=("deposit.do",),
    soap="depositOrder",
    source="rest-orders.md §3.1",
    summary="Take a held sum, whole or in part; the rest is released.",
    parameters=(
        *BY_ID_OR_NUMBER,
        amount("Sum to deposit; 0 deposits the whole hold.", required=True),
        Parameter("depositItems", t.JSON, "items", "The cart of the completion."),
        *ECHOED,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        Refusal.WRONG_STATUS: e.WRONG_STATE,
        Refusal.AMOUNT_ABOVE_HOLD: e.AMOUNT_INVALID,
        Refusal.DEPOSIT_TOO_SMALL: e.DEPOSIT_TOO_SMALL,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
    },
)

REVERSE: Final = Method(
    name="reverse",
    rest=("reverse.do",),
    soap="reverseOrder",
    source="rest-orders.md §3.2",
    summary="Give back a hold, or a deposit before its business day ends.",
    needs=Permission.REVERSAL,
    parameters=(
        *BY_ID_OR_NUMBER,
        amount("Sum to reverse; left out or 0 for everything.", required=False),
        *ECHOED,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
        Refusal.WRONG_STATUS: e.IMPOSSIBLE_STATE,
        Refusal.PARTIAL_REVERSAL_REPEATED: e.REVERSED_TWICE,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
    },
)

REFUND: Final = Method(
    name="refund",
    rest=("refund.do",),
    soap="refundOrder",
    source="rest-orders.md §3.3",
    summary="Give back deposited money, in whole or in part.",
    needs=Permission.REFUND,
    parameters=(
        *BY_ID_OR_NUMBER,
        amount("Sum to refund; 0 refunds all that is left.", required=True),
        Parameter("expectedDepositedAmount", t.AMOUNT, "expected_minor",
                  "Refund only if this is what is deposited now.",
                  invalid=Refusal.AMOUNT_INVALID),
        Parameter("refundItems", t.JSON, "items", "The part of the cart that is returned."),
        *ECHOED,
        Parameter("externalRefundId", t.text(32), "external_refund_id",
                  "The refund's name: repeating it refunds once.", in_json_params=True),
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        Refusal.REFUND_ID_REUSED: e.PARAMETER_INVALID,
        Refusal.WRONG_STATUS: e.WRONG_STATE,
        Refusal.EXPECTED_AMOUNT_DIFFERS: e.AMOUNT_INVALID,
        Refusal.AMOUNT_ABOVE_DEPOSIT: e.REFUND_ABOVE_DEPOSIT,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
    },
)  # fmt: skip

DECLINE: Final = Method(
    name="decline",
    rest=("decline.do",),
    soap="declineOrder",
    source="rest-orders.md §3.4",
    summary="Cancel an order that is not paid.",
    parameters=(*BY_ID_OR_NUMBER, MERCHANT_LOGIN, LENIENT_LANGUAGE),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_NOT_FOUND,
        Refusal.WRONG_STATUS: e.IMPOSSIBLE_STATE,
        **ALWAYS,
    },
)

ADD_PARAMS: Final = Method(
    name="addParams",
    rest=("addParams.do",),
    soap="addParams",
    source="rest-orders.md §3.5",
    summary="Add merchant parameters to an order that exists.",
    parameters=(
        order_id(Refusal.ORDER_ID_EMPTY),
        Parameter("params", t.JSON_PARAMS, "params", "A flat JSON object of names and values.",
                  Refusal.PARAMS_INVALID, Refusal.PARAMS_INVALID),
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.PARAMETER_EMPTY,
        Refusal.PARAMS_INVALID: e.PARAMETER_INVALID,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNKNOWN,
        **ALWAYS,
    },
)  # fmt: skip

GET_ORDER_STATUS: Final = Method(
    name="getOrderStatus",
    rest=("getOrderStatus.do",),
    soap="getOrderStatus",
    source="rest-orders.md §4.1",
    summary="The order's status, in the old form with its irregular capitals.",
    parameters=(order_id(Refusal.ORDER_ID_EMPTY), MERCHANT_LOGIN, LENIENT_LANGUAGE),
    refusals={
        **WHO,
        Refusal.ORDER_ID_EMPTY: e.STATUS_ORDER_ID_EMPTY,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_UNREGISTERED,
        **ALWAYS,
    },
    envelope=Envelope.CAPITALS,
)

GET_ORDER_STATUS_EXTENDED: Final = Method(
    name="getOrderStatusExtended",
    rest=("getOrderStatusExtended.do",),
    soap="getOrderStatusExtended",
    source="rest-orders.md §4.2",
    summary="Everything the gateway knows of an order.",
    parameters=(
        order_id(Refusal.ORDER_SELECTOR_MISSING, unless="orderNumber"),
        ORDER_NUMBER_SELECTOR,
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_SELECTOR_MISSING: e.NO_SELECTOR,
        **INVALID,
        Refusal.ORDER_UNKNOWN: e.ORDER_NOT_FOUND,
        **ALWAYS,
    },
)

LAST_ORDERS: Final = Method(
    name="getLastOrdersForMerchants",
    rest=("getLastOrdersForMerchants.do",),
    soap="getLastOrdersForMerchants",
    source="rest-orders.md §4.3",
    summary="Orders of a period, page by page.",
    parameters=(
        Parameter("size", t.digits(18, low=1), "size", "Orders per page, at most 200.",
                  Refusal.FIELD_MISSING, Refusal.FIELD_MISSING),
        Parameter("page", t.digits(9), "page", "Page, counted from 0."),
        Parameter("from", t.COMPACT_MOMENT, "since", "Start of the period, Moscow time.",
                  Refusal.FIELD_MISSING, Refusal.FIELD_MISSING),
        Parameter("to", t.COMPACT_MOMENT, "to", "End of the period, Moscow time.",
                  Refusal.FIELD_MISSING, Refusal.FIELD_MISSING),
        Parameter("transactionStates", t.STATES, "states",
                  "CREATED, APPROVED, DEPOSITED, DECLINED, REVERSED, REFUNDED.",
                  Refusal.FIELD_MISSING, Refusal.STATES_INVALID),
        Parameter("merchants", t.CSV, "merchants", "Logins; empty for all that are visible."),
        Parameter("searchByCreatedDate", t.BOOLEAN, "by_created",
                  "By date of creation instead of payment."),
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.FIELD_MISSING: e.FIELD_MISSING,
        Refusal.STATES_INVALID: e.STATES_INVALID,
        **INVALID,
        Refusal.SIZE_TOO_LARGE: e.SIZE_TOO_LARGE,
        Refusal.MERCHANT_NOT_VISIBLE: e.MERCHANT_NOT_VISIBLE,
        **ALWAYS,
    },
)  # fmt: skip

VERIFY_ENROLLMENT: Final = Method(
    name="verifyEnrollment",
    rest=("verifyEnrollment.do",),
    soap="verifyEnrollment",
    source="rest-orders.md §4.4",
    summary="Whether a card takes part in 3-D Secure.",
    parameters=(
        Parameter("pan", t.PAN, "pan", "The card number.", Refusal.PAN_EMPTY, Refusal.PAN_INVALID),
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.PAN_INVALID: e.PAN_INVALID,
        Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
        Refusal.PAN_EMPTY: e.PAN_EMPTY,
        **INVALID,
        **ALWAYS,
    },
)
