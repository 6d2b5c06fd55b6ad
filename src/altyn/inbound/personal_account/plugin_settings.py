"""The endpoint by which CMS plugins switch callbacks on when their settings are saved.

A shop that installs a plugin need not open the personal account: the plugin sends the callback
address, with the API user's login and password. Source: personal-account.md §7.
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

from altyn.domain.callback import CallbackOperation, CallbackSettings
from altyn.domain.credentials import FailedLogin
from altyn.domain.merchant import Merchant, MerchantSettings, Permission
from altyn.inbound.call_log import (
    delayed_login,
    failed_login_facts,
    level_of,
    record_plugin_refusal,
    record_shop,
)
from altyn.inbound.personal_account.plugin_request import (
    DYNAMIC,
    STATIC,
    PluginRequest,
    PluginRequestError,
    read_plugin_request,
)
from altyn.inbound.request_handler import ApiUser, Credentials, access_refusal
from altyn.inbound.request_log.bodies import keep_json
from altyn.inbound.rest.answers import client_ip
from altyn.operations.ports import Merchants, Overloaded
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.errors import NotPermittedError, SettingRefusedError
from altyn.request_body import BodyTooLarge, read_body

ChangeSettings = Callable[[StaffActor, int, Mapping[str, object]], Awaitable[MerchantSettings]]
"""Changes settings of a merchant, by their keys; returns the settings that are then in force."""

UrlRefusal = Callable[[str], str | None]
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
    """The call is refused with this HTTP status; the text is for the plugin's log."""

    def __init__(
        self,
        status: int,
        text: str,
        headers: Mapping[str, str] | None = None,
        failed_login: FailedLogin | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers
        self.failed_login = failed_login


def routes(
    credentials: Credentials,
    merchants: Merchants,
    change_settings: ChangeSettings,
    url_refusal: UrlRefusal,
) -> list[BaseRoute]:
    """`POST /mportal/mvc/public/merchant/update/{login}`, and the same under `/mportal-uat/`.

    Refuses in order: a page in a browser, wrong credentials, a user without access, another
    merchant's login, the body, its members, its addresses, the rules of the settings.
    """

    async def update(request: Request) -> Response:
        try:
            user, merchant = await _caller(request, credentials, merchants)
            record_shop(merchant.login)
            body = await _body(request)
            keep_json(body)
            asked = read_plugin_request(body)
            _check_urls(asked, url_refusal)
            changes = _changes(asked, merchant.settings.callbacks)
            settings = merchant.settings
            if changes:  # some plugins call with every order
                settings = await change_settings(
                    _actor(user, merchant, request), merchant.merchant_id, changes
                )
        except _RefusedError as refused:
            return _refusal(refused)
        except (PluginRequestError, SettingRefusedError) as refused:
            return _refusal(_RefusedError(400, str(refused)))
        except NotPermittedError as refused:
            return _refusal(_RefusedError(403, str(refused)))
        except Overloaded as busy:
            text, failed = "too much at once: repeat in a moment", delayed_login(busy)
            return _refusal(_RefusedError(429, text, _RETRY, failed))
        log.info("callbacks_set_by_plugin", merchant=merchant.login, changed=sorted(changes))
        return _json(_in_force(settings, (*asked.notes, *_notes(asked, settings))))

    return [Route(path, update, methods=["POST"]) for path in PATHS]


def _actor(user: ApiUser, merchant: Merchant, request: Request) -> StaffActor:
    """The API user, who may change the callback settings of its own merchant only."""
    return StaffActor(
        name=user.login,
        role=StaffRole.SHOP_USER,
        merchant_id=merchant.merchant_id,
        address=client_ip(request.scope),
    )


async def _caller(
    request: Request, credentials: Credentials, merchants: Merchants
) -> tuple[ApiUser, Merchant]:
    """The API user and its merchant."""
    if "origin" in request.headers:
        # Plugins call from their server; a browser might send a password that it has remembered.
        raise _RefusedError(403, "a page in a browser may not call this")
    pair = _basic(request.headers.get("authorization", ""))
    ip = client_ip(request.scope)
    user = await credentials.authenticate(*pair, ip) if pair else None
    if user is None:
        failed = credentials.failed_login(pair[0], ip) if pair else None
        raise _RefusedError(401, "the API login or password is wrong", _CHALLENGE, failed)
    merchant = await merchants.get(user.merchant_id)
    refused = access_refusal(user, merchant, ip)
    if refused is not None:
        raise _RefusedError(403, refused.rule)
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
    """The names by which a plugin may call the shop.

    A plugin has the user's login only, and derives the shop's from it: some plugins cut off the
    last four letters, others remove every `-api`.
    """
    guessed = {user.login[: -len(_API)], user.login.replace(_API, "")}
    return {merchant.login, merchant.login + _API, user.login, *guessed}


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "").encode("latin-1")
    try:
        return await read_body(length, request.receive, bytes_max=BODY_MAX)
    except BodyTooLarge:
        raise _RefusedError(413, f"the body is larger than {BODY_MAX} bytes") from None


def _check_urls(asked: PluginRequest, url_refusal: UrlRefusal) -> None:
    for number, url in enumerate(asked.urls or (), 1):
        reason = url_refusal(url)
        if reason is not None:
            raise _RefusedError(400, f"callback_addresses, number {number}: {reason}")


def _changes(asked: PluginRequest, callbacks: CallbackSettings) -> dict[str, object]:
    """What differs from the settings in force, by the keys of merchants' settings."""
    return {
        f"callbacks.{name}": value
        for name, value in asked.changes().items()
        if value != getattr(callbacks, name)
    }


def _notes(asked: PluginRequest, settings: MerchantSettings) -> list[str]:
    """What differs from the plugin's wish, and what keeps callbacks from being sent, although the
    call was carried out."""
    callbacks, notes = settings.callbacks, []
    dynamic = Permission.DYNAMIC_CALLBACK in settings.permissions
    if asked.dynamic and not dynamic:
        notes.append(
            "callback_type DYNAMIC takes effect when the provider has switched on the permission "
            f"{Permission.DYNAMIC_CALLBACK}; until then dynamicCallbackUrl is not looked at"
        )
    if asked.dynamic is False and dynamic:
        notes.append(
            "callback_type STATIC changes nothing: the shop has the permission "
            f"{Permission.DYNAMIC_CALLBACK}, so an order with a dynamicCallbackUrl uses it, the "
            "others use callback_addresses"
        )
    if callbacks.enabled and not callbacks.urls and not dynamic:
        notes.append("no callback address is known, so no callbacks will be sent")
    return notes


def _in_force(settings: MerchantSettings, notes: tuple[str, ...]) -> dict[str, Any]:
    """The members of the answer, named as in the request; none of them is a secret."""
    callbacks = settings.callbacks
    return {
        "success": True,
        "callbacks_enabled": callbacks.enabled,
        "callback_type": (
            DYNAMIC if Permission.DYNAMIC_CALLBACK in settings.permissions else STATIC
        ),
        "callback_addresses": ",".join(callbacks.urls),
        "callback_http_method": callbacks.method,
        "callback_operations": ",".join(callbacks.operations or CallbackOperation),
        "notes": notes,
    }


def _refusal(refused: _RefusedError) -> Response:
    failed = refused.failed_login
    record_plugin_refusal(str(refused))
    facts = {"status": refused.status, "rule": str(refused), **failed_login_facts(failed)}
    log.log(level_of(failed), "plugin_refused", **facts)
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
