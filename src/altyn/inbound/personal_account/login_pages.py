"""The pages with which a user gets in and out: login, one-time code, password, log out, profile.

Source: personal-account.md §1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.passkeys import PasskeySite
from altyn.domain.account.sessions import SessionStage, form_token
from altyn.domain.credentials import is_login
from altyn.inbound.personal_account.access import (
    AccountAccess,
    AccountRequest,
    own_page,
    read_pairs,
    to_login,
)
from altyn.inbound.personal_account.pages import (
    BASE,
    CODE_PATH,
    CODES_PATH,
    LOGIN_PATH,
    LOGOUT_PATH,
    PASSKEY_LOGIN_PATH,
    PASSKEYS_PATH,
    PASSWORD_PATH,
    PROFILE_PATH,
    account_frame,
    guest_frame,
    render,
)
from altyn.inbound.personal_account.passkeys.site import site_of
from altyn.inbound.personal_account.texts import account_text, reason_text
from altyn.inbound.rest.answers import client_ip
from altyn.inbound.web.responses import page, see_other
from altyn.operations.account.change_password import change_password
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.log_in import (
    LoginAttempt,
    OpenedSession,
    enter_code,
    log_in,
    log_out,
)

BAD_REQUEST: Final = 400
FORBIDDEN: Final = 403
PROFILE_CHANGES: Final = ("password", "codes_on", "codes_off")
_UNFILLED: Final = frozenset({Reason.LOGIN_EMPTY, Reason.PASSWORD_EMPTY, Reason.PASSWORD_RULES})
OLD_PATHS: Final = ("/mportal", "/mportal/")
"""Where the account was, for the first change of a password (personal-account.md §1)."""
log = structlog.get_logger("altyn.account")


@dataclass(frozen=True, slots=True)
class DemoUsers:
    """The users of the demo shop, whose password is public."""

    logins: Sequence[str]
    password: str


@dataclass(frozen=True, slots=True)
class LoginPages:
    """The pages; `demo` is None in production."""

    access: AccountAccess
    demo: DemoUsers | None = None

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages."""
        access, get, post = self.access, "GET", "POST"
        guests = (
            (get, LOGIN_PATH, self.show_login),
            (post, LOGIN_PATH, self.log_in),
            (get, CODE_PATH, self.show_code),
            (post, CODE_PATH, self.enter_code),
            (post, LOGOUT_PATH, self.log_out),
        )
        return [
            *(access.guest_page(method, path, work) for method, path, work in guests),
            access.page(get, PASSWORD_PATH, self.show_password, needs=None, always=True),
            access.page(post, PASSWORD_PATH, self.change_password, needs=None, always=True),
            *(access.guest_page(get, path, self.show_new_address) for path in OLD_PATHS),
            access.page(get, PROFILE_PATH, self.show_profile, needs=None),
        ]

    async def show_login(self, request: Request) -> Response:
        """The login form; a user with a session goes on at once."""
        current = await self.access.current(request)
        if current is not None and current.session.stage is SessionStage.OPEN:
            return see_other(own_page(request.query_params.get("next", BASE)))
        return self._login_page(request, next_page=request.query_params.get("next", ""))

    async def log_in(self, request: Request) -> Response:
        """Open a session. The cookie gets a new token, whatever it had before."""
        access = self.access
        access.refuse_other_sites(request)
        form = dict(await read_pairs(request))
        login, next_page = form.get("login", "").strip(), form.get("next", "")
        attempt = LoginAttempt(
            login=login,
            password=form.get("password", ""),
            address=client_ip(request.scope),
            old_token=access.token(request),
        )
        try:
            opened = await log_in(attempt, access.context)
        except AccountError as error:
            log_login(login, attempt.address, error)
            return self.refused_login(request, login, next_page, error)
        log_login(login, attempt.address)
        return self.opened(opened, next_page)

    async def show_code(self, request: Request) -> Response:
        """The form for the one-time code."""
        current = await self.access.current(request)
        if current is None or current.session.stage is not SessionStage.CODE:
            return see_other(LOGIN_PATH)
        return self._code_page(request, form_token(current.token))

    async def enter_code(self, request: Request) -> Response:
        """Open the session that waits for a code."""
        access = self.access
        current = await access.current(request)
        if current is None:
            return to_login(request)
        asked = await access.read(request, current)
        try:
            opened = await enter_code(current, asked.form.get("code", ""), access.context)
        except AccountError as error:
            if error.reason is not Reason.WRONG_CODE:
                raise
            text = reason_text(error, guest_frame(request, sandbox=False).language)
            log_login(current.user.login, current.address, error)
            return self._code_page(request, form_token(current.token), text, FORBIDDEN)
        return self.opened(opened, "")

    async def log_out(self, request: Request) -> Response:
        """End the session. Without one there is nothing to end."""
        access = self.access
        current = await access.current(request)
        if current is not None:
            await access.read(request, current)
            await log_out(current, access.context)
        return access.drop(see_other(LOGIN_PATH))

    async def show_password(self, asked: AccountRequest) -> Response:
        """The form to change one's own password."""
        return self._password_page(asked)

    async def change_password(self, asked: AccountRequest) -> Response:
        """Change one's own password, and go on under a new session."""
        form = asked.form
        new = form.get("new_password", "")
        if new != form.get("repeat_password", ""):
            language = guest_frame(asked.request, sandbox=False).language
            differ = account_text("passwords_differ", language=language)
            return self._password_page(asked, differ, BAD_REQUEST)
        try:
            opened = await change_password(
                asked.current, form.get("old_password", ""), new, self.access.context
            )
        except AccountError as error:
            text = reason_text(error, guest_frame(asked.request, sandbox=False).language)
            status = BAD_REQUEST if error.reason in _UNFILLED else FORBIDDEN
            return self._password_page(asked, text, status)
        return self.access.keep(see_other(f"{PROFILE_PATH}?done=password"), opened.token)

    async def show_new_address(self, _request: Request) -> Response:
        """From the old address to the account's first page."""
        return see_other(BASE)

    async def show_profile(self, asked: AccountRequest) -> Response:
        """Who the user is, and what the user may do."""
        frame = account_frame(asked.request, asked.current, "profile", sandbox=self.access.sandbox)
        done = asked.request.query_params.get("done", "")
        html = render(
            "profile.html",
            frame,
            user=asked.current.user,
            done=done if done in PROFILE_CHANGES else "",
            password_path=PASSWORD_PATH,
            codes_path=CODES_PATH,
            passkeys_path=PASSKEYS_PATH,
        )
        return page(html)

    def opened(self, opened: OpenedSession, next_page: str) -> Response:
        """On to the code, to the change of a one-time password, or to the page asked for."""
        if opened.session.stage is SessionStage.CODE:
            address = CODE_PATH
        elif opened.user.must_change_password:
            address = PASSWORD_PATH
        else:
            address = own_page(next_page)
        return self.access.keep(see_other(address), opened.token)

    def refused_login(
        self, request: Request, login: str, next_page: str, error: AccountError
    ) -> Response:
        """The login form with what is wrong."""
        text = reason_text(error, guest_frame(request, sandbox=False).language)
        status = BAD_REQUEST if error.reason in _UNFILLED else FORBIDDEN
        return self._login_page(request, login, next_page, text, status)

    def _login_page(
        self,
        request: Request,
        login: str = "",
        next_page: str = "",
        problem: str = "",
        status: int = 200,
    ) -> Response:
        frame = guest_frame(request, sandbox=self.access.sandbox)
        shown = {"login": login, "next": next_page, "problem": problem, "demo": self.demo}
        passkeys = isinstance(site_of(request, self.access), PasskeySite)
        html = render(
            "login.html",
            frame,
            path=LOGIN_PATH,
            passkey_path=PASSKEY_LOGIN_PATH if passkeys else "",
            **shown,
        )
        return page(html, status)

    def _code_page(
        self, request: Request, csrf: str, problem: str = "", status: int = 200
    ) -> Response:
        frame = guest_frame(request, sandbox=self.access.sandbox)
        html = render("code.html", frame, path=CODE_PATH, csrf=csrf, problem=problem)
        return page(html, status)

    def _password_page(
        self, asked: AccountRequest, problem: str = "", status: int = 200
    ) -> Response:
        frame = account_frame(asked.request, asked.current, "profile", sandbox=self.access.sandbox)
        one_time = asked.current.user.must_change_password
        html = render(
            "password.html", frame, path=PASSWORD_PATH, problem=problem, one_time=one_time
        )
        return page(html, status)


def log_login(login: str, address: str, error: AccountError | None = None) -> None:
    """A line for each login; a text that has not the form of a login may be a password."""
    shown = login if is_login(login) else "not a login"
    if error is None:
        log.info("account_login", login=shown, ip=address)
    else:
        log.warning("account_login_refused", login=shown, ip=address, reason=error.reason.name)
