"""The sandbox's receiver, which fails on request."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette

from altyn.inbound.sandbox.receiver import Failures, receiver_routes
from tests.asgi_client import AsgiClient

OK = "/sandbox/receiver/ok"


@pytest.fixture
def client() -> AsgiClient:
    return AsgiClient(Starlette(routes=receiver_routes()))


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [("ok", 200), ("500", 500), ("404", 404), ("204", 204), ("slow?seconds=0", 200)],
)
async def test_receiver_answers_as_requested_to_any_method(
    client: AsgiClient, behaviour: str, status: int
) -> None:
    for method in ("GET", "POST", "PUT"):
        answer = await client.send(method, f"/sandbox/receiver/{behaviour}", (), b"", ())
        assert answer.status == status


async def test_redirect_has_a_target(client: AsgiClient) -> None:
    answer = await client.get("/sandbox/receiver/302")

    assert (answer.status, answer.location) == (302, OK)


@pytest.mark.parametrize("behaviour", ["fast", "100", "600", "ok?times=-1", "slow?seconds=x"])
async def test_unknown_behaviour_is_refused(client: AsgiClient, behaviour: str) -> None:
    answer = await client.get(f"/sandbox/receiver/{behaviour}")

    assert answer.status == 404
    assert "drop (never answers)" in answer.json()["error"]


async def test_the_first_requests_of_each_order_fail(client: AsgiClient) -> None:
    failing = "/sandbox/receiver/500?times=2"

    first = [(await client.get(failing, {"mdOrder": "a"})).status for _ in range(4)]
    other = [(await client.post(failing, {"mdOrder": "b"})).status for _ in range(3)]
    body = b'{"mdOrder": "c", "status": 1}'
    as_json = [(await client.post(failing, body=body)).status for _ in range(3)]

    assert first == [500, 500, 200, 200]
    assert other == as_json == [500, 500, 200]


async def test_a_stored_card_is_counted_by_its_own_id(client: AsgiClient) -> None:
    failing = "/sandbox/receiver/503?times=1"

    answers = [
        (await client.get(failing, {"bindingId": binding})).status for binding in ("a", "b", "a")
    ]

    assert answers == [503, 503, 200]


@pytest.mark.parametrize("body", [b"{broken", b"\xff\xfe", b"x" * 70_000])
async def test_body_that_is_not_a_callback_is_answered(client: AsgiClient, body: bytes) -> None:
    answer = await client.post("/sandbox/receiver/500?times=1", body=body)

    assert answer.status == 500


def test_number_of_counts_is_bounded() -> None:
    failures = Failures(subjects_max=2)
    for subject in ("a", "b", "a", "c"):
        failures.count("500", subject)

    assert failures.count("500", "a") == 3
    assert failures.count("500", "b") == 1, "the oldest was forgotten"


@pytest.mark.parametrize("behaviour", ["drop", "slow"])
async def test_receiver_stops_waiting_when_the_caller_disconnects(behaviour: str) -> None:
    received = [{"type": "http.request", "body": b"", "more_body": False}]
    hung_up = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if received:
            return received.pop()
        await hung_up.wait()
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/sandbox/receiver/{behaviour}",
        "query_string": b"seconds=90",
        "headers": [],
    }
    serving = asyncio.ensure_future(Starlette(routes=receiver_routes())(scope, receive, send))
    await asyncio.sleep(0)
    assert sent == [], "nothing is said while somebody waits"
    hung_up.set()
    await serving
