"""The bank's app takes the payer back to the shop's address (sberpay.backurl), with the result.

Source: sberpay.md §3, and its additions.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.asgi_client import Answer, AsgiClient
from tests.integration.sberpay.spellings import SPELLINGS, spelling
from tests.shop import Shop
from tests.ways.sberpay import LINK

pytestmark = pytest.mark.slow

BACK: Final = "https://shop.example/paid?s=@{BankResultState}#end"


async def get(shop: Shop, path: str) -> Answer:
    """An address of the sandbox."""
    return await AsgiClient(shop.gateway.router, ip="127.0.0.1").get(path)


async def answered(shop: Shop, order_id: str, phone: str, action: str) -> dict[str, Any]:
    """Answer the newest message of a phone; the API's answer."""
    path = f"/sandbox/phones/{phone}/messages"
    newest = (await get(shop, path)).json()["messages"][-1]
    assert newest["orderId"] == order_id
    answer = await shop.post_json(f"{path}/{newest['id']}", {"action": action})
    assert answer.status == 200, answer.text
    members: dict[str, Any] = answer.json()
    return members


def asked(phone: str, **more: object) -> dict[str, Any]:
    """A registration with a push, and with the shop's address for the way back."""
    pairs = {"back2app": True, "sberpay.backurl": BACK, **more}
    return {"phone": phone, "jsonParams": json.dumps(pairs)}


@pytest.mark.parametrize("two_phase", [False, True], ids=["one-stage", "two-stage"])
@pytest.mark.parametrize("written", SPELLINGS)
async def test_push_ends_at_the_address_of_the_shop(
    shop: Shop, written: str, *, two_phase: bool
) -> None:
    merchant = spelling(written, shop)
    for phone, action, result in (
        ("79990000701", "confirm", "success"),
        ("79990000702", "refuse", "cancel"),
        ("79990000002", "confirm", "error"),
    ):
        registered = await merchant.register(two_phase=two_phase, **asked(phone))
        answer = await answered(shop, registered["orderId"], phone, action)
        assert answer["returnUrl"] == f"https://shop.example/paid?s={result}#end"
        status = await merchant.status(registered["orderId"])
        params = {each["name"]: each["value"] for each in status["merchantOrderParams"]}
        assert params["sberpay.backurl"] == BACK, "the shop reads what it has sent"


async def test_sms_takes_its_payer_nowhere(shop: Shop) -> None:
    order_id = await shop.register(5000_00, **asked("79990000001"))
    assert "returnUrl" not in await answered(shop, order_id, "79990000001", "confirm")


async def test_message_that_is_over_leads_back_with_the_error(
    shop: Shop,
) -> None:
    order_id = await shop.register(5000_00, **asked("79990000703"))
    (message,) = (await get(shop, "/sandbox/phones/79990000703/messages")).json()["messages"]
    assert message["orderId"] == order_id
    path = f"/sandbox/phone/79990000703/messages/{message['id']}"
    assert "shop.example" not in (await get(shop, path)).text
    await shop.travel(timedelta(minutes=30))
    assert 'href="https://shop.example/paid?s=error#end"' in (await get(shop, path)).text


async def test_link_of_the_shops_app_keeps_its_own_way_back(shop: Shop) -> None:
    pairs = {**json.loads(LINK["jsonParams"]), "sberpay.backurl": BACK}
    registered = await shop.call(
        "register.do",
        amount=5000_00,
        returnUrl="https://shop.example/",
        jsonParams=json.dumps(pairs),
    )
    link = registered["externalParams"]["sbolDeepLink"]
    assert "backUrl" not in link
    scanned = await shop.post_json("/sandbox/phones/79990000704/scan", {"payload": link})
    assert scanned.status == 200
    answer = await answered(shop, registered["orderId"], "79990000704", "confirm")
    assert answer["returnUrl"] == "shop://paid"
