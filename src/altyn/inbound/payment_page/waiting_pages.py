"""The page of a payment without a result yet: what its payer has to do, and how to change the way.

Source: payment-page.md §3.1, §8; sberpay.md §4.
"""

from typing import Final
from urllib.parse import urlencode

from altyn.domain.order import Attempt
from altyn.domain.phone import readable_phone
from altyn.domain.waiting import ConfirmOnPhone, EnterCode, ScanQr
from altyn.inbound.payment_page import view
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.pages import PageContext, remaining_seconds
from altyn.inbound.payment_page.sberpay.pages import link_back_to_page
from altyn.inbound.payment_page.view import PayerAction
from altyn.operations.ports import Clock
from altyn.protocol.payment_ways import PaymentWay

SIMULATED_PHONE: Final = "/sandbox/phone"


def waiting_page(
    page_order: PageOrder, context: PageContext, clock: Clock, *, code_refused: bool = False
) -> str:
    """The page of a payment without a result yet, perhaps after a code that was refused."""
    order, payment = page_order.order, page_order.waiting_payment
    waiting_for = page_order.waiting_for
    return view.render_waiting_page(
        view.WaitingPageView(
            **context.frame(page_order),
            order_id=page_order.order_id,
            refresh_url=context.own_address(page_order),
            order_number=order.order_number,
            amount=page_order.amount,
            payer_action=_payer_action(page_order),
            way=(payment.payment_way or "") if payment else "",
            app_url=waiting_for.payload if isinstance(waiting_for, ScanQr) else "",
            opened_url=_opened_url(page_order, context),
            phone=_phone(page_order),
            code_refused=code_refused,
            remaining_seconds=remaining_seconds(order, clock),
            expires_at=order.expires_at,
            cancellable=payment is not None,
            last_attempt=not order.attempts_left,
            simulated_phone=_simulated_phone(page_order) if context.sandbox else "",
        )
    )


def _opened_url(page_order: PageOrder, context: PageContext) -> str:
    """What the button on a phone opens: the link of the QR code, with the way back."""
    match page_order.waiting_payment:
        case Attempt(payment_way=PaymentWay.SBRF_SBOL, waiting=ScanQr()):
            return link_back_to_page(page_order, context)
        case Attempt(waiting=ScanQr(payload=payload)):
            return payload
        case _:
            return ""


def _payer_action(page_order: PageOrder) -> PayerAction | None:
    match page_order.waiting_for:
        case ConfirmOnPhone():
            return PayerAction.CONFIRM_ON_PHONE
        case ScanQr():
            return PayerAction.SCAN_QR
        case EnterCode():
            return PayerAction.ENTER_CODE
        case _:
            return None


def _phone(page_order: PageOrder) -> str:
    waiting_for = page_order.waiting_for
    return readable_phone(waiting_for.phone) if isinstance(waiting_for, ConfirmOnPhone) else ""


def _simulated_phone(page_order: PageOrder) -> str:
    """The phone of the sandbox on which the payment can be confirmed."""
    payment = page_order.waiting_payment
    if payment is None or payment.payment_way != PaymentWay.SBRF_SBOL:
        return ""
    match payment.waiting:
        case ConfirmOnPhone(phone=phone) if phone:
            return f"{SIMULATED_PHONE}/{phone}"
        case ScanQr(payload=payload):
            return f"{SIMULATED_PHONE}?{urlencode({'scan': payload})}"
        case _:
            return ""
