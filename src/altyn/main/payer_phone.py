"""The phone of the simulated payer: it answers messages as any phone of the sandbox does."""

from uuid import UUID

from altyn.inbound.sandbox.phones.answering import answer_message
from altyn.inbound.sandbox.phones.ports import PhoneServices
from altyn.inbound.sandbox.phones.refusals import PhoneRefusedError
from altyn.main.connectors import Connectors
from altyn.main.phones import phone_services
from altyn.operations.ports import World
from altyn.protocol.phone_messages import MessageAction


class SimulatedPhone:
    """Implements `PayerPhone`."""

    def __init__(self, services: PhoneServices) -> None:
        self._services = services

    async def answer(self, phone: str, order_id: UUID, action: MessageAction) -> bool:
        """Answer the newest message about an order; False when no message can be answered."""
        messages = await self._services.phones.messages(phone)
        found = [each for each in messages if each.order_id == order_id and action in each.actions]
        if not found:
            return False
        try:
            await answer_message(phone, str(found[-1].message_id), action, self._services)
        except PhoneRefusedError:
            return False
        return True


def payer_phone_of(
    connectors: Connectors, world: World, public_url: str | None
) -> SimulatedPhone | None:
    """The phone of the simulated payer; None without simulated phones, as in production."""
    services = phone_services(connectors, world, public_url)
    return None if services is None else SimulatedPhone(services)
