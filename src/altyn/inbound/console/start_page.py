"""The first page of the console: access, a test order, test cards, the clock."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.money import RUB, Money
from altyn.inbound.console.clock_panel import ClockPanel, MoveClock, wanted_time
from altyn.inbound.console.facts import DemoShop, ReadShop
from altyn.inbound.console.form import read_console_form
from altyn.inbound.console.own_api import REST, ApiAnswer, call_api
from altyn.inbound.console.pages import START, console_frame, render
from altyn.inbound.console.snippets import PROGRAMS
from altyn.inbound.console.test_order import TestOrder, read_test_order
from altyn.inbound.payment_page.sandbox_cards import cards_by_result
from altyn.inbound.rest.answers import base_url_of
from altyn.inbound.sandbox.endpoint import stopped_text
from altyn.inbound.web.responses import page, see_other
from altyn.operations.ports import ClockRefusedError, ClockStoppedError

ORDER_PATH: Final = "/console/test-order"
PROGRAM_PATH: Final = "/console/test-order/program"
CLOCK_PATH: Final = "/console/clock"
PASSWORD: Final = "password"  # noqa: S105 - the name of a field
_EXAMPLE: Final = Money(150_000, RUB)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """The endpoints of the first page."""

    read_shop: ReadShop
    public_url: str | None
    clock: ClockPanel
    move_clock: MoveClock

    async def show(self, request: Request) -> Response:
        """The page with an empty form."""
        return page(await self._render(request, TestOrder()))

    async def show_due(self, request: Request) -> Response:
        """The part of the page with the time of the clock, and what is due next."""
        return page(await self.clock.part(request))

    async def show_program(self, request: Request) -> Response:
        """The part of the page with the request as a program, for what has been typed so far."""
        order = read_test_order(await read_console_form(request))
        frame, shop = console_frame(request, START), await self.read_shop()
        return page(render("program.html", frame, **self._program(request, order, shop)))

    async def register(self, request: Request) -> Response:
        """Send the request, and show the API's answer above the form. A typed password is not kept,
        and not shown again."""
        form = await read_console_form(request)
        order, base = read_test_order(form), self._base(request)
        credentials = (await self.read_shop()).credentials(form.get(PASSWORD, ""))
        answer = await call_api(request, base, order.method, order.fields(credentials, base))
        return page(await self._render(request, order, answer))

    async def advance(self, request: Request) -> Response:
        """Move the clock by one of the steps, or to the time of something that is due."""
        wanted = wanted_time(await read_console_form(request), self.clock.now())
        if wanted is None:
            return page(await self._render(request, TestOrder()), HTTPStatus.BAD_REQUEST)
        try:
            await self.move_clock(wanted)
        except ClockRefusedError as error:
            return await self._not_moved(request, str(error), HTTPStatus.BAD_REQUEST)
        except ClockStoppedError as error:
            text = stopped_text(error)
            return await self._not_moved(request, text, HTTPStatus.SERVICE_UNAVAILABLE)
        return see_other("/#clock")

    async def _not_moved(self, request: Request, problem: str, status: HTTPStatus) -> Response:
        return page(await self._render(request, TestOrder(), clock_problem=problem), status)

    def _base(self, request: Request) -> str:
        return self.public_url or base_url_of(request.scope)

    async def _render(
        self,
        request: Request,
        order: TestOrder,
        answer: ApiAnswer | None = None,
        clock_problem: str = "",
    ) -> str:
        frame, shop = console_frame(request, START), await self.read_shop()
        base = self._base(request)
        return render(
            "start.html",
            frame,
            shop=shop,
            order=order,
            answer=answer,
            number=order.fields({}, base).get("orderNumber", ""),
            clock_problem=clock_problem,
            rest=f"{base}{REST}",
            wsdl=f"{base}/payment/webservices/merchant-ws?wsdl",
            cards=cards_by_result(_EXAMPLE, self.clock.now(), frame.language),
            **await self.clock.values(request, frame.language),
            **self._program(request, order, shop),
        )

    def _program(self, request: Request, order: TestOrder, shop: DemoShop) -> dict[str, Any]:
        base = self._base(request)
        address = f"{base}{REST}{order.method}"
        fields = order.fields(shop.shown_credentials, base)
        return {
            "method": order.method,
            "programs": {name: write(address, fields) for name, write in PROGRAMS.items()},
            "unread": order.unread_lines(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPage:
    """The page to which a test order's payer returns: it asks for the status, as a shop does."""

    read_shop: ReadShop
    public_url: str | None

    async def show(self, request: Request) -> Response:
        """The status of the order that the address names, or a form that asks for the password."""
        return await self._answered(request, "")

    async def ask(self, request: Request) -> Response:
        """The same with a typed password, which is not kept."""
        form = await read_console_form(request)
        return await self._answered(request, form.get(PASSWORD, ""))

    async def _answered(self, request: Request, typed_password: str) -> Response:
        frame = console_frame(request, START)
        order_id = request.query_params.get("orderId", "")
        if not _is_id(order_id):
            return page(render("returned.html", frame, order_id=""), HTTPStatus.NOT_FOUND)
        shop = await self.read_shop()
        answer = None
        if typed_password or not shop.needs_password:
            base = self.public_url or base_url_of(request.scope)
            more = {"orderId": order_id, "language": frame.language}
            fields = {**shop.credentials(typed_password), **more}
            answer = await call_api(request, base, "getOrderStatusExtended.do", fields)
        return page(render("returned.html", frame, order_id=order_id, answer=answer, shop=shop))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
