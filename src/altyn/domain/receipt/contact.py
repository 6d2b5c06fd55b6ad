"""Where a payer gets the receipt: an e-mail address or a phone number, known or to be asked for.

Source: fiscal.md §1, §3.1, §6, §7.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from altyn.domain.card.free_text import holds_card_number
from altyn.domain.cart.receipt_params import NAME as OFD_PARAMS
from altyn.domain.mail_address import MailAddressError, parse_mail_address
from altyn.domain.merchant import Merchant
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_cart import cart_customer, cart_positions

EMAIL_CHARS_MAX: Final = 64
"""What a receipt has room for (fiscal.md §6, client.email)."""

RECEIPT_CURRENCY: Final = "643"
"""Receipts are in roubles (54-FZ); an order in another currency has none."""

EMAIL: Final = "email"
PHONE: Final = "phone"

_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_SEPARATORS: Final = re.compile(r"[\s().\u2010-\u2015-]+")
_RUSSIAN: Final = re.compile(r"[78]?(9[0-9]{9})|[78]([3-8][0-9]{9})")


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the receipt goes; one of the two is enough."""

    email: str | None = None
    phone: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is any."""
        return bool(self.email or self.phone)


class ContactFault(StrEnum):
    """What is wrong with the contact that a payer has typed."""

    EMPTY = "empty"
    NEITHER = "neither"
    EMAIL = "email"
    EMAIL_LONG = "email_long"
    PHONE = "phone"


def is_fiscalised(order: Order, merchant: Merchant) -> bool:
    """Whether a payment of the order leads to a receipt. A card check moves no money."""
    if order.currency != RECEIPT_CURRENCY:
        return False
    fiscal = merchant.settings.fiscal
    if not fiscal.enabled or order.checks_card_only:
        return False
    return fiscal.default_line or bool(cart_positions(order))


def needs_contact(order: Order, merchant: Merchant) -> bool:
    """Whether the order gets a receipt and it is not known where the payer gets it."""
    return is_fiscalised(order, merchant) and not contact_of(order).known


def asks_contact(order: Order, merchant: Merchant) -> bool:
    """Whether the payer is asked: the shop gave no contact. The payer's own one may be changed."""
    return is_fiscalised(order, merchant) and not _first(_of_shop(order)).known


def contact_of(order: Order) -> Contact:
    """The payer's e-mail address and phone number, from all places where they are sent.

    In this order: the cart's customer, `email` and `phone` of the order (which jsonParams of the
    registration and the payer fill), the shop's additional parameters, additionalOfdParams.
    """
    return _first((*_of_shop(order), contact_of_payer(order)))


def contact_of_payer(order: Order) -> Contact:
    """What the payer has typed on the payment page; empty when nothing."""
    request, names = order.request, order.request.payer_contact
    return Contact(
        request.email if EMAIL in names else None, request.phone if PHONE in names else None
    )


def read_contact(typed: str) -> Contact | ContactFault:
    """The contact in what a payer types into one field, or what is wrong with it.

    A text with an @ is an e-mail address. A phone number has 7 to 15 digits; a Russian one gets its
    +7, also for an 8 at its beginning. A card number is neither, whatever it looks like.
    """
    text = typed.strip()
    if not text:
        return ContactFault.EMPTY
    if holds_card_number(text):
        return ContactFault.NEITHER
    if "@" in text:
        return _read_email(text)
    number = _SEPARATORS.sub("", text)
    if not number.isascii() or not number.removeprefix("+").isdigit():
        return ContactFault.NEITHER
    return _read_phone(number)


def _read_email(text: str) -> Contact | ContactFault:
    if len(text) > EMAIL_CHARS_MAX:
        return ContactFault.EMAIL_LONG
    try:
        address = parse_mail_address(text)
    except MailAddressError:
        return ContactFault.EMAIL
    # A host without a dot is a typing error of a payer: "ivan@mail".
    return Contact(email=text) if "." in address.host else ContactFault.EMAIL


def _read_phone(number: str) -> Contact | ContactFault:
    if not _PHONE.fullmatch(number):
        return ContactFault.PHONE
    russian = _RUSSIAN.fullmatch(number)
    return Contact(phone=f"+7{russian[1] or russian[2]}" if russian else number)


def _of_shop(order: Order) -> Iterator[Contact]:
    request, customer = order.request, cart_customer(order)
    own = request.payer_contact
    yield Contact(customer.email, customer.phone)
    yield Contact(None if EMAIL in own else request.email, None if PHONE in own else request.phone)
    shown = {n: v for n, v in order.params.items() if n not in request.payer_params}
    yield Contact(shown.get(EMAIL), shown.get(PHONE))
    client = ofd_params_of(order)
    yield Contact(client.get("client.email"), client.get("client.phone"))


def ofd_params_of(order: Order) -> Mapping[str, str]:
    """The parameters of the whole receipt that the shop gave at registration (fiscal.md §6).

    Those of the deposit that was made take their place.
    """
    own = _params(order.request.more.get(OFD_PARAMS))
    deposits = (a for a in order.attempts if a.kind is Kind.DEPOSIT)
    made = (params_of_attempt(a) for a in deposits if a.state is AttemptState.APPROVED)
    return {**own, **next(made, {})}


def params_of_attempt(attempt: Attempt) -> Mapping[str, str]:
    """The parameters of the whole receipt that came with a deposit or a refund."""
    return _params(attempt.details.get(OFD_PARAMS))


def _params(text: str | None) -> Mapping[str, str]:
    return msgspec.json.decode(text, type=dict[str, str], strict=False) if text else {}


def _first(contacts: Iterable[Contact]) -> Contact:
    """The first address and the first number that are not blank."""
    found = tuple(contacts)
    emails = (each.email for each in found if each.email and each.email.strip())
    phones = (each.phone for each in found if each.phone and each.phone.strip())
    return Contact(next(emails, None), next(phones, None))
