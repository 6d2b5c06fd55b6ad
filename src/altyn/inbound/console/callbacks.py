"""The console's callbacks: the newest of all shops, and one with every try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.callback_history import CallbackDetail, parse_callback_id
from altyn.domain.outbox import EntryState
from altyn.inbound.console.orders import CALLBACKS_PATH
from altyn.inbound.console.pages import console_frame, render
from altyn.inbound.sandbox.answers import read_query
from altyn.inbound.sandbox.callbacks import History
from altyn.inbound.web.callbacks.view import callback_attempts, callback_line, callback_states
from altyn.inbound.web.responses import page, see_other

CALLBACKS: Final = "callbacks"
LIST_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class CallbackPages:
    """The list of callbacks, the page of one, and sending one again."""

    history: History
    now: Callable[[], datetime]

    async def list(self, request: Request) -> Response:
        """The newest callbacks; `state` is one of waiting, delivered, dead."""
        frame = console_frame(request, CALLBACKS)
        asked = read_query(request).get("state", "")
        state = next((each for each in EntryState if each == asked), None)
        found = await self.history.newest(None, state=state, limit=LIST_SIZE)
        return page(
            render(
                "callbacks.html",
                frame,
                callbacks=[callback_line(each, frame.language) for each in found],
                state_asked=asked,
                states=callback_states(frame.language),
            )
        )

    async def show(self, request: Request) -> Response:
        """One callback: its attempts, each with what was sent, signed and answered."""
        frame = console_frame(request, CALLBACKS)
        found = await self._found(request)
        if found is None:
            return page(render("no_callback.html", frame), 404)
        line = callback_line(found.summary, frame.language)
        resent = request.query_params.get("resent", "")
        attempts = callback_attempts(found)
        return page(render("callback.html", frame, callback=line, attempts=attempts, resent=resent))

    async def resend(self, request: Request) -> Response:
        """Send it again, to its own address."""
        found = await self._found(request)
        if found is None:
            return page(render("no_callback.html", console_frame(request, CALLBACKS)), 404)
        which = found.summary.id
        sent = await self.history.resend(which, receiver=None, now=self.now())
        return see_other(f"{CALLBACKS_PATH}/{which}?resent={'yes' if sent else 'busy'}")

    async def _found(self, request: Request) -> CallbackDetail | None:
        which = parse_callback_id(request.path_params["callback"])
        return None if which is None else await self.history.show(which)
