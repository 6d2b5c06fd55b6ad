"""The ports of SMS: templates write them, a sender sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from altyn.domain.merchant import Merchant
from altyn.domain.outbox import EntryId
from altyn.domain.sms import Sms
from altyn.operations.mails import NotNeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsRequest:
    """What a template writes a message of. `parameters` are those of `SmsDue`; `now` is UTC."""

    merchant: Merchant
    order_id: UUID
    phone: str
    parameters: Mapping[str, str]
    now: datetime


class SmsTemplate(Protocol):
    """Writes the messages of one reason. It may be asked again, and then writes the same one."""

    async def __call__(self, request: SmsRequest, /) -> Sms | NotNeeded: ...


class SmsSender(Protocol):
    """Sends messages. A message that is sent again has the same id and arrives once."""

    async def send(self, entry: EntryId, sms: Sms) -> None: ...
