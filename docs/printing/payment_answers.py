"""The members of the answers of methods that pay, for their pages."""

from collections.abc import Mapping
from typing import Final

_PAYMENT: Final = (
    ("redirect", "Where the payer's browser goes next; absent while the payer may try again."),
    ("info", "A sentence for the payer."),
    ("error", "After a failed attempt: the text for the payer; `errorMessage` repeats it."),
    ("actionCode", "After a failed attempt: the action code."),
    ("attemptsLeft", "After a failed attempt: how many attempts the payer still has."),
    ("waiting", "The bank has not answered yet: ask for the status in a moment."),
    ("acsUrl", "3-D Secure: the address to which the browser posts."),
    ("paReq", "3-D Secure 1: the value to post, with `termUrl` and the order's id as `MD`."),
    ("termUrl", "3-D Secure 1: the address to which the ACS returns the browser."),
    ("is3DSVer2", "3-D Secure 2 is or was under way; always there after a failed attempt."),
    ("threeDSServerTransId", "3-D Secure 2: repeat the call with it after the method step."),
    ("threeDSMethodURL", "3-D Secure 2: the page of the method step."),
    ("packedCReq", "3-D Secure 2: the value that the browser posts to `acsUrl` as `creq`."),
)

_OTHER_WAY: Final = (
    ("info", "A text for the payer."),
    ("redirect", "Where the payer goes on: the payment page, or the shop once the order is over."),
    ("error", "After a failed attempt: the text for the payer."),
    ("actionCode", "After a failed attempt: the action code."),
    ("attemptsLeft", "After a failed attempt: how many attempts the payer still has."),
)

_PAID_AT_ONCE: Final = (
    ("orderId", "The order's number in the gateway."),
    ("orderStatus", "The order's status, with the members of getOrderStatus.do."),
    *_PAYMENT,
)
_MOTO: Final = (
    *(row for row in _PAID_AT_ONCE if not row[1].startswith("3-D Secure")),
    (
        "success",
        "true: the request was carried out. `orderStatus` says what became of the payment.",
    ),
    ("mdOrder", "The same as `orderId`, for clients of newer versions."),
    ("orderNumber", "The shop's own number, or the one that the gateway has made."),
)

_CARD_CHECK: Final = (
    ("orderId", "The order's number in the gateway."),
    ("orderNumber", "The shop's own number, or the one that the gateway has made."),
    ("rrn, authCode", "The bank's number and its code, once it has approved."),
    ("actionCode", "0: the card is good."),
    ("actionCodeDescription", "Why it is not."),
    ("time", "When the bank answered: milliseconds since 1970, UTC."),
    ("eci", "Two digits. With permission `send_eci_cavv`."),
    ("amount, currency", "Those of the order. Nothing is taken."),
    *(row for row in _PAYMENT if row[1].startswith("3-D Secure")),
)

_PAYOUT: Final = (
    ("orderId", "The order's number in the gateway: of every payout that was begun."),
    ("orderStatus.approvalCode", "The bank's code, once it has approved."),
    ("orderStatus.rrn", "The bank's number, once it has approved."),
    ("orderStatus.ErrorCode", "0: paid out. 7: declined, or not known yet. As `errorCode`."),
    ("orderStatus.ErrorMessage", "Why the payout was declined."),
)

PAYMENT_ANSWERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "paymentOrder": _PAYMENT,
    "processform": _PAYMENT,
    "finish3dsPayment": _PAYMENT,
    "continue3ds": _PAYMENT,
    "finish3dsMethod": (*_PAYMENT, ("cReq", "The same as `packedCReq`.")),
    "finish3dsVer2Payment": _PAYMENT,
    "paymentOrderOtherWay": _OTHER_WAY,
    "instantPayment": _PAID_AT_ONCE,
    "motoPayment": _MOTO,
    "verifyCard": _CARD_CHECK,
    "instantRefund": _PAYOUT,
}
