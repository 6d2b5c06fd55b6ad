"""A payment waits for its payer already: the simulated payer goes on with it, or changes the way.

The page of such a payment has a button for another way to pay; the attempt that waits is then over.
Source: payment-page.md §8.
"""

from typing import Final

from altyn.domain.order import Attempt
from altyn.domain.waiting import ConfirmOnPhone, EnterCode, ScanQr
from altyn.inbound.sandbox.payer.request import PayerRequest
from altyn.inbound.sandbox.payer.visit import Visit, VisitEnd
from altyn.protocol.payment_ways import PaymentWay

CANCEL: Final = "/cancelPayment.do"
_NAMES: Final = {PaymentWay.SBRF_SBOL.value: "SberPay", PaymentWay.BNPL.value: "BNPL"}


async def change_way(wanted: PayerRequest, visit: Visit) -> VisitEnd | None:
    """Withdraw a payment that waits, unless the payer goes on with it.

    None: the payer can pay now. Nothing is withdrawn for a way that the order does not offer. The
    last attempt of an order is not withdrawn, because that would end the order; the visit ends, and
    names what waits.
    """
    waiting = visit.page_order.waiting_payment
    if waiting is None or wanted.goes_on_with(waiting):
        return None
    if reason := await visit.reason_against_way():
        visit.add_step(f"{waiting_step(waiting)}; the page offers no change to {wanted.way}.")
        return VisitEnd(error=f"{reason}. {waiting_step(waiting)} still")
    if not visit.page_order.order.attempts_left:
        visit.add_step(f"{waiting_step(waiting)}; it is the last attempt of the order.")
        return still_waiting(waiting, last=True)
    page = await visit.payment_page()
    form = next((each for each in page.page().forms if each.action.endswith(CANCEL)), None)
    if form is None:  # answered meanwhile
        return await visit.end_now()
    visit.add_step(f"{waiting_step(waiting)}; the payer chooses another way, and it is withdrawn.")
    await visit.browser.post(form.action, form.fields)
    status = await visit.session()
    if status.get("redirect") or status.get("waiting"):
        return await visit.end_of(status)
    left = (await visit.look()).order.attempts_left
    visit.add_step(f"The withdrawn payment has used an attempt; attempts left: {left}.")
    return None


def still_waiting(waiting: Attempt, *, last: bool = False) -> VisitEnd:
    """The end of a visit that leaves a payment waiting: what waits, and what to do."""
    reason = ", and it is the last attempt of the order" if last else ""
    return VisitEnd(left=f"{waiting_text(waiting)}{reason}. {_what_to_do(waiting)}")


def waiting_step(waiting: Attempt) -> str:
    """`waiting_text` as the beginning of a sentence."""
    text = waiting_text(waiting)
    return f"{text[0].upper()}{text[1:]}"


def waiting_text(waiting: Attempt) -> str:
    """What waits, and where."""
    way = _NAMES.get(waiting.payment_way or "", waiting.payment_way)
    match waiting.waiting:
        case ConfirmOnPhone(phone=phone) if phone:
            return f"a payment by {way} waits on the phone {phone}"
        case ScanQr():
            return f"a payment by {way} waits for a phone to scan its code"
        case _:
            return f"a payment by {way} waits for its payer"


def _what_to_do(waiting: Attempt) -> str:
    match waiting.waiting:
        case ConfirmOnPhone(phone=phone) if phone:
            return (
                f"Confirm or refuse it: altyn phone {phone} confirm, or "
                f"POST /sandbox/phones/{phone}/messages/{{id}}"
            )
        case ScanQr(payload=payload):
            return f"Scan it with a phone: POST /sandbox/phones/{{phone}}/scan, payload {payload}"
        case EnterCode():
            return "Type its code on the payment page"
        case _:
            return "Confirm or refuse it"
