"""What only SOAP asks for: the status by its normal names, a probe of credentials, card lists.

Source: soap.md §2, §3.
"""

from typing import Any, Final

from altyn.inbound.request_handler import Call, Handler
from altyn.operations.decisions import Refused
from altyn.operations.order_status import find_order
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.soap.order_status import soap_status


async def handle_soap_status(call: Call, world: World) -> dict[str, Any] | Refused:
    """getOrderStatus."""
    order = await find_order(call.merchant, call.key, None, world)
    if isinstance(order, Refused):
        return order
    return soap_status(order, call.merchant, call.language)


async def handle_check_authenticate(_call: Call, _world: World) -> dict[str, Any] | Refused:
    """checkAuthenticate: whoever comes as far as this is who he says."""
    return {}


async def handle_card_list(call: Call, world: World) -> dict[str, Any] | Refused:
    """update*CardList: whether the order exists; the lists themselves have no effect yet."""
    order = await find_order(call.merchant, call.key, None, world)
    return order if isinstance(order, Refused) else {}


SOAP_HANDLERS: Final[dict[str, Handler]] = {
    "getOrderStatus.soap": handle_soap_status,
    "checkAuthenticate": handle_check_authenticate,
    "updateBlackCardList": handle_card_list,
    "updateSSLCardList": handle_card_list,
    "updateWhiteCardList": handle_card_list,
}
