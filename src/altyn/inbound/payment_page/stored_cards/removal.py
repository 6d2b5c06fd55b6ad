"""unbindcardanon.do: the payer removes a stored card. Source: payment-page.md §3.4."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page import pages, responses
from altyn.inbound.payment_page.page_call import PageCall, error_response
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.operations.bindings.remove import remove_by_payer
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.error_code import ErrorCode

_ERRORS: Final[Mapping[Refusal, ErrorCode]] = {
    Refusal.WRONG_STATUS: e.STATUS_INVALID,
    Refusal.BINDING_UNKNOWN: e.BINDING_UNKNOWN,
}


async def remove_card(call: PageCall, page_order: PageOrder, world: World) -> Response:
    """Remove the card. A browser without scripts gets the page again, a script the code 0.

    Errors: WRONG_STATUS, BINDING_UNKNOWN (remove.py); a browser sees the list as it is.
    """
    payer, binding_id = call.payer_of(page_order), call.get("bindingId") or ""
    removed = await remove_by_payer(binding_id, page_order.order, page_order.merchant, world)
    if call.opened_by_browser:
        view = call.page_view_of(page_order)
        address = pages.next_address(page_order, payer.base_url, payer.language, view)
        return responses.redirect(address, 303)
    if isinstance(removed, Refused):
        error = _ERRORS.get(removed.refusal, e.SYSTEM_ERROR)
        return error_response(error, payer.language)
    return responses.json({"errorCode": 0})
