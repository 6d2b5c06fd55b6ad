"""A client of the bank whose app confirms invoices, with its payers and a clock for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from altyn.protocol.acquiring import AcquirerRequest, AcquirerResponse
from altyn.protocol.bank_invoices import InvoiceOperation, InvoiceRequest, InvoiceResponse
from altyn.protocol.phone_messages import MessageAction, PhoneMessage
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.database import Pool
from altyn.simulators.issuer import IssuerSimulator
from altyn.simulators.phones.phones import Phones

PHONE: Final = "79998887766"


@dataclass
class CountingIssuer:
    """The issuer, with every request that it gets. `lost`: it carries out, and gives no answer."""

    simulator: IssuerSimulator
    requests: list[AcquirerRequest] = field(default_factory=list)
    lost: bool = False

    async def handle(self, request: AcquirerRequest) -> AcquirerResponse:
        self.requests.append(request)
        response = await self.simulator.handle(request)
        if self.lost:
            raise ConnectionResetError("the process has died before it stored the answer")
        return response


@dataclass
class BankAppClient:
    """Sends invoices, and answers them as their payers do."""

    pool: Pool
    now: datetime = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.issuer = CountingIssuer(IssuerSimulator(self.pool, lambda: self.now))
        self.phones = Phones(self.pool, lambda: self.now)
        self.bank = self.another()

    def another(self) -> BankApp:
        """The bank as another process sees it."""
        return BankApp(self.pool, lambda: self.now, issuer=self.issuer, phones=self.phones)

    def invoice(self, phone: str = PHONE, **changes: Any) -> InvoiceRequest:
        """A new invoice of 1500 roubles that expires after 20 minutes."""
        order_id = uuid4()
        return InvoiceRequest(
            **{
                "key": f"{order_id.hex}-1",
                "operation": InvoiceOperation.SEND,
                "invoice_id": order_id.hex,
                "merchant": "test",
                "shop_name": "Demo shop",
                "terminal": "123456",
                "amount_minor": 1500_00,
                "order_id": order_id,
                "order_number": "A-1",
                "phone": phone,
                "expires_at": self.now + timedelta(minutes=20),
                **changes,
            }
        )

    async def ask(self, key: str, operation: InvoiceOperation) -> InvoiceResponse:
        return await self.bank.handle(InvoiceRequest(key=key, operation=operation))

    async def inquire(self, key: str) -> InvoiceResponse:
        return await self.ask(key, InvoiceOperation.INQUIRE)

    async def confirm(self, key: str, phone: str = "") -> InvoiceResponse | None:
        return await self.bank.answer(key, MessageAction.CONFIRM, phone)

    async def refuse(self, key: str) -> InvoiceResponse | None:
        return await self.bank.answer(key, MessageAction.REFUSE)

    async def messages(self, request: InvoiceRequest) -> list[PhoneMessage]:
        """The messages about an invoice."""
        subject = f"invoice:{request.key}"
        return [m for m in await self.phones.messages(request.phone) if m.subject == subject]

    async def taken_minor(self, key: str) -> int:
        """What the issuer has taken or holds for a key."""
        books = await self.issuer.simulator.books(key)
        return 0 if books is None else books.held_minor + books.deposited_minor

    def authorisations(self, key: str) -> int:
        """How many requests for the money of a key the issuer got."""
        return sum(1 for request in self.issuer.requests if request.key == key)
