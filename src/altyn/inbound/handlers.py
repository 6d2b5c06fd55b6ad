"""From a request that was read to an operation, and from its result to the members of an answer.

One handler per method, by the method's name; REST and SOAP share them.
"""

from dataclasses import replace
from typing import Any, Final

from altyn.domain.order import Attempt, AttemptState, Order
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_handlers import PAYMENT_HANDLERS
from altyn.inbound.request_handler import Call, Handler
from altyn.inbound.soap_handlers import SOAP_HANDLERS
from altyn.operations.add_params import decide_params
from altyn.operations.decisions import Accepted, Decision, Refused, Unchanged
from altyn.operations.deposit import Deposit, decide_deposit
from altyn.operations.order_status import find_order, last_orders
from altyn.operations.paying.decisions import decide_cancellation
from altyn.operations.perform import Decide, perform_and_ask
from altyn.operations.ports import OrderKey, OrderSearch, World
from altyn.operations.refund import Refund, decide_refund
from altyn.operations.register import Register, register
from altyn.operations.reverse import Reverse, decide_reversal
from altyn.protocol.dialects.classic.card_view import issuer_of
from altyn.protocol.dialects.classic.order_statuses import STATUSES_OF
from altyn.protocol.dialects.classic.order_view import extended_status, short_status
from altyn.protocol.dialects.classic.return_links import page_link
from altyn.protocol.threeds import EnrolmentRequest

PAGE_SIZE_MAX: Final = 200


async def handle_register(call: Call, world: World) -> dict[str, Any] | Refused:
    """register.do and registerPreAuth.do."""
    command = Register(two_phase=call.method.name == "registerPreAuth", **call.values)
    order = await register(command, call.merchant, world=world, actor=call.actor)
    if isinstance(order, Refused):
        return order
    form_url = page_link(call.base_url, call.merchant.login, order)
    return {"orderId": str(order.order_id), "formUrl": form_url}


async def handle_deposit(call: Call, world: World) -> dict[str, Any] | Refused:
    """deposit.do."""
    command = Deposit(amount_minor=call.values["amount_minor"], detail=_said(call))
    return await _change(
        call, world, lambda order, now: decide_deposit(order, command, call.merchant, now)
    )


async def handle_reverse(call: Call, world: World) -> dict[str, Any] | Refused:
    """reverse.do."""
    command = Reverse(amount_minor=call.values.get("amount_minor", 0), detail=_said(call))
    return await _change(
        call, world, lambda order, now: decide_reversal(order, command, call.merchant, now)
    )


async def handle_refund(call: Call, world: World) -> dict[str, Any] | Refused:
    """refund.do."""
    command = Refund(
        amount_minor=call.values["amount_minor"],
        expected_minor=call.values.get("expected_minor"),
        external_refund_id=call.values.get("external_refund_id"),
        detail=_said(call),
    )
    return await _change(call, world, lambda order, now: decide_refund(order, command, now))


async def handle_decline(call: Call, world: World) -> dict[str, Any] | Refused:
    """decline.do."""
    return await _change(call, world, decide_cancellation)


async def handle_add_params(call: Call, world: World) -> dict[str, Any] | Refused:
    """addParams.do."""
    params = call.values["params"]
    return await _change(call, world, lambda order, now: decide_params(order, params, now))


async def handle_status(call: Call, world: World) -> dict[str, Any] | Refused:
    """getOrderStatus.do."""
    order = await find_order(call.merchant, call.key, None, world)
    if isinstance(order, Refused):
        return order
    return short_status(order, call.merchant, call.language)


async def handle_status_extended(call: Call, world: World) -> dict[str, Any] | Refused:
    """getOrderStatusExtended.do."""
    order = await find_order(call.merchant, call.key, call.values.get("order_number"), world)
    if isinstance(order, Refused):
        return order
    return extended_status(order, call.merchant, call.language)


async def handle_last_orders(call: Call, world: World) -> dict[str, Any] | Refused:
    """getLastOrdersForMerchants.do."""
    values = call.values
    size = values["size"]
    if size > PAGE_SIZE_MAX:
        return Refused(Refusal.SIZE_TOO_LARGE, f"{size} > {PAGE_SIZE_MAX}", parameter="size")
    search = OrderSearch(
        merchant_ids=(),
        since=values["since"],
        to=values["to"],
        statuses=tuple(status for state in values["states"] for status in STATUSES_OF[state]),
        by_created=values.get("by_created", False),
        page=values.get("page", 0),
        size=size,
    )
    page = await last_orders(call.merchant, values.get("merchants", ()), search, world)
    if isinstance(page, Refused):
        return page
    shown = [await _shown(order, call, world) for order in page.orders]
    return {
        "orderStatuses": shown,
        "totalCount": page.total,
        "page": search.page,
        "pageSize": size,
    }


async def handle_verify_enrollment(call: Call, world: World) -> dict[str, Any] | Refused:
    """verifyEnrollment.do."""
    pan = call.values["pan"]
    if refused := world.card.checks.refusal_of(pan):
        return replace(refused, parameter="pan")
    version = call.merchant.settings.tds_version
    enrolment = await world.card.threeds.enrolment(EnrolmentRequest(pan=pan, version=version))
    answer = {"isEnrolled": enrolment.ve_res.value if enrolment.ve_res else "U"}
    if issuer := issuer_of(pan.masked):
        answer |= {"emitterName": issuer.name, "emitterCountryCode": issuer.country_code}
    return answer


def _said(call: Call) -> dict[str, Any]:
    """What the shop said beside the sum: kept in the order's history."""
    return {name: call.values[name] for name in ("items", "json_params") if name in call.values}


async def _change(call: Call, world: World, decide: Decide) -> dict[str, Any] | Refused:
    """Apply a decision to the order that the request names."""
    key = await _key(call, world)
    if isinstance(key, Refused):
        return key
    decision = await perform_and_ask(decide, key, world=world, actor=call.actor)
    return _outcome(decision)


async def _key(call: Call, world: World) -> OrderKey | Refused:
    if call.key is not None:
        return call.key
    number = call.values.get("order_number")
    if number is None:
        return Refused(Refusal.ORDER_ID_EMPTY, "mandatory, but missing", parameter="orderId")
    order = await find_order(call.merchant, None, number, world)
    if isinstance(order, Refused):
        return order
    return OrderKey(order.merchant_id, order.order_id)


def _outcome(decision: Decision) -> dict[str, Any] | Refused:
    """Whether the bank, where it was asked, did it."""
    match decision:
        case Refused():
            return decision
        case Accepted() if attempts := _asked(decision):
            return _answered(decision.order, attempts[-1].number)
        case Unchanged(order, attempt) if attempt is not None:
            return _answered(order, attempt)
        case _:
            return {}


def _asked(decision: Accepted) -> list[Attempt]:
    """What the bank was asked in this decision; a try that was given up was never with it."""
    return [a for a in decision.attempts if a.state is not AttemptState.ABANDONED]


def _answered(order: Order, number: int) -> dict[str, Any] | Refused:
    attempt = order.attempt(number)
    if attempt.state is AttemptState.APPROVED:
        return {}
    if attempt.in_flight:
        return Refused(Refusal.OUTCOME_UNKNOWN, "the bank's answer is not known yet", order)
    return Refused(Refusal.DECLINED_BY_BANK, f"the bank answered {attempt.action_code}", order)


async def _shown(order: Order, call: Call, world: World) -> dict[str, Any]:
    merchant = await world.merchants.get(order.merchant_id)
    return {
        "errorCode": "0",
        "errorMessage": "Success" if call.language == "en" else "Успешно",
        **extended_status(order, merchant, call.language),
    }


HANDLERS: Final[dict[str, Handler]] = {
    "register": handle_register,
    "registerPreAuth": handle_register,
    "deposit": handle_deposit,
    "reverse": handle_reverse,
    "refund": handle_refund,
    "decline": handle_decline,
    "addParams": handle_add_params,
    "getOrderStatus": handle_status,
    "getOrderStatusExtended": handle_status_extended,
    "getLastOrdersForMerchants": handle_last_orders,
    "verifyEnrollment": handle_verify_enrollment,
    **PAYMENT_HANDLERS,
    **SOAP_HANDLERS,
}
