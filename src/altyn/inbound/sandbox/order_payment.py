"""The sandbox's HTTP API: pay an order as its payer would, and learn how the payment ended.

A shop's own test suite pays its orders without a browser. The simulated payer opens the payment
page and the bank's page of this gateway. The API does not exist in production.
Source: payment-page.md §3, §4.
"""

import asyncio
from dataclasses import replace
from typing import Final
from weakref import WeakValueDictionary

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.card.free_text import mask_document
from altyn.domain.clearing import clear_unshared, forget_frames
from altyn.domain.receipt.contact import EMAIL, PHONE, contact_of, contact_of_payer, needs_contact
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.rest.answers import base_url_of
from altyn.inbound.sandbox.answers import body_of, from_another_site, json_answer, problem
from altyn.inbound.sandbox.payer.browser import Browser, PayerError
from altyn.inbound.sandbox.payer.credit import visit_application
from altyn.inbound.sandbox.payer.phone import PayerPhone
from altyn.inbound.sandbox.payer.request import PayerRequest
from altyn.inbound.sandbox.payer.result import Result, answer_members
from altyn.inbound.sandbox.payer.visit import Visit
from altyn.inbound.sandbox.payer.waiting import change_way
from altyn.inbound.sandbox.payer.ways import read_request
from altyn.look import LANGUAGES
from altyn.operations.paying.possible import why_not_offered
from altyn.operations.ports import World

NO_ORDER: Final = (
    "there is no order with this id that a payer pays; it is the orderId of register.do's answer"
)

TYPED: Final = ("text", "steps", "fieldErrors")
"""The members that may contain what the payer typed."""

log = structlog.get_logger("altyn.sandbox")


def order_payment_routes(
    world: World, public_url: str | None, phone: PayerPhone | None = None
) -> list[BaseRoute]:
    """`POST /sandbox/orders/{order}/pay`. `public_url` is the gateway's address for payers.

    The payers of one order take turns. Otherwise one of them could take the other's payment for its
    own.
    """
    turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def pay(request: Request) -> Response:
        if from_another_site(request):
            return problem("another site's page may not pay this order", 403)
        try:
            wanted = await _read(request)
        except (msgspec.MsgspecError, ValueError) as error:
            return problem(str(error), 400)
        except RecursionError:
            return problem("the JSON is nested too deeply", 400)
        try:
            return await _pay(wanted, request)
        except PayerError as error:
            return problem(str(error), 502)
        finally:
            wanted.clear()

    async def _pay(wanted: PayerRequest, request: Request) -> Response:
        if wanted.language not in {None, *LANGUAGES}:
            return problem(f"language: one of {', '.join(LANGUAGES)}", 400)
        order_id = request.path_params["order"]
        browser = Browser(request.app, request.scope, public_url or base_url_of(request.scope))
        async with turns.setdefault(order_id.lower(), asyncio.Lock()):
            page_order = await find_page_order(order_id, world)
            if page_order is None:
                return problem(NO_ORDER, 404)
            return await _play(wanted, page_order, browser, world, phone)

    return [Route("/sandbox/orders/{order:path}/pay", pay, methods=["POST"])]


async def _read(request: Request) -> PayerRequest:
    """What the payer has to do. Raises as `body_of` and `read_request`."""
    body = await body_of(request)
    try:
        return read_request(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        forget_frames(error)
        raise
    finally:
        clear_unshared(body)


async def _play(
    wanted: PayerRequest,
    page_order: PageOrder,
    browser: Browser,
    world: World,
    phone: PayerPhone | None,
) -> Response:
    """Pay, and compare the order with what it was before."""
    language = page_order.language(wanted.language)

    async def look() -> PageOrder:
        found = await find_page_order(page_order.order_id, world)
        assert found is not None, "orders are never deleted"
        return found

    def why_not(looked: PageOrder) -> str | None:
        return why_not_offered(wanted.pays_by, looked.order, looked.merchant, world.ways)

    visit = Visit(
        browser=browser,
        page_order=page_order,
        look=look,
        language=language,
        why_not_offered=why_not,
        phone=phone,
    )
    end = (
        await visit_application(visit)
        or await visit.open_page()
        or await change_way(wanted, visit)
        or await wanted.play(visit)
    )
    after = await look()
    end = replace(end, unused=(*end.unused, *_unused_contact(wanted, after)))
    members = answer_members(page_order, after, end, steps=visit.steps, language=language)
    members |= mask_document({name: members[name] for name in TYPED if name in members})
    if members["result"] is Result.REFUSED and _lacks_contact(wanted, after):
        members["missing"] = [EMAIL, PHONE]  # one of them
    log.info("payer_simulated", order_id=after.order_id, way=wanted.way, result=members["result"])
    return json_answer(members)


def _lacks_contact(wanted: PayerRequest, after: PageOrder) -> bool:
    return not any(wanted.contact.values()) and needs_contact(after.order, after.merchant)


def _unused_contact(wanted: PayerRequest, after: PageOrder) -> list[str]:
    """What the payer had for the receipt, and the order did not take: the shop gave its own.

    After an attempt that the page refused, nothing is taken.
    """
    if not contact_of(after.order).known:
        return []
    own = contact_of_payer(after.order)
    taken = {EMAIL: own.email, PHONE: own.phone}
    names = [name for name in wanted.contact if name not in wanted.typed_elsewhere]
    return [name for name in names if not taken[name]]
