"""The API of the simulated phones: messages, answers, scans, and what each refusal says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest

from altyn.operations.paying.cancel import cancel_waiting
from altyn.operations.ports import PAYER, Actor
from altyn.workers.reconciliation import settle_unknown
from tests.asgi_client import AsgiClient
from tests.integration.phones.phone_shop import deep_link

if TYPE_CHECKING:
    from tests.integration.phones.phone_shop import PhoneShop

NO_MESSAGE: Final = "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f"


async def test_push_is_listed_with_every_member_of_the_issue(phones: PhoneShop) -> None:
    order_id = await phones.waiting("79990000101")

    answer = await phones.get("/sandbox/phones/79990000101/messages")

    members = answer.json()
    [message] = members["messages"]
    assert members["phone"] == "79990000101"
    assert message.keys() == {"id", "kind", "text", "orderId", "amount", "at", "actions"}
    assert (message["kind"], message["orderId"]) == ("push", order_id)
    assert (message["amount"], message["actions"]) == (1500_00, ["confirm", "refuse"])
    assert "1\u202f500,00" in message["text"]


async def test_push_is_russian_with_the_name_of_the_shop_in_russian(phones: PhoneShop) -> None:
    push = {"back2app": "true", "phone": "79990000120", "language": "en"}
    await phones.shop.call("register.do", amount=150000, returnUrl="https://shop.example/", **push)
    text = (await phones.newest("79990000120"))["text"]
    assert text.startswith("Демо-магазин: оплатить 1\u202f500,00")


@pytest.mark.parametrize(
    ("two_phase", "action", "result", "state"),
    [
        (False, "confirm", "approved", (2, 0)),
        (True, "confirm", "approved", (1, 0)),
        (False, "refuse", "declined", (0, 5)),
    ],
)
async def test_answer_settles_the_order(
    phones: PhoneShop, *, two_phase: bool, action: str, result: str, state: tuple[int, int]
) -> None:
    phone = "79990000102"
    order_id = await phones.waiting(phone, two_phase=two_phase)
    message = await phones.newest(phone)

    answer = await phones.answer(phone, message["id"], action)

    members = answer.json()
    assert (answer.status, members["result"]) == (200, result)
    assert (members["answer"], members["actions"]) == (action, [])
    assert members["orderId"] == order_id
    assert (await phones.newest(phone))["answer"] == action
    status, code = await phones.status(order_id)
    assert (status, code) == state


async def test_phone_without_app_gets_an_sms_and_declined_phone_gets_the_banks_result(
    phones: PhoneShop,
) -> None:
    order_id = await phones.waiting("79990000001")
    sms = await phones.newest("79990000001")
    assert sms["kind"] == "sms"
    assert (await phones.answer("79990000001", sms["id"], "confirm")).json()["result"] == "approved"
    assert (await phones.status(order_id))[0] == 2

    order_id = await phones.waiting("79990000002")
    push = await phones.newest("79990000002")
    answer = await phones.answer("79990000002", push["id"], "confirm")
    assert (answer.status, answer.json()["result"]) == (200, "declined")
    assert await phones.status(order_id) == (0, 116)


@pytest.mark.parametrize(
    "number", ["+79990000103", "89990000103", "9990000103", "7 (999) 000-01-03"]
)
async def test_every_spelling_of_a_number_is_the_same_phone(phones: PhoneShop, number: str) -> None:
    await phones.waiting("79990000103")
    [*_, message] = await phones.messages(number)
    answer = await phones.answer(number, message["id"], "confirm")
    assert answer.json()["result"] == "approved"


async def test_messages_after_a_known_one(phones: PhoneShop) -> None:
    phone = "79990000104"
    await phones.waiting(phone)
    first = await phones.newest(phone)
    assert await phones.messages(phone, after=first["id"]) == []

    waiting = asyncio.create_task(phones.messages(phone, after=first["id"], wait="20"))
    await asyncio.sleep(0.05)
    order_id = await phones.waiting(phone)

    [second] = await waiting
    assert second["orderId"] == order_id


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/sandbox/phones/12345/messages", 400, "'12345' is not a Russian phone number"),
        ("/sandbox/phones/79990000105/messages?after=7", 404, "no message '7'"),
        (f"/sandbox/phones/79990000105/messages?after={NO_MESSAGE}", 404, "no message"),
        ("/sandbox/phones/79990000105/messages?since=7", 400, "since: no such parameter"),
        ("/sandbox/phones/79990000105/messages?wait=60", 400, "wait: a whole number"),
        ("/sandbox/phones/79990000105/messages?wait=-1", 400, "wait: a whole number"),
    ],
)
async def test_wrong_question_is_explained(
    phones: PhoneShop, path: str, status: int, expected: str
) -> None:
    answer = await phones.get(path)
    assert answer.status == status
    assert expected in answer.json()["error"]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"action": "pay"}, "action: 'pay' is not an action; write confirm or refuse"),
        ({}, "action: '' is not an action; write confirm or refuse"),
        ({"action": 1}, "action"),
        ({"action": "confirm", "code": "1111"}, "code"),
        ([], "object"),
    ],
)
async def test_wrong_body_changes_nothing_and_is_explained(
    phones: PhoneShop, members: object, expected: str
) -> None:
    phone = "79990000106"
    order_id = await phones.waiting(phone)
    message = await phones.newest(phone)

    path = f"/sandbox/phones/{phone}/messages/{message['id']}"
    answer = await phones.shop.post_json(path, members)

    assert answer.status == 400
    assert expected in answer.json()["error"]
    assert (await phones.newest(phone))["actions"] == ["confirm", "refuse"]
    assert await phones.status(order_id) == (0, -100)


async def test_unknown_message_and_message_of_another_phone_are_404(phones: PhoneShop) -> None:
    await phones.waiting("79990000107")
    message = await phones.newest("79990000107")
    for phone, message_id in (
        ("79990000108", message["id"]),
        ("79990000107", NO_MESSAGE),
        ("79990000107", "first"),
    ):
        answer = await phones.answer(phone, message_id, "confirm")
        assert answer.status == 404
        assert f"no message '{message_id}'" in answer.json()["error"]
    assert (await phones.answer("7999", message["id"], "confirm")).status == 400


async def test_answered_message_is_final(phones: PhoneShop) -> None:
    phone = "79990000109"
    order_id = await phones.waiting(phone)
    message = await phones.newest(phone)
    await phones.answer(phone, message["id"], "confirm")

    again = await phones.answer(phone, message["id"], "refuse")

    assert again.status == 409
    assert "answered before (confirm)" in again.json()["error"]
    assert (await phones.status(order_id))[0] == 2


async def test_ten_answers_at_once_are_one(phones: PhoneShop) -> None:
    phone = "79990000110"
    order_id = await phones.waiting(phone)
    message = await phones.newest(phone)

    answers = await asyncio.gather(
        *(phones.answer(phone, message["id"], "confirm") for _ in range(10))
    )

    assert sorted(each.status for each in answers) == [200, *[409] * 9]
    assert (await phones.shop.see(order_id)).deposited == 1500_00


async def test_confirmation_of_a_killed_process_is_final_and_carried_out(phones: PhoneShop) -> None:
    phone = "79990000120"
    order_id = await phones.waiting(phone)
    message = await phones.newest(phone)
    # The process ended after the confirmation was stored, before money or message moved.
    confirm = "UPDATE simulators.bank_invoices SET state = 'confirmed' WHERE order_id = $1"
    await phones.shop.pool.execute(confirm, UUID(order_id))

    answer = await phones.answer(phone, message["id"], "refuse")

    assert answer.status == 409
    assert "answered before (confirm)" in answer.json()["error"]
    assert (await phones.newest(phone))["actions"] == []
    await phones.shop.travel(timedelta(minutes=5))
    await settle_unknown(phones.shop.gateway.world)
    assert await phones.status(order_id) == (2, 0)


async def test_message_of_an_expired_order_is_expired(phones: PhoneShop) -> None:
    phone = "79990000111"
    order_id = await phones.waiting(phone)
    message = await phones.newest(phone)
    await phones.shop.travel(timedelta(minutes=30))

    answer = await phones.answer(phone, message["id"], "confirm")

    assert answer.status == 409
    assert "its time is over" in answer.json()["error"]
    newest = await phones.newest(phone)
    assert (newest["actions"], newest["end"]) == ([], "expired")
    assert (await phones.status(order_id))[0] == 6


async def test_message_of_a_withdrawn_payment_is_closed(phones: PhoneShop) -> None:
    phone = "79990000112"
    order_id = await phones.waiting(phone)
    message = await phones.newest(phone)
    key = await phones.shop.key(order_id)
    await cancel_waiting(key, actor=Actor(name=PAYER), world=phones.shop.gateway.world)

    answer = await phones.answer(phone, message["id"], "confirm")

    assert answer.status == 409
    assert "the payer chose another way" in answer.json()["error"]
    assert (await phones.newest(phone))["end"] == "withdrawn"


async def test_message_of_an_order_that_the_shop_cancels_is_cancelled(phones: PhoneShop) -> None:
    phone = "79990000137"
    order_id = await phones.waiting(phone)
    message = await phones.newest(phone)
    assert (await phones.shop.call("decline.do", orderId=order_id))["errorCode"] == "0"
    await phones.shop.travel(timedelta(minutes=30))

    answer = await phones.answer(phone, message["id"], "confirm")

    assert answer.status == 409
    assert "the shop cancelled the order" in answer.json()["error"]
    assert (await phones.newest(phone))["end"] == "cancelled"
    page = await phones.get(f"/sandbox/phone/{phone}/messages/{message['id']}")
    assert "Магазин отменил заказ. Деньги не списаны." in page.text
    assert "другого телефона" not in page.text


async def test_page_of_another_site_cannot_use_the_phones(phones: PhoneShop) -> None:
    client = AsgiClient(phones.shop.gateway.router)
    origin = {"origin": "https://evil.example"}
    answer = await client.get("/sandbox/phones/79990000113/messages", headers=origin)
    assert answer.status == 403


async def test_phone_that_scans_gets_the_invoice_once_and_pays_it(phones: PhoneShop) -> None:
    order_id = await phones.waiting()
    link = deep_link(order_id)

    first = await phones.scan("79990000114", link)
    again = await phones.scan("79990000114", f"  {link}\n")
    other = await phones.scan("79990000115", link)

    message = first.json()["message"]
    assert message["actions"] == ["confirm", "refuse"]
    assert again.json()["message"]["id"] == message["id"] != other.json()["message"]["id"]
    assert [each["id"] for each in await phones.messages("79990000114")] == [message["id"]]
    paid = await phones.answer("79990000114", message["id"], "confirm")
    assert paid.json()["result"] == "approved"
    assert (await phones.status(order_id))[0] == 2
    late = await phones.answer("79990000115", other.json()["message"]["id"], "confirm")
    assert late.status == 409
    assert "answered on another phone" in late.json()["error"]
    other_message = await phones.newest("79990000115")
    assert ("answer" in other_message, other_message["end"]) == (False, "elsewhere")
    over = await phones.scan("79990000116", link)
    assert over.status == 409
    assert "cannot be confirmed any more" in over.json()["error"]


async def test_phone_that_scans_pays_by_its_own_rules(phones: PhoneShop) -> None:
    order_id = await phones.waiting()
    no_app = await phones.scan("79990000001", deep_link(order_id))
    assert no_app.status == 409
    assert "no bank app" in no_app.json()["error"]
    message = (await phones.scan("79990000002", deep_link(order_id))).json()["message"]
    answer = await phones.answer("79990000002", message["id"], "confirm")
    assert answer.json()["result"] == "declined"
    assert await phones.status(order_id) == (0, 116)


async def test_pushed_phone_that_scans_has_one_message(phones: PhoneShop) -> None:
    order_id = await phones.waiting("79990000117")
    await phones.scan("79990000117", deep_link(order_id))
    assert len(await phones.messages("79990000117")) == 1


async def test_scan_without_a_code_is_explained(phones: PhoneShop) -> None:
    answer = await phones.shop.post_json("/sandbox/phones/79990000118/scan", {})
    assert (answer.status, "neither a link" in answer.json()["error"]) == (400, True)


async def test_payment_link_is_opened_as_a_page(phones: PhoneShop) -> None:
    order_id = await phones.shop.register(100)
    page = f"http://127.0.0.1:8080/payment/merchants/test/payment_ru.html?mdOrder={order_id}"
    answer = await phones.scan("79990000118", page)
    assert answer.json() == {"phone": "79990000118", "open": page}


@pytest.mark.parametrize(
    ("payload", "status", "expected"),
    [
        ("", 400, "neither a link"),
        ("4111", 400, "neither a link"),
        ("sberpay://invoicing/v2?operationType=Web2App", 400, "neither a link"),
        ("sberpay://invoicing/v2?bankInvoiceId=" + "1" * 3000, 400, "neither a link"),
        ("http://[", 400, "neither a link"),
        ("sberpay://invoicing/v2?bankInvoiceId=77", 404, "no invoice '77'"),
        (f"sberpay://invoicing/v2?bankInvoiceId={NO_MESSAGE.replace('-', '')}", 404, "no invoice"),
        ("https://shop.example/?mdOrder=1", 400, "shop.example is not an address"),
        ("http://127.0.0.1:8080/payment/x.html?mdOrder=1", 404, "names no order"),
        ("http://127.0.0.1:8080/", 404, "names no order"),
    ],
)
async def test_wrong_code_is_explained(
    phones: PhoneShop, payload: str, status: int, expected: str
) -> None:
    answer = await phones.scan("79990000119", payload)
    assert answer.status == status
    assert expected in answer.json()["error"]
    assert await phones.messages("79990000119") == []
