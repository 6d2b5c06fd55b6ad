"""The site that passkeys are for, as the gateway is reached, and the cookie of a challenge."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.account.challenges import Challenge
from altyn.domain.account.passkeys import CHALLENGE_TIME, PasskeySite, SiteFault, passkey_site
from altyn.inbound.personal_account.access import AccountAccess
from altyn.inbound.rest.answers import base_url_of
from altyn.operations.account.errors import AccountError, Reason

COOKIE: Final = "altyn-passkey"
SECURE_COOKIE: Final = f"__Host-{COOKIE}"


def site_of(request: Request, access: AccountAccess) -> PasskeySite | SiteFault:
    """The site of the public address; in a sandbox without one, of the address that was called."""
    return passkey_site(access.public_url or base_url_of(request.scope))


def require_site(request: Request, access: AccountAccess) -> PasskeySite:
    """The site. Raises AccountError where browsers allow no passkeys: NO_PASSKEYS_HERE."""
    site = site_of(request, access)
    if isinstance(site, SiteFault):
        raise AccountError(Reason.NO_PASSKEYS_HERE)
    return site


def keep_challenge(response: Response, challenge: Challenge, access: AccountAccess) -> Response:
    """The response with the cookie of a challenge, which only this browser has."""
    response.set_cookie(
        SECURE_COOKIE if access.secure else COOKIE,
        challenge.token,
        max_age=int(CHALLENGE_TIME.total_seconds()),
        path="/",
        secure=access.secure,
        httponly=True,
        samesite="strict",
    )
    return response


def challenge_token(request: Request, access: AccountAccess) -> str:
    """The token of the challenge that this browser got; empty without one."""
    return request.cookies.get(SECURE_COOKIE if access.secure else COOKIE, "")
