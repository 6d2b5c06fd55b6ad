"""The endpoints of the ACS simulator: the payer's browser confirms payments here.

Form fields are not trusted: the return address comes from the 3-D Secure message or the database,
the number of attempts from the database, and the state of a page is signed.
Source: payment-page.md §4; rest-orders.md §5.2.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from altyn.domain.money import Currency, Money, canonical_currency
from altyn.look.static_files import CACHE_CONTROL
from altyn.protocol.threeds import ThreeDSFormatError, TransStatus
from altyn.protocol.threeds_version1 import PaRes, build_pares, parse_pareq
from altyn.protocol.threeds_version2 import CReq, CRes, MethodData, pack, unpack
from altyn.request_body import BodyTooLarge, read_body
from altyn.simulators.acs import keys
from altyn.simulators.acs.authentications import Authentication
from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.acs.page import (
    CONTENT_SECURITY_POLICY,
    STATIC,
    STATIC_PREFIX,
    ChallengePageView,
    ReturnPageView,
    render_challenge_page,
    render_return_page,
)
from altyn.simulators.acs.plain_page import METHOD_CONTENT_SECURITY_POLICY, render_method_page

FORM_BYTES_MAX: Final = 65_536
FORM_FIELDS_MAX: Final = 16
ECHO_CHARS_MAX: Final = 1_024  # MD and threeDSSessionData, which are returned unchanged

_STATE: Final = "page state"
_CONFIRMED: Final = frozenset({TransStatus.AUTHENTICATED, TransStatus.ATTEMPTED})

_Form: TypeAlias = Mapping[str, str]
_Handler: TypeAlias = Callable[[Request, _Form], Awaitable[Response]]


def routes(directory: DirectoryServer) -> Sequence[Route]:
    """The endpoints of the ACS below `/acs`, and its static files."""
    pages = _Pages(directory)
    return (
        Route("/acs/pareq", _posted(pages.pareq), methods=["POST"]),
        Route("/acs/pareq/answer", _posted(pages.answer), methods=["POST"]),
        Route("/acs/method", _posted(pages.method), methods=["POST"]),
        Route("/acs/challenge", _posted(pages.challenge), methods=["POST"]),
        Route("/acs/challenge/answer", _posted(pages.answer), methods=["POST"]),
        Route(f"{STATIC_PREFIX}/{{name}}", _static, methods=["GET"]),
    )


class _Pages:
    def __init__(self, directory: DirectoryServer) -> None:
        self._authentications = directory.authentications
        self._key = directory.key

    async def pareq(self, request: Request, form: _Form) -> Response:
        """Version 1: show the challenge of a PaReq; the form has PaReq, MD and TermUrl.

        The form's TermUrl is ignored: the PaReq contains one. A repeated PaReq continues its
        authentication.
        """
        pareq = parse_pareq(form.get("PaReq", ""))
        account = await self._authentications.account(pareq.account)
        if account is None:
            raise ThreeDSFormatError("the PaReq is not for a card of this bank")
        authentication_id = keys.derived(self._key, "pareq", msgspec.json.encode(pareq).decode())
        current = await self._authentications.begin(
            Authentication(
                id=authentication_id,
                message_id=pareq.message_id,
                xid=pareq.xid,
                merchant=pareq.merchant,
                amount_minor=pareq.amount_minor,
                currency=pareq.currency,
                card=account.card,
                return_url=pareq.term_url,
                code=account.code,
                on_success=account.pares,
                status=account.pares if account.code is None else None,
                cavv=keys.cavv(self._key, authentication_id),
                eci=account.eci,
            )
        )
        return self._page(request, current, _echo(form, "MD"))

    async def method(self, _request: Request, form: _Form) -> Response:
        """Version 2, the 3DS method: notify at once; the simulator does not examine the browser."""
        request_data = unpack(form.get("threeDSMethodData", ""), MethodData)
        if not request_data.notification_url:
            raise ThreeDSFormatError("no threeDSMethodNotificationURL")
        method_data = pack(MethodData(threeds_server_trans_id=request_data.threeds_server_trans_id))
        page = render_method_page(request_data.notification_url, method_data)
        return HTMLResponse(page, headers=_headers(METHOD_CONTENT_SECURITY_POLICY))

    async def challenge(self, request: Request, form: _Form) -> Response:
        """Version 2: show the challenge of a CReq; the form has creq and threeDSSessionData."""
        creq = unpack(form.get("creq", ""), CReq)
        current = await self._authentications.read(creq.acs_trans_id)
        if current is None or current.server_trans_id != creq.threeds_server_trans_id:
            raise ThreeDSFormatError("the CReq is not for a transaction of this bank")
        if current.code is None:
            raise ThreeDSFormatError("this transaction has no challenge")
        return self._page(request, current, _echo(form, "threeDSSessionData"))

    async def answer(self, request: Request, form: _Form) -> Response:
        """Both versions: store the answer; the form has page state, typed code, pressed button."""
        authentication_id, echo = keys.verify(self._key, _STATE, form.get("state", ""), 2)
        cancelled = form.get("decision") == "cancel"
        typed = form.get("password", "").strip()
        answered = await self._authentications.answer(
            authentication_id, typed=typed, cancelled=cancelled
        )
        if answered is None:
            raise ThreeDSFormatError("the authentication no longer exists")
        return self._page(request, answered, echo, wrong=True)

    def _page(
        self, request: Request, current: Authentication, echo: str, *, wrong: bool = False
    ) -> Response:
        """The challenge page; after the challenge, the page that returns to the gateway."""
        language = _language(request, current)
        if current.status is None:
            page = render_challenge_page(
                ChallengePageView(
                    language=language,
                    shop_name=current.merchant,
                    amount=_money(current),
                    card=current.card,
                    action=_answer_path(current),
                    fields={"state": keys.sign(self._key, _STATE, current.id, echo)},
                    code=current.code or "",
                    attempts_left=current.attempts_left,
                    wrong=wrong,
                )
            )
        else:
            page = render_return_page(
                ReturnPageView(
                    language=language,
                    confirmed=current.status in _CONFIRMED,
                    action=current.return_url,
                    fields=self._result(current, echo),
                    autopost=True,
                )
            )
        return HTMLResponse(page, headers=_headers(CONTENT_SECURITY_POLICY))

    def _result(self, ended: Authentication, echo: str) -> dict[str, str]:
        assert ended.status is not None
        if ended.server_trans_id is None:
            assert ended.message_id is not None
            assert ended.xid is not None
            cavv, eci = ended.proof
            pares = PaRes(
                message_id=ended.message_id,
                status=ended.status,
                xid=ended.xid,
                eci=eci,
                cavv=cavv,
            )
            return {"PaRes": build_pares(pares, self._key), "MD": echo}
        authenticated = ended.status is TransStatus.AUTHENTICATED
        cres = CRes(
            threeds_server_trans_id=ended.server_trans_id,
            acs_trans_id=ended.id,
            trans_status=TransStatus.AUTHENTICATED if authenticated else TransStatus.FAILED,
            message_version=ended.message_version or "2.1.0",
        )
        return {"cres": pack(cres), "threeDSSessionData": echo}


def _posted(handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that reads a posted form; a malformed form gets status 400 in plain text."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request, await _form(request))
        except ThreeDSFormatError as error:
            return PlainTextResponse(f"{error}\n", 400, headers=_headers("default-src 'none'"))

    return endpoint


async def _form(request: Request) -> _Form:
    length = request.headers.get("content-length", "").encode("latin-1")
    try:
        body = await read_body(length, request.receive, bytes_max=FORM_BYTES_MAX)
    except BodyTooLarge:
        raise ThreeDSFormatError("the form is too long") from None
    try:
        fields = parse_qs(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FORM_FIELDS_MAX
        )
    except ValueError:
        raise ThreeDSFormatError("the form is malformed") from None
    if any("\0" in text for texts in fields.values() for text in texts):
        raise ThreeDSFormatError("the form contains a NUL character")
    return {name: texts[0] for name, texts in fields.items()}


def _echo(form: _Form, name: str) -> str:
    text = form.get(name, "")
    if len(text) > ECHO_CHARS_MAX:
        raise ThreeDSFormatError(f"{name} is too long")
    return text


def _headers(policy: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
    }


def _answer_path(current: Authentication) -> str:
    return "/acs/challenge/answer" if current.server_trans_id else "/acs/pareq/answer"


def _language(request: Request, current: Authentication) -> str:
    """The `lang` of the return address if it has one, else the browser's first language."""
    lang = parse_qs(urlsplit(current.return_url).query).get("lang", [""])[0]
    return (lang or request.headers.get("accept-language", "ru"))[:2].lower()


def _money(current: Authentication) -> Money:
    known = canonical_currency(current.currency)
    return Money(current.amount_minor, known or Currency(current.currency, "", 2, current.currency))


async def _static(request: Request) -> Response:
    file = STATIC.find(request.path_params["name"])
    if file is None:
        return PlainTextResponse("not found\n", 404)
    return Response(
        file.content, media_type=file.media_type, headers={"Cache-Control": CACHE_CONTROL}
    )
