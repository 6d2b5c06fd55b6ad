"""`POST /sandbox/orders/{orderId}/pay` in the way BNPL. Source: bnpl.md §5."""

from __future__ import annotations

import json
from typing import Any

import pytest

from altyn.domain.merchant import Permission
from tests.integration.bnpl.payer import PHONE, Payer
from tests.merchant_changes import changed, permissions_off
from tests.shop import ENROLLED, GOOD, kopeck_cart, kopeck_position

pytestmark = pytest.mark.slow


async def pay(payer: Payer, order_id: str, status: int = 200, **members: object) -> Any:
    """The members of the answer."""
    sent = {"way": "BNPL", "phone": PHONE, "pan": GOOD, "language": "en", **members}
    body = json.dumps({name: value for name, value in sent.items() if value is not None}).encode()
    answer = await payer.client.http.post(f"/sandbox/orders/{order_id}/pay", body=body)
    assert answer.status == status, answer.text
    return answer.json()


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("method", "result"), [("register.do", "PAID"), ("registerPreAuth.do", "HELD")]
)
async def test_order_is_paid_in_parts_with_3ds(
    payer: Payer, method: str, result: str, version: str
) -> None:
    pan = ENROLLED if version == "1" else "2202205000012424"
    async with changed(payer.shop, {"tds_version": version}):
        order_id = await payer.client.register(method)
        answer = await pay(payer, order_id, pan=pan, code="1111", expiry=None, cvc=None)
    assert (answer["result"], answer["actionCode"]) == (result, 0), answer
    assert "unused" not in answer
    text = " ".join(answer["steps"])
    for part in ("types the phone", "types the code 1111", "agrees to the plan", "the card"):
        assert part in text
    status = await payer.status(order_id)
    assert status["paymentWay"] == "BNPL"
    assert (await payer.states(order_id))[0] == (37500, "charged")
    await payer.must_be_consistent()


async def test_wrong_code_uses_no_attempt(payer: Payer) -> None:
    order_id = await payer.client.register()
    answer = await pay(payer, order_id, code="2222")
    assert (answer["result"], answer["attemptsLeft"]) == ("REFUSED", 3)
    assert "code" in answer["text"]
    assert (await pay(payer, order_id))["result"] == "PAID"


async def test_wrong_phone_uses_no_attempt(payer: Payer) -> None:
    order_id = await payer.client.register()
    answer = await pay(payer, order_id, phone="123")
    assert (answer["result"], answer["attemptsLeft"]) == ("REFUSED", 3)


async def test_refusal_by_scoring_is_declined(payer: Payer) -> None:
    order_id = await payer.client.register()
    answer = await pay(payer, order_id, phone="+7 999 000-00-00")
    assert (answer["result"], answer["actionCode"], answer["attemptsLeft"]) == ("DECLINED", 120, 2)


async def test_declined_first_part_is_declined(payer: Payer) -> None:
    order_id = await payer.client.register()
    answer = await pay(payer, order_id, pan="2200000100001167")
    assert (answer["result"], answer["actionCode"]) == ("DECLINED", 116)


async def test_order_that_cannot_be_paid_in_parts_is_refused(payer: Payer) -> None:
    async with permissions_off(payer.shop, Permission.BNPL):
        answer = await pay(payer, await payer.client.register())
    assert answer["result"] == "REFUSED"


async def test_receipt_goes_to_the_phone_when_the_page_asks(payer: Payer) -> None:
    position = {**kopeck_position(2, measure="0"), "itemPrice": 75000}
    cart = json.loads(kopeck_cart(position))
    del cart["customerDetails"]
    order_id = await payer.client.register(orderBundle=json.dumps(cart))
    answer = await pay(payer, order_id)
    assert answer["result"] == "PAID", answer
    order = await payer.shop.gateway.world.orders.load(await payer.shop.key(order_id))
    assert order is not None
    assert order.request.phone == f"+{PHONE}"


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"phone": None}, "phone"),
        ({"phone": ""}, "phone"),
        ({"pan": " "}, "pan: the card"),
        ({"decision": "x"}, "decision"),
    ],
)
async def test_members_are_checked(payer: Payer, members: dict[str, Any], named: str) -> None:
    answer = await pay(payer, await payer.client.register(), status=400, **members)
    assert named in answer["error"]


# ── Going on from where an earlier visit has ended ────────────────────────────────────────────────

OTHER_PHONE = "79998887755"
REFUSED_PHONE = "79990000000"


def steps_of(answer: Any) -> str:
    """All steps as one text."""
    return " ".join(answer["steps"])


async def test_declined_first_part_is_paid_with_another_card(payer: Payer) -> None:
    order_id = await payer.client.register()
    await pay(payer, order_id, pan="2200000100001167")

    paid = await pay(payer, order_id, phone="8 999 888-77-66")

    assert (paid["result"], paid["orderStatus"]) == ("PAID", 2), paid
    assert "types the phone" not in steps_of(paid)
    assert "unused" not in paid


async def test_code_that_no_page_asks_for_is_named(payer: Payer) -> None:
    order_id = await payer.client.register()
    await pay(payer, order_id, pan="2200000100001167")
    paid = await pay(payer, order_id, code="1111")
    assert (paid["result"], paid["unused"]) == ("PAID", ["code"])


async def test_another_phone_begins_again_at_every_step(payer: Payer) -> None:
    at_code, at_card = [await payer.client.register() for _ in range(2)]
    await pay(payer, at_code, code="2222")
    await pay(payer, at_card, pan="2200000100001167")

    for order_id in (at_code, at_card):
        paid = await pay(payer, order_id, phone=OTHER_PHONE)
        assert paid["result"] == "PAID", paid
        assert f"types the phone {OTHER_PHONE}" in steps_of(paid)
        assert await payer.with_phone(OTHER_PHONE).states(order_id)
        assert not await payer.states(order_id)


async def test_after_three_wrong_codes_the_payer_asks_for_a_new_one(payer: Payer) -> None:
    order_id = await payer.client.register()
    wrong = [await pay(payer, order_id, code="2222") for _ in range(4)]

    soon = await pay(payer, order_id)
    await payer.client.wait(minutes=1)
    paid = await pay(payer, order_id)

    texts = [each["fieldErrors"]["code"] for each in wrong]
    assert texts[0] == "Wrong code. 2 tries left."
    assert texts[3] == "No tries are left for this code. Get a new one."
    assert (soon["result"], soon["attemptsLeft"]) == ("REFUSED", 3)
    assert "You can get a new code in " in soon["text"]
    assert "altyn clock advance 1m" in soon["text"]
    assert paid["result"] == "PAID", paid
    assert "asks for a new one" in steps_of(paid)


async def test_after_three_wrong_codes_another_phone_pays_at_once(payer: Payer) -> None:
    order_id = await payer.client.register()
    for _ in range(3):
        await pay(payer, order_id, code="2222")
    assert (await pay(payer, order_id, phone=OTHER_PHONE))["result"] == "PAID"


async def test_after_a_refused_phone_another_one_pays(payer: Payer) -> None:
    order_id = await payer.client.register()

    refused = await pay(payer, order_id, phone=REFUSED_PHONE)
    again = await pay(payer, order_id, phone=REFUSED_PHONE)
    paid = await pay(payer, order_id)

    assert (refused["result"], refused["attemptsLeft"]) == ("DECLINED", 2)
    assert "Payment in parts was not approved" in steps_of(refused)
    assert refused["text"].endswith("The payer reads: Payment in parts was not approved.")
    assert (again["result"], again["attemptsLeft"]) == ("REFUSED", 2)
    assert "has refused this phone before. Send another phone" in again["text"]
    assert paid["result"] == "PAID", paid
    await payer.must_be_consistent()


async def test_agreed_plan_of_an_earlier_day_is_agreed_to_again(payer: Payer) -> None:
    order_id = await payer.client.register(sessionTimeoutSecs="172800")
    await pay(payer, order_id, pan="2200000100001167")
    await payer.client.wait(days=1)
    paid = await pay(payer, order_id)
    assert paid["result"] == "PAID", paid
    assert "agrees to the plan" in steps_of(paid)


async def test_answer_has_the_reason_of_an_order_that_cannot_be_paid_in_parts(payer: Payer) -> None:
    async with permissions_off(payer.shop, Permission.BNPL):
        answer = await pay(payer, await payer.client.register())
    assert "This order cannot be paid in parts" in answer["text"]


async def test_wrong_phone_is_named(payer: Payer) -> None:
    answer = await pay(payer, await payer.client.register(), phone="123")
    assert answer["fieldErrors"] == {"phone": "Enter a Russian number: ten digits after +7"}


async def test_steps_are_not_shown_for_an_order_whose_list_of_ways_has_no_parts(
    payer: Payer,
) -> None:
    order_id = await payer.client.register(allowedPaymentWays="CARD")
    before = len(await payer.messages())
    answer = await pay(payer, order_id)
    assert (answer["result"], answer["attemptsLeft"]) == ("REFUSED", 3)
    assert "he order does not offer this way: " in answer["text"]
    assert len(await payer.messages()) == before
