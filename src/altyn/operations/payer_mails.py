"""The mails that a payer gets about a payment, where the merchant has `payer_email_notify`.

Source: merchant-settings.md §8.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.cart.document import Cart
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.values import Customer
from altyn.domain.effects import Effect
from altyn.domain.mail import MailDue
from altyn.domain.mail_address import refusal_of_addresses
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.order_cart import cart_customer

PAYMENT_MAIL: Final = "payment"
"""The reason of a mail that tells a payer that money was paid or held."""

SKIP: Final = "SKIP_PAYER_EMAIL_NOTIFY"
"""The feature with which a shop suppresses the mails of one order."""

_MAILED: Final = frozenset({CallbackOperation.APPROVED, CallbackOperation.DEPOSITED})


def payer_mails(effects: Iterable[Effect], order: Order, merchant: Merchant) -> Iterator[MailDue]:
    """The mails for those of the effects that are a payment or a hold; none for a checked card.

    `order` is the order after the change.
    """
    if not merchant.settings.payer_email_notify or order.checks_card_only:
        return
    if order.request.has(SKIP):
        return
    email = _payer_email(cart_customer(order), order.request.email)
    if email is None:
        return
    for effect in effects:
        if isinstance(effect, OrderNotification) and _is_mailed(effect):
            parameters = {"operation": str(effect.operation), "amount": str(effect.amount_minor)}
            yield MailDue(reason=PAYMENT_MAIL, to=email, parameters=parameters)


def _is_mailed(notification: OrderNotification) -> bool:
    return notification.succeeded and notification.operation in _MAILED


def _payer_email(customer: Customer, email: str | None) -> str | None:
    """The payer's address: that of the cart's customer before that of the order (fiscal.md §1)."""
    return customer.email or email or None


def refusal_of_payer_email(
    merchant: Merchant, features: Iterable[str], cart: Cart | None, email: str | None
) -> str | None:
    """Why an order of a merchant whose payers get mails is refused; None when it is not."""
    if not merchant.settings.payer_email_notify or SKIP in features:
        return None
    customer = read_bundle(cart.document)[0].customer if cart is not None else Customer()
    address = _payer_email(customer, email)
    if address is None:
        return (
            "the merchant's payers get e-mails (payer_email_notify): email is mandatory; the "
            f"feature {SKIP} suppresses the e-mails of one order"
        )
    refusal = refusal_of_addresses(address)
    return None if refusal is None else f"no e-mail can be sent to the payer: {refusal}"
