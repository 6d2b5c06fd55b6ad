"""The sandbox's guard: pages of other sites are refused, also after DNS rebinding."""

from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from altyn.inbound.sandbox.endpoint import routes
from tests.asgi_client import AsgiClient
from tests.unit.inbound.sandbox.test_callbacks import Sandbox

NOW = datetime(2026, 11, 21, tzinfo=UTC)


async def move(to: datetime) -> datetime:
    return to


async def moved(headers: dict[str, str], public_url: str | None) -> int:
    """The status of a request that moves the clock."""
    app = Starlette(routes=routes(lambda: NOW, move))
    app.state.public_url = public_url
    answer = await AsgiClient(app).post("/sandbox/clock", body=b"{}", headers=headers)
    return answer.status


@pytest.mark.parametrize(
    ("host", "origin", "public_url", "status"),
    [
        ("127.0.0.1:8080", None, None, 200),
        ("localhost:8080", None, None, 200),
        ("altyn:8080", None, None, 200),
        ("192.168.1.5:8080", None, None, 200),
        ("host.docker.internal:8080", None, None, 200),
        ("localhost:8080", "http://localhost:8080", None, 200),
        ("[::1]:8080", "http://[::1]:8080", None, 200),
        ("pay.shop.org", "https://pay.shop.org", "https://pay.shop.org", 200),
        ("127.0.0.1:8080", "https://pay.shop.org", "https://pay.shop.org/altyn", 200),
        ("pay.shop.org", None, "https://pay.shop.org", 200),
        ("localhost:8080", "http://localhost:3000", None, 403),
        ("localhost:8080", "https://evil.org", None, 403),
        ("localhost:8080", "null", None, 403),
        ("evil.org:8080", "http://evil.org:8080", None, 403),
        ("evil.org:8080", "http://evil.org:8080", "https://pay.shop.org", 403),
        ("localhost.evil.org:8080", "http://localhost.evil.org:8080", None, 403),
        ("altyn:8080", "http://altyn:8080", None, 403),
        ("pay.shop.org", "https://pay.shop.org.evil.org", "https://pay.shop.org", 403),
        ("evil.org:8080", None, None, 403),
    ],
)
async def test_origin_has_to_be_a_loopback_name_or_the_public_host(
    host: str, origin: str | None, public_url: str | None, status: int
) -> None:
    headers = {"host": host} | ({"origin": origin} if origin else {})
    assert await moved(headers, public_url) == status


async def test_page_cannot_read_callbacks_after_dns_rebinding() -> None:
    client = Sandbox().client
    answer = await client.get("/sandbox/callbacks", headers={"host": "evil.org:8080"})
    assert answer.status == 403
    assert "ALTYN_PUBLIC_URL" in answer.json()["error"]
