"""A purchase on credit: what a registration needs, and the result of the application.

Source: bnpl.md §8.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from altyn.domain.credit import (
    MONTHS,
    CreditApplication,
    CreditProduct,
    CreditState,
    application_of,
    with_application,
)
from altyn.domain.merchant import Merchant
from altyn.domain.money import RUB
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Decision, Refused, Unchanged, accept
from altyn.operations.register import Register


def read_application(command: Register, merchant: Merchant) -> CreditApplication | Refused:
    """The application that a registration asks for.

    Refuses: PARAMETER_INVALID (a sum outside of the merchant's limits, a product that is not agreed
    with the merchant), CURRENCY_UNKNOWN (not roubles), CART_FORMAT (an unknown product type),
    CART_MANDATORY (no installments, no product). Other faults of the cart are found later.
    """
    settings = merchant.settings.credit
    if not settings.covers(command.amount_minor):
        rule = f"{settings.amount_min_minor} to {settings.amount_max_minor} minor units on credit"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="amount_minor")
    sent = _installments(command)
    product_id = str(sent.get("productID") or sent.get("productId") or "")
    if product_id and settings.product_ids and product_id not in settings.product_ids:
        rule = f"productID {product_id} is not one of {', '.join(settings.product_ids)}"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="order_bundle")
    if (command.currency or merchant.settings.default_currency) != RUB.code:
        rule = "credits are in roubles (currency 643)"
        return Refused(Refusal.CURRENCY_UNKNOWN, rule, parameter="currency")
    product = sent.get("productType")
    if product and product not in tuple(CreditProduct):
        rule = f"productType: one of {', '.join(CreditProduct)}"
        return Refused(Refusal.CART_FORMAT, rule, parameter="order_bundle")
    if not product or not product_id:
        rule = "orderBundle.installments with productType and productID is mandatory"
        return Refused(Refusal.CART_MANDATORY, rule, parameter="order_bundle")
    return CreditApplication(
        product=CreditProduct(product),
        product_id=product_id,
        back_to_shop=command.json_params.get("backToShopUrl", ""),
    )


def _installments(command: Register) -> dict[str, Any]:
    document = command.order_bundle.document if command.order_bundle else None
    found = document.get("installments") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def decide_application(order: Order, *, approved: bool, months: int, now: datetime) -> Decision:
    """Keep what became of the application. The order's status does not change.

    Unchanged: the application is over. Refuses: WRONG_STATUS (no application, or the order takes no
    payment), PARAMETER_INVALID (a term that the product does not have).
    """
    application = application_of(order)
    if application is None or not order.payable:
        rule = f"no application is open, order is {order.status}"
        return Refused(Refusal.WRONG_STATUS, rule, order)
    if application.state is not CreditState.OPEN:
        return Unchanged(order)
    if approved and months not in MONTHS[application.product]:
        terms = ", ".join(map(str, MONTHS[application.product]))
        return Refused(Refusal.PARAMETER_INVALID, f"months: one of {terms}", order)
    state = CreditState.APPROVED if approved else CreditState.REFUSED
    decided = replace(application, state=state, months=months if approved else 0)
    detail = {"months": months} if approved else {}
    return accept(
        order,
        f"credit_{state.value}",
        now,
        request=with_application(order.request, decided),
        detail=detail,
    )
