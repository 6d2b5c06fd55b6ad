"""What the simulated phones need: their messages, and the bank whose app is on them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from altyn.operations.ports import World
from altyn.protocol.bank_invoices import InvoiceResponse
from altyn.protocol.payer_invoices import Invoice, OpenedInvoice
from altyn.protocol.phone_messages import MessageAction, PhoneMessage

INVOICE: Final = "invoice"
"""The word before the colon of the subject of a message about an invoice."""

AnswerSender = Callable[[str, MessageAction, str], Awaitable[InvoiceResponse | None]]
"""Carries an answer out: the subject after the colon, the action, and the phone that answers, or an
empty text. The result is the sender's; None when the sender waits for no answer (any more)."""


class Phones(Protocol):
    """The messages of all phones. A phone number is eleven digits that begin with 7."""

    async def messages(self, phone: str, *, after: int = 0) -> Sequence[PhoneMessage]: ...
    async def message(self, phone: str, message_id: UUID) -> PhoneMessage | None: ...
    async def recent(self, limit: int) -> Sequence[str]: ...


class BankApp(Protocol):
    """The bank's app on every phone."""

    async def invoice(self, key: str) -> Invoice | None: ...
    async def codes(self, limit: int) -> Sequence[Invoice]: ...
    async def open(self, invoice_id: str, phone: str, return_url: str) -> OpenedInvoice | None: ...


class ShownPart(Protocol):
    """One part of a payment in parts. `state`: planned, charged, overdue or ended."""

    @property
    def number(self) -> int: ...
    @property
    def due_on(self) -> date: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def returned_minor(self) -> int: ...


class ShownPlan(Protocol):
    """The plan of a payment in parts, as its payer sees it. `card` is masked."""

    @property
    def order_number(self) -> str: ...
    @property
    def shop_name(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def card(self) -> str: ...
    @property
    def parts(self) -> Sequence[ShownPart]: ...


Plans = Callable[[str], Awaitable[Sequence[ShownPlan]]]
"""The plans of a phone, the newest last."""


async def no_plans(_phone: str) -> Sequence[ShownPlan]:
    """The plans of a gateway without payment in parts."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneServices:
    """What the API and the pages use. `senders` are those that take answers, by their word."""

    phones: Phones
    bank: BankApp
    senders: Mapping[str, AnswerSender]
    world: World
    public_url: str | None
    plans: Plans = no_plans
