"""`POST /sandbox/orders/{orderId}/pay` for an order whose payment waits for its payer already.

The payer does what the waiting page offers: goes on with the payment, or chooses another way.
Source: payment-page.md §8.
"""

from __future__ import annotations

import json
from time import monotonic
from typing import Any

import pytest

from tests.integration.payment_page.page_client import PageClient
from tests.merchant_changes import changed
from tests.shop import GOOD

PHONE = "79998887766"
OTHER_PHONE = "79998887755"
DECLINING_PHONE = "79998880003"
SECONDS_MAX = 30  # far below the minute for which the payer waits for a bank


async def pay(client: PageClient, order_id: str, way: str, **members: object) -> Any:
    """The members of the answer."""
    body = json.dumps({"way": way, "language": "en", **members}).encode()
    answer = await client.http.post(f"/sandbox/orders/{order_id}/pay", body=body)
    assert answer.status == 200, answer.text
    return answer.json()


async def begin_sberpay(client: PageClient, order_id: str, phone: str = PHONE) -> None:
    """The payer asks for a push, or for a QR code when `phone` is empty."""
    fields = {"MDORDER": order_id, "paymentWay": "SBRF_SBOL", "sberPayPhone": phone}
    answer = await client.call("processform.do", fields)
    assert answer.json()["waiting"] is True


async def messages_of(client: PageClient, phone: str) -> list[Any]:
    """The messages of a phone."""
    found: list[Any] = (await client.http.get(f"/sandbox/phones/{phone}/messages")).json()[
        "messages"
    ]
    return found


@pytest.mark.parametrize("phone", [PHONE, ""], ids=["push", "QR code"])
@pytest.mark.parametrize(
    "members",
    [{"way": "CARD", "pan": GOOD}, {"way": "BNPL", "pan": GOOD, "phone": PHONE}],
    ids=lambda each: str(each["way"]),
)
async def test_payer_withdraws_a_waiting_sberpay_payment_and_pays_otherwise(
    client: PageClient, members: dict[str, Any], phone: str
) -> None:
    order_id = await client.register()
    await begin_sberpay(client, order_id, phone)

    paid = await pay(client, order_id, **members)

    assert (paid["result"], paid["orderStatus"]) == ("PAID", 2), paid
    where = f"waits on the phone {phone}" if phone else "waits for a phone to scan its code"
    assert paid["steps"][1] == (
        f"A payment by SberPay {where}; the payer chooses another way, and it is withdrawn."
    )


async def test_push_on_the_same_phone_is_answered(client: PageClient) -> None:
    order_id = await client.register()
    await begin_sberpay(client, order_id)
    paid = await pay(client, order_id, "SBERPAY", phone="8 999 888-77-66")
    assert (paid["result"], paid["orderStatus"]) == ("PAID", 2), paid
    assert len([m for m in await messages_of(client, PHONE) if m["orderId"] == order_id]) == 1


async def test_push_goes_to_another_phone_that_the_payer_names(client: PageClient) -> None:
    order_id = await client.register()
    await begin_sberpay(client, order_id)
    paid = await pay(client, order_id, "SBERPAY", phone=OTHER_PHONE)
    assert (paid["result"], paid["orderStatus"]) == ("PAID", 2), paid
    assert (await messages_of(client, OTHER_PHONE))[-1]["answer"] == "confirm"


async def test_card_that_the_page_refuses_is_reported_after_the_way_was_changed(
    client: PageClient,
) -> None:
    order_id = await client.register()
    await begin_sberpay(client, order_id)
    refused = await pay(client, order_id, "CARD", pan="4111111111111112")
    assert (refused["result"], list(refused["fieldErrors"])) == ("REFUSED", ["$PAN"])
    assert (refused["attemptsLeft"], refused["actionCode"]) == (2, -102)
    assert refused["text"].startswith(
        "Refused by the page, and the payment that waited was withdrawn, which used an attempt; "
        "attempts left: 2."
    )
    assert refused["steps"][2] == "The withdrawn payment has used an attempt; attempts left: 2."


async def test_push_is_not_withdrawn_for_a_way_that_the_order_does_not_offer(
    client: PageClient,
) -> None:
    order_id = await client.register(allowedPaymentWays="SBRF_SBOL")
    await begin_sberpay(client, order_id)
    refused = await pay(client, order_id, "CARD", pan=GOOD)
    assert (refused["result"], refused["actionCode"]) == ("REFUSED", -100)
    assert refused["text"] == (
        "Refused by the page, and no attempt was used. The order does not offer this way: CARD is "
        "not in the order's list of ways (allowedPaymentWays). A payment by SberPay waits on the "
        "phone 79998887766 still."
    )
    paid = await pay(client, order_id, "SBERPAY", phone=PHONE)
    assert paid["result"] == "PAID", paid


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"sberpay.inactive": True}, "SBRF_SBOL is under maintenance"),
        (
            {"sberpay.amount_max_minor": 1000_00},
            "SBRF_SBOL cannot pay this order: takes 100 to 100000 minor units, and not 150000",
        ),
        ({"allowed_payment_ways": ["CARD"]}, "SBRF_SBOL is not in the shop's list of ways"),
    ],
    ids=["maintenance", "sum", "list of the shop"],
)
async def test_answer_names_the_reason_of_a_way_that_is_not_offered(
    client: PageClient, settings: dict[str, Any], reason: str
) -> None:
    order_id = await client.register()
    async with changed(client.shop, settings):
        refused = await pay(client, order_id, "SBERPAY", phone=PHONE)
    assert (refused["result"], refused["attemptsLeft"]) == ("REFUSED", 3)
    assert f"he order does not offer this way: {reason}" in refused["text"], refused["text"]


async def test_answer_names_the_reason_of_parts_that_are_not_offered(client: PageClient) -> None:
    order_id = await client.register()
    async with changed(client.shop, {"bnpl.amount_max_minor": 1000_00}):
        refused = await pay(client, order_id, "BNPL", pan=GOOD, phone=PHONE)
    assert "BNPL cannot pay this order: takes" in refused["text"], refused["text"]
    assert "The page asks for the card of the first part." not in refused["steps"]


async def test_page_without_parts_asks_for_no_card_of_a_first_part(client: PageClient) -> None:
    order_id = await client.register(allowedPaymentWays="CARD")
    refused = await pay(client, order_id, "BNPL", pan=GOOD, phone=PHONE)
    assert "The page asks for the card of the first part." not in refused["steps"]
    assert "BNPL is not in the order's list of ways" in refused["text"]


async def test_last_attempt_is_not_withdrawn_and_the_answer_names_what_waits(
    client: PageClient,
) -> None:
    order_id = await client.register()
    for _ in range(2):
        await pay(client, order_id, "SBERPAY", phone=DECLINING_PHONE)
    await begin_sberpay(client, order_id)

    started = monotonic()
    waits = await pay(client, order_id, "CARD", pan=GOOD)
    assert monotonic() - started < SECONDS_MAX
    paid = await pay(client, order_id, "SBERPAY", phone=PHONE)

    assert (waits["result"], waits["orderStatus"]) == ("WAITING", 5)
    assert waits["text"] == (
        "Not paid yet: a payment by SberPay waits on the phone 79998887766, and it is the last "
        "attempt of the order. Confirm or refuse it: altyn phone 79998887766 confirm, or POST "
        "/sandbox/phones/79998887766/messages/{id}."
    )
    assert paid["result"] == "PAID", paid


@pytest.mark.parametrize("declined", [0, 2])
async def test_order_that_the_shop_cancels_while_a_push_waits_is_reported_so(
    client: PageClient, declined: int
) -> None:
    order_id = await client.register()
    for _ in range(declined):
        await pay(client, order_id, "SBERPAY", phone=DECLINING_PHONE)
    await begin_sberpay(client, order_id)
    await client.shop.call("decline.do", orderId=order_id)
    over = await pay(client, order_id, "CARD", pan=GOOD)
    assert (over["result"], over["orderStatus"]) == ("DECLINED", 6)
    assert over["text"].endswith("The payer reads: The shop cancelled the order.")
