"""The API of the simulated phones, for tests: read messages, answer them, scan a QR code.

The API does not exist in production. Source: sberpay.md §2, §6.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.rest.answers import base_url_of
from altyn.inbound.sandbox.answers import (
    Endpoint,
    explained,
    json_answer,
    problem,
    read_json,
    read_query,
)
from altyn.inbound.sandbox.phones.answering import (
    answer_message,
    checked_phone,
    find_message,
    invoice_of,
)
from altyn.inbound.sandbox.phones.members import RESULTS, message_members
from altyn.inbound.sandbox.phones.ports import PhoneServices
from altyn.inbound.sandbox.phones.scanning import scan
from altyn.inbound.sandbox.phones.view import return_url_of
from altyn.inbound.sandbox.waiting import read_wait, wait_for_change
from altyn.operations.ports import Overloaded, ResultUnknown
from altyn.protocol.phone_messages import PhoneMessage

API_PATH: Final = "/sandbox/phones/{phone}"
QUERY: Final = ("after", "wait")


class AnswerRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of an answer. A missing action is refused as an unknown one is."""

    action: str = ""


class ScanRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a scan: the text of the QR code, or the link. A missing one is unreadable."""

    payload: str = ""


def phone_api_routes(services: PhoneServices) -> list[BaseRoute]:
    """`GET /sandbox/phones/{phone}/messages`, `POST …/messages/{id}`, `POST …/scan`."""
    api = _PhoneApi(services)
    return [
        Route(f"{API_PATH}/messages", phone_endpoint(api.messages), methods=["GET"]),
        Route(f"{API_PATH}/messages/{{id}}", phone_endpoint(api.answer), methods=["POST"]),
        Route(f"{API_PATH}/scan", phone_endpoint(api.scan), methods=["POST"]),
    ]


def phone_endpoint(work: Endpoint) -> Endpoint:
    """The endpoint, closed to pages of other sites, with a text for each refusal and for an order
    that cannot be changed at this moment."""

    async def answer(request: Request) -> Response:
        try:
            return await work(request)
        except Overloaded as busy:
            return problem(f"{busy}; repeat the request in a moment", 429)
        except ResultUnknown as unknown:
            return problem(f"{unknown}; read the messages again before you repeat it", 500)

    return explained(answer)


class _PhoneApi:
    def __init__(self, services: PhoneServices) -> None:
        self._services = services

    async def messages(self, request: Request) -> Response:
        """The newest messages, the newest last. `after` is the id of the last known message;
        `wait` is how many seconds to wait for one."""
        phone = checked_phone(request.path_params["phone"])
        query = _checked_query(read_query(request))
        after = 0
        if query.get("after"):
            after = (await find_message(phone, query["after"], self._services)).number

        async def look() -> Sequence[PhoneMessage]:
            return await self._services.phones.messages(phone, after=after)

        seconds = read_wait(query.get("wait"))
        found = await wait_for_change(look, bool, seconds=seconds, request=request)
        return json_answer({"phone": phone, "messages": [message_members(each) for each in found]})

    async def answer(self, request: Request) -> Response:
        """Confirm or refuse; the message as it is then, the bank's result, and the way back."""
        phone, message_id = request.path_params["phone"], request.path_params["id"]
        await find_message(phone, message_id, self._services)  # refused before the body is read
        wanted = await read_json(request, AnswerRequest)
        message, response = await answer_message(phone, message_id, wanted.action, self._services)
        members = {**message_members(message), "result": RESULTS[response.state]}
        if back := return_url_of(message, await invoice_of(message, self._services)):
            members["returnUrl"] = back
        return json_answer(members)

    async def scan(self, request: Request) -> Response:
        """Scan a code: the message to answer, or the page to open."""
        phone = checked_phone(request.path_params["phone"])
        wanted = await read_json(request, ScanRequest)
        scanned = await scan(phone, wanted.payload, base_url_of(request.scope), self._services)
        if scanned.message_id is None:
            return json_answer({"phone": phone, "open": scanned.page})
        message = await find_message(phone, str(scanned.message_id), self._services)
        return json_answer({"phone": phone, "message": message_members(message)})


def _checked_query(query: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters. Raises ValueError: one that does not exist."""
    unknown = [name for name in query if name not in QUERY]
    if unknown:
        known = " and ".join(QUERY)
        raise ValueError(f"{', '.join(unknown)}: no such parameter; there are {known}")
    return query
