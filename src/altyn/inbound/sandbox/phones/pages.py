"""The pages of the simulated phones: `/sandbox/phone`, and one phone below it per number.

A phone shows what a phone of its payer would show. Every screen works without scripts; a script
keeps it up to date. The pages do not exist in production.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.http.forms import read_form
from altyn.inbound.http.static_route import static_route
from altyn.inbound.payment_page.responses import ALWAYS, NOT_FRAMED
from altyn.inbound.rest.answers import base_url_of
from altyn.inbound.sandbox.answers import body_of, json_answer, read_query
from altyn.inbound.sandbox.phones.answering import answer_message, find_message, invoice_of
from altyn.inbound.sandbox.phones.endpoint import phone_endpoint
from altyn.inbound.sandbox.phones.number import read_phone
from altyn.inbound.sandbox.phones.ports import PhoneServices
from altyn.inbound.sandbox.phones.refusals import PhoneRefusal, PhoneRefusedError
from altyn.inbound.sandbox.phones.render import (
    PAGE_POLICY,
    STATIC,
    masked_code,
    render_bank,
    render_lock_screen,
    render_message,
    render_missing_message,
    render_numbers,
    render_plans,
    render_scanner,
    render_thread,
)
from altyn.inbound.sandbox.phones.scanning import scan
from altyn.inbound.sandbox.phones.texts import refusal_text
from altyn.inbound.sandbox.phones.view import PHONES_PATH, PhoneView, screen_address
from altyn.inbound.sandbox.waiting import read_wait, wait_for_change
from altyn.look import LANGUAGES
from altyn.protocol.payer_invoices import Invoice
from altyn.protocol.phone_messages import MessageKind, PhoneMessage

RECENT_MAX: Final = 5
CODES_MAX: Final = 5
FORM_FIELDS_MAX: Final = 10
FORM_BYTES_MAX: Final = 16_384


def phone_page_routes(services: PhoneServices) -> list[BaseRoute]:
    """The pages below `/sandbox/phone`."""
    pages = _PhonePages(services)
    phone = f"{PHONES_PATH}/{{phone}}"
    read = (
        (PHONES_PATH, pages.numbers),
        (phone, pages.lock_screen),
        (f"{phone}/bank", pages.bank),
        (f"{phone}/plans", pages.plans),
        (f"{phone}/sms", pages.thread),
        (f"{phone}/scan", pages.scanner),
        (f"{phone}/changes", pages.changes),
        (f"{phone}/messages/{{id}}", pages.message),
    )
    written = (
        (f"{phone}/scan", pages.scan),
        (f"{phone}/messages/{{id}}", pages.answer),
    )
    return [
        static_route(f"{PHONES_PATH}/static", STATIC),
        *(Route(path, phone_endpoint(work), methods=["GET"]) for path, work in read),
        *(Route(path, phone_endpoint(work), methods=["POST"]) for path, work in written),
    ]


class _PhonePages:
    def __init__(self, services: PhoneServices) -> None:
        self._services = services

    async def numbers(self, request: Request) -> Response:
        """Choose a phone; `phone` opens one, and `scan` is a code that it then scans."""
        query = read_query(request)
        typed, payload = query.get("phone", ""), query.get("scan", "")
        if phone := read_phone(typed):
            return _opened(phone, payload, _language(query))
        problem = PhoneRefusal.NOT_A_PHONE if typed else None
        return await self._numbers(typed, payload, _language(query), problem)

    async def lock_screen(self, request: Request) -> Response:
        """The lock screen; with `scan` the scanner."""
        query, typed = read_query(request), request.path_params["phone"]
        phone = read_phone(typed)
        if phone is None:
            problem = PhoneRefusal.NOT_A_PHONE
            return await self._numbers(typed, query.get("scan", ""), _language(query), problem)
        if phone != typed or query.get("scan"):
            return _opened(phone, query.get("scan", ""), _language(query))
        return _page(render_lock_screen(await self._view(request)))

    async def bank(self, request: Request) -> Response:
        """The bank's app: its payments."""
        return _page(render_bank(await self._view(request)))

    async def plans(self, request: Request) -> Response:
        """The bank's app: payments in parts."""
        view = await self._view(request)
        plans = await self._services.plans(view.phone)
        return _page(render_plans(view, plans[::-1]))

    async def thread(self, request: Request) -> Response:
        """The SMS."""
        return _page(render_thread(await self._view(request)))

    async def message(self, request: Request) -> Response:
        """A push, opened."""
        view = await self._view(request)
        message = await self._message(view.phone, request.path_params["id"])
        if message is None:
            return _page(render_missing_message(view), 404)
        opened = replace(view, opened=await self._invoice(message))
        return _page(render_message(opened, message))

    async def answer(self, request: Request) -> Response:
        """Confirm or refuse, then show the message. One that is over shows why."""
        phone, message_id = request.path_params["phone"], request.path_params["id"]
        language = _language(read_query(request))
        form = await _form(request)
        try:
            message, _ = await answer_message(
                phone, message_id, form.get("action", ""), self._services
            )
        except PhoneRefusedError as error:
            message = await find_message(phone, message_id, self._services)
            if error.refusal is PhoneRefusal.UNKNOWN_ACTION:
                raise
        is_sms = message.kind is MessageKind.SMS
        parts = ("sms",) if is_sms else ("messages", message_id)
        return _see_other(screen_address(language, message.phone, *parts))

    async def scanner(self, request: Request) -> Response:
        """The scanner; `payload` is a code that the payer has brought along."""
        payload = read_query(request).get("payload", "")
        return await self._scanner(await self._view(request), payload=payload)

    async def scan(self, request: Request) -> Response:
        """Open a code: the invoice as a push, or the page that it leads to."""
        view = await self._view(request)
        payload = (await _form(request)).get("payload", "")
        try:
            base_url = base_url_of(request.scope)
            scanned = await scan(view.phone, payload, base_url, self._services)
        except PhoneRefusedError as error:
            problem = refusal_text(error.refusal, view.language)
            return await self._scanner(view, payload=payload, problem=problem, status=error.status)
        if scanned.message_id is None:
            return await self._scanner(view, payload=payload, opens=scanned.page)
        return _see_other(view.href("messages", str(scanned.message_id)))

    async def changes(self, request: Request) -> Response:
        """The version of the phone, as soon as it is not `version`, or after `wait` seconds.

        `message` is the one on the screen. `newest` is the message that arrived last.
        """
        query = read_query(request)
        wait, known = read_wait(query.get("wait")), query.get("version", "")

        async def look() -> PhoneView:
            view = await self._view(request)
            message = await self._message(view.phone, query.get("message", ""))
            return replace(view, opened=await self._invoice(message))

        view = await wait_for_change(
            look, lambda found: found.version != known, seconds=wait, request=request
        )
        newest = view.messages[0] if view.messages else None
        return json_answer(
            {
                "version": view.version,
                "newest": view.newest,
                "waiting": view.waiting,
                "text": newest.text if newest else "",
                "href": view.href_of(newest) if newest else "",
            }
        )

    async def _view(self, request: Request) -> PhoneView:
        """The phone of a request. Raises PhoneRefusedError: NOT_A_PHONE."""
        typed = request.path_params["phone"]
        phone = read_phone(typed)
        if phone is None:
            raise PhoneRefusedError(PhoneRefusal.NOT_A_PHONE, typed)
        messages = await self._services.phones.messages(phone)
        return PhoneView(
            phone=phone,
            language=_language(read_query(request)),
            now=self._services.world.clock.now(),
            messages=messages[::-1],
        )

    async def _message(self, phone: str, message_id: str) -> PhoneMessage | None:
        if not message_id:
            return None
        try:
            return await find_message(phone, message_id, self._services)
        except PhoneRefusedError:
            return None

    async def _invoice(self, message: PhoneMessage | None) -> Invoice | None:
        return await invoice_of(message, self._services) if message else None

    async def _scanner(
        self,
        view: PhoneView,
        *,
        payload: str = "",
        problem: str = "",
        opens: str = "",
        status: int = 200,
    ) -> Response:
        codes = await self._services.bank.codes(CODES_MAX)
        return _page(
            render_scanner(view, codes, payload=payload, problem=problem, opens=opens), status
        )

    async def _numbers(
        self, typed: str, payload: str, language: str, problem: PhoneRefusal | None
    ) -> Response:
        recent = await self._services.phones.recent(RECENT_MAX)
        words = refusal_text(problem, language) if problem else ""
        html = render_numbers(language, recent, typed=typed, scan=payload, problem=words)
        return _page(html, 400 if problem else 200)


def _opened(phone: str, payload: str, language: str) -> Response:
    """To the phone, or to its scanner with a code."""
    if payload:
        return _see_other(screen_address(language, phone, "scan", payload=masked_code(payload)))
    return _see_other(screen_address(language, phone))


def _language(query: Mapping[str, str]) -> str:
    asked = query.get("language", "").lower()
    return asked if asked in LANGUAGES else "ru"


async def _form(request: Request) -> dict[str, str]:
    """The fields of a posted form. Raises ValueError: too long, or too many fields."""
    body = await body_of(request, longest=FORM_BYTES_MAX)
    pairs, _ = read_form(body, charset=None, fields_max=FORM_FIELDS_MAX)
    return dict(pairs)


def _see_other(address: str) -> Response:
    return RedirectResponse(address, 303, dict(ALWAYS))


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, {**NOT_FRAMED, "Content-Security-Policy": PAGE_POLICY})
