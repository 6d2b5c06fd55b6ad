"""Receipts as effects of a change: what a decision asks for becomes the receipt that is saved."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from altyn.domain.effects import Effect
from altyn.domain.mail import MailDue
from altyn.domain.mail_address import refusal_of_addresses
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.receipt.content import receipt_of
from altyn.domain.receipt.values import Receipt, ReceiptDue, ReceiptMade
from altyn.operations.payer_mails import SKIP

RECEIPT_MAIL: Final = "receipt"
"""The reason of the mail with a receipt."""


def made_effects(
    effects: Iterable[Effect], order: Order, merchant: Merchant, at: datetime
) -> Iterator[Effect]:
    """The effects, with the receipts made; those that this merchant does not have are left out.

    `order` is the order after the change, `at` the time of the change (UTC).
    """
    for effect in effects:
        if not isinstance(effect, ReceiptDue):
            yield effect
        elif receipt := receipt_of(effect, order, merchant, at):
            yield ReceiptMade(receipt)
            yield from mails_of(receipt, order, merchant)


def mails_of(receipt: Receipt, order: Order, merchant: Merchant) -> Iterator[MailDue]:
    """The mail with the receipt, where the merchant wants one and the address can be used."""
    email = receipt.content.email
    if not merchant.settings.fiscal.mail or order.request.has(SKIP) or not email:
        return
    if refusal_of_addresses(email) is None:
        parameters = {"receipt": str(receipt.receipt_id)}
        yield MailDue(reason=RECEIPT_MAIL, to=email, parameters=parameters)
