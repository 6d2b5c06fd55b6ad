"""The page of a callback of an order: what was sent and answered, and sending it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.callback_history import CallbackDetail, parse_callback_id
from altyn.domain.outbox import EntryId
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.orders.pages import VisibleOrders, orders_frame, render
from altyn.inbound.personal_account.pages import ORDERS_PATH
from altyn.inbound.web.order_story.view import toned
from altyn.inbound.web.order_story.words import ENTRY_WORDS
from altyn.inbound.web.responses import page, see_other


class CallbackHistory(Protocol):
    """Reads a callback with its deliveries, and sends it again."""

    async def show(self, which: EntryId) -> CallbackDetail | None: ...

    async def send_again(self, which: EntryId) -> bool:
        """Send it to its own address. False: a worker sends it at this moment."""
        ...


@dataclass(frozen=True, slots=True)
class CallbackPage:
    """One callback of an order."""

    visible: VisibleOrders
    callbacks: CallbackHistory

    def routes(self) -> list[BaseRoute]:
        """The addresses of the page."""
        path = f"{ORDERS_PATH}/{{order}}/callbacks/{{callback}}"
        open_page = self.visible.access.page
        return [
            open_page("GET", path, self.show, needs=Action.ORDERS),
            open_page("POST", path, self.resend, needs=Action.CALLBACKS),
        ]

    async def show(self, asked: AccountRequest) -> Response:
        """The callback with every attempt."""
        found = await self._found(asked)
        if found is None:
            return self.visible.not_found(asked)
        frame = orders_frame(asked, self.visible.access)
        summary = found.summary
        attempts = [
            {"number": number, "delivery": each, "missing": found.unrecorded(number)}
            for number, each in found.attempts()
        ]
        order_path = f"{ORDERS_PATH}/{summary.id.subject_id}"
        html = render(
            "order_callback.html",
            frame,
            callback=summary,
            state_of=toned(ENTRY_WORDS[summary.state], frame.language),
            attempts=attempts,
            order_path=order_path,
            path=f"{order_path}/callbacks/{summary.id}",
            may_resend=asked.current.user.may(Action.CALLBACKS),
            resent=asked.request.query_params.get("resent", ""),
        )
        return page(html)

    async def resend(self, asked: AccountRequest) -> Response:
        """Send it again, to its own address."""
        found = await self._found(asked)
        if found is None:
            return self.visible.not_found(asked)
        which = found.summary.id
        is_sent = await self.callbacks.send_again(which)
        if is_sent:
            access = self.visible.access
            await access.record(asked, AuditAction.CALLBACK_RESENT, str(which))
        path = f"{ORDERS_PATH}/{which.subject_id}/callbacks/{which}"
        return see_other(f"{path}?resent={'yes' if is_sent else 'busy'}")

    async def _found(self, asked: AccountRequest) -> CallbackDetail | None:
        """The callback of the address, if it is one of the order of the address."""
        key = await self.visible.key(asked)
        which = parse_callback_id(asked.request.path_params["callback"])
        if key is None or which is None:
            return None
        if (which.merchant_id, which.subject_id) != (key.merchant_id, key.order_id):
            return None
        return await self.callbacks.show(which)
