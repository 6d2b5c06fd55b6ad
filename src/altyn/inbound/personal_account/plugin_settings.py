"""The switch by which CMS plugins turn callbacks on, when their settings are saved.

It exists so that a shop that installs a plugin need not visit the personal account: the plugin says
where callbacks go, by the API user's own password. Source: personal-account.md §7.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.callback import CallbackMode, CallbackOperation, CallbackSettings
from altyn.domain.merchant import Merchant, MerchantSettings, Permission
from altyn.inbound.personal_account.plugin_wish import Wish, WishRefusedError, read_wish
from altyn.inbound.request_handler import ApiUser, Credentials, access_refusal
from altyn.inbound.rest.answers import client_ip
from altyn.operations.ports import Merchants

Change = Callable[[int, Mapping[str, object], str], Awaitable[MerchantSettings]]
"""Changes settings of a merchant, by whom; what is then in force."""

CheckAddress = Callable[[str], str | None]
"""Why an address may not be called; None when it may."""

BODY_MAX: Final = 64 * 1024
PATHS: Final = (
    "/mportal/mvc/public/merchant/update/{login}",
    "/mportal-uat/mvc/public/merchant/update/{login}",
)
_API: Final = "-api"
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="API login and password", charset="UTF-8"'}
_RETRY: Final = {"Retry-After": "1"}
log = structlog.get_logger("altyn.plugins")


class _RefusedError(Exception):
    """The call ends here: with this status, and these words for the plugin's log."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.headers = headers


def routes(
    credentials: Credentials,
    merchants: Merchants,
    change: Change,
    refusals: tuple[type[Exception], ...],
    check_address: CheckAddress,
    overloaded: tuple[type[Exception], ...] = (),
) -> list[BaseRoute]:
    """`POST /mportal/mvc/public/merchant/update/{login}`, and the same under `/mportal-uat/`.

    `refusals` are the exceptions with which `change` says that a setting cannot be so; `overloaded`
    those that mean "too much at once".
    Refuses in order: a browser's page, wrong credentials, whoever the desk would keep out, another
    merchant's login, the body, its members, its addresses, the settings' own rules.
    """
    broken: tuple[type[Exception], ...] = (WishRefusedError, *refusals)

    async def update(request: Request) -> Response:
        try:
            user, merchant = await _who(request, credentials, merchants)
            wish = read_wish(await _body(request))
            _check_addresses(wish, check_address)
            changes = _changes(wish, merchant.settings.callbacks)
            settings = merchant.settings
            if changes:  # there are plugins that call with every order
                settings = await change(merchant.merchant_id, changes, user.login)
        except _RefusedError as refused:
            return _refusal(refused)
        except broken as refused:
            return _refusal(_RefusedError(400, str(refused)))
        except overloaded:
            return _refusal(_RefusedError(429, "too much at once: repeat in a moment", _RETRY))
        log.info("callbacks_set_by_plugin", merchant=merchant.login, changed=sorted(changes))
        return _json(_in_force(settings, (*wish.notes, *_notes(settings))))

    return [Route(path, update, methods=["POST"]) for path in PATHS]


async def _who(
    request: Request, credentials: Credentials, merchants: Merchants
) -> tuple[ApiUser, Merchant]:
    """The API user and the merchant that he calls for."""
    if "origin" in request.headers:
        # Plugins call from their server; a browser would lend a foreign page a password it knows.
        raise _RefusedError(403, "a page in a browser may not call this")
    given = _basic(request.headers.get("authorization", ""))
    user = await credentials.authenticate(*given) if given else None
    if user is None:
        raise _RefusedError(401, "the API login or password is wrong", _CHALLENGE)
    merchant = await merchants.get(user.merchant_id)
    kept_out = access_refusal(user, merchant, client_ip(request.scope))
    if kept_out is not None:
        raise _RefusedError(403, kept_out.rule)
    if request.path_params["login"] not in _names(user, merchant):
        raise _RefusedError(403, "the login in the address is not that of the caller's shop")
    return user, merchant


def _basic(header: str) -> tuple[str, str] | None:
    """Login and password of an Authorization header; None for any other."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    login, colon, password = pair.partition(":")
    return (login, password) if colon else None


def _names(user: ApiUser, merchant: Merchant) -> set[str]:
    """What a plugin may call the shop. It knows the user's login and guesses: some cut its last
    four letters off, whatever they are, others take every `-api` out of it."""
    guessed = {user.login[: -len(_API)], user.login.replace(_API, "")}
    return {merchant.login, merchant.login + _API, user.login, *guessed}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            raise _RefusedError(413, f"the body is larger than {BODY_MAX} bytes")
    return bytes(body)


def _check_addresses(wish: Wish, check_address: CheckAddress) -> None:
    for number, url in enumerate(wish.urls or (), 1):
        reason = check_address(url)
        if reason is not None:
            raise _RefusedError(400, f"callback_addresses, number {number}: {reason}")


def _changes(wish: Wish, callbacks: CallbackSettings) -> dict[str, object]:
    """What differs from what is in force, by the keys of merchants' settings."""
    return {
        f"callbacks.{name}": value
        for name, value in wish.changes().items()
        if value != getattr(callbacks, name)
    }


def _notes(settings: MerchantSettings) -> list[str]:
    """What keeps callbacks from coming, although the call went well."""
    callbacks, notes = settings.callbacks, []
    dynamic = callbacks.mode is CallbackMode.DYNAMIC
    if dynamic and Permission.DYNAMIC_CALLBACK not in settings.permissions:
        dynamic = False
        notes.append(
            "callback_type DYNAMIC takes effect when the provider has switched on the permission "
            f"{Permission.DYNAMIC_CALLBACK}; until then dynamicCallbackUrl is not looked at"
        )
    if callbacks.enabled and not callbacks.urls and not dynamic:
        notes.append("no callback address is known, so nothing will be told")
    return notes


def _in_force(settings: MerchantSettings, notes: tuple[str, ...]) -> dict[str, Any]:
    """The answer, in the words of the request; nothing in it is a secret."""
    callbacks = settings.callbacks
    return {
        "success": True,
        "callbacks_enabled": callbacks.enabled,
        "callback_type": callbacks.mode.upper(),
        "callback_addresses": ",".join(callbacks.urls),
        "callback_http_method": callbacks.method,
        "callback_operations": ",".join(callbacks.operations or CallbackOperation),
        "notes": notes,
    }


def _refusal(refused: _RefusedError) -> Response:
    log.info("plugin_refused", status=refused.status, rule=str(refused))
    return _json({"success": False, "error": str(refused)}, refused.status, refused.headers)


def _json(
    members: dict[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        msgspec.json.encode(members),
        status,
        media_type="application/json;charset=UTF-8",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
