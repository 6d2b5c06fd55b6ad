"""The step of SberPay on the payment page, `?paymentWay=SBRF_SBOL`.

Opening it starts nothing: an attempt begins when the payer has chosen the app, a QR code or a push
message. With web2app the page of a new order opens here, and on a phone its script presses the
button that opens the app. Its form is posted to the page itself, so it works without scripts.
Source: sberpay.md §1, §4; payment-page.md §8.
"""

from dataclasses import replace
from typing import Final

from altyn.domain.receipt.contact import asks_contact
from altyn.domain.sberpay import app_link
from altyn.inbound.payment_page.addresses import page_address
from altyn.inbound.payment_page.card_form import PageForm
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.pages import (
    PageContext,
    advice_of,
    field_errors_of,
    refusal_text_of,
    remaining_seconds,
    typed_contact,
)
from altyn.inbound.payment_page.results import PaymentResult
from altyn.inbound.payment_page.sberpay.view import SberPayView, render_step
from altyn.operations.paying.sberpay import PHONE, back_url_of, opens_at_sberpay
from altyn.operations.ports import Clock
from altyn.protocol.payment_ways import PaymentWay

WAY: Final = PaymentWay.SBRF_SBOL.value
QUERY: Final = f"&paymentWay={WAY}"
OTHER_WAYS: Final = f"&paymentWay={PaymentWay.CARD}"


def sberpay_step(
    page_order: PageOrder,
    context: PageContext,
    clock: Clock,
    *,
    other_ways: bool,
    form: PageForm | None = None,
    result: PaymentResult | None = None,
) -> str:
    """The page of the step, perhaps with what is wrong in the `form` that was just posted.

    `other_ways`: the order can be paid in another way too.
    """
    first = opens_at_sberpay(page_order.order)
    order, language = page_order.order, context.language
    here = replace(context, query=f"{context.query}{QUERY}")
    faults, refusal = field_errors_of(result, language), refusal_text_of(result, language)
    decline = "" if faults or refusal else page_order.decline_text(language)
    return render_step(
        SberPayView(
            **here.frame(page_order, page_order.shop_address(context.base_url, language)),
            order_id=page_order.order_id,
            order_number=order.order_number,
            amount=page_order.amount,
            logo=page_order.merchant.settings.page_logo,
            form_action=here.own_address(page_order),
            app_link=link_back_to_page(page_order, context),
            opens_app=first and form is None and not _lacks_contact(page_order),
            remaining_seconds=remaining_seconds(order, clock),
            expires_at=order.expires_at,
            attempts_left=order.attempts_left,
            attempts_max=order.attempts_max,
            phone=form.shown_again(PHONE) if form else order.request.phone or "",
            asks_contact=asks_contact(order, page_order.merchant),
            contact=form.shown_again("contact") if form else typed_contact(order),
            field_errors=faults,
            decline_text=refusal or decline,
            advice=advice_of(result, page_order, language) if refusal or decline else "",
            cancelled=page_order.cancelled and not refusal,
            other_way_url=_other_way_url(page_order, context, first=first) if other_ways else None,
        )
    )


def link_back_to_page(page_order: PageOrder, context: PageContext) -> str:
    """The link that a phone opens the app by: the way back is the shop's address, else the page."""
    order, login = page_order.order, page_order.merchant.login
    page = page_address(context.base_url, login, order.order_id, context.name)
    return app_link(order.order_id, from_page=True, back_url=back_url_of(order) or page)


def _lacks_contact(page_order: PageOrder) -> bool:
    """Whether the payer has to type a contact before anything can begin."""
    order = page_order.order
    return asks_contact(order, page_order.merchant) and not typed_contact(order)


def _other_way_url(page_order: PageOrder, context: PageContext, *, first: bool) -> str:
    """The page of all ways; where the page opens at SberPay, the address has to say so."""
    return f"{context.own_address(page_order)}{OTHER_WAYS if first else ''}"
