"""The console's callbacks: those of all shops, and one with every try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.callback_history import CallbackDetail, parse_callback_id
from altyn.inbound.console.form import read_console_form
from altyn.inbound.console.orders import CALLBACKS_PATH, ORDERS_PATH
from altyn.inbound.console.pages import console_frame, render
from altyn.inbound.sandbox.answers import read_query
from altyn.inbound.sandbox.callbacks import History
from altyn.inbound.sandbox.shop_check import ShopCheck
from altyn.inbound.web.callbacks import listing
from altyn.inbound.web.callbacks.check_view import CallbackCheck, check_callback, no_shop
from altyn.inbound.web.callbacks.listing import callback_list
from altyn.inbound.web.callbacks.view import callback_attempts, callback_line
from altyn.inbound.web.responses import page, see_other
from altyn.operations.ports import Merchants

CALLBACKS: Final = "callbacks"
CHECK_PATH: Final = f"{CALLBACKS_PATH}/check"


class CallbackHistory(History, listing.CallbackPages, Protocol):
    """Reads callbacks, also page by page, and sends them again."""


@dataclass(frozen=True, slots=True)
class CallbackPages:
    """The list of callbacks, the page of one, and sending one again."""

    history: CallbackHistory
    merchants: Merchants
    check: ShopCheck
    now: Callable[[], datetime]
    demo_shop: str

    async def list(self, request: Request) -> Response:
        """A page of the callbacks of all shops; `state` and `number` narrow them."""
        frame, sent = console_frame(request, CALLBACKS), read_query(request)
        values = await callback_list(
            self.history,
            None,
            sent,
            frame.language,
            path=CALLBACKS_PATH,
            live_path=CALLBACKS_PATH,
        )
        return page(
            render("callbacks.html", frame, list=values, path=CALLBACKS_PATH, orders=ORDERS_PATH)
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

    async def show_check(self, request: Request) -> Response:
        """The form that checks a received callback, for the demo shop unless another is typed."""
        return self._check_page(request, CallbackCheck(typed={"shop": self.demo_shop}))

    async def check_received(self, request: Request) -> Response:
        """Check a received callback by the keys of a shop of this sandbox."""
        form = await read_console_form(request)
        language = console_frame(request, CALLBACKS).language
        merchant = await self.merchants.by_login(form.get("shop", "").strip())
        if merchant is None:
            return self._check_page(request, no_shop(form, language))
        checked = await check_callback(request, form, merchant, self.check, language)
        return self._check_page(request, checked)

    def _check_page(self, request: Request, checked: CallbackCheck) -> Response:
        frame = console_frame(request, CALLBACKS)
        status = HTTPStatus.BAD_REQUEST if checked.problem else HTTPStatus.OK
        return page(render("check.html", frame, check=checked, action=CHECK_PATH), status)

    async def _found(self, request: Request) -> CallbackDetail | None:
        which = parse_callback_id(request.path_params["callback"])
        return None if which is None else await self.history.show(which)
