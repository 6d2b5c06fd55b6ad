"""Who may open a page of the personal account: session cookie, form token, right of the user.

Every page after the login goes through `AccountAccess.page`, so that a right that is missing is
refused here, whatever the page shows.
Source: personal-account.md §1, §2.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlencode, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.account.sessions import SessionStage, is_form_token
from altyn.inbound.http.bodies import Unreadable
from altyn.inbound.personal_account.pages import (
    BASE,
    CODE_PATH,
    LOGIN_PATH,
    PASSWORD_PATH,
    busy_page,
    refusal_page,
    too_large_page,
    unknown_page,
)
from altyn.inbound.rest.answers import client_ip
from altyn.inbound.sandbox.answers import has_foreign_name
from altyn.inbound.web.form_addresses import form_addresses, leading_to
from altyn.inbound.web.forms import FORM_BYTES_MAX, read_page_form
from altyn.inbound.web.language import keeping_language
from altyn.inbound.web.responses import is_part, see_other
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.ports import AccountContext
from altyn.operations.account.session import CurrentUser, current_user
from altyn.operations.ports import Overloaded, ResultUnknown
from altyn.request_body import BodyTooLarge

FORM_TOKEN: Final = "csrf"  # noqa: S105 - the name of a field
COOKIE: Final = "altyn-account"
SECURE_COOKIE: Final = f"__Host-{COOKIE}"
log = structlog.get_logger("altyn.account")
_OWN_SITE: Final = frozenset({"same-origin", "none", ""})

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """A request of a user who may make it, with the fields of its form."""

    request: Request
    current: CurrentUser
    pairs: Sequence[tuple[str, str]] = ()
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of the form; of a name that was sent more than once, the last one."""
        return dict(self.pairs)

    def all_of(self, name: str) -> Sequence[str]:
        """The values of a name that may be sent more than once."""
        return [value for each, value in self.pairs if each == name]


Work = Callable[[AccountRequest], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAccess:
    """Opens pages of the account to the users who may see them.

    `secure`: the gateway is called over https, so its cookies are sent over https only. `sandbox`
    is for the band of the pages.
    """

    context: AccountContext
    secure: bool
    sandbox: bool
    public_url: str | None = None

    def page(
        self,
        method: str,
        path: str,
        work: Work,
        *,
        needs: Action | None,
        always: bool = False,
        by_hand: bool = True,
        bytes_max: int = FORM_BYTES_MAX,
    ) -> Route:
        """A page for users with a right; `needs=None`: for every user who has logged in.

        `always`: also with a one-time password, which has to be changed before anything else.
        `by_hand=False`: an open page asks for it without its user, so it is no activity.
        `bytes_max`: how large a form may be, with its files.
        Refuses in order: a page of another site, no session, a one-time code that is awaited, a
        form of another session, a one-time password, a missing right.
        """

        async def answer(request: Request) -> Response:
            current = await self.current(request, by_hand=by_hand)
            if current is None:
                return to_login(request)
            if current.session.stage is SessionStage.CODE:
                return see_other(CODE_PATH)
            asked = await self.read(request, current, bytes_max=bytes_max)
            if current.user.must_change_password and not always:
                return see_other(PASSWORD_PATH)
            if needs is not None:
                current.require(needs)
            return await work(asked)

        return self.guest_page(method, path, answer)

    def guest_page(self, method: str, path: str, work: Endpoint) -> Route:
        """A page that needs no session.

        What it refuses, a busy gateway, and a change that may be saved or not are answered here.
        """

        async def answer(request: Request) -> Response:
            try:
                return await work(request)
            except AccountError as error:
                return refusal_page(request, error, sandbox=self.sandbox)
            except Overloaded:
                return busy_page(request, sandbox=self.sandbox)
            except ResultUnknown as unknown:
                log.warning("account_result_unknown", path=request.url.path, reason=str(unknown))
                return unknown_page(request, sandbox=self.sandbox)
            except BodyTooLarge:
                return too_large_page(request, sandbox=self.sandbox)

        return Route(path, keeping_language(answer), methods=[method])

    def pages_of_forms(self, routes: Iterable[BaseRoute]) -> list[Route]:
        """The addresses of `routes` that only take forms, as pages; they come before the routes."""

        def page_of(path: str, target: str) -> Route:
            lead = leading_to(target)

            async def work(asked: AccountRequest) -> Response:
                return await lead(asked.request)

            return self.page("GET", path, work, needs=None, always=True)

        return [page_of(path, target) for path, target in form_addresses(routes)]

    async def current(self, request: Request, *, by_hand: bool = True) -> CurrentUser | None:
        """The user of the request's cookie, at any stage of the session."""
        token, address = self.token(request), client_ip(request.scope)
        if not token:
            return None
        return await current_user(token, address, self.context, by_hand=by_hand)

    async def read(
        self, request: Request, current: CurrentUser, *, bytes_max: int = FORM_BYTES_MAX
    ) -> AccountRequest:
        """The request with its form. Refuses a form of another site or session: FORM_OUTDATED."""
        if request.method != "POST":
            return AccountRequest(request, current)
        self.refuse_other_sites(request)
        pairs, files = await read_fields(request, bytes_max=bytes_max)
        if not is_form_token(dict(pairs).get(FORM_TOKEN, ""), current.token):
            raise AccountError(Reason.FORM_OUTDATED)
        return AccountRequest(request, current, pairs, files)

    def refuse_other_sites(self, request: Request) -> None:
        """Raise AccountError for a form that a page of another site has sent.

        The passwords of a sandbox are public, so a name that leads to it by DNS rebinding is
        another site too.
        """
        own = {request.headers.get("host", ""), urlsplit(self.public_url or "").netloc}
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc not in own - {""}
        rebound = self.sandbox and has_foreign_name(request, self.public_url)
        if foreign or rebound or request.headers.get("sec-fetch-site", "") not in _OWN_SITE:
            raise AccountError(Reason.FORM_OUTDATED)

    async def record(
        self, asked: AccountRequest, action: AuditAction, subject: str, detail: str = ""
    ) -> None:
        """Add an entry of the audit log for what the user has just done."""
        at = self.context.clock.now()
        entry = asked.current.actor.entry(action, subject, at=at, detail=detail)
        await self.context.store.add_entry(entry)

    def token(self, request: Request) -> str:
        """The session token of the request's cookie; empty without one."""
        return request.cookies.get(self._cookie, "")

    def keep(self, response: Response, token: str) -> Response:
        """The response with a new session cookie, until the browser is closed."""
        response.set_cookie(
            self._cookie, token, path="/", secure=self.secure, httponly=True, samesite="strict"
        )
        return response

    def drop(self, response: Response) -> Response:
        """The response without the session cookie."""
        response.delete_cookie(
            self._cookie, path="/", secure=self.secure, httponly=True, samesite="strict"
        )
        return response

    @property
    def _cookie(self) -> str:
        return SECURE_COOKIE if self.secure else COOKIE


async def read_pairs(request: Request) -> Sequence[tuple[str, str]]:
    """The fields of a form, without NUL. Refuses a form that no page of ours has: FORM_OUTDATED.

    Raises as `read_body` too; PageGuard answers that.
    """
    pairs, _ = await read_fields(request, bytes_max=FORM_BYTES_MAX)
    return pairs


async def read_fields(
    request: Request, *, bytes_max: int
) -> tuple[Sequence[tuple[str, str]], Mapping[str, bytes]]:
    """The fields of a form, without NUL, and its files.

    Raises as `read_pairs`.
    """
    try:
        return await read_page_form(request, bytes_max=bytes_max)
    except Unreadable:
        raise AccountError(Reason.FORM_OUTDATED) from None


def to_login(request: Request) -> Response:
    """To the login page, and from there back to a page that was asked for."""
    path = request.url.path
    query = f"?{urlencode({'next': path})}" if request.method == "GET" and path != BASE else ""
    address = f"{LOGIN_PATH}{query}"
    if is_part(request.headers):
        return Response(status_code=401, headers={"HX-Redirect": LOGIN_PATH})
    return see_other(address)


def own_page(address: str) -> str:
    """The page of the account that an address names; the first page for any other address."""
    is_own = address == BASE or address.startswith(f"{BASE}/")
    plain = address.isascii() and address.isprintable() and "\\" not in address
    inside = "//" not in address and ".." not in unquote(unquote(address))
    return address if is_own and plain and inside else BASE
