"""The payers of SberPay: they answer invoices on their phones, as the sandbox's phone does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from altyn.main import Gateway
from altyn.operations.connector import payment_key
from altyn.operations.decisions import Refused
from altyn.operations.paying.notification import settle_notification
from altyn.operations.ports import Actor
from altyn.outbound.sberpay.connector import SberPayConnector, connector_response
from altyn.outbound.sberpay.in_process import InProcessBank
from altyn.protocol.bank_invoices import InvoiceResponse
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.phone_messages import MessageAction, PhoneMessage
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.issuer import IssuerSimulator
from altyn.simulators.phones.phones import Phones

WAY: Final = PaymentWay.SBRF_SBOL.value
PHONE: Final = "79998887766"
PUSH: Final[dict[str, Any]] = {"phone": PHONE, "jsonParams": '{"back2app":"true"}'}
"""The parameters of a registration that sends a push, as the founding document has them."""
LINK: Final[dict[str, Any]] = {
    "jsonParams": '{"app2app":"true","app.osType":"ios","app.deepLink":"shop://paid"}',
}
"""The parameters of a registration that asks for a link into the bank's app."""
CONFIRM: Final = MessageAction.CONFIRM
REFUSE: Final = MessageAction.REFUSE
BANK: Final = Actor(name="bank of the app")


@dataclass(frozen=True, slots=True)
class Payers:
    """The payers of a gateway, with their phones; they see what the bank has sent there."""

    gateway: Gateway

    @property
    def phones(self) -> Phones:
        return Phones(self.gateway.pool, self.gateway.world.clock.now)

    @property
    def bank(self) -> BankApp:
        """The bank as the phones reach it; its state is the database."""
        now = self.gateway.world.clock.now
        issuer = IssuerSimulator(self.gateway.pool, now)
        return BankApp(self.gateway.pool, now, issuer=issuer, phones=self.phones)

    async def messages(self, order_id: str, phone: str = PHONE) -> list[PhoneMessage]:
        """The messages on a phone about an order."""
        every = await self.phones.messages(phone)
        return [each for each in every if each.order_id == UUID(order_id)]

    async def answer(
        self, order_id: str, action: MessageAction, number: int = 1, *, notified: bool = True
    ) -> InvoiceResponse | None:
        """The payer confirms or refuses attempt `number`, and the bank notifies the gateway.

        None when the invoice waits no more; then nothing is sent to the gateway.
        """
        key = payment_key(UUID(order_id), number)
        response = await self.bank.answer(key, action)
        if response is not None and notified:
            await self.notify(key, response)
        return response

    async def notify(self, key: str, response: InvoiceResponse) -> None:
        """The bank sends the state of an invoice."""
        result = connector_response(response, None)
        decision = await settle_notification(WAY, key, result, actor=BANK, world=self.gateway.world)
        assert not isinstance(decision, Refused), decision

    async def confirm(self, order_id: str, number: int = 1) -> None:
        """The payer confirms; it counts."""
        assert await self.answer(order_id, CONFIRM, number) is not None

    async def refuse(self, order_id: str, number: int = 1) -> None:
        """The payer refuses; it counts."""
        assert await self.answer(order_id, REFUSE, number) is not None


def bank_line(gateway: Gateway) -> InProcessBank:
    """The gateway's line to the bank of the app, which a test may cut."""
    connector = gateway.world.ways.connector(WAY)
    assert isinstance(connector, SberPayConnector)
    assert isinstance(connector.bank, InProcessBank)
    return connector.bank
