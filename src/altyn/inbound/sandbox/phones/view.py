"""What a screen of the simulated phone shows, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from altyn.domain.money import CURRENCIES, RUB, Money
from altyn.domain.moscow import to_moscow
from altyn.domain.sberpay import BankResult, filled_back_url
from altyn.inbound.sandbox.phones.number import spaced
from altyn.inbound.sandbox.phones.ports import ShownPlan
from altyn.look import clock_text, day_month_text
from altyn.protocol.bank_invoices import InvoiceState
from altyn.protocol.payer_invoices import Invoice
from altyn.protocol.phone_messages import MessageAction, MessageEnd, MessageKind, PhoneMessage

PHONES_PATH: Final = "/sandbox/phone"
VERSION_LENGTH: Final = 16
CHARGED: Final = "charged"
"""The state of a part of a plan whose money was taken."""
_STATES: Final = {
    MessageAction.CONFIRM: "confirmed",
    MessageAction.REFUSE: "refused",
    MessageEnd.EXPIRED: "expired",
    MessageEnd.CLOSED: "closed",
    MessageEnd.ELSEWHERE: "closed",
    MessageEnd.WITHDRAWN: "closed",
    MessageEnd.CANCELLED: "closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneView:
    """A phone at a moment. `messages`: the newest first. `opened`: the invoice on the screen."""

    phone: str
    language: str
    now: datetime
    messages: Sequence[PhoneMessage]
    opened: Invoice | None = None

    @property
    def number(self) -> str:
        """The number as people write it."""
        return spaced(self.phone)

    @property
    def sms(self) -> Sequence[PhoneMessage]:
        """The SMS, the oldest first, as a thread shows them."""
        return [each for each in reversed(self.messages) if each.kind is MessageKind.SMS]

    @property
    def pushes(self) -> Sequence[PhoneMessage]:
        """The pushes; those that wait for an answer come first."""
        found = (each for each in self.messages if each.kind is MessageKind.PUSH)
        return sorted(found, key=lambda message: not message.actions)

    @property
    def waiting(self) -> int:
        """How many messages wait for an answer."""
        return sum(1 for each in self.messages if each.actions)

    @property
    def newest(self) -> int:
        """The number of the newest message; 0 without messages."""
        return max((each.number for each in self.messages), default=0)

    @property
    def version(self) -> str:
        """A text that changes whenever a screen of the phone would show something else."""
        shown = [clock_text(self.now)]
        shown += [f"{each.number}{each.actions}{each.answer}{each.end}" for each in self.messages]
        if self.opened is not None:
            shown.append(self.opened.response.state)
        return sha256("|".join(shown).encode()).hexdigest()[:VERSION_LENGTH]

    def href(self, *parts: str, **query: str) -> str:
        """The address of a screen of this phone, in the language of the page."""
        return screen_address(self.language, self.phone, *parts, **query)

    def href_of(self, message: PhoneMessage) -> str:
        """Where a notification leads."""
        if message.kind is MessageKind.SMS:
            return f"{self.href('sms')}#m{message.number}"
        return self.href("messages", str(message.message_id))

    def time_of(self, moment: datetime) -> str:
        """A time as a list shows it: the day too, unless it is today."""
        if to_moscow(moment).date() == to_moscow(self.now).date():
            return clock_text(moment)
        return f"{day_month_text(moment, self.language)}, {clock_text(moment)}"


def screen_address(language: str, *parts: str, **query: str) -> str:
    """The address of a page below `/sandbox/phone`; Russian needs no parameter."""
    path = "/".join((PHONES_PATH, *(quote(part, safe="") for part in parts)))
    named = {**query, "language": language} if language != "ru" else query
    return f"{path}?{urlencode(named)}" if named else path


def state_of(message: PhoneMessage) -> str:
    """The state of a message: `waits`, `confirmed`, `refused`, `expired`, `closed`, or empty."""
    if message.actions:
        return "waits"
    return _STATES.get(message.answer or message.end or MessageEnd.ANSWERED, "")


def outcome_of(message: PhoneMessage, invoice: Invoice | None) -> str:
    """What has become of the payment of a message: that of the bank once it was confirmed."""
    state = state_of(message)
    if state != "confirmed" or invoice is None:
        return state
    match invoice.response.state:
        case InvoiceState.APPROVED:
            return "held" if invoice.request.hold else "paid"
        case InvoiceState.DECLINED | InvoiceState.NOT_SENT:
            return "declined"
        case _:
            return "processing"


_RESULTS: Final = {
    "confirmed": BankResult.SUCCESS,
    "paid": BankResult.SUCCESS,
    "held": BankResult.SUCCESS,
    "processing": BankResult.WAITING,
    "refused": BankResult.CANCEL,
}
"""The results for the shop, by outcome; all others are errors."""


def return_url_of(message: PhoneMessage, invoice: Invoice | None) -> str:
    """Where the app takes the payer of a message that is answered or over; empty: it stays.

    A phone without the app got an SMS, and nothing takes its payer anywhere.
    """
    outcome = outcome_of(message, invoice)
    if outcome == "waits" or message.kind is MessageKind.SMS:
        return ""
    return filled_back_url(message.return_url, _RESULTS.get(outcome, BankResult.ERROR))


def is_payment_page(address: str) -> bool:
    """Whether an address is that of a payment page of this gateway, as far as its path says."""
    return urlsplit(address).path.startswith("/payment/merchants/")


def day_of(day: date, language: str) -> str:
    """A calendar day: "21 ноября"."""
    return day_month_text(datetime.combine(day, time(12), UTC), language)


def charged_of(plan: ShownPlan) -> Money:
    """What was charged of a plan so far."""
    charged = sum(part.amount_minor for part in plan.parts if part.state == CHARGED)
    return amount_of(charged, plan.currency)


def amount_of(amount_minor: int, currency: str) -> Money:
    """A sum of a message or an invoice."""
    return Money(amount_minor, CURRENCIES.get(currency, RUB))
