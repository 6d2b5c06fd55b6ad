"""`POST /sandbox/orders/{orderId}/pay`: the payer pays through the pages, and the answer is true.

Source: payment-page.md §3, §4; codes.md §1, §9.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from altyn.protocol.test_cards import Fault, card_for_action_code, card_for_fault
from tests.asgi_client import Answer, AsgiClient
from tests.integration.payment_page.page_client import RETURN_URL, PageClient
from tests.integration.rest.logbook import logbook_kept
from tests.shop import ENROLLED, GOOD, open_shop

FRICTIONLESS = "2202205000012424"
CHALLENGED = "5000001111111115"
DECLINING = card_for_action_code(116)
APPROVING = card_for_action_code(0)  # not enrolled, any expiry and CVC
INVALID = "4111111111111112"
WRONG_OTP = "00000000"


async def send(client: PageClient, order_id: str, **members: object) -> Answer:
    """Ask the simulated payer to pay an order by card."""
    body = json.dumps({"way": "CARD", **members}).encode()
    return await client.http.post(f"/sandbox/orders/{order_id}/pay", body=body)


async def pay(client: PageClient, order_id: str, pan: str = GOOD, **members: object) -> Any:
    """The members of the answer."""
    answer = await send(client, order_id, pan=pan, **{"language": "en", **members})
    assert answer.status == 200, answer.text
    return answer.json()


async def test_order_is_paid_with_a_card_without_3d_secure(client: PageClient) -> None:
    order_id = await client.register(orderNumber="A-7")

    paid = await pay(client, order_id, expiry="203412", cvc="123")

    steps = paid.pop("steps")
    assert paid == {
        "result": "PAID",
        "text": "Paid: 1500.00 RUB.",
        "orderId": order_id,
        "orderNumber": "A-7",
        "orderStatus": 2,
        "actionCode": 0,
        "actionCodeDescription": "",
        "attemptsLeft": 0,
        "redirect": f"{RETURN_URL}?orderId={order_id}&lang=en",
    }
    assert steps[0].startswith("The payment page shows order A-7, 1500.00 RUB, ")
    assert steps[1:] == [
        "The payer types the card 555555**5599 and presses Pay.",
        f"The browser is sent to {RETURN_URL}",
    ]
    assert (await client.status(order_id))["orderStatus"] == 2


async def test_missing_otp_is_the_right_one_and_a_wrong_one_is_declined(
    client: PageClient,
) -> None:
    order_id = await client.register()

    wrong = await pay(client, order_id, ENROLLED, otp=WRONG_OTP)
    right = await pay(client, order_id, ENROLLED)

    assert (wrong["result"], wrong["actionCode"], wrong["attemptsLeft"]) == ("DECLINED", -2006, 2)
    assert wrong["redirect"] is None
    assert wrong["text"] == (
        "Declined (action code -2006). Attempts left: 2. The payer reads: "
        "The payment was not confirmed at the bank."
    )
    assert wrong["steps"].count(f"The bank asks for a code; the payer types {WRONG_OTP}.") == 3
    assert (right["result"], right["orderStatus"]) == ("PAID", 2)
    assert "The bank asks for a code; the payer types 12345678." in right["steps"]


async def test_order_is_paid_behind_a_public_address(database_url: str, tmp_path: Path) -> None:
    async with open_shop(database_url, tmp_path, public_url="https://pay.example/gate") as shop:
        client = PageClient(shop, AsgiClient(shop.gateway.router))
        order_id = await client.register(returnUrl="https://shop.example/ok")

        paid = await pay(client, order_id, ENROLLED)

    assert paid["result"] == "PAID"


@pytest.mark.parametrize("pan", [FRICTIONLESS, CHALLENGED])
async def test_order_is_paid_with_3d_secure_2(client: PageClient, pan: str) -> None:
    order_id = await client.register()

    paid = await pay(client, order_id, pan)

    assert (paid["result"], paid["orderStatus"]) == ("PAID", 2)
    assert any("3-D Secure 2" in step for step in paid["steps"])


async def test_hold_is_not_reported_as_paid(client: PageClient) -> None:
    order_id = await client.register("registerPreAuth.do")

    held = await pay(client, order_id)
    again = await pay(client, order_id)

    assert (held["result"], held["orderStatus"]) == ("HELD", 1)
    assert held["text"].startswith("Held: 1500.00 RUB.")
    assert (again["result"], again["orderStatus"]) == ("PAID_BEFORE", 1)
    assert again["text"] == "Nothing was paid now: 1500.00 RUB are held since before."


async def test_verified_card_is_not_reported_as_paid(client: PageClient) -> None:
    order_id = await client.register(features="VERIFY")

    verified = await pay(client, order_id)

    assert verified["result"] == "VERIFIED"
    assert verified["text"] == "The card was verified; no money was taken."


async def test_second_payment_is_reported_as_paid_before(client: PageClient) -> None:
    order_id = await client.register()
    await pay(client, order_id)

    again = await pay(client, order_id)

    assert (again["result"], again["orderStatus"]) == ("PAID_BEFORE", 2)
    assert again["text"] == "Nothing was paid now: the order was paid before (1500.00 RUB)."
    assert not any("types the card" in step for step in again["steps"])


async def test_of_two_payers_at_once_one_has_paid(client: PageClient) -> None:
    order_id = await client.register()

    answers = await asyncio.gather(*(pay(client, order_id, ENROLLED) for _ in range(2)))

    assert sorted(each["result"] for each in answers) == ["PAID", "PAID_BEFORE"]


async def test_refunded_and_reversed_orders_are_reported_so(client: PageClient) -> None:
    refunded, reversed_ = await client.register(), await client.register("registerPreAuth.do")
    await pay(client, refunded)
    await pay(client, reversed_)
    await client.shop.call("refund.do", orderId=refunded, amount=50000)
    await client.shop.call("reverse.do", orderId=reversed_)

    answers = [await pay(client, refunded), await pay(client, reversed_)]

    assert [each["result"] for each in answers] == ["REFUNDED", "REVERSED"]
    assert [each["orderStatus"] for each in answers] == [4, 3]
    assert "(500.00 RUB of 1500.00 RUB)" in answers[0]["text"]
    assert "reversed before" in answers[1]["text"]


async def test_declines_count_down_the_attempts(client: PageClient) -> None:
    order_id = await client.register()

    declined = [await pay(client, order_id, DECLINING) for _ in range(4)]

    assert [each["result"] for each in declined] == ["DECLINED"] * 4
    assert [each["attemptsLeft"] for each in declined] == [2, 1, 0, 0]
    assert {each["actionCode"] for each in declined} == {116}
    assert [each["orderStatus"] for each in declined] == [0, 0, 6, 6]
    assert declined[2]["redirect"].startswith("https://shop.example/sorry?")
    assert "the order was declined before" in declined[3]["text"]


async def test_expired_order_is_reported_as_expired(client: PageClient) -> None:
    order_id = await client.register()
    await client.wait(minutes=21)

    expired = await pay(client, order_id)

    assert (expired["result"], expired["actionCode"]) == ("EXPIRED", -2007)
    assert expired["text"].startswith("Expired: ")


async def test_payer_cancels_or_leaves_at_the_bank(client: PageClient) -> None:
    cancelled_id, left_id = await client.register(), await client.register()

    cancelled = await pay(client, cancelled_id, ENROLLED, acs="CANCEL")
    left = await pay(client, left_id, ENROLLED, acs="LEAVE")

    assert (cancelled["result"], cancelled["actionCode"]) == ("DECLINED", -2006)
    assert (left["result"], left["orderStatus"]) == ("WAITING", 5)
    assert "left the bank's page" in left["text"]


async def test_card_that_the_page_refuses_uses_no_attempt(client: PageClient) -> None:
    order_id = await client.register()

    refused = await pay(client, order_id, INVALID, cvc="1")

    assert (refused["result"], refused["attemptsLeft"]) == ("REFUSED", 3)
    assert set(refused["fieldErrors"]) == {"$PAN", "$CVC"}
    assert "no attempt was used" in refused["text"]
    for text in refused["fieldErrors"].values():
        assert refused["text"].count(text.rstrip(".")) == 1


async def test_payer_waits_for_a_late_answer_of_the_bank(client: PageClient) -> None:
    order_id = await client.register()

    paid = await pay(client, order_id, card_for_fault(Fault.SLOW))

    assert (paid["result"], paid["orderStatus"]) == ("PAID", 2)


async def test_otp_that_no_bank_asks_for_is_named(client: PageClient) -> None:
    unasked = await pay(client, await client.register(), GOOD, otp="1")
    asked = await pay(client, await client.register(), ENROLLED, otp="12345678")

    assert unasked["unused"] == ["otp"]
    assert "unused" not in asked


CART = json.dumps(
    {
        "cartItems": {
            "items": [
                {
                    "positionId": "1",
                    "name": "Tea",
                    "itemCode": "T",
                    "quantity": {"value": 1, "measure": "pcs"},
                    "itemAmount": 150000,
                }
            ]
        }
    }
)


async def test_contact_that_the_page_asks_for_is_named_when_it_is_missing(
    client: PageClient,
) -> None:
    order_id = await client.register(orderBundle=CART)

    refused = await pay(client, order_id)
    wrong = await pay(client, order_id, email="nobody")
    paid = await pay(client, order_id, email="me@x.ru")

    assert (refused["result"], refused["missing"]) == ("REFUSED", ["email", "phone"])
    assert "email: Enter an email or a phone number" in refused["text"]
    assert any("neither email nor phone" in step for step in refused["steps"])
    assert (wrong["result"], "missing" in wrong) == ("REFUSED", False)
    assert list(wrong["fieldErrors"]) == ["email"]
    assert (paid["result"], "unused" in paid) == ("PAID", False)
    assert any("the payer types an e-mail address" in step for step in paid["steps"])
    assert (await client.status(order_id))["payerData"] == {"email": "me@x.ru"}


async def test_contact_that_the_shop_has_given_itself_is_named_as_unused(
    client: PageClient,
) -> None:
    order_id = await client.register(orderBundle=CART, email="shop@x.ru")

    paid = await pay(client, order_id, email="me@x.ru", phone="+79001234567")

    assert (paid["result"], paid["unused"]) == ("PAID", ["email"])


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"way": "SBP"}, "way: how the payer pays, one of: "),
        ({"way": None}, "way: how the payer pays, one of: "),
        ({}, "`pan`"),
        ({"pan": GOOD, "cvv": "123"}, "unknown field `cvv`"),
        ({"pan": 4111111111111111}, "Expected `str`, got `int` - at `$.pan`"),
        ({"pan": GOOD, "expiry": "12/34"}, "expiry: six digits, year and month, as 203412"),
        ({"pan": GOOD, "otp": "1", "acs": "CANCEL"}, "otp: no code is typed with acs=CANCEL"),
        ({"pan": GOOD, "acs": "WAIT"}, "acs"),
        ({"pan": GOOD, "language": "fr"}, "language: one of ru, en"),
    ],
)
async def test_malformed_request_is_refused_by_name(
    client: PageClient, members: dict[str, object], text: str
) -> None:
    answer = await send(client, await client.register(), **members)

    assert answer.status == 400
    assert text in answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"way":' * 500, b"\xff", b" " * 5000])
async def test_body_that_is_no_request_is_refused(client: PageClient, body: bytes) -> None:
    answer = await client.http.post("/sandbox/orders/x/pay", body=body)

    assert (answer.status, list(answer.json())) == (400, ["error"])


async def test_unknown_order_and_foreign_page_are_refused(client: PageClient) -> None:
    unknown = [await send(client, each, pan=GOOD) for each in ("x", "%00", "0" * 36, "[/x]")]
    order_id = await client.register()
    path, body = f"/sandbox/orders/{order_id}/pay", b'{"way":"CARD","pan":"5555555555555599"}'
    foreign = await client.http.post(path, body=body, headers=[("origin", "https://evil.example")])

    assert [answer.status for answer in unknown] == [404] * 4
    assert all("register.do" in unknown[each].json()["error"] for each in (0, 2, 3))
    assert foreign.status == 403
    assert (await client.status(order_id))["orderStatus"] == 0


async def test_card_data_are_not_logged(client: PageClient) -> None:
    order_id = await client.register()
    typed = {"cvc": "931", "expiry": "203011"}
    with logbook_kept() as logbook:
        await pay(client, order_id, INVALID, **typed)
        await pay(client, order_id, ENROLLED, otp="60606060", expiry="203011")
        await pay(client, order_id, APPROVING, **typed)
    lines = "\n".join(map(repr, logbook.lines))

    assert [line["result"] for line in logbook.of("payer_simulated")] == [
        *("REFUSED", "DECLINED", "PAID")
    ]
    for secret in (ENROLLED, INVALID, APPROVING, "931", "203011", "60606060"):
        assert not re.search(rf"\b{secret}\b", lines)


# ── SberPay ───────────────────────────────────────────────────────────────────────────────────────

PHONE = "79998887766"


async def pay_by_sberpay(client: PageClient, order_id: str, **members: object) -> Any:
    """The members of the answer to a payment by SberPay."""
    body = json.dumps({"way": "SBERPAY", "phone": PHONE, "language": "en", **members}).encode()
    answer = await client.http.post(f"/sandbox/orders/{order_id}/pay", body=body)
    assert answer.status == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("method", "result", "status"), [("register.do", "PAID", 2), ("registerPreAuth.do", "HELD", 1)]
)
async def test_order_is_paid_by_sberpay(
    client: PageClient, method: str, result: str, status: int
) -> None:
    order_id = await client.register(method)
    paid = await pay_by_sberpay(client, order_id, phone="8 999 888-77-66")
    assert (paid["result"], paid["orderStatus"], paid["actionCode"]) == (result, status, 0)
    assert paid["steps"][1:] == [
        f"The payer chooses SberPay and types the phone {PHONE}.",
        "The payer confirms the payment in the bank's app.",
        f"The browser is sent to {RETURN_URL}",
    ]
    assert (await client.status(order_id))["paymentWay"] == "SBRF_SBOL"


async def test_refused_sberpay_is_declined_and_the_card_then_pays(client: PageClient) -> None:
    order_id = await client.register()
    refused = await pay_by_sberpay(client, order_id, decision="refuse")
    assert (refused["result"], refused["actionCode"], refused["attemptsLeft"]) == ("DECLINED", 5, 2)
    assert "The payment was refused in the bank's app." in refused["text"]
    assert (await pay(client, order_id))["result"] == "PAID"


@pytest.mark.parametrize(("ending", "code"), [("0002", 116), ("0003", 120)])
async def test_test_phones_of_sberpay_are_declined(
    client: PageClient, ending: str, code: int
) -> None:
    order_id = await client.register()
    declined = await pay_by_sberpay(client, order_id, phone=f"7999000{ending}")
    assert (declined["result"], declined["actionCode"]) == ("DECLINED", code)


async def test_sberpay_that_is_hidden_is_refused_by_the_page(client: PageClient) -> None:
    order_id = await client.register(jsonParams='{"sberpayHide":"true"}')
    refused = await pay_by_sberpay(client, order_id)
    assert (refused["result"], refused["attemptsLeft"]) == ("REFUSED", 3)
    assert "he order does not offer this way: " in refused["text"]


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({}, "phone: the Russian number that gets the push message"),
        ({"phone": "+442000000000"}, "phone: the Russian number that gets the push message"),
        (
            {"phone": PHONE, "decision": "wait"},
            "decision: what the payer answers: confirm or refuse",
        ),
        ({"phone": PHONE, "pan": GOOD}, "unknown field `pan`"),
    ],
)
async def test_request_for_sberpay_that_does_not_fit_is_refused(
    client: PageClient, members: dict[str, object], text: str
) -> None:
    order_id = await client.register()
    body = json.dumps({"way": "SBERPAY", **members}).encode()
    answer = await client.http.post(f"/sandbox/orders/{order_id}/pay", body=body)
    assert (answer.status, text in answer.json()["error"]) == (400, True)
