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
from altyn.domain.cart.values import NO_CUSTOMER, Customer
from altyn.domain.mail_address import MailAddressError, parse_mail_address
from altyn.domain.merchant import Merchant
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_cart import cart_customer, cart_positions
from altyn.domain.phone import compact_phone, international_phone, russian_phone

EMAIL_CHARS_MAX: Final = 64
"""What a receipt has room for (fiscal.md §6, client.email)."""

RECEIPT_CURRENCY: Final = "643"
"""Receipts are in roubles (54-FZ); an order in another currency has none."""

EMAIL: Final = "email"
PHONE: Final = "phone"
NO_PARAMS: Final[Mapping[str, str]] = {}

_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")


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


def contact_of(
    order: Order, *, customer: Customer = NO_CUSTOMER, ofd_params: Mapping[str, str] = NO_PARAMS
) -> Contact:
    """Where a receipt of the order goes: the one rule, for every receipt and every provider.

    `customer` and `ofd_params` are those that the operation itself has sent (a closing, a refund).
    An e-mail address or a phone number there is the whole contact: the receipt goes nowhere else.
    Otherwise the first e-mail address and the first phone number of: the customer of the registered
    cart; `email` and `phone` of the order (which jsonParams of the registration fill); the names
    `email` and `phone` that the shop added to the order later; `client.email` and `client.phone` of
    additionalOfdParams; what the payer has typed on the page. Source: fiscal.md §7.
    """
    own = _first((Contact(customer.email, customer.phone), _of_params(ofd_params)))
    return own if own.known else _first((*_of_shop(order), contact_of_payer(order)))


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
    number = compact_phone(text)
    return ContactFault.NEITHER if number is None else _read_phone(number)


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
    return Contact(phone=international_phone(number) if russian_phone(number) else number)


def _of_shop(order: Order) -> Iterator[Contact]:
    request, customer = order.request, cart_customer(order)
    own = request.payer_contact
    yield Contact(customer.email, customer.phone)
    yield Contact(None if EMAIL in own else request.email, None if PHONE in own else request.phone)
    shown = {n: v for n, v in order.params.items() if n not in request.payer_params}
    yield Contact(shown.get(EMAIL), shown.get(PHONE))
    yield _of_params(ofd_params_of(order))


def _of_params(client: Mapping[str, str]) -> Contact:
    return Contact(client.get("client.email"), client.get("client.phone"))


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
