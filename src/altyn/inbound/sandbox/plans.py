"""The sandbox's HTTP API: the plans of a phone, as the payer sees them in the app of the service.

The API does not exist in production. Source: bnpl.md §4, §7.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.phone import russian_phone
from altyn.inbound.sandbox.answers import from_another_site, json_answer, problem
from altyn.protocol.bnpl import ShownPart, ShownPlan

NO_PHONE = "not a Russian phone number: ten digits after +7, 7 or 8, as 79998887766"


class Plans(Protocol):
    """The service that has the plans."""

    async def plans(self, phone: str) -> Sequence[ShownPlan]: ...


def plan_routes(service: Plans) -> list[BaseRoute]:
    """`GET /sandbox/phones/{phone}/plans`: every plan of a phone, the newest last."""

    async def show(request: Request) -> Response:
        if from_another_site(request):
            return problem("another site's page may not read the plans", 403)
        phone = russian_phone(request.path_params["phone"])
        if phone is None:
            return problem(NO_PHONE, 400)
        plans = [_plan_members(plan) for plan in await service.plans(phone)]
        return json_answer({"phone": phone, "plans": plans})

    return [Route("/sandbox/phones/{phone}/plans", show, methods=["GET"])]


def _plan_members(plan: ShownPlan) -> dict[str, Any]:
    return {
        "orderId": str(plan.order_id),
        "orderNumber": plan.order_number,
        "shop": plan.shop_name,
        "amount": plan.amount_minor,
        "currency": plan.currency,
        "card": plan.card,
        "parts": [_part_members(part) for part in plan.parts],
    }


def _part_members(part: ShownPart) -> dict[str, Any]:
    return {
        "number": part.number,
        "date": part.due_on.isoformat(),
        "amount": part.amount_minor,
        "state": part.state.value,
        "returned": part.returned_minor,
    }
