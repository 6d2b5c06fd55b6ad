"""A step of a card payment, as the members that shops and payment pages read.

Source: rest-orders.md §5.1 (responses); payment-page.md §3.2.
"""

from enum import Enum
from typing import Any, Final

from altyn.domain import action_codes as codes
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant
from altyn.domain.order import Kind, Order
from altyn.operations.paying.card.steps import CardStep, GoToAcs, RunMethod, ShowChallenge
from altyn.operations.paying.steps import Ended
from altyn.protocol.action_codes import describe
from altyn.protocol.dialects.classic.return_links import back_link
from altyn.protocol.threeds_version2 import CReq, MethodData, pack

PAID: Final = frozenset(
    {
        OrderStatus.APPROVED,
        OrderStatus.DEPOSITED,
        OrderStatus.REFUNDED,
        OrderStatus.REVERSED,
    }
)
INFO: Final = {
    "ru": "Ваш платёж обработан, происходит переадресация...",
    "en": "Your order is proceeded, redirecting...",
}
TO_THE_BANK: Final = {
    "ru": "Переходим на страницу банка для подтверждения оплаты...",
    "en": "Going to the bank's page to confirm the payment...",
}
WAITING: Final = {
    "ru": "Банк ещё не ответил. Ждём его ответа, не закрывайте страницу.",
    "en": "The bank has not answered yet. Waiting for its answer, please keep this page open.",
}
AUTHENTICATION_CODES: Final = frozenset(
    {codes.AUTHENTICATION_FAILED, codes.PARES_UNKNOWN, codes.VERES_UNKNOWN, codes.PARES_NOT_Y}
)


class Redirects(Enum):
    """When the answer about a declined attempt has `redirect`, the payer's way back to the shop.

    A payer with an attempt left may send another card. A finish of 3-D Secure (rest-orders.md §5.2)
    always has the address, because its payer stands on a page of the shop without a form.
    """

    AT_THE_END = "at_the_end"
    ALWAYS = "always"


def present_step(
    step: CardStep,
    merchant: Merchant,
    *,
    redirects: Redirects,
    language: str,
    base_url: str,
) -> dict[str, Any]:
    """The members of an answer for this step, without `errorCode` (it is 0)."""
    match step:
        case GoToAcs(_, acs_url, pa_req, term_url):
            return {
                "info": TO_THE_BANK[language],
                "acsUrl": absolute(acs_url, base_url),
                "paReq": pa_req,
                "termUrl": term_url,
            }
        case RunMethod(_, server_trans_id, method_url, notification_url):
            notify = notification_url or f"{base_url}/payment/rest/finish3dsMethodNotification.do"
            return _method(server_trans_id, absolute(method_url, base_url), notify)
        case ShowChallenge(_, acs_url, server_trans_id, acs_trans_id):
            packed = pack(CReq(threeds_server_trans_id=server_trans_id, acs_trans_id=acs_trans_id))
            return {
                "info": TO_THE_BANK[language],
                "acsUrl": absolute(acs_url, base_url),
                "is3DSVer2": True,
                "threeDSServerTransId": server_trans_id,
                "packedCReq": packed,
            }
        case Ended(order):
            return _ended(order, merchant, redirects, language, base_url)


def absolute(address: str, base_url: str) -> str:
    """A whole address: the sandbox's own ACS is given by its path alone."""
    return f"{base_url}{address}" if address.startswith("/") else address


def return_address(order: Order, merchant: Merchant, *, base_url: str, language: str) -> str:
    """Where the payer of a finished order goes."""
    paid = order.status in PAID
    return back_link(order, merchant, base_url=base_url, succeeded=paid, language=language)


def _ended(
    order: Order, merchant: Merchant, redirects: Redirects, language: str, base_url: str
) -> dict[str, Any]:
    back = return_address(order, merchant, base_url=base_url, language=language)
    if order.status in PAID:
        return {"redirect": back, "info": INFO[language]}
    if order.in_flight(Kind.PAY) or order.waiting_attempt:
        return {"info": WAITING[language], "waiting": True}
    return _declined(order, redirects, back, language)


def _declined(order: Order, redirects: Redirects, back: str, language: str) -> dict[str, Any]:
    text = describe(order.action_code, language)
    authentication = order.action_code in AUTHENTICATION_CODES
    members: dict[str, Any] = {
        "error": text,
        "errorMessage": text,
        "displayErrorMessage": text,
        "errorTypeName": "TDS_DECLINED" if authentication else "DATA_INPUT_ERROR",
        "processingErrorType": "MANDATORY_3DSECURE" if authentication else "CLIENT_ERROR",
        "actionCode": order.action_code,
        "attemptsLeft": order.attempts_left if order.payable else 0,
        "is3DSVer2": _by_version_2(order),
    }
    if redirects is Redirects.ALWAYS or not order.payable:
        members["redirect"] = back
    return members


def _by_version_2(order: Order) -> bool:
    """Whether the last attempt took the steps of 3-D Secure 2."""
    proof = order.payments[-1].authentication if order.payments else None
    return proof is not None and proof.version == "2"


def _method(server_trans_id: str, method_url: str, notify: str) -> dict[str, Any]:
    """3-D Secure 2, step 1: the browser posts this to the method page, then calls again."""
    data = MethodData(threeds_server_trans_id=server_trans_id, notification_url=notify)
    return {
        "is3DSVer2": True,
        "threeDSServerTransId": server_trans_id,
        "threeDSMethodURL": method_url,
        "threeDSMethodURLServer": notify,
        "threeDSMethodDataPacked": pack(data),
    }
