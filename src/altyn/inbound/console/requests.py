"""The console's request log: the newest requests as they come, and one opened, explained.

Everything shown was masked before it was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.request_log import NOT_READ, LoggedRequest, RequestFilter, RequestLine
from altyn.inbound.console.pages import console_frame, render
from altyn.inbound.console.reference import reference_of
from altyn.inbound.console.texts import console_text
from altyn.inbound.sandbox.answers import read_query
from altyn.inbound.sandbox.requests.explanation import explanation_of
from altyn.inbound.sandbox.requests.members import request_members
from altyn.inbound.sandbox.requests.repeat import ReadKnown, repeat, why_not_repeated
from altyn.inbound.web.paging import BEFORE, PageLinks
from altyn.inbound.web.responses import page
from altyn.operations.ports import Merchants
from altyn.operations.request_log import RequestLog

REQUESTS: Final = "requests"
REQUESTS_PATH: Final = "/console/requests"
LIST_SIZE: Final = 100
ID_DIGITS_MAX: Final = 18
FILTERS: Final = ("shop", "order", "method", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPages:
    """The list of requests, the page of one, and sending one again.

    `is_on`: requests are recorded. `read_known`: the secrets with which a request may be resent.
    """

    log: RequestLog
    merchants: Merchants
    read_known: ReadKnown
    is_on: bool

    async def list(self, request: Request) -> Response:
        """The newest requests; `shop`, `order`, `method`, `refused` and `before` narrow them."""
        frame = console_frame(request, REQUESTS)
        asked = read_query(request)
        wanted, unknown_shop = await self._filter(asked)
        found = [] if unknown_shop else await self.log.find(wanted, limit=LIST_SIZE + 1)
        lines = [_line(each, frame.language) for each in found[:LIST_SIZE]]
        return page(
            render(
                "requests.html",
                frame,
                requests=lines,
                asked=asked,
                unknown_shop=unknown_shop,
                pages=_pages(asked, found),
                is_on=self.is_on,
                lost=await self.log.dropped(),
            )
        )

    async def show(self, request: Request) -> Response:
        """One request: parameters, answer, the broken rule, what was ignored, and curl."""
        return await self._page(request, None)

    async def repeat(self, request: Request) -> Response:
        """Send it again through the same endpoint, and show the new answer above the old one."""
        found = await self._found(request)
        known = await self.read_known()
        if found is None or why_not_repeated(found, known):
            return await self._page(request, None)
        router: Any = request.app.state.router
        answer = await repeat(found, known, router, request.scope)
        return await self._page(request, {"status": answer.status, "text": _text(answer.body)})

    async def _page(self, request: Request, resent: Mapping[str, Any] | None) -> Response:
        frame = console_frame(request, REQUESTS)
        found = await self._found(request)
        if found is None:
            return page(render("no_request.html", frame), 404)
        reason = why_not_repeated(found, await self.read_known())
        return page(
            render(
                "request.html",
                frame,
                line=_line(found.line, frame.language),
                call=request_members(found, reason.english if reason else ""),
                explanation=list(explanation_of(found, frame.language)),
                not_repeatable=reason,
                parameters=found.content.parameters,
                answer=_text(found.content.answer),
                resent=resent,
                reference=reference_of(found.line.facts.method),
            )
        )

    async def _found(self, request: Request) -> LoggedRequest | None:
        text: str = request.path_params["request"]
        number = _number(text)
        return None if number is None else await self.log.get(number)

    async def _filter(self, asked: Mapping[str, str]) -> tuple[RequestFilter, str]:
        """What is asked for, and the login of a shop that does not exist."""
        login = asked.get("shop", "").strip()
        merchant = await self.merchants.by_login(login) if login else None
        wanted = RequestFilter(
            merchant_id=merchant.merchant_id if merchant else None,
            order=asked.get("order", "").strip(),
            method=asked.get("method", "").strip().removesuffix(".do"),
            refused_only=asked.get("refused") == "on",
            before=_number(asked.get("before", "")),
        )
        return wanted, login if login and merchant is None else ""


def _pages(asked: Mapping[str, str], found: Sequence[RequestLine]) -> PageLinks:
    kept = urlencode({name: asked[name] for name in FILTERS if name in asked})
    path = f"{REQUESTS_PATH}?{kept}"
    is_first = not asked.get(BEFORE)
    older = f"{path}&{BEFORE}={found[LIST_SIZE - 1].id}" if len(found) > LIST_SIZE else None
    return PageLinks(is_first=is_first, newest=None if is_first else path, older=older)


def _number(text: str) -> int | None:
    """The id in a text; None for a text that is no id."""
    known = text.isascii() and text.isdigit() and len(text) <= ID_DIGITS_MAX
    return int(text) if known else None


def _line(line: RequestLine, language: str) -> dict[str, Any]:
    facts = line.facts
    return {
        "id": line.id,
        "at": facts.at,
        "endpoint": console_text(f"endpoint_{facts.endpoint.name.lower()}", language=language),
        "method": facts.method or facts.path,
        "shop": facts.shop or facts.login,
        "order": facts.order_number or facts.order_id,
        "order_id": facts.order_id,
        "ip": facts.ip,
        "status": facts.status,
        "code": facts.code,
        "not_read": facts.refusal == NOT_READ,
        "refused": facts.refused,
        "rule": f"{facts.parameter}: {facts.rule}" if facts.parameter else facts.rule,
        "ms": facts.took_ms,
        "lost": line.dropped_before,
    }


def _text(answer: object) -> str:
    """An answer as a person reads it: JSON is indented."""
    try:
        members = json.loads(answer) if isinstance(answer, str | bytes) else answer
    except ValueError:
        return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return json.dumps(members, ensure_ascii=False, indent=2)
