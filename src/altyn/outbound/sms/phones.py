"""The SMS service of the sandbox: messages arrive at its simulated phones."""

from typing import Final, Protocol
from uuid import UUID, uuid5

from altyn.domain.outbox import EntryId
from altyn.domain.sms import Sms
from altyn.protocol.phone_messages import MessageKind, NewMessage

_NAMESPACE: Final = UUID("5c0a6bd8-6f3e-4a53-9d39-2a8c3f0de1a7")


class PhoneStore(Protocol):
    """The call of the phones that this adapter needs."""

    async def send(self, message: NewMessage) -> None: ...


class PhoneSms:
    """Implements `SmsSender`. A message that is sent again has the same id."""

    def __init__(self, phones: PhoneStore) -> None:
        self._phones = phones

    async def send(self, entry: EntryId, sms: Sms) -> None:
        """Put the message on the phone; its subject is `link:<order>`."""
        await self._phones.send(
            NewMessage(
                message_id=uuid5(_NAMESPACE, str(entry)),
                phone=sms.phone,
                kind=MessageKind.SMS,
                text=sms.text,
                subject=f"link:{sms.order_id.hex}",
                order_id=sms.order_id,
                amount_minor=sms.amount_minor,
                currency=sms.currency,
                link=sms.link,
            )
        )
