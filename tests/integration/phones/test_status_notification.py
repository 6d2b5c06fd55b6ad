"""The stub of the bank's notification: it pays or refuses, and refuses what does not fit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.integration.phones.phone_shop import STUB
from tests.shop import GOOD

if TYPE_CHECKING:
    from tests.integration.phones.phone_shop import PhoneShop


@pytest.mark.parametrize("phone", ["79990000201", ""])
@pytest.mark.parametrize(
    ("two_phase", "state", "result", "status"),
    [
        (False, "DEPOSITED", "approved", (2, 0)),
        (True, "APPROVED", "approved", (1, 0)),
        (False, "DECLINED", "declined", (0, 5)),
        (True, "DECLINED", "declined", (0, 5)),
    ],
)
async def test_notification_settles_the_order_and_closes_the_message(
    phones: PhoneShop,
    phone: str,
    *,
    two_phase: bool,
    state: str,
    result: str,
    status: tuple[int, int],
) -> None:
    order_id = await phones.waiting(phone, two_phase=two_phase)

    answer = await phones.notify(order_id, state)

    assert answer.status == 200, answer.text
    assert answer.json() == {
        "bankInvoiceId": order_id.replace("-", ""),
        "orderNumber": order_id,
        "result": result,
        "actionCode": status[1],
    }
    assert await phones.status(order_id) == status
    if phone:
        message = await phones.newest(phone)
        assert message["actions"] == []
        assert message["answer"] == ("refuse" if state == "DECLINED" else "confirm")


async def test_notification_of_another_invoice_order_or_state_is_refused(
    phones: PhoneShop,
) -> None:
    order_id = await phones.waiting("79990000202")
    other = uuid4()
    for changes, status, expected in (
        ({"bankInvoiceId": other.hex}, 400, "bankInvoiceId"),
        ({"bankInvoiceId": order_id}, 400, "bankInvoiceId"),
        ({"orderNumber": str(other)}, 404, "orderNumber"),
        ({"orderNumber": "T-1"}, 404, "orderNumber"),
        ({"stateCode": "APPROVED"}, 400, "one phase; send DEPOSITED or DECLINED"),
        ({"stateCode": "deposited"}, 400, "stateCode"),
    ):
        answer = await phones.notify(order_id, "DEPOSITED", **changes)
        assert (answer.status, expected in answer.json()["error"]) == (status, True), answer.text
    assert await phones.status(order_id) == (0, -100)
    held = await phones.waiting("79990000202", two_phase=True)
    answer = await phones.notify(held, "DEPOSITED")
    assert "two phases; send APPROVED or DECLINED" in answer.json()["error"]


async def test_order_that_waits_for_no_confirmation_is_refused(phones: PhoneShop) -> None:
    unpaid = await phones.shop.register(1500_00)
    by_card = await phones.shop.paid(1500_00, pan=GOOD)
    paid = await phones.waiting("79990000203")
    assert (await phones.notify(paid, "DEPOSITED")).status == 200
    expired = await phones.waiting("79990000203")
    await phones.shop.travel(timedelta(minutes=30))
    for order_id in (unpaid, by_card, paid, expired):
        before = await phones.status(order_id)
        answer = await phones.notify(order_id, "DEPOSITED")
        assert answer.status == 409
        assert "waits for no confirmation" in answer.json()["error"]
        assert await phones.status(order_id) == before


async def test_body_that_is_no_json_object_is_refused(phones: PhoneShop) -> None:
    assert (await phones.shop.post_json(STUB, [])).status == 400


async def test_missing_member_is_explained_as_a_wrong_one_is(phones: PhoneShop) -> None:
    order_id = await phones.waiting("79990000205")
    invoice = order_id.replace("-", "")
    for members, status, expected in (
        ({}, 404, "send the orderId of the answer of register.do"),
        ({"orderNumber": order_id}, 400, "send the sbolBankInvoiceId"),
        ({"orderNumber": order_id, "bankInvoiceId": invoice}, 400, "send DEPOSITED or DECLINED"),
    ):
        answer = await phones.shop.post_json(STUB, members)
        assert (answer.status, expected in answer.json()["error"]) == (status, True), answer.text
    assert await phones.status(order_id) == (0, -100)


async def test_further_members_are_ignored_and_logged_by_name(
    phones: PhoneShop, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = await phones.waiting("79990000204")
    answer = await phones.notify(order_id, "DEPOSITED", merchantLogin="shop-17")
    assert answer.status == 200, answer.text
    assert (await phones.status(order_id))[0] == 2
    printed = capsys.readouterr().out
    assert "members_ignored" in printed
    assert "merchantLogin" in printed
    assert "shop-17" not in printed
