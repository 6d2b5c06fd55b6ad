"""Why an operation can be refused, in our own words.

The number and texts on the wire, per method, stand in the `error_codes.py` of a dialect: the same
refusal may be spelled differently by two methods, but it is decided in one place only.
"""

from enum import StrEnum


class Refusal(StrEnum):
    """A reason to refuse a request. It is a value, never an exception."""

    # who is asking
    CREDENTIALS_MISSING = "credentials_missing"
    ACCESS_DENIED = "access_denied"
    LOGIN_EMPTY = "login_empty"
    PASSWORD_EMPTY = "password_empty"  # noqa: S105 - a reason, not a password
    PASSWORD_CHANGE_REQUIRED = "password_change_required"  # noqa: S105 - a reason, not a password
    USER_BLOCKED = "user_blocked"
    MERCHANT_LOGIN_UNKNOWN = "merchant_login_unknown"
    # what was asked, by parameter
    PARAMETER_INVALID = "parameter_invalid"
    PARAMETER_EMPTY = "parameter_empty"
    ORDER_NUMBER_EMPTY = "order_number_empty"
    ORDER_NUMBER_INVALID = "order_number_invalid"
    ORDER_NUMBER_TAKEN = "order_number_taken"
    ORDER_ID_EMPTY = "order_id_empty"
    ORDER_SELECTOR_MISSING = "order_selector_missing"
    ORDER_UNKNOWN = "order_unknown"
    AMOUNT_MISSING = "amount_missing"
    AMOUNT_INVALID = "amount_invalid"
    CURRENCY_UNKNOWN = "currency_unknown"
    RETURN_URL_EMPTY = "return_url_empty"
    RETURN_URL_INVALID = "return_url_invalid"
    LANGUAGE_INVALID = "language_invalid"
    JSON_PARAMS_INVALID = "json_params_invalid"
    PARAMS_INVALID = "params_invalid"
    FEATURES_INVALID = "features_invalid"
    FIELD_MISSING = "field_missing"
    STATES_INVALID = "states_invalid"
    SIZE_TOO_LARGE = "size_too_large"
    MERCHANT_NOT_VISIBLE = "merchant_not_visible"
    PAN_EMPTY = "pan_empty"
    PAN_INVALID = "pan_invalid"
    PAN_NOT_A_TEST_CARD = "pan_not_a_test_card"
    EXPIRY_INVALID = "expiry_invalid"
    CARD_EXPIRED = "card_expired"
    CVC_INVALID = "cvc_invalid"
    HOLDER_INVALID = "holder_invalid"
    CLIENT_ID_EMPTY = "client_id_empty"
    CARD_SELECTOR_EMPTY = "card_selector_empty"
    CARD_AMBIGUOUS = "card_ambiguous"
    # what is wrong in the cart
    CART_FORMAT = "cart_format"
    CART_MANDATORY = "cart_mandatory"
    CART_CURRENCY = "cart_currency"
    CART_SUM = "cart_sum"
    CART_QUANTITY = "cart_quantity"
    POSITION_UNKNOWN = "position_unknown"
    # what the merchant may do
    VERIFY_FORBIDDEN = "verify_forbidden"
    AUTO_PAYMENT_FORBIDDEN = "auto_payment_forbidden"
    FEATURES_CONFLICT = "features_conflict"
    CHANNEL_UNAVAILABLE = "channel_unavailable"
    CREDIT_IMPOSSIBLE = "credit_impossible"
    CREDIT_UNAVAILABLE = "credit_unavailable"
    # what the order allows
    WRONG_STATUS = "wrong_status"
    AMOUNT_ABOVE_HOLD = "amount_above_hold"
    DEPOSIT_TOO_SMALL = "deposit_too_small"
    PARTIAL_REVERSAL_REPEATED = "partial_reversal_repeated"
    AMOUNT_ABOVE_DEPOSIT = "amount_above_deposit"
    EXPECTED_AMOUNT_DIFFERS = "expected_amount_differs"
    REFUND_ID_REUSED = "refund_id_reused"
    LINK_KEY_REUSED = "link_key_reused"
    LINKS_EXHAUSTED = "links_exhausted"
    SHOP_LINKS_EXHAUSTED = "shop_links_exhausted"
    LINKS_USED_UP = "links_used_up"
    SESSION_OVER = "session_over"
    ATTEMPTS_EXHAUSTED = "attempts_exhausted"
    ALREADY_PAID = "already_paid"
    CREDIT_REQUIRED = "credit_required"
    BINDING_REQUIRED = "binding_required"
    BINDING_UNKNOWN = "binding_unknown"
    BINDING_OF_ANOTHER_CLIENT = "binding_of_another_client"
    BINDING_ACTIVE = "binding_active"
    BINDING_INACTIVE = "binding_inactive"
    AUTHENTICATION_UNKNOWN = "authentication_unknown"
    # what the other side answered
    DECLINED_BY_BANK = "declined_by_bank"
    OUTCOME_UNKNOWN = "outcome_unknown"
    BUSY = "busy"
    SYSTEM_ERROR = "system_error"
