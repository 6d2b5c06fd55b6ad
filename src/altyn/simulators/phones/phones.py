"""The store of the messages of all simulated phones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from altyn.protocol.phone_messages import (
    MessageAction,
    MessageEnd,
    MessageKind,
    NewMessage,
    PhoneMessage,
)
from altyn.simulators.database import Pool, apply_schema, statements

MESSAGES_MAX: Final = 200

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = statements(_HERE / "queries.sql")


class Phones:
    """All phones. Their state is the database, so processes may share them.

    `clock_now` returns aware UTC. A phone number is eleven digits that begin with 7.
    """

    def __init__(self, pool: Pool, clock_now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._clock_now = clock_now

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the table if it is missing; safe for concurrent processes."""
        await apply_schema(pool, _SCHEMA)

    async def send(self, message: NewMessage) -> None:
        """Store a message. Sent again, with the same id, it may bring another way back."""
        await self._pool.execute(
            _SQL["send"],
            message.message_id,
            message.phone,
            message.kind.value,
            message.text,
            message.subject,
            message.order_id,
            message.amount_minor,
            message.currency,
            message.link,
            [action.value for action in message.actions],
            message.open_until,
            self._clock_now(),
            message.return_url,
        )

    async def messages(self, phone: str, *, after: int = 0) -> Sequence[PhoneMessage]:
        """The newest messages of a phone, at most MESSAGES_MAX, the newest last.

        `after` is the `number` of the last message that is known already.
        """
        rows = await self._pool.fetch(_SQL["messages"], phone, after, MESSAGES_MAX)
        now = self._clock_now()
        return [_message(row, now) for row in rows]

    async def message(self, phone: str, message_id: UUID) -> PhoneMessage | None:
        """One message of a phone."""
        row = await self._pool.fetchrow(_SQL["message"], phone, message_id)
        return _message(row, self._clock_now()) if row else None

    async def close(
        self,
        subject: str,
        answer: MessageAction | None = None,
        phone: str = "",
        *,
        end: MessageEnd = MessageEnd.CLOSED,
    ) -> None:
        """The messages about a subject can be answered no more.

        The answer is recorded on the phone that gave it; without a phone, on all of them. `end` is
        the reason on the phones that gave none.
        """
        values = (subject, answer.value if answer else None, phone, end.value)
        await self._pool.execute(_SQL["close"], *values)

    async def recent(self, limit: int) -> Sequence[str]:
        """The phones that got messages last, the newest first."""
        rows = await self._pool.fetch(_SQL["recent"], limit)
        return [row["phone"] for row in rows]


def _message(row: Any, now: datetime) -> PhoneMessage:
    end = _end(row, now)
    actions = () if end else tuple(MessageAction(action) for action in row["actions"])
    return PhoneMessage(
        message_id=row["message_id"],
        number=row["number"],
        phone=row["phone"],
        kind=MessageKind(row["kind"]),
        text=row["text"],
        subject=row["subject"],
        at=row["at"],
        order_id=row["order_id"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        link=row["link"],
        return_url=row["return_url"],
        actions=actions,
        answer=MessageAction(row["answer"]) if row["answer"] else None,
        end=end,
    )


def _end(row: Any, now: datetime) -> MessageEnd | None:
    if not row["actions"]:
        return None
    if row["answer"]:
        return MessageEnd.ANSWERED
    if row["closed"] and row["end_reason"]:
        return MessageEnd(row["end_reason"])
    if row["open_until"] is not None and row["open_until"] <= now:
        return MessageEnd.EXPIRED
    return MessageEnd.CLOSED if row["closed"] else None
