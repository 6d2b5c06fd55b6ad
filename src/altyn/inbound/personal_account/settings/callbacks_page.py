"""The account's callbacks: the list of the shop, one with every attempt, sending one again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.callback_history import CallbackDetail, parse_callback_id
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.pages import BASE, CALLBACKS_PATH, account_frame
from altyn.inbound.personal_account.settings.pages import render
from altyn.inbound.personal_account.settings.ports import AccountHistory
from altyn.inbound.personal_account.shops import VisibleShops
from altyn.inbound.web.callbacks.listing import callback_list
from altyn.inbound.web.callbacks.view import callback_attempts, callback_line
from altyn.inbound.web.frame import WebFrame
from altyn.inbound.web.responses import page, see_other

NOT_FOUND: Final = 404
ORDERS_PATH: Final = f"{BASE}/orders"
NEWEST_PATH: Final = f"{CALLBACKS_PATH}/newest"
"""The list for a page that renews itself; it is no activity of its user."""


@dataclass(frozen=True, slots=True)
class CallbacksPage:
    """The callbacks of the shops that the user may see, and of no other."""

    access: AccountAccess
    history: AccountHistory
    shops: VisibleShops

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages."""
        one = f"{CALLBACKS_PATH}/{{callback}}"
        served = (
            ("GET", CALLBACKS_PATH, self.list),
            ("GET", NEWEST_PATH, self.list),
            ("GET", one, self.show),
            ("POST", one, self.resend),
        )
        return [
            self.access.page(
                method, path, work, needs=Action.CALLBACKS, by_hand=path != NEWEST_PATH
            )
            for method, path, work in served
        ]

    async def list(self, asked: AccountRequest) -> Response:
        """A page of the callbacks; `state`, `number` and `shop` narrow them."""
        frame, choice = self._frame(asked), await self.shops.asked(asked)
        values = await callback_list(
            self.history,
            choice.merchant_ids,
            asked.request.query_params,
            frame.language,
            path=CALLBACKS_PATH,
            live_path=NEWEST_PATH,
            kept=choice.parameters,
            shops=choice.names(frame.language),
        )
        html = render("callbacks.html", frame, list=values, choice=choice, orders=ORDERS_PATH)
        return page(html)

    async def show(self, asked: AccountRequest) -> Response:
        """One callback: its attempts, each with what was sent, signed and answered."""
        found = await self._found(asked)
        if found is None:
            return self._missing(asked)
        frame = self._frame(asked)
        html = render(
            "callback.html",
            frame,
            callback=callback_line(found.summary, frame.language),
            own=asked.current.merchant.login,
            attempts=callback_attempts(found),
            resent=asked.request.query_params.get("resent", ""),
            path=CALLBACKS_PATH,
            orders=ORDERS_PATH,
        )
        return page(html)

    async def resend(self, asked: AccountRequest) -> Response:
        """Send it again, to its own address."""
        found = await self._found(asked)
        if found is None:
            return self._missing(asked)
        which, now = found.summary.id, self.access.context.clock.now()
        sent = await self.history.resend(which, receiver=None, now=now)
        if sent:
            await self.access.record(asked, AuditAction.CALLBACK_RESENT, str(which))
        return see_other(f"{CALLBACKS_PATH}/{which}?resent={'yes' if sent else 'busy'}")

    async def _found(self, asked: AccountRequest) -> CallbackDetail | None:
        """The callback of the address, if it is of a shop that the user may see."""
        which = parse_callback_id(asked.request.path_params["callback"])
        if which is None or await self.shops.owner(asked, which.merchant_id) is None:
            return None
        return await self.history.show(which)

    def _missing(self, asked: AccountRequest) -> Response:
        html = render("no_callback.html", self._frame(asked), path=CALLBACKS_PATH)
        return page(html, NOT_FOUND)

    def _frame(self, asked: AccountRequest) -> WebFrame:
        return account_frame(asked.request, asked.current, "callbacks", sandbox=self.access.sandbox)
