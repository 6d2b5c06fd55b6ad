"""Helpers for tests of mails: a shop whose payers get mails, and a kind of mail of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from altyn.domain.history import HistoryEvent
from altyn.domain.mail import Mail, MailDue
from altyn.domain.order import Order
from altyn.main.callback_handler import HandlerServices
from altyn.main.extensions import NO_EXTENSIONS, Extensions
from altyn.main.mails import RegisteredMail
from altyn.operations.decisions import Accepted, accept
from altyn.operations.mails import MailRequest, MailTemplate, NotNeeded, NotReady
from altyn.operations.perform import perform
from altyn.operations.ports import Actor
from tests.receiver import set_settings
from tests.shop import Shop, open_shop

FROM: Final = "pay@shop.example"
PAYER: Final = "payer@example.org"
NOTE: Final = "note"
WAIT_SECONDS: Final = 30
Answer = Mail | NotReady | NotNeeded


@asynccontextmanager
async def a_shop(
    database_url: str, home: Path, extensions: Extensions = NO_EXTENSIONS, **settings: Any
) -> AsyncIterator[Shop]:
    """A gateway with a shop whose payers get mails."""
    async with open_shop(database_url, home, extensions, **settings) as shop:
        await set_settings(database_url, {"payer_email_notify": True})
        yield shop


def a_note(request: MailRequest) -> Answer:
    """The mail that tells the parameter `text`."""
    text = request.parameters["text"]
    return Mail(
        reason=NOTE,
        order_id=request.order_id,
        order_number="N-1",
        to=request.to,
        subject=text,
        text=text,
        html=f"<!doctype html><p>{text}</p>",
    )


@dataclass
class NoteTemplate:
    """The template of notes; a test decides what it answers."""

    answer: Callable[[MailRequest], Answer] = a_note
    requests: list[MailRequest] = field(default_factory=list)

    async def __call__(self, request: MailRequest) -> Answer:
        self.requests.append(request)
        return self.answer(request)

    def open(self, _: HandlerServices) -> MailTemplate:
        return self

    @property
    def extensions(self) -> Extensions:
        """A gateway that has this kind of mail."""
        return Extensions(mails=(RegisteredMail(NOTE, self.open),))


async def send_note(shop: Shop, order_id: str, text: str, to: str = PAYER) -> None:
    """A decision that changes nothing of the order but its history, with a mail."""
    due = MailDue(reason=NOTE, to=to, parameters={"text": text})

    def decide(order: Order, now: datetime) -> Accepted:
        return accept(order, HistoryEvent.PARAMS_ADDED, now, effects=(due,))

    key = await shop.key(order_id)
    decision = await perform(decide, key, world=shop.gateway.world, actor=Actor(name="test"))
    assert isinstance(decision, Accepted)


async def states(shop: Shop, order_id: str) -> list[tuple[str, str | None]]:
    """State and problem of the order's mails in the outbox, in their order."""
    rows = await shop.pool.fetch(
        "SELECT state, problem FROM outbox"
        " WHERE subject_id = $1 AND kind = 'mail' ORDER BY version, line",
        order_id,
    )
    return [(row["state"], row["problem"]) for row in rows]


async def until(reached: Callable[[], Any]) -> None:
    """Wait until a coroutine function answers something true. TimeoutError after long."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not await reached():  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.02)


async def until_states(shop: Shop, order_id: str, *expected: str) -> list[str | None]:
    """Wait until the order's mails have these states; their problems."""

    async def reached() -> bool:
        return [state for state, _ in await states(shop, order_id)] == list(expected)

    await until(reached)
    return [problem for _, problem in await states(shop, order_id)]
