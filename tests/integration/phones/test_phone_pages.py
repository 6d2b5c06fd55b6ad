"""The pages of the simulated phones without a browser: states, forms, refusals, changes."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from altyn.inbound.sandbox.phones.texts import REFUSALS, TEXTS
from altyn.look import LANGUAGES
from altyn.main.connectors import Connectors
from altyn.main.phones import routes_of_phones
from altyn.protocol.acquiring import AcquirerOutcome, AcquirerResponse
from altyn.protocol.phone_messages import MessageKind, NewMessage
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.phones.phones import Phones
from altyn.workers.reconciliation import settle_unknown
from tests.asgi_client import Answer, AsgiClient
from tests.integration.phones.phone_shop import deep_link

if TYPE_CHECKING:
    from altyn.protocol.acquiring import AcquirerRequest
    from tests.integration.phones.phone_shop import PhoneShop

NO_MESSAGE: Final = "9a1d5e0c-77f0-7d22-8d10-0a0b0c0d0e0f"


async def post(phones: PhoneShop, path: str, **form: str) -> Answer:
    """Send a form of a page."""
    return await AsgiClient(phones.shop.gateway.router, ip="127.0.0.1").post(path, form)


async def opened(phones: PhoneShop, phone: str) -> str:
    """The address of the newest message of a phone."""
    return f"/sandbox/phone/{phone}/messages/{(await phones.newest(phone))['id']}"


async def test_confirmed_hold_is_shown_as_held(phones: PhoneShop) -> None:
    await phones.waiting("79990000501", two_phase=True)
    address = await opened(phones, "79990000501")
    assert "Деньги будут зарезервированы" in (await phones.get(address)).text

    answer = await post(phones, address, action="confirm")

    assert (answer.status, answer.location) == (303, address)
    assert "Деньги зарезервированы" in (await phones.get(address)).text


async def test_payment_is_in_process_until_the_bank_has_moved_the_money(
    phones: PhoneShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(_: IssuerSimulator, request: AcquirerRequest) -> AcquirerResponse:
        return AcquirerResponse(outcome=AcquirerOutcome.PENDING, action_code=0)

    order_id = await phones.waiting("79990000502")
    message = await phones.newest("79990000502")
    address = await opened(phones, "79990000502")
    with monkeypatch.context() as patch:
        patch.setattr(IssuerSimulator, "handle", not_yet)
        answer = await phones.answer("79990000502", message["id"], "confirm")
        assert answer.json()["result"] == "processing"
        assert "Банк проводит платёж" in (await phones.get(address)).text
        assert (await phones.status(order_id))[0] == 0

    key = await phones.shop.key(order_id)
    async with asyncio.timeout(60):
        while (await phones.status(order_id))[0] == 0:
            await settle_unknown(phones.shop.gateway.world)
            await asyncio.sleep(0.05)
    assert (await phones.status(str(key.order_id))) == (2, 0)
    assert "Оплачено" in (await phones.get(address)).text


async def test_form_of_a_message_that_is_over_leads_to_its_page(phones: PhoneShop) -> None:
    await phones.waiting("79990000503")
    address = await opened(phones, "79990000503")
    await post(phones, address, action="refuse")

    again = await post(phones, f"{address}?language=en", action="confirm")

    assert (again.status, again.location) == (303, f"{address}?language=en")
    assert "You refused the payment" in (await phones.get(again.location)).text


async def test_form_without_an_action_is_refused(phones: PhoneShop) -> None:
    await phones.waiting("79990000504")
    address = await opened(phones, "79990000504")
    for form in ({}, {"action": "pay"}):
        answer = await post(phones, address, **form)
        assert answer.status == 400
        assert "confirm or refuse" in answer.text
    assert (await phones.newest("79990000504"))["actions"]


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/sandbox/phone/12345", 400, "Это не номер телефона"),
        ("/sandbox/phone?phone=12345&language=en", 400, "This is not a phone number"),
        (f"/sandbox/phone/79990000505/messages/{NO_MESSAGE}", 404, "Такого сообщения нет"),
        ("/sandbox/phone/79990000505/messages/1?language=en", 404, "There is no such message"),
        ("/sandbox/phone/12345/sms", 400, "not a Russian phone number"),
        ("/sandbox/phone/79990000505/changes?wait=60", 400, "wait: a whole number"),
    ],
)
async def test_wrong_address_is_explained(
    phones: PhoneShop, path: str, status: int, expected: str
) -> None:
    answer = await phones.get(path)
    assert answer.status == status
    assert expected in answer.text


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/sandbox/phone/89990000506", "/sandbox/phone/79990000506"),
        ("/sandbox/phone?phone=9990000506&language=en", "/sandbox/phone/79990000506?language=en"),
        ("/sandbox/phone/79990000506?scan=a%3Db", "/sandbox/phone/79990000506/scan?payload=a%3Db"),
        ("/sandbox/phone?scan=x&phone=9990000506", "/sandbox/phone/79990000506/scan?payload=x"),
    ],
)
async def test_every_spelling_leads_to_one_address(
    phones: PhoneShop, path: str, location: str
) -> None:
    answer = await phones.get(path)
    assert (answer.status, answer.location) == (303, location)


async def test_code_of_the_address_is_kept_until_a_phone_is_chosen(phones: PhoneShop) -> None:
    order_id = await phones.waiting()
    link = deep_link(order_id)
    page = (await phones.get(f"/sandbox/phone?scan={quote(link)}")).text
    assert f'name="scan" value="{link}"' in unescape(page)
    scanner = (await phones.get("/sandbox/phone/79990000507/scan", {"payload": link})).text
    assert f">{link}</textarea>" in unescape(scanner)
    scanned = await post(phones, "/sandbox/phone/79990000507/scan", payload=link)
    assert scanned.location == await opened(phones, "79990000507")


async def test_phone_without_payment_in_parts_has_no_plans(phones: PhoneShop) -> None:
    page = await phones.get("/sandbox/phone/79990000511/plans")
    assert page.status == 200
    assert "Оплаты частями нет" in page.text


@pytest.mark.parametrize("code", ["<script>", "sberpay://invoicing/v2?bankInvoiceId=%00"])
async def test_wrong_code_is_shown_under_its_field(phones: PhoneShop, code: str) -> None:
    answer = await post(phones, "/sandbox/phone/79990000508/scan", payload=code)
    assert answer.status == 400
    assert "Это не код для оплаты" in answer.text
    assert "<script>" not in re.sub(r"<script [^>]*>", "", answer.text)


async def test_message_for_information_has_no_buttons(phones: PhoneShop) -> None:
    store = Phones(phones.shop.pool, phones.shop.clock.now)
    for kind, link in ((MessageKind.PUSH, ""), (MessageKind.SMS, "https://shop.example/x")):
        text = "Код 1111 <b>никому</b> не сообщайте"
        await store.send(
            NewMessage(
                message_id=uuid4(), phone="79990000509", kind=kind, text=text, link=link,
                subject="bnpl:1",
            )
        )  # fmt: skip
    push, sms = await phones.messages("79990000509")
    page = (await phones.get(f"/sandbox/phone/79990000509/messages/{push['id']}")).text
    assert "Сообщение банка" in page
    assert "&lt;b&gt;никому" in page
    assert "<form" not in page
    thread = (await phones.get("/sandbox/phone/79990000509/sms")).text
    assert "&lt;b&gt;никому" in thread
    assert 'href="https://shop.example/x"' in thread
    assert sms["link"] == "https://shop.example/x"
    refused = await phones.answer("79990000509", sms["id"], "confirm")
    assert refused.status == 409
    assert "needs no answer" in refused.json()["error"]


async def test_changes_are_answered_when_something_changes(phones: PhoneShop) -> None:
    path = "/sandbox/phone/79990000510/changes"
    first = (await phones.get(path)).json()
    assert (first["newest"], first["waiting"]) == (0, 0)
    waiting = asyncio.create_task(
        phones.get(path, {"version": first["version"], "wait": "20", "language": "en"})
    )
    order_id = await phones.waiting("79990000510")
    found = (await waiting).json()
    # A new minute is a change, too.
    while not found["waiting"]:
        found = (await phones.get(path, {"version": found["version"], "wait": "20"})).json()
    assert found["waiting"] == 1
    assert found["version"] != first["version"]
    push = await phones.newest("79990000510")
    assert push["id"] in found["href"]
    assert UUID(push["orderId"]) == UUID(order_id)


async def test_many_phones_that_wait_leave_connections_to_payments(phones: PhoneShop) -> None:
    numbers = [
        f"7999001{number:04}" for number in range(100, 160)
    ]  # more than the pool has connections
    waiting = [asyncio.create_task(phones.messages(phone, wait="20")) for phone in numbers]
    await asyncio.sleep(0)
    for phone in numbers:
        await phones.waiting(phone)
    answers = await asyncio.gather(*waiting)
    assert all(messages for messages in answers)


async def test_production_has_no_phones(phones: PhoneShop) -> None:
    world = phones.shop.gateway.world
    without = Connectors(ways=(), checks=world.card.checks, threeds=world.card.threeds)
    assert routes_of_phones(without, world, None) == ()


def test_every_text_is_in_both_languages() -> None:
    assert set(LANGUAGES) == {"ru", "en"}
    for words in (*TEXTS.values(), *REFUSALS.values()):
        assert words.ru
        assert words.en
        assert not re.search("[а-яё]", words.en, re.IGNORECASE)
        assert set(re.findall(r"\{\w+\}", words.ru)) == set(re.findall(r"\{\w+\}", words.en))
