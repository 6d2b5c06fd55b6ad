"""The simulated payer's phone: the port through which a message of the bank is answered."""

from typing import Protocol
from uuid import UUID

from altyn.protocol.phone_messages import MessageAction


class PayerPhone(Protocol):
    """The phones of the sandbox. A phone number is eleven digits that begin with 7."""

    async def answer(self, phone: str, order_id: UUID, action: MessageAction) -> bool:
        """Answer the newest message about an order; False when no message can be answered."""
        ...
