"""The login with a passkey: the options that the browser asks for, and its response."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.inbound.payment_page.responses import NOT_FRAMED
from altyn.inbound.personal_account.access import AccountAccess, read_pairs
from altyn.inbound.personal_account.login_pages import LoginPages, log_login
from altyn.inbound.personal_account.pages import PASSKEY_LOGIN_PATH
from altyn.inbound.personal_account.passkeys.site import (
    challenge_token,
    keep_challenge,
    require_site,
)
from altyn.inbound.rest.answers import client_ip
from altyn.operations.account.errors import AccountError
from altyn.operations.account.passkey_login import (
    PasskeyAttempt,
    log_in_with_passkey,
    offer_login,
)
from altyn.operations.account.passkey_ports import PasskeyContext


@dataclass(frozen=True, slots=True)
class PasskeyLogin:
    """Needs no session and no login: the passkey names its user."""

    access: AccountAccess
    context: PasskeyContext
    pages: LoginPages

    def routes(self) -> list[BaseRoute]:
        """The addresses that the script of the login page uses."""
        guest_page = self.access.guest_page
        return [
            guest_page("POST", f"{PASSKEY_LOGIN_PATH}/options", self.offer),
            guest_page("POST", PASSKEY_LOGIN_PATH, self.log_in),
        ]

    async def offer(self, request: Request) -> Response:
        """The options for the browser as JSON, and the cookie of their challenge."""
        self.access.refuse_other_sites(request)
        offered = offer_login(require_site(request, self.access), self.context)
        response = Response(offered.options, 200, NOT_FRAMED, "application/json")
        return keep_challenge(response, offered.challenge, self.access)

    async def log_in(self, request: Request) -> Response:
        """Open a session. The cookie gets a new token, whatever it had before."""
        access = self.access
        access.refuse_other_sites(request)
        form = dict(await read_pairs(request))
        next_page = form.get("next", "")
        attempt = PasskeyAttempt(
            response=form.get("credential", ""),
            token=challenge_token(request, access),
            address=client_ip(request.scope),
            old_token=access.token(request),
        )
        try:
            site = require_site(request, access)
            opened = await log_in_with_passkey(attempt, site, self.context)
        except AccountError as error:
            log_login("", attempt.address, error)
            return self.pages.refused_login(request, "", next_page, error)
        log_login(opened.user.login, attempt.address)
        return self.pages.opened(opened, next_page)
