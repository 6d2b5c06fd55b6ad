"""The sandbox's HTTP API for callbacks: list, show, send again, check a checksum.

A shop's own test suite sees its callbacks here and can have them sent again. The API does not exist
in production. Source: callbacks.md.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.diagnostics.checksum_verdict import Verdict
from altyn.diagnostics.received_callback import Received, UnreadableCallbackError, read_received
from altyn.domain.callback_history import CallbackDetail, CallbackSummary, parse_callback_id
from altyn.domain.merchant import Merchant
from altyn.domain.order_id import read_order_id
from altyn.domain.outbox import EntryId, EntryState
from altyn.inbound.sandbox.answers import (
    RefusedError,
    explained,
    json_answer,
    read_json,
    read_query,
)
from altyn.inbound.sandbox.callback_members import detail_members, summary_members, verdict_members
from altyn.inbound.sandbox.shop_check import Certificates, ShopCheck
from altyn.operations.ports import Merchants

LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 1000
RECEIVED_MAX: Final = 65_536


class History(Protocol):
    """Reads callbacks, newest first, and sends them again. Times: UTC."""

    async def newest(
        self,
        merchant_id: int | None,
        *,
        subject_id: UUID | None = None,
        order_number: str | None = None,
        state: EntryState | None = None,
        limit: int,
    ) -> Sequence[CallbackSummary]: ...

    async def show(self, which: EntryId) -> CallbackDetail | None: ...

    async def resend(self, which: EntryId, *, receiver: str | None, now: datetime) -> bool:
        """False when there is none, or when a worker sends it at this moment."""
        ...


RefusalOfUrl = Callable[[str], str | None]
"""Why callbacks may not go to an address, in words; None when they may."""


class ResendRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a resend: to another address if one is named."""

    to: str | None = None


class VerifyRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A callback as it was received, and what to check it by: a shop's login, or a shared key.

    `computed` is the checksum that the shop's own code made of it.
    """

    received: str
    shop: str | None = None
    key: str | None = None
    computed: str | None = None


def callback_routes(
    history: History,
    merchants: Merchants,
    now: Callable[[], datetime],
    certificates: Certificates,
    refusal_of_url: RefusalOfUrl,
) -> list[BaseRoute]:
    """`GET /sandbox/callbacks`, `GET /sandbox/callbacks/{id}`,
    `POST /sandbox/callbacks/{id}/resend`, `POST /sandbox/callbacks/verify`.

    `now` is the gateway's clock, UTC.
    """
    handler = _RequestHandler(history, merchants, now, certificates, refusal_of_url)
    return [
        Route("/sandbox/callbacks", explained(handler.list_newest), methods=["GET"]),
        Route("/sandbox/callbacks/verify", explained(handler.verify), methods=["POST"]),
        Route("/sandbox/callbacks/{id}", explained(handler.show), methods=["GET"]),
        Route("/sandbox/callbacks/{id}/resend", explained(handler.resend), methods=["POST"]),
    ]


class _RequestHandler:
    """Answers the requests of each path."""

    def __init__(
        self,
        history: History,
        merchants: Merchants,
        now: Callable[[], datetime],
        certificates: Certificates,
        refusal_of_url: RefusalOfUrl,
    ) -> None:
        self._history = history
        self._merchants = merchants
        self._now = now
        self._refusal_of_url = refusal_of_url
        self._check = ShopCheck(certificates)

    async def list_newest(self, request: Request) -> Response:
        """Filtered by `shop`, `order` (id or number) and `state`; at most `limit`."""
        query = read_query(request)
        merchant = await self._merchant(query["shop"]) if query.get("shop") else None
        merchant_id = None if merchant is None else merchant.merchant_id
        order_id = read_order_id(query.get("order"))
        callbacks = await self._history.newest(
            merchant_id,
            subject_id=order_id,
            order_number=None if order_id else query.get("order"),
            state=_state(query.get("state")),
            limit=_limit(query.get("limit")),
        )
        return json_answer({"callbacks": [summary_members(callback) for callback in callbacks]})

    async def show(self, request: Request) -> Response:
        """One callback with all its deliveries."""
        return json_answer(detail_members(await self._detail(_callback_id(request))))

    async def resend(self, request: Request) -> Response:
        """Send a callback again, now; returns the callback as it is then."""
        which = _callback_id(request)
        wanted = await read_json(request, ResendRequest)
        refusal = None if wanted.to is None else self._refusal_of_url(wanted.to)
        if refusal is not None:
            raise RefusedError(f"to: {refusal}")
        if not await self._history.resend(which, receiver=wanted.to, now=self._now()):
            await self._detail(which)  # refuses an unknown callback
            raise RefusedError(f"{which} is on its way at this moment; try again in a moment", 409)
        return json_answer(detail_members(await self._detail(which)))

    async def verify(self, request: Request) -> Response:
        """Check a checksum, and explain a wrong one."""
        check = await read_json(request, VerifyRequest, longest=RECEIVED_MAX)
        if (check.shop is None) is (check.key is None):
            raise RefusedError("name either the shop (its login) or the key, not both")
        try:
            received = read_received(check.received)
        except UnreadableCallbackError as error:
            raise RefusedError(f"received: {error}") from None
        return json_answer(verdict_members(await self._verdict(request, check, received)))

    async def _verdict(self, request: Request, check: VerifyRequest, received: Received) -> Verdict:
        """The verdict, by the keys of a shop or by a key of the request."""
        if check.shop is not None:
            merchant = await self._merchant(check.shop)
            return await self._check.verdict(request, merchant, received, check.computed)
        return await self._check.search.check(
            request, received, key=check.key, public_key=None, computed=check.computed
        )

    async def _merchant(self, login: str) -> Merchant:
        merchant = await self._merchants.by_login(login)
        if merchant is None:
            raise RefusedError(f"shop: there is no {login!r}", 404)
        return merchant

    async def _detail(self, which: EntryId) -> CallbackDetail:
        detail = await self._history.show(which)
        if detail is None:
            raise RefusedError(
                f"there is no callback {which}; GET /sandbox/callbacks lists them", 404
            )
        return detail


def _callback_id(request: Request) -> EntryId:
    text = request.path_params["id"]
    which = parse_callback_id(text)
    if which is None:
        raise RefusedError(
            f"{text!r} is no callback's id; GET /sandbox/callbacks?order=… lists those of an order",
            404,
        )
    return which


def _state(text: str | None) -> EntryState | None:
    if not text:
        return None
    if text not in set(EntryState):
        raise RefusedError(f"state: one of {', '.join(EntryState)}")
    return EntryState(text)


def _limit(text: str | None) -> int:
    if not text:
        return LIST_SIZE
    if not text.isdecimal() or not 1 <= int(text) <= LIST_SIZE_MAX:
        raise RefusedError(f"limit: 1 to {LIST_SIZE_MAX}")
    return int(text)
