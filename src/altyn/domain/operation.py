"""What a caller can ask the gateway to do, whatever the dialect calls it."""

from enum import StrEnum


class Operation(StrEnum):
    """One operation. The request handlers and the methods of a dialect are keyed by it."""

    REGISTER = "register"
    REGISTER_PRE_AUTH = "register_pre_auth"
    DEPOSIT = "deposit"
    REVERSE = "reverse"
    REFUND = "refund"
    DECLINE = "decline"
    ADD_PARAMS = "add_params"
    ORDER_STATUS = "order_status"
    LAST_ORDERS = "last_orders"
    VERIFY_ENROLMENT = "verify_enrolment"
    PAY_BY_CARD = "pay_by_card"
    PAY_IN_OTHER_WAY = "pay_in_other_way"
    FINISH_3DS = "finish_3ds"
    FINISH_3DS_VERSION_2 = "finish_3ds_version_2"
    CHECK_CREDENTIALS = "check_credentials"
    LIST_CARD = "list_card"
    RAW_SUM_REFUND = "raw_sum_refund"
    RAW_POSITION_REFUND = "raw_position_refund"
    RECEIPT_STATUS = "receipt_status"
    CLOSE_RECEIPT = "close_receipt"
    EXTERNAL_RECEIPT = "external_receipt"
