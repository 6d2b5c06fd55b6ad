"""The page's methods about stored cards. Source: payment-page.md §3.3, §3.4."""

from starlette.responses import Response

from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page import json_answers, pages, responses
from altyn.inbound.payment_page.page_call import PageCall
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.operations.bindings.of_order import remove_card_of_payer
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic.binding_methods import UNBIND_CARD
from altyn.protocol.dialects.classic.payment_methods import PROCESS_BINDING_FORM
from altyn.protocol.error_code import ErrorCode


def binding_named(call: PageCall) -> Response | None:
    """The refusal of a call of processBindingForm.do that names no stored card; None if it does."""
    if call.get("bindingId"):
        return None
    error = PROCESS_BINDING_FORM.error(Refusal.PARAMETER_EMPTY)
    return responses.json(json_answers.error_members(error, call.language, name="bindingId"))


async def remove_card(call: PageCall, page_order: PageOrder | None, world: World) -> Response:
    """The answer of unbindcardanon.do: the payer removes a stored card.

    A browser without scripts posts a form and is sent back to the page. Refuses: an unknown order,
    one that is over, a stored card that is none of its payer's.
    """
    if page_order is None:
        return _error(e.NUMBER_INVALID, call.language)
    payer = call.payer_of(page_order)
    if page_order.over or page_order.merchant.blocked:
        return _error(e.STATUS_INVALID, payer.language)
    removed = await remove_card_of_payer(
        page_order.order, call.get("bindingId"), page_order.merchant, world
    )
    if "text/html" in str(payer.browser["accept"]) and not call.wants_json:
        view = call.page_view(page_order)
        address = pages.next_address(page_order, payer.base_url, payer.language, view)
        return responses.redirect(address, 303)
    if isinstance(removed, Refused):
        return _error(UNBIND_CARD.error(removed.refusal), payer.language)
    return responses.json({"errorCode": 0})


def _error(error: ErrorCode, language: str) -> Response:
    return responses.json(json_answers.error_members(error, language))
