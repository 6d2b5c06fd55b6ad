"""The sandbox's mailbox over HTTP: `GET /sandbox/mail` for people, `GET /sandbox/mails` for tests.

Production has no mailbox.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.domain.callback_history import parse_callback_id
from altyn.domain.card.free_text import mask_card_numbers, mask_document
from altyn.domain.mail_server import SmtpServer
from altyn.domain.mailbox import ReceivedMail
from altyn.domain.outbox import EntryId
from altyn.inbound.http.static_route import static_route
from altyn.inbound.payment_page.responses import ALWAYS, NOT_FRAMED
from altyn.inbound.sandbox.answers import (
    Endpoint,
    json_answer,
    own_site_only,
    problem,
    read_query,
)
from altyn.inbound.sandbox.mail.members import mail_members, mail_summary
from altyn.inbound.sandbox.mail.page import (
    BODY_POLICY,
    MAILBOX_PATH,
    PAGE_POLICY,
    STATIC,
    MailboxView,
    render_mail,
    render_mailbox,
    render_missing_mail,
)
from altyn.inbound.sandbox.mail.query import MailQueryError, read_mail_query

API_PATH: Final = "/sandbox/mails"

_FRAMED: Final = {**ALWAYS, "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer"}


class Mails(Protocol):
    """Reads the mailbox, newest first."""

    async def newest(
        self,
        *,
        to: str | None = None,
        order_id: UUID | None = None,
        order_number: str | None = None,
        limit: int,
    ) -> Sequence[ReceivedMail]: ...

    async def show(self, which: EntryId) -> ReceivedMail | None: ...


def mail_routes(mails: Mails, server: SmtpServer | None) -> list[BaseRoute]:
    """The pages below `/sandbox/mail`, and the API below `/sandbox/mails`.

    `server` takes the mails instead of the mailbox, where there is one.
    """
    endpoint = _MailEndpoint(mails, server)
    served: tuple[tuple[str, Endpoint], ...] = (
        (MAILBOX_PATH, endpoint.list_page),
        (f"{MAILBOX_PATH}/{{id}}", endpoint.mail_page),
        (f"{MAILBOX_PATH}/{{id}}/body", endpoint.body),
        (API_PATH, endpoint.list_json),
        (f"{API_PATH}/{{id}}", endpoint.mail_json),
    )
    return [
        *(Route(path, own_site_only(work), methods=["GET"]) for path, work in served),
        static_route(f"{MAILBOX_PATH}/static", STATIC),
    ]


class _MailEndpoint:
    def __init__(self, mails: Mails, server: SmtpServer | None) -> None:
        self._mails = mails
        self._server = server

    async def list_page(self, request: Request) -> Response:
        """The list; `to` and `order` narrow it."""
        asked: Mapping[str, str] = {}
        found: Sequence[ReceivedMail] = ()
        refusal = None
        try:
            asked = read_query(request)
            found = await self._find(asked)
        except (MailQueryError, ValueError) as error:
            refusal = mask_card_numbers(str(error))
        server = str(self._server) if self._server else None
        view = MailboxView(mails=found, asked=mask_document(asked), problem=refusal, server=server)
        return _page(render_mailbox(view), 400 if refusal else 200)

    async def mail_page(self, request: Request) -> Response:
        """One mail: its headers, and its HTML in a frame."""
        mail = await self._mail(request)
        return _page(render_missing_mail(), 404) if mail is None else _page(render_mail(mail))

    async def body(self, request: Request) -> Response:
        """The HTML of a mail, for the frame."""
        mail = await self._mail(request)
        if mail is None:
            return PlainTextResponse("there is no such mail\n", 404)
        return HTMLResponse(mail.html, headers={**_FRAMED, "Content-Security-Policy": BODY_POLICY})

    async def list_json(self, request: Request) -> Response:
        """The newest mails, without their texts."""
        try:
            found = await self._find(read_query(request))
        except (MailQueryError, ValueError) as error:
            return problem(str(error), 400)
        return json_answer({"mails": [mail_summary(mail) for mail in found]})

    async def mail_json(self, request: Request) -> Response:
        """One mail with its text and its HTML."""
        mail = await self._mail(request)
        if mail is None:
            wanted = request.path_params["id"]
            return problem(f"there is no mail {wanted!r}; GET {API_PATH} lists the mails", 404)
        return json_answer(mail_members(mail))

    async def _find(self, asked: Mapping[str, str]) -> Sequence[ReceivedMail]:
        query = read_mail_query(asked)
        return await self._mails.newest(
            to=query.to,
            order_id=query.order_id,
            order_number=query.order_number,
            limit=query.limit,
        )

    async def _mail(self, request: Request) -> ReceivedMail | None:
        which = parse_callback_id(request.path_params["id"])
        return None if which is None else await self._mails.show(which)


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, {**NOT_FRAMED, "Content-Security-Policy": PAGE_POLICY})
