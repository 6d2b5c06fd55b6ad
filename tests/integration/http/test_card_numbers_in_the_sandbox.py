"""A card number that is sent to any endpoint of the sandbox in a wrong place comes back masked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest

from tests.asgi_client import AsgiClient
from tests.shop import Shop, open_shop

PAN: Final = "5555555555555599"
GROUPED: Final = "5555 5555 5555 5599"
PLACES: Final = (
    "/sandbox/phones/{}/messages",
    "/sandbox/phones/{}/plans",
    "/sandbox/phones/79990000105/messages?after={}",
    "/sandbox/phones/79990000105/messages?{}=1",
    "/sandbox/phone/{}",
    "/sandbox/phone/{}/bank",
    "/sandbox/phone?phone={}&scan={}",
    "/sandbox/phone?phone=79990000105&scan={}",
    "/sandbox/phone/79990000105/scan?payload={}",
    "/sandbox/phone/79990000105/messages/{}",
    "/sandbox/orders/{}/link",
    "/sandbox/mails?to={}",
    "/sandbox/mails?{}=1",
    "/sandbox/mails/{}",
    "/sandbox/mail?to={}",
    "/sandbox/mail?order={}",
    "/sandbox/mail/{}",
    "/sandbox/callbacks?shop={}",
    "/sandbox/callbacks?{}=1",
    "/sandbox/callbacks/{}",
    "/sandbox/receiver/{}",
)
POSTED: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("/sandbox/orders/{}/pay", {"way": "CARD", "pan": PAN, PAN: "1"}),
    ("/sandbox/orders/{}/pay", {"way": PAN}),
    ("/sandbox/orders/{}/pay", {"way": "CARD", "pan": PAN, "acs": PAN}),
    ("/sandbox/orders/{}/pay", {"way": "CARD", "pan": PAN, "language": PAN}),
    ("/sandbox/phones/79990000105/messages/" + PAN, {"action": "confirm"}),
    ("/sandbox/phones/79990000105/scan", {"payload": f"sberpay://x?bankInvoiceId={PAN}"}),
    ("/sandbox/phones/79990000105/scan", {"payload": f"https://{PAN}/x?mdOrder=1"}),
    ("/sandbox/phones/79990000105/scan", {PAN: "1"}),
    ("/sandbox/clock", {PAN: 1}),
    ("/sandbox/clock", {"to": PAN}),
    (
        "/dummysbolpayment/sbol/notifyPaymentStatus.do",
        {"bankInvoiceId": PAN, "orderNumber": PAN, "stateCode": PAN},
    ),
)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> Any:
    async with open_shop(database_url, tmp_path) as shop:
        yield shop


async def test_card_number_in_an_address_comes_back_masked(shop: Shop) -> None:
    client = AsgiClient(shop.gateway.router, ip="127.0.0.1")
    for sent in (PAN, GROUPED):
        for place in PLACES:
            path, _, query = place.replace("{}", quote(sent)).partition("?")
            answer = await client.get(f"{path}?{query}" if query else path)
            assert sent not in answer.text, place
            assert quote(sent) not in answer.headers.get("location", ""), place


@pytest.mark.parametrize(("place", "members"), POSTED)
async def test_card_number_in_a_body_comes_back_masked(
    shop: Shop, place: str, members: dict[str, Any]
) -> None:
    order_id = await shop.register(1500_00)
    answer = await shop.post_json(place.replace("{}", order_id), members)
    assert answer.status >= 400, answer.text
    assert PAN not in answer.text


async def test_card_number_in_place_of_a_phone_or_a_code_comes_back_masked(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    members = {"way": "BNPL", "phone": PAN, "code": PAN, "pan": PAN}
    answer = await shop.post_json(f"/sandbox/orders/{order_id}/pay", members)
    assert answer.json()["result"] == "REFUSED"
    assert PAN not in json.dumps(answer.json())
    assert "555555**5599" in answer.text


async def test_card_number_in_a_form_of_the_sandbox_comes_back_masked(shop: Shop) -> None:
    client = AsgiClient(shop.gateway.router, ip="127.0.0.1")
    order_id = await shop.register(1500_00)
    for path, form in (
        (f"/sandbox/orders/{order_id}/link", {"sms": PAN}),
        (f"/sandbox/orders/{order_id}/link", {"email": PAN}),
        ("/sandbox/phone/79990000105/scan", {"payload": PAN}),
    ):
        answer = await client.post(path, form)
        assert answer.status < 500, answer.text
        assert PAN not in answer.text, path
