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


@dataclass(frozen=True, slots=True, kw_only=True)
class SberPayDetails:
    """How the payer gets the invoice.

    `phone`: eleven digits, which get a push; empty: the payer opens the app by a link or by a QR
    code. `return_url`: where the app takes the payer afterwards. `from_app`: the link is opened by
    the shop's own app, and not from a page.
    """

    phone: str = ""
    return_url: str = ""
    from_app: bool = False


def may_pay_by_sberpay(order: Order, merchant: Merchant) -> bool:
    """Whether the order can be paid in the bank's app at all: permission, currency, sum, no
    maintenance."""
    settings = merchant.settings.sberpay
    return (
        merchant.may(Permission.SBERPAY)
        and order.currency == RUB.code
        and settings.covers(order.amount_minor)
        and not settings.inactive
    )


def offers_sberpay(order: Order, merchant: Merchant) -> bool:
    """Whether the payment page offers it: also the shop has not hidden it for this order."""
    hidden = order.params.get("sberpayHide") == "true" or order.params.get("showSbol") == "false"
    return may_pay_by_sberpay(order, merchant) and not hidden


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
