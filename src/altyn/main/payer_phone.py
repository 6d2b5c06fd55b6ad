"""The phone of the simulated payer: its answers go to the bank of the app, as those of any phone.

The bank then notifies the gateway; a notification that is lost is found by reconciliation.
"""

from uuid import UUID

import structlog

from altyn.main.connectors import Connectors
from altyn.operations.decisions import Refused
from altyn.operations.paying.notification import settle_notification
from altyn.operations.ports import Actor, World
from altyn.outbound.sberpay.connector import connector_response
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.phone_messages import MessageAction, PhoneMessage
from altyn.simulators.bank_app.bank_app import SUBJECT, BankApp
from altyn.simulators.phones.phones import Phones

BANK = Actor(name="bank's app")
log = structlog.get_logger("altyn.phones")


class SimulatedPhone:
    """Implements `PayerPhone`."""

    def __init__(self, phones: Phones, bank: BankApp, world: World) -> None:
        self._phones = phones
        self._bank = bank
        self._world = world

    async def answer(self, phone: str, order_id: UUID, action: MessageAction) -> bool:
        """Answer the newest message about an order; False when no message can be answered."""
        messages = await self._phones.messages(phone)
        found = [each for each in messages if _asks(each, order_id, action)]
        if not found:
            return False
        key = found[-1].subject.removeprefix(f"{SUBJECT}:")
        response = await self._bank.answer(key, action, phone)
        if response is None:
            return False
        result, way = connector_response(response, None), PaymentWay.SBRF_SBOL.value
        decision = await settle_notification(way, key, result, actor=BANK, world=self._world)
        if isinstance(decision, Refused):
            log.warning("notification_lost", key=key, reason=decision.rule)
        return True


def _asks(message: PhoneMessage, order_id: UUID, action: MessageAction) -> bool:
    of_bank = message.subject.startswith(f"{SUBJECT}:")
    return of_bank and message.order_id == order_id and action in message.actions


def payer_phone_of(connectors: Connectors, world: World) -> SimulatedPhone | None:
    """The phone of the simulated payer; None without simulated phones, as in production."""
    if connectors.phones is None or connectors.bank_app is None:
        return None
    return SimulatedPhone(connectors.phones, connectors.bank_app, world)
