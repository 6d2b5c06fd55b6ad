"""The page's methods under `/payment/rest/`: what an open page calls, and the return from an ACS.

A call has no credentials: only its payer knows the order's id. Page sets that were written for
other gateways of the family call these methods too, so names and members are theirs.
Source: payment-page.md §3, §4.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final
from urllib.parse import urlencode

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.card.values import is_maestro
from altyn.domain.language import DEFAULT_LANGUAGE, text_language
from altyn.domain.refusals import Refusal
from altyn.inbound.call_log import log_page_call, log_unserved
from altyn.inbound.http.request_reader import BodyTooLarge, Limits, read_fields
from altyn.inbound.payment_page import json_answers, pages, responses
from altyn.inbound.payment_page.addresses import (
    Kind,
    PageName,
    page_address,
)
from altyn.inbound.payment_page.card_form import PageForm
from altyn.inbound.payment_page.card_in_address import CARD_NAMES, has_card_in_address
from altyn.inbound.payment_page.offered_ways import offered_ways
from altyn.inbound.payment_page.page_call import PageCall, error_response
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.payment_page.payer import Payer, payer_of
from altyn.inbound.payment_page.payment import chooses_steps, pay
from altyn.inbound.payment_page.stored_cards.offer import usable_bindings
from altyn.inbound.payment_page.stored_cards.removal import remove_card
from altyn.inbound.payment_page.tiles import WayTiles
from altyn.inbound.payment_page.view import Problem
from altyn.inbound.request_log.open_call import keep_parameters
from altyn.inbound.rest.answers import client_ip
from altyn.inbound.rest.unknown_method import NAME_CHARS_MAX, unknown_method
from altyn.operations.paying.cancel import cancel_waiting
from altyn.operations.paying.card.payment import finish_challenge, finish_with_pa_res
from altyn.operations.ports import World
from altyn.protocol.addresses import with_return_query
from altyn.protocol.dialect import TransportFault
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic.dialect import CLASSIC, TRANSPORT_FAULTS
from altyn.protocol.dialects.classic.envelopes import PLAIN
from altyn.protocol.dialects.classic.payment_methods import PROCESS_BINDING_FORM
from altyn.protocol.dialects.classic.return_links import requested_language
from altyn.protocol.threeds import ThreeDSFormatError
from altyn.protocol.threeds_version2 import CRes, unpack, unpack_session_data

METHOD_REPORTED: Final = "<!doctype html><html lang=en><title>3-D Secure</title></html>"
ORDER_NAMES: Final = ("MDORDER", "mdOrder", "orderId")
log = structlog.get_logger("altyn.payment_page")


Method = Callable[["PageMethods", PageCall], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMethods:
    """Serves the page's methods. As in the REST endpoint, upper and lower case are the same."""

    world: World
    sandbox: bool
    public_url: str | None
    limits: Limits
    tiles: WayTiles = field(default_factory=dict)

    async def serve(self, request: Request) -> Response:
        """Answer one call. No request makes it fail."""
        started = perf_counter()
        name = request.path_params["method"].lower()
        method = METHODS.get(name)
        try:
            fields = await read_fields(request.scope, request.receive, self.limits)
        except BodyTooLarge:
            return _refusal(request, TransportFault.BODY_TOO_LARGE, started)
        keep_parameters(fields.pairs())
        if method is None:
            language = text_language(fields.get("language"))
            return _unknown_method(request, language, started)
        if request.method == "GET" and name in BY_POST:
            refusal = _refusal(request, TransportFault.BY_POST, started)
            refusal.headers["Allow"] = "POST"
            return refusal
        if request.method == "GET" and (name in TAKES_CARD or any(map(fields.get, CARD_NAMES))):
            refusal = _refusal(request, TransportFault.CARD_BY_GET, started)
            refusal.headers["Allow"] = "POST"
            return refusal
        if has_card_in_address(fields):
            return _refusal(request, TransportFault.CARD_IN_ADDRESS, started)
        call = PageCall(fields, payer_of(request, DEFAULT_LANGUAGE, self.public_url))
        try:
            response = await method(self, call)
        except Exception:
            # The page then asks for the state of the order, before the payer can pay again.
            log.exception("page_call_failed", method=name)
            return self._failed(name, call)
        order, ip = call.get(*ORDER_NAMES, "MD") or "", call.payer.ip
        log_page_call(name, order=order, status=response.status_code, ip=ip, started=started)
        return response

    async def find(self, call: PageCall, *names: str) -> PageOrder | None:
        """The order that a call names."""
        order_id = call.get(*names, *ORDER_NAMES)
        return await find_page_order(order_id, self.world)

    def not_found(self, call: PageCall) -> Response:
        """The page for a browser that names no order of ours."""
        return responses.page(pages.page_without_order(call.language, sandbox=self.sandbox), 404)

    def _failed(self, name: str, call: PageCall) -> Response:
        if name in OPENED_BY_BROWSER:
            html = pages.page_without_order(
                call.language, sandbox=self.sandbox, problem=Problem.UNAVAILABLE
            )
            return responses.page(html, 503)
        return error_response(e.SYSTEM_ERROR, call.language, 503)


async def get_session_status(methods: PageMethods, call: PageCall) -> Response:
    """getSessionStatus.do: the state of the order. Source: payment-page.md §3.1."""
    page_order = await methods.find(call)
    if page_order is None:
        return responses.json(json_answers.session_not_found_members(call.language))
    ways = offered_ways(page_order, methods.tiles, methods.world, call.language)
    bindings = await usable_bindings(page_order, methods.world)
    members = json_answers.session_members(
        page_order,
        call.payer_of(page_order),
        remaining_seconds=pages.remaining_seconds(page_order.order, methods.world.clock),
        queried=call.fields.get_all("paramNames"),
        other_ways=bool(ways),
        bindings=bindings,
    )
    return responses.json(members)


async def process_form(methods: PageMethods, call: PageCall) -> Response:
    """processform.do: pay with the posted form. Source: payment-page.md §3.2."""
    page_order = await methods.find(call)
    if page_order is None:
        return error_response(e.NUMBER_INVALID, call.language)
    payer = call.payer_of(page_order)
    if page_order.merchant.blocked:
        return error_response(e.USER_BLOCKED, payer.language)
    form = PageForm(call.fields)
    if chooses_steps(form):  # a payment in parts begins with pages of its own
        address = pages.next_address(page_order, payer.base_url, payer.language, in_parts=True)
        return responses.json({"redirect": address, "errorCode": 0})
    result = await pay(form, page_order, payer, methods.world, sandbox=methods.sandbox)
    return responses.json(json_answers.payment_members(result, payer))


async def process_binding_form(methods: PageMethods, call: PageCall) -> Response:
    """processBindingForm.do: pay with a stored card. Source: payment-page.md §3.3."""
    if not call.get("bindingId"):
        error = PROCESS_BINDING_FORM.error(Refusal.PARAMETER_EMPTY)
        return error_response(error, call.language, name="bindingId")
    return await process_form(methods, call)


async def unbind_card(methods: PageMethods, call: PageCall) -> Response:
    """unbindcardanon.do: the payer removes a stored card. Source: payment-page.md §3.4."""
    page_order = await methods.find(call)
    if page_order is not None:
        return await remove_card(call, page_order, methods.world)
    if call.opened_by_browser:
        return methods.not_found(call)
    return error_response(e.ORDER_NOT_FOUND, call.language)


async def cancel_payment(methods: PageMethods, call: PageCall) -> Response:
    """cancelPayment.do: the payer chooses another way than the one that waits.

    A browser without scripts posts a form and is sent on; a script gets the address.
    Source: payment-page.md §8.
    """
    page_order = await methods.find(call)
    if page_order is None:
        return methods.not_found(call)
    payer = call.payer_of(page_order)
    step = await cancel_waiting(
        page_order.key, actor=payer.actor, world=methods.world, loaded=page_order.order
    )
    page_order = page_order.after(step)
    view = call.page_view_of(page_order)
    address = pages.next_address(page_order, payer.base_url, payer.language, view)
    if not call.wants_json:
        return responses.redirect(address, 303)
    return responses.json({"redirect": address, "errorCode": 0})


async def is_maestro_card(_: PageMethods, call: PageCall) -> Response:
    """isMaestroCard.do: a JSON string that contains JSON; pages parse it twice.

    Source: payment-page.md §3.4.
    """
    digits = "".join(filter(str.isdecimal, call.get("pan") or ""))
    inner = msgspec.json.encode({"isMaestro": is_maestro(digits)}).decode()
    return responses.json(inner)


async def show_errors(methods: PageMethods, call: PageCall) -> Response:
    """showErrors.do: redirects to the shop's error page. Source: payment-page.md §3.4."""
    page_order = await methods.find(call)
    if page_order is None:
        return methods.not_found(call)
    payer = call.payer_of(page_order)
    language = requested_language(page_order.order, page_order.merchant, payer.language)
    name = PageName(call.page_view_of(page_order), Kind.ERRORS, language)
    login, order_id = page_order.merchant.login, page_order.order.order_id
    return responses.redirect(page_address(payer.base_url, login, order_id, name))


async def get_fee(methods: PageMethods, call: PageCall) -> Response:
    """getFee.do: the fee that the shop named for this order, else zero.

    Source: payment-page.md §3.4.
    """
    page_order = await methods.find(call)
    if page_order is None:
        return error_response(e.ORDER_NOT_FOUND, call.language)
    return responses.json(json_answers.fee_members(page_order))


async def get_available_loyalty(_methods: PageMethods, _call: PageCall) -> Response:
    """getAvailableLoyalty.do: there are no programmes. Source: payment-page.md §3.4."""
    return responses.json([])


async def finish_3ds(methods: PageMethods, call: PageCall) -> Response:
    """finish3ds.do: the payer returns from a 3-D Secure 1 ACS. Source: payment-page.md §4.1.

    Without a PaRes the payer has not answered the ACS yet, and nothing changes.
    """
    page_order = await methods.find(call, "MD")
    if page_order is None:
        return methods.not_found(call)
    payer, pa_res = call.payer_of(page_order), call.get("PaRes", "paRes")
    if pa_res and not page_order.over:
        step = await finish_with_pa_res(
            page_order.key, pa_res, payer.actor, methods.world, loaded=page_order.order
        )
        page_order = page_order.after(step)
    return _redirect_onwards(page_order, payer)


async def finish_3ds_version_2(methods: PageMethods, call: PageCall) -> Response:
    """finish3dsVer2.do: the payer returns from a challenge. Source: payment-page.md §4.2.

    The CRes only names the transaction; the result is asked from the ACS itself. When a shop sent
    the card itself and gave threeDSVer2FinishUrl, its payer is redirected there, and the shop
    finishes the payment by its own call.
    """
    session = call.get("threeDSSessionData") or ""
    order_id = _unpacked(session) or call.get("MDORDER", "mdOrder")
    page_order = await find_page_order(order_id, methods.world)
    if page_order is None:
        return methods.not_found(call)
    payer, c_res = call.payer_of(page_order), call.get("cres", "cRes", "CRes")
    transaction = _transaction(c_res) if c_res else None
    if finish_address := _finish_address(page_order, transaction):
        return responses.redirect(finish_address)
    if c_res and not page_order.over:
        step = await finish_challenge(
            page_order.key, transaction, payer.actor, methods.world, loaded=page_order.order
        )
        page_order = page_order.after(step)
    return _redirect_onwards(page_order, payer)


async def finish_3ds_method(_methods: PageMethods, _call: PageCall) -> Response:
    """finish3dsMethodNotification.do: shown in the hidden frame, where our page finds it."""
    return responses.framed(METHOD_REPORTED)


def _refusal(request: Request, fault: TransportFault, started: float) -> Response:
    """A call that is not read, and its line in the log."""
    name, ip = request.path_params["method"].lower(), client_ip(request.scope)
    log_page_call(name, order="", status=fault.status, ip=ip, started=started)
    return responses.json(TRANSPORT_FAULTS[fault], fault.status)


def _unknown_method(request: Request, language: str, started: float) -> Response:
    """404 for a method that does not exist, with the method that was probably meant."""
    name = request.path_params["method"]
    error, ip = unknown_method(name, CLASSIC, language), client_ip(request.scope)
    rule = unknown_method(name, CLASSIC, "en").text
    log_unserved(name[:NAME_CHARS_MAX], code=error.code, rule=rule, ip=ip, started=started)
    return responses.json(PLAIN.refusal(error), 404)


def _redirect_onwards(page_order: PageOrder, payer: Payer) -> Response:
    """To the shop, or to the payment page, which shows a decline or waits for the bank."""
    return responses.redirect(pages.next_address(page_order, payer.base_url, payer.language))


def _finish_address(page_order: PageOrder, transaction: str | None) -> str | None:
    """Where the shop wants its payer after the challenge; None when it gave no address."""
    attempt = page_order.attempt_of(transaction) or page_order.order.waiting_attempt
    proof = attempt.authentication if attempt else None
    if proof is None or not proof.finish_url:
        return None
    names = {"mdOrder": page_order.order_id, "threeDSServerTransId": proof.server_trans_id or ""}
    # The shop's server reads them, and a browser sends it no fragment.
    return with_return_query(proof.finish_url, urlencode(names), before_fragment=True)


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


METHODS: Final[dict[str, Method]] = {
    "getsessionstatus.do": get_session_status,
    "processform.do": process_form,
    "processbindingform.do": process_binding_form,
    "unbindcardanon.do": unbind_card,
    "cancelpayment.do": cancel_payment,
    "ismaestrocard.do": is_maestro_card,
    "showerrors.do": show_errors,
    "getfee.do": get_fee,
    "getavailableloyalty.do": get_available_loyalty,
    "finish3ds.do": finish_3ds,
    "finish3dsver2.do": finish_3ds_version_2,
    "finish3dsmethodnotification.do": finish_3ds_method,
}
BY_POST: Final = frozenset({"cancelpayment.do", "unbindcardanon.do"})
"""A browser that fetches addresses ahead of its user must not cancel a payment or remove a card."""

TAKES_CARD: Final = frozenset({"processform.do", "processbindingform.do", "ismaestrocard.do"})
"""They are refused by GET, and so is any request with a card: addresses are kept in logs."""

OPENED_BY_BROWSER: Final = frozenset(
    {
        "cancelpayment.do",
        "showerrors.do",
        "finish3ds.do",
        "finish3dsver2.do",
        "finish3dsmethodnotification.do",
    }
)
