"""The endpoint at which a fiscal provider reports that a receipt has a result.

The body is not read: the gateway asks the provider itself. The call only makes the question due
now, and its address is known to the provider alone.
"""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Final, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.receipt.values import RECEIPT
from altyn.operations.ports import Clock

RESULTS_PATH: Final = "/receipts/results"
_NUMBER: Final = re.compile("[0-9]{1,9}")


class Addresses(Protocol):
    """Checks that the gateway has given out an address."""

    def is_ours(self, merchant_id: int, order_id: UUID, version: int, proof: str) -> bool: ...


class Entries(Protocol):
    """The outbox, for making an entry due."""

    async def make_due(
        self, kind: str, merchant_id: int, subject_id: UUID, version: int, *, now: datetime
    ) -> bool: ...


def receipt_result_routes(addresses: Addresses, entries: Entries, clock: Clock) -> list[BaseRoute]:
    """The route for all receipts: 200 for an address of ours, else 404."""

    async def result(request: Request) -> Response:
        order_id: UUID = request.path_params["order_id"]
        proof = request.path_params["proof"]
        numbers = [request.path_params[name] for name in ("merchant_id", "version")]
        if not all(map(_NUMBER.fullmatch, numbers)):
            return Response(status_code=HTTPStatus.NOT_FOUND)
        merchant_id, version = map(int, numbers)
        if not addresses.is_ours(merchant_id, order_id, version, proof):
            return Response(status_code=HTTPStatus.NOT_FOUND)
        await entries.make_due(RECEIPT, merchant_id, order_id, version, now=clock.now())
        return Response(status_code=HTTPStatus.OK)

    path = f"{RESULTS_PATH}/{{merchant_id}}/{{order_id:uuid}}/{{version}}/{{proof}}"
    return [Route(path, result, methods=["POST"])]
