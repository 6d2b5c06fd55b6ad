"""SberPay as a way to pay: whom it is offered to, and what a payer has to say.

Source: sberpay.md §1, §3, §5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import RUB
from altyn.domain.order import Order
from altyn.domain.phone import russian_phone
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused

PHONE: Final = "sberPayPhone"
"""The field of the payment page: the phone that gets the push; empty for the link or QR code."""
BY: Final = "sberPayBy"
"""The field of the payment page that names the button: BY_PHONE or BY_LINK. Page sets of shops do
not send it: there the phone number decides."""
BY_PHONE: Final = "phone"
BY_LINK: Final = "link"
WEB2APP: Final = "web2app"
BACK_URL: Final = "sberpay.backurl"
"""Attributes of the order: the page opens at SberPay; where the bank's app takes the payer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SberPayDetails:
    """How the payer gets the invoice.

    `phone`: eleven digits, which get a push; empty: the payer opens the app by a link or by a QR
    code. `return_url`: the shop's own app, where the bank's app takes the payer afterwards; empty:
    what the order says (`back_url_of`). `from_app`: the link is opened by the shop's own app, and
    not from a page.
    """

    phone: str = ""
    return_url: str = ""
    from_app: bool = False


def refuse_sberpay(order: Order, merchant: Merchant) -> Refused | None:
    """Why the payment page never offers SberPay for the order; None when it does.

    Refuses: ACCESS_DENIED (permission), PARAMETER_INVALID (not roubles), AMOUNT_INVALID (outside
    the limits), JSON_PARAMS_INVALID (the shop has hidden it for this order).
    """
    if not merchant.may(Permission.SBERPAY):
        return Refused(Refusal.ACCESS_DENIED, "permission sberpay is off")
    if order.currency != RUB.code:
        rule = f"takes roubles ({RUB.code}) only, and not {order.currency}"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="currency")
    limits = merchant.settings.sberpay
    if not limits.covers(order.amount_minor):
        least, most = limits.amount_min_minor, limits.amount_max_minor
        rule = f"takes {least} to {most} minor units, and not {order.amount_minor}"
        return Refused(Refusal.AMOUNT_INVALID, rule, parameter="amount_minor")
    if hides_sberpay(order.params):
        rule = "hidden from the page by sberpayHide or showSbol in jsonParams"
        return Refused(Refusal.JSON_PARAMS_INVALID, rule, parameter="json_params")
    return None


def sberpay_is_paused(merchant: Merchant) -> bool:
    """Whether the bank's app is under maintenance."""
    return merchant.settings.sberpay.inactive


def hides_sberpay(params: Mapping[str, str]) -> bool:
    """Whether attributes of an order keep SberPay off its page (sberpay.md §3)."""
    hide, show = params.get("sberpayHide", ""), params.get("showSbol", "")
    return hide.lower() == "true" or show.lower() == "false"


def opens_at_sberpay(order: Order) -> bool:
    """Whether the page opens at SberPay: the shop wants it, and nothing was tried yet."""
    return _of_shop(order, WEB2APP) == "true" and not order.payments


def back_url_of(order: Order) -> str:
    """Where the bank's app takes the payer afterwards, by the wish of the shop; else empty."""
    return _of_shop(order, BACK_URL)


def _of_shop(order: Order, name: str) -> str:
    """An attribute of the order that its payer has not sent."""
    return "" if name in order.request.payer_params else order.params.get(name, "")


def read_sberpay_details(fields: Mapping[str, str]) -> SberPayDetails | Refused:
    """The payer's phone, or none.

    Refuses: PARAMETER_EMPTY (the payer wants a push message, and has typed no number),
    PARAMETER_INVALID (not a Russian phone number).
    """
    typed = fields.get(PHONE, "").strip()
    if fields.get(BY) == BY_LINK:
        return SberPayDetails()
    if not typed and fields.get(BY) == BY_PHONE:
        return Refused(Refusal.PARAMETER_EMPTY, f"{PHONE}: no number was typed", parameter=PHONE)
    if not typed:
        return SberPayDetails()
    phone = russian_phone(typed)
    if phone is None:
        rule = f"{PHONE}: not a Russian phone number of ten digits after +7, 7 or 8"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter=PHONE)
    return SberPayDetails(phone=phone)
