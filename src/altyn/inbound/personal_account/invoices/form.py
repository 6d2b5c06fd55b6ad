"""The form of an invoice: what a user typed, and the request of register.do that it makes.

The form decides nothing about money: its fields become parameters of the API, and the API's answer
is shown. Only what has no parameter of its own is read here: amounts in roubles, the receivers.
Source: personal-account.md §5; rest-orders.md §2.1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from altyn.domain.mail_address import refusal_of_addresses, split_addresses
from altyn.domain.merchant import Merchant
from altyn.domain.money import RUB
from altyn.domain.moscow import from_moscow, to_moscow
from altyn.domain.order_id import new_order_number
from altyn.domain.phone import phone_text, russian_phone
from altyn.inbound.personal_account.invoices.cart import CartRow, cart_text, read_rows, rows_sum
from altyn.inbound.web.amounts import minor_units
from altyn.operations.invoices import PAYER_NAME, SENDER

MOMENT: Final = "%Y-%m-%dT%H:%M"
DAYS_TO_PAY: Final = 3
ADDRESSES_MAX: Final = 10
NAME_CHARS: Final = 100
_TEXTS: Final = (
    *("amount", "emails", "phone", "payer_name", "sender", "mail_language", "order_number"),
    *("description", "pay_until"),
)
FIELD_OF: Final[Mapping[str, str]] = {
    "amount": "amount",
    "email": "emails",
    "orderNumber": "order_number",
    "expirationDate": "pay_until",
    "description": "description",
    "language": "mail_language",
    "jsonParams": "payer_name",
    "orderBundle": "cart",
}
"""The field that shows a refusal about a parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceForm:
    """The fields as typed. `amount` is in roubles; `pay_until` is Moscow time, without a zone.

    `emails` are addresses with commas between them. With `rows` the amount is their sum.
    """

    amount: str = ""
    emails: str = ""
    phone: str = ""
    payer_name: str = ""
    sender: str = ""
    mail_language: str = "ru"
    order_number: str = ""
    description: str = ""
    pay_until: str = ""
    rows: tuple[CartRow, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The receivers of the mail, each once."""
        return split_addresses(self.emails)

    @property
    def amount_minor(self) -> int | None:
        """The amount in minor units: the sum of the cart where there is one."""
        return rows_sum(self.rows) if self.rows else minor_units(self.amount)

    @property
    def until(self) -> datetime | None:
        """The last moment to pay (UTC); None for a text that is no moment."""
        try:
            return from_moscow(self.pay_until[:16], MOMENT)
        except (ValueError, OverflowError):
            return None

    @property
    def russian_phone(self) -> str | None:
        """The phone number in its normal form; None for any other text."""
        return russian_phone(phone_text(self.phone))

    def problems(self, now: datetime) -> dict[str, str]:
        """The fields that cannot be read, each with the key of the text about it."""
        return dict(self._problems(now))

    def _problems(self, now: datetime) -> Iterator[tuple[str, str]]:
        if any(row.amount_minor is None for row in self.rows):
            yield "cart", "wrong_cart"
        elif self.amount_minor is None or self.amount_minor <= 0:
            yield "amount", "wrong_amount"
        if self.emails and refusal_of_addresses(self.emails):
            yield "emails", "wrong_emails"
        elif len(self.addresses) > ADDRESSES_MAX:
            yield "emails", "many_emails"
        if self.phone and self.russian_phone is None:
            yield "phone", "wrong_phone"
        until = self.until
        if until is None or until <= now:
            yield "pay_until", "wrong_until"
        for name in ("payer_name", "sender"):
            if len(getattr(self, name)) > NAME_CHARS:
                yield name, "long_name"

    def fields(self, merchant: Merchant) -> dict[str, str]:
        """The parameters of register.do. Empty ones are left out."""
        until, addresses = self.until, self.addresses
        more = {SENDER: self.sender, PAYER_NAME: self.payer_name}
        named = {name: value for name, value in more.items() if value}
        return {
            "orderNumber": self.order_number,
            "amount": str(self.amount_minor or 0),
            "currency": RUB.code,
            "description": self.description,
            "email": addresses[0] if addresses else "",
            "language": self.mail_language,
            "expirationDate": f"{to_moscow(until):%Y-%m-%dT%H:%M:%S}" if until else "",
            "jsonParams": msgspec.json.encode(named).decode() if named else "",
            "orderBundle": cart_text(self.rows, merchant.settings.fiscal) if self.rows else "",
        }


def new_form(merchant: Merchant, now: datetime) -> InvoiceForm:
    """An empty form. It has a number, so a form that is sent twice makes one order."""
    last_day = to_moscow(now + timedelta(days=DAYS_TO_PAY))
    return InvoiceForm(
        mail_language=merchant.settings.default_language,
        order_number=new_order_number(now),
        pay_until=f"{last_day:%Y-%m-%d}T23:59",
    )


def read_invoice(pairs: Sequence[tuple[str, str]], now: datetime) -> InvoiceForm:
    """The form as it was sent."""
    sent = dict(pairs)
    typed = {name: sent.get(name, "").strip() for name in _TEXTS}
    form = InvoiceForm(**typed, rows=read_rows(pairs))
    return form if form.order_number else replace(form, order_number=new_order_number(now))
