"""The page's own protocol under `/payment/rest/`: what an open page asks for and tells.

No credentials: the order's id is the capability. Page sets published for other gateways of the
family call these addresses too, so names and members are theirs. Source: payment-page.md §3, §4.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.card.values import is_maestro
from altyn.domain.merchant import Permission
from altyn.domain.money import Money
from altyn.inbound.http.fields import Fields
from altyn.inbound.http.request_reader import BodyTooLarge, Disconnected, Limits, read_fields
from altyn.inbound.payment_page import answers, pages
from altyn.inbound.payment_page.addresses import (
    Kind,
    PageName,
    page_address,
    read_page_view,
    with_parameters,
)
from altyn.inbound.payment_page.card_form import PageForm, cvc_required
from altyn.inbound.payment_page.payer import payer_of
from altyn.inbound.payment_page.paying import Payer, over_members, pay
from altyn.inbound.payment_page.texts import DEFAULT_LANGUAGE, known_language, text
from altyn.inbound.payment_page.view import Trouble
from altyn.inbound.payment_page.visits import Visit, again, find_visit
from altyn.operations.paying.card.payment import finish_challenge, finish_with_pa_res
from altyn.operations.ports import World
from altyn.protocol.dialect import TransportFault
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic.dialect import TRANSPORT_FAULTS
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.threeds import ThreeDSFormatError
from altyn.protocol.threeds_version2 import CRes, unpack, unpack_session_data

METHOD_REPORTED: Final = "<!doctype html><html lang=en><title>3-D Secure</title></html>"
NO_FEE: Final = 0
log = structlog.get_logger("altyn.payment_page")


@dataclass(frozen=True, slots=True)
class Asked:
    """A call of a page: its parameters, and who calls."""

    fields: Fields
    payer: Payer

    def get(self, *names: str) -> str | None:
        """The first parameter of these that was given."""
        return next((value for name in names if (value := self.fields.get(name))), None)

    def speaking(self, visit: Visit) -> Payer:
        """The payer in the language of the call, else the order's."""
        language = visit.language(self.get("language", "lang"))
        return replace(self.payer, language=language)

    @property
    def language(self) -> str:
        """The language of the call, where there is no order to ask."""
        return known_language(self.get("language", "lang") or DEFAULT_LANGUAGE)


Handler = Callable[["Ajax", Asked], Awaitable[Response]]


class Ajax:
    """Serves the page's methods; the case of their names does not matter, as in the REST door."""

    def __init__(
        self, world: World, *, sandbox: bool, public_url: str | None, limits: Limits
    ) -> None:
        self.world: Final = world
        self.sandbox: Final = sandbox
        self._public_url = public_url
        self._limits = limits

    async def serve(self, request: Request) -> Response:
        """Answer one call. Nothing that is sent makes it fail."""
        name = request.path_params["method"].lower()
        handler = METHODS.get(name)
        if handler is None:
            return answers.json({"error": "no such method", "errorCode": 5}, 404)
        try:
            fields = await read_fields(request.scope, request.receive, self._limits)
        except BodyTooLarge:
            return answers.json(TRANSPORT_FAULTS[TransportFault.BODY_TOO_LARGE], 413)
        except Disconnected:
            return answers.json({"error": "incomplete", "errorCode": 7}, 408)
        asked = Asked(fields, payer_of(request, DEFAULT_LANGUAGE, self._public_url))
        try:
            return await handler(self, asked)
        except Exception:
            # The page then asks what became of the order, before anybody pays again.
            log.exception("page_call_failed", method=name)
            return self._failed(name, asked)

    async def visit(self, asked: Asked, *names: str) -> Visit | None:
        """The order that a call names."""
        return await find_visit(asked.get(*names, "MDORDER", "mdOrder", "orderId"), self.world)

    def stray(self, asked: Asked) -> Response:
        """A browser that names no order of ours."""
        return answers.page(pages.stray_page(asked.language, sandbox=self.sandbox), 404)

    def _failed(self, name: str, asked: Asked) -> Response:
        if name in BY_BROWSER:
            trouble = Trouble.UNAVAILABLE
            html = pages.stray_page(asked.language, sandbox=self.sandbox, trouble=trouble)
            return answers.page(html, 503)
        return answers.json(_error(e.SYSTEM_ERROR, asked.language), 503)


async def get_session_status(ajax: Ajax, asked: Asked) -> Response:
    """getSessionStatus.do: how the order stands. Source: payment-page.md §3.1."""
    visit = await ajax.visit(asked)
    if visit is None:
        return answers.json({"error": text("error_not_found", asked.language)})
    payer = asked.speaking(visit)
    members = _session_members(visit, asked, pages.remaining_seconds(visit.order, ajax.world.clock))
    if visit.over:
        members["redirect"] = over_members(visit, payer)["redirect"]
    elif visit.merchant.blocked:
        members["error"] = text("error_unavailable", payer.language)
    elif visit.waiting:
        members["waiting"] = True
    return answers.json(members)


def _session_members(visit: Visit, asked: Asked, remaining: int) -> dict[str, Any]:
    order = visit.order
    wanted = asked.fields.get_all("paramNames")
    fee = _fee(visit)
    return {
        "orderNumber": order.order_number,
        "amount": visit.amount.wire(),
        "description": order.request.description or "",
        "remainingSecs": remaining,
        # No card is stored yet, so none is offered and nobody is asked whether to.
        "bindingEnabled": False,
        "bindingItems": [],
        "bindingDeactivationEnabled": False,
        "cvcNotRequired": not cvc_required(visit),
        "otherWayEnabled": False,
        "feeEnabled": fee is not None,
        "feeAmount": fee.text() if fee else "0.00",
        "bonusAmount": 0,
        "queriedParams": {name: order.params[name] for name in wanted if name in order.params},
        "loyaltyServices": [],
        "attemptsLeft": order.attempts_left if order.payable else 0,
    }


async def process_form(ajax: Ajax, asked: Asked) -> Response:
    """processform.do: pay with the card of the form. Source: payment-page.md §3.2."""
    visit = await ajax.visit(asked)
    if visit is None:
        return answers.json(_error(e.NUMBER_INVALID, asked.language))
    payer = asked.speaking(visit)
    if visit.merchant.blocked:
        return answers.json(_error(e.USER_BLOCKED, payer.language))
    form = PageForm(asked.fields)
    paid = await pay(form, visit, payer, ajax.world, sandbox=ajax.sandbox)
    return answers.json(paid.members)


async def is_maestro_card(_: Ajax, asked: Asked) -> Response:
    """isMaestroCard.do: a JSON string that holds JSON, which pages parse twice.

    Source: payment-page.md §3.4.
    """
    digits = "".join(filter(str.isdecimal, asked.get("pan") or ""))
    inner = msgspec.json.encode({"isMaestro": is_maestro(digits)}).decode()
    return answers.json(inner)


async def show_errors(ajax: Ajax, asked: Asked) -> Response:
    """showErrors.do: on to the shop's error page. Source: payment-page.md §3.4."""
    visit = await ajax.visit(asked)
    if visit is None:
        return ajax.stray(asked)
    payer = asked.speaking(visit)
    name = PageName(_page_view(asked, visit), Kind.ERRORS, payer.language)
    login, order_id = visit.merchant.login, visit.order.order_id
    return answers.redirect(page_address(payer.base_url, login, order_id, name))


async def get_fee(ajax: Ajax, asked: Asked) -> Response:
    """getFee.do: the fee that the shop has named for this order, else none.

    Source: payment-page.md §3.4.
    """
    visit = await ajax.visit(asked)
    if visit is None:
        return answers.json(_error(e.ORDER_NOT_FOUND, asked.language))
    fee = _fee(visit) or Money(NO_FEE, visit.amount.currency)
    return answers.json({"errorCode": 0, "fee": fee.text()})


async def get_available_loyalty(_ajax: Ajax, _asked: Asked) -> Response:
    """getAvailableLoyalty.do: no programmes. Source: payment-page.md §3.4."""
    return answers.json([])


async def finish_3ds(ajax: Ajax, asked: Asked) -> Response:
    """finish3ds.do: the payer is back from a 3-D Secure 1 ACS. Source: payment-page.md §4.1.

    A payer who brings nothing has not answered yet: nothing changes.
    """
    visit = await ajax.visit(asked, "MD")
    if visit is None:
        return ajax.stray(asked)
    payer, pa_res = asked.speaking(visit), asked.get("PaRes", "paRes")
    if pa_res and not visit.over:
        await finish_with_pa_res(visit.key, pa_res, payer.actor, ajax.world)
    return await _onwards(ajax, visit, payer)


async def finish_3ds_version_2(ajax: Ajax, asked: Asked) -> Response:
    """finish3dsVer2.do: the payer is back from a challenge. Source: payment-page.md §4.2.

    The CRes only says which transaction it was; how it went is asked of the ACS itself. A shop that
    sends cards itself and has named threeDSVer2FinishUrl gets the payer, and finishes by its own
    call.
    """
    session = asked.get("threeDSSessionData") or ""
    order_id = _unpacked(session) or asked.get("MDORDER", "mdOrder")
    visit = await find_visit(order_id, ajax.world)
    if visit is None:
        return ajax.stray(asked)
    payer, c_res = asked.speaking(visit), asked.get("cres", "cRes", "CRes")
    transaction = _transaction(c_res) if c_res else None
    attempt = visit.attempt_of(transaction) or visit.order.waiting_attempt
    proof = attempt.authentication if attempt else None
    if proof and proof.finish_url:
        return answers.redirect(
            with_parameters(
                proof.finish_url,
                mdOrder=visit.order_id,
                threeDSServerTransId=proof.server_trans_id or "",
            )
        )
    if c_res and not visit.over:
        await finish_challenge(visit.key, transaction, payer.actor, ajax.world)
    return await _onwards(ajax, visit, payer)


async def finish_3ds_method(_ajax: Ajax, _asked: Asked) -> Response:
    """finish3dsMethodNotification.do: shown in the hidden frame, where our page finds it."""
    return answers.framed(METHOD_REPORTED)


async def _onwards(ajax: Ajax, visit: Visit, payer: Payer) -> Response:
    """To the shop, or to the payment page: it tells of a decline, or waits for the bank."""
    now = await again(visit, ajax.world)
    return answers.redirect(pages.place_of(now, payer.base_url, payer.language))


def _unpacked(session_data: str) -> str | None:
    try:
        return unpack_session_data(session_data)
    except ThreeDSFormatError:
        return None


def _transaction(c_res: str) -> str | None:
    try:
        return unpack(c_res, CRes).threeds_server_trans_id
    except ThreeDSFormatError:
        return None


def _page_view(asked: Asked, visit: Visit) -> str:
    """The page's own view where it is spelled as one, else the order's."""
    wish = read_page_view(asked.get("pageView") or "")
    return wish or visit.order.request.page_view or "DESKTOP"


def _fee(visit: Visit) -> Money | None:
    fee_minor = visit.order.request.fee_input
    if fee_minor is None or not visit.merchant.may(Permission.FEE):
        return None
    return Money(fee_minor, visit.amount.currency)


def _error(error: ErrorCode, language: str) -> dict[str, Any]:
    words = error.text(language)
    return {"error": words, "errorCode": error.code, "errorMessage": words}


METHODS: Final[dict[str, Handler]] = {
    "getsessionstatus.do": get_session_status,
    "processform.do": process_form,
    "ismaestrocard.do": is_maestro_card,
    "showerrors.do": show_errors,
    "getfee.do": get_fee,
    "getavailableloyalty.do": get_available_loyalty,
    "finish3ds.do": finish_3ds,
    "finish3dsver2.do": finish_3ds_version_2,
    "finish3dsmethodnotification.do": finish_3ds_method,
}
BY_BROWSER: Final = frozenset(
    {"showerrors.do", "finish3ds.do", "finish3dsver2.do", "finish3dsmethodnotification.do"}
)
