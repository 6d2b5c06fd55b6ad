"""The sandbox's API of the request log: list, show, wait for new requests, send one again.

A developer finds out why a request was refused. The API does not exist in production; there
`altyn requests` reads the database. Source: docs/architecture.md (the request log).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.request_log import LoggedRequest, RequestFilter, RequestLine
from altyn.domain.similar_names import did_you_mean
from altyn.inbound.sandbox.answers import RefusedError, explained, json_answer, read_query
from altyn.inbound.sandbox.requests.members import line_members, request_members
from altyn.inbound.sandbox.requests.repeat import (
    KnownSecrets,
    ReadKnown,
    repeat,
    why_not_repeated,
)
from altyn.inbound.sandbox.waiting import read_wait, wait_for_change
from altyn.operations.ports import Merchants
from altyn.operations.request_log import RequestLog

LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 1_000
ID_MAX: Final = 2**63 - 1
FILTERS: Final = ("shop", "order", "method", "refused", "after", "before", "limit", "wait")
OFF: Final = (
    "the request log is switched off: start the gateway without ALTYN_REQUEST_LOG=no, then the "
    "requests from then on are recorded"
)
_TRUE_FALSE: Final = {"true": True, "1": True, "false": False, "0": False, "": False}


def request_log_routes(
    log: RequestLog, merchants: Merchants, read_known: ReadKnown, *, is_on: bool
) -> list[BaseRoute]:
    """`GET /sandbox/requests`, `GET /sandbox/requests/{id}`,
    `POST /sandbox/requests/{id}/repeat`."""
    api = _RequestLogApi(log, merchants, read_known, is_on=is_on)
    return [
        Route("/sandbox/requests", explained(api.list_newest), methods=["GET"]),
        Route("/sandbox/requests/{id}", explained(api.show), methods=["GET"]),
        Route("/sandbox/requests/{id}/repeat", explained(api.repeat), methods=["POST"]),
    ]


class _RequestLogApi:
    def __init__(
        self, log: RequestLog, merchants: Merchants, read_known: ReadKnown, *, is_on: bool
    ) -> None:
        self._log = log
        self._merchants = merchants
        self._read_known = read_known
        self._is_on = is_on

    async def list_newest(self, request: Request) -> Response:
        """The newest requests, newest first; with `wait`, as soon as there is one."""
        query = read_query(request)
        unknown = next((name for name in query if name not in FILTERS), None)
        if unknown is not None:
            raise RefusedError(
                f"there is no filter {unknown!r}.{did_you_mean(unknown, FILTERS)} The filters are: "
                f"{', '.join(FILTERS)}"
            )
        wanted, limit = await self._filter(query), _limit(query.get("limit"))
        if not self._is_on and not await self._log.find(RequestFilter(), limit=1):
            raise RefusedError(OFF, 404)

        async def look() -> Sequence[RequestLine]:
            return await self._log.find(wanted, limit=limit)

        seconds = read_wait(query.get("wait"))
        lines = await wait_for_change(look, bool, seconds=seconds, request=request)
        return json_answer(
            {
                "requests": [line_members(line) for line in lines],
                "notRecorded": await self._log.dropped(),
                "recording": self._is_on,
            }
        )

    async def show(self, request: Request) -> Response:
        """One request with everything that was kept of it."""
        found = await self._found(request)
        reason = _why_not_repeated(found, await self._read_known())
        return json_answer(request_members(found, reason))

    async def repeat(self, request: Request) -> Response:
        """Send a request again; its new answer."""
        found = await self._found(request)
        known = await self._read_known()
        reason = _why_not_repeated(found, known)
        if reason:
            curl = request_members(found, reason)["curl"]
            text = f"request {found.line.id} cannot be sent again: {reason}"
            return json_answer({"error": text, "curl": curl}, 409)
        router: Any = request.app.state.router
        answer = await repeat(found, known, router, request.scope)
        return json_answer({"status": answer.status, "answer": answer.body})

    async def _found(self, request: Request) -> LoggedRequest:
        request_id = _id("the id", request.path_params["id"])
        found = await self._log.get(request_id) if request_id is not None else None
        if found is None:
            raise RefusedError(
                f"there is no request {request.path_params['id']} in the log, or not any more: "
                "GET /sandbox/requests lists the newest",
                404,
            )
        return found

    async def _filter(self, query: Mapping[str, str]) -> RequestFilter:
        merchant_id = None
        if query.get("shop"):
            merchant = await self._merchants.by_login(query["shop"])
            if merchant is None:
                raise RefusedError(
                    f"shop: there is no shop {query['shop']!r}; `altyn merchant list` lists them",
                    404,
                )
            merchant_id = merchant.merchant_id
        refused = query.get("refused", "").lower()
        if refused not in _TRUE_FALSE:
            raise RefusedError("refused: true or false")
        return RequestFilter(
            merchant_id=merchant_id,
            order=query.get("order", ""),
            method=query.get("method", "").removesuffix(".do"),
            refused_only=_TRUE_FALSE[refused],
            after=_id("after", query.get("after")),
            before=_id("before", query.get("before")),
        )


def _why_not_repeated(found: LoggedRequest, known: KnownSecrets) -> str:
    reason = why_not_repeated(found, known)
    return reason.english if reason else ""


def _id(name: str, text: str | None) -> int | None:
    """The id in a text; None without a text."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > ID_MAX:
        raise RefusedError(f"{name}: the number of a request, as GET /sandbox/requests shows it")
    return int(text)


def _limit(text: str | None) -> int:
    if not text:
        return LIST_SIZE
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:6]) <= LIST_SIZE_MAX:
        raise RefusedError(f"limit: a whole number from 1 to {LIST_SIZE_MAX}")
    return int(text)
