"""Payment links of orders: the methods, the QR codes, the messages, the limits, the till's page.

Gateway, PostgreSQL and simulated phones are real; only the clock is moved.
"""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from altyn.domain.link_settings import LinkSettings
from altyn.domain.moscow import MOSCOW
from altyn.domain.payment_link import LINKS_PER_ORDER
from altyn.domain.refusals import Refusal
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.request_handler import RequestHandler
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.phone_messages import PhoneMessage
from altyn.simulators.phones.phones import Phones
from tests.asgi_client import Answer, AsgiClient
from tests.merchant_changes import changed
from tests.shop import CREDENTIALS, Shop, open_shop, refused

PER_HOUR: Final = LinkSettings().order_per_hour
PHONE: Final = "79998887766"
MAIL: Final = "anna@example.org"
WAIT_SECONDS: Final = 30
PNG: Final = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


def client(shop: Shop) -> AsgiClient:
    return AsgiClient(shop.gateway.router, ip="127.0.0.1")


async def call(shop: Shop, method: str, **fields: object) -> dict[str, Any]:
    """A method of payment links, as a shop calls it."""
    sent = {name: str(value) for name, value in {**CREDENTIALS, **fields}.items()}
    answer = await client(shop).post(f"/payment/links/{method}.do", sent)
    members: dict[str, Any] = answer.json()
    return members


async def qr(shop: Shop, name: str, **headers: str) -> Answer:
    pairs = {key.replace("_", "-"): value for key, value in headers.items()}
    return await client(shop).get(f"/payment/qr/{name}", headers=pairs)


async def on_phone(shop: Shop, count: int) -> list[PhoneMessage]:
    """The messages about links on the phone, once there are so many."""
    phones = Phones(shop.pool, shop.clock.now)
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            messages = [each for each in await phones.messages(PHONE) if each.order_id]
            if len(messages) >= count:
                return messages
            await asyncio.sleep(0.02)


async def states(shop: Shop, order_id: str) -> list[str]:
    """The states of the order's messages in the outbox, in their order."""
    rows = await shop.pool.fetch(
        "SELECT state FROM outbox WHERE subject_id = $1 AND operation = 'payment_link'"
        " ORDER BY version",
        order_id,
    )
    return [row["state"] for row in rows]


async def until_settled(shop: Shop, order_id: str) -> list[str]:
    async with asyncio.timeout(WAIT_SECONDS):
        while "waiting" in (found := await states(shop, order_id)):  # noqa: ASYNC110 - in PostgreSQL
            await asyncio.sleep(0.02)
        return found


# ── The link and its code ─────────────────────────────────────────────────────────────────────────


async def test_link_of_an_order_is_its_form_url(shop: Shop) -> None:
    answer = await shop.call(
        "register.do", amount=1500_00, orderNumber="L-1", returnUrl="https://shop.example/"
    )
    link = await call(shop, "get", orderId=answer["orderId"])
    by_number = await call(shop, "get", orderNumber="L-1")
    assert link == by_number
    assert (link["errorCode"], link["formUrl"]) == ("0", answer["formUrl"])
    assert link["qrSvg"].endswith(f"/payment/qr/{answer['orderId']}.svg")
    assert link["messagesLeft"] == PER_HOUR
    status = await shop.call("getOrderStatusExtended.do", orderId=answer["orderId"])
    assert link["expirationDate"] > status["date"]


async def test_code_is_drawn_as_svg_and_png_in_the_wanted_size(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    svg, png = await qr(shop, f"{order_id}.svg?size=600"), await qr(shop, f"{order_id}.png")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert round(float(ET.fromstring(svg.body).attrib["width"])) == 600  # noqa: S314
    assert png.body.startswith(PNG)
    assert 300 < int.from_bytes(png.body[16:20], "big") <= 400
    assert svg.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_code_that_the_till_has_is_not_sent_again(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    first = await qr(shop, f"{order_id}.svg")
    again = await qr(shop, f"{order_id}.svg", if_none_match=first.headers["etag"])
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    "name",
    [
        "{id}.svg?size=99",
        "{id}.svg?size=2001",
        "{id}.png?size=9x",
        "{id}.svg?size=",
        "{id}.svg?width=400",
        "{id}.svg?size=%D9%A3%D9%A3%D9%A3",
    ],
)
async def test_wrong_size_is_named(shop: Shop, name: str) -> None:
    order_id = await shop.register(1500_00)
    answer = await qr(shop, name.format(id=order_id))
    assert (answer.status, answer.text) == (400, "size: whole pixels from 100 to 2000\n")


@pytest.mark.parametrize("order_id", ["x", "0b5f2a34-6c1d-7e90-8f11-000000000002"])
async def test_code_of_an_unknown_order_is_404(shop: Shop, order_id: str) -> None:
    answer = await qr(shop, f"{order_id}.svg")
    assert answer.status == 404
    assert "no order with this id" in answer.text


async def test_order_that_takes_no_payment_has_no_code(shop: Shop) -> None:
    paid, expired = await shop.paid(1500_00), await shop.register(1500_00)
    await shop.travel(timedelta(minutes=21))
    for order_id in (paid, expired):
        answer = await qr(shop, f"{order_id}.png")
        assert answer.status == 410
        assert "its link takes no payment" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        link = await call(shop, "get", orderId=order_id)
        assert refused("getPaymentLink", link, Refusal.WRONG_STATUS)


async def test_unknown_order_is_refused(shop: Shop) -> None:
    missing = "0b5f2a34-6c1d-7e90-8f11-000000000002"
    for method in ("get", "send"):
        answer = await call(shop, method, orderId=missing, sms=PHONE)
        assert answer["errorCode"] == "6"


async def test_credentials_are_those_of_every_method(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    answer = await call(shop, "send", orderId=order_id, sms=PHONE, password="wrong")
    assert refused("sendPaymentLink", answer, Refusal.ACCESS_DENIED)
    assert await states(shop, order_id) == []


# ── Messages ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("spelling", ["+7 999 888-77-66", "89998887766", "9998887766"])
async def test_link_arrives_at_the_phone(shop: Shop, spelling: str) -> None:
    order_id = await shop.register(1500_00)
    link = await call(shop, "get", orderId=order_id)
    answer = await call(shop, "send", orderId=order_id, sms=spelling)
    assert answer["errorCode"] == "0"
    await until_settled(shop, order_id)
    [message] = [each for each in await on_phone(shop, 1) if str(each.order_id) == order_id]
    assert message.subject == f"link:{order_id.replace('-', '')}"
    assert (message.link, message.amount_minor, message.actions) == (link["formUrl"], 1500_00, ())
    assert message.text.startswith("Демо-магазин: заказ T-")
    assert link["formUrl"] in message.text


async def test_link_arrives_as_a_mail(shop: Shop) -> None:
    order_id = await shop.register(1500_00, language="en", description="Tea & cups")
    link = await call(shop, "get", orderId=order_id)
    await call(shop, "send", orderId=order_id, email=MAIL)
    assert await until_settled(shop, order_id) == ["delivered"]
    [mail] = await shop.pool.fetch("SELECT * FROM mails WHERE order_id = $1", order_id)
    assert mail["subject"] == "Payment link: 1\u202f500.00\u00a0₽, Demo shop"
    assert link["formUrl"] in mail["text"]
    assert f'href="{link["formUrl"]}"' in mail["html"]
    assert "Tea &amp; cups" in mail["html"]


async def test_message_is_in_the_history_of_the_order(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    await call(shop, "send", orderId=order_id, sms=PHONE)
    [row] = await shop.pool.fetch(
        "SELECT actor, detail FROM order_events WHERE order_id = $1 AND event = 'link_sent'",
        order_id,
    )
    assert row["actor"] == "test-api"
    assert PHONE in str(row["detail"])
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert PHONE not in str(status)  # a message changes nothing that the shop reads


async def test_repeated_key_sends_one_message(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    for _ in range(3):
        answer = await call(shop, "send", orderId=order_id, sms=PHONE, key="receipt-7")
        assert answer["errorCode"] == "0"
    other = await call(shop, "send", orderId=order_id, email=MAIL, key="receipt-7")
    assert refused("sendPaymentLink", other, Refusal.LINK_KEY_REUSED)
    assert await until_settled(shop, order_id) == ["delivered"]


async def send(shop: Shop, order_id: str, **more: object) -> dict[str, Any]:
    """Send the link of an order by mail."""
    return await call(shop, "send", orderId=order_id, **{"email": MAIL, **more})


async def at_minute(shop: Shop) -> datetime:
    """Move the clock to the first second of a minute; the time."""
    now = shop.clock.now()
    return await shop.travel_to(now.replace(second=1, microsecond=0) + timedelta(minutes=1))


def too_often(answer: Mapping[str, Any], refusal: Refusal, until: datetime) -> bool:
    """Whether the answer has this refusal, with the time after which a message is possible."""
    error = METHODS["sendPaymentLink"].refusals[refusal]
    shown = f"{until.astimezone(MOSCOW):%d.%m.%Y %H:%M}"
    assert shown in answer["errorMessage"], answer
    expected = error.text("ru", until=until)
    return (answer["errorCode"], answer["errorMessage"]) == (str(error.code), expected)


async def test_messages_of_an_order_are_limited_by_the_hour_and_in_all(shop: Shop) -> None:
    order_id = await shop.register(1500_00, sessionTimeoutSecs=7 * 24 * 3600)
    for hour in range(LINKS_PER_ORDER // PER_HOUR):
        start = await at_minute(shop)
        together = await asyncio.gather(*(send(shop, order_id) for _ in range(PER_HOUR + 1)))
        accepted = [each for each in together if each["errorCode"] == "0"]
        assert len(accepted) == PER_HOUR, f"hour {hour}"
        [over] = [each for each in together if each["errorCode"] != "0"]
        if hour < LINKS_PER_ORDER // PER_HOUR - 1:
            until = start + timedelta(minutes=61) - timedelta(seconds=start.second)
            assert too_often(over, Refusal.LINKS_EXHAUSTED, until)
            await shop.travel_to(until - timedelta(minutes=2))
            assert too_often(await send(shop, order_id), Refusal.LINKS_EXHAUSTED, until)
            await shop.travel_to(until)
        else:
            assert refused("sendPaymentLink", over, Refusal.LINKS_USED_UP)
    await shop.travel(timedelta(days=1))
    assert refused("sendPaymentLink", await send(shop, order_id), Refusal.LINKS_USED_UP)
    assert len(await states(shop, order_id)) == LINKS_PER_ORDER


async def test_setting_limits_the_messages_of_an_order(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    async with changed(shop, {"links.order_per_hour": 1}):
        assert (await call(shop, "get", orderId=order_id))["messagesLeft"] == 1
        assert (await send(shop, order_id, key="once"))["errorCode"] == "0"
        assert (await call(shop, "get", orderId=order_id))["messagesLeft"] == 0
        answer = await send(shop, order_id)
        assert answer["errorMessage"].startswith("Ссылку этого заказа отправляли слишком часто")
        again = await send(shop, order_id, key="once")
        assert again["errorCode"] == "0", "a repeated key sends nothing, so it is no message more"


async def test_messages_of_a_shop_are_limited_by_the_hour(shop: Shop) -> None:
    orders = [await shop.register(1500_00, sessionTimeoutSecs=24 * 3600) for _ in range(6)]
    await shop.travel(timedelta(hours=2))  # what other tests have sent counts no more
    start = await at_minute(shop)
    async with changed(shop, {"links.shop_per_hour": 4}):
        left = (await call(shop, "get", orderId=orders[0]))["messagesLeft"]
        assert left == 4
        answers = await asyncio.gather(*(send(shop, each) for each in orders))
        assert sorted(each["errorCode"] for each in answers) == ["0"] * 4 + ["5"] * 2
        until = start + timedelta(minutes=61) - timedelta(seconds=start.second)
        for answer in answers:
            if answer["errorCode"] != "0":
                assert too_often(answer, Refusal.SHOP_LINKS_EXHAUSTED, until)
        assert (await call(shop, "get", orderId=orders[0]))["messagesLeft"] == 0
        by_sms = await call(shop, "send", orderId=orders[0], sms=PHONE)
        assert too_often(by_sms, Refusal.SHOP_LINKS_EXHAUSTED, until)
        await shop.travel_to(until - timedelta(minutes=2))
        assert (await send(shop, orders[0]))["errorCode"] == "5"
        await shop.travel_to(until)
        assert (await send(shop, orders[0]))["errorCode"] == "0"


async def test_refused_message_does_not_count_for_the_shop(shop: Shop) -> None:
    await shop.travel(timedelta(hours=2))
    order_id, paid = await shop.register(1500_00), await shop.paid(1500_00)
    async with changed(shop, {"links.shop_per_hour": 1}):
        assert refused("sendPaymentLink", await send(shop, paid), Refusal.WRONG_STATUS)
        assert (await call(shop, "send", orderId=order_id, sms="12345"))["errorCode"] == "5"
        assert (await send(shop, order_id, key="k"))["errorCode"] == "0"
        assert (await send(shop, order_id, key="k"))["errorCode"] == "0"
        assert (await send(shop, order_id))["errorCode"] == "5"


async def test_message_that_loses_the_race_of_its_order_is_given_back_to_the_shop(
    shop: Shop,
) -> None:
    order_id, other = [await shop.register(1500_00) for _ in range(2)]
    await shop.travel(timedelta(minutes=10))
    merchant_id = (await shop.key(order_id)).merchant_id
    since = shop.clock.now() - timedelta(seconds=1)
    answers = await asyncio.gather(*(send(shop, order_id) for _ in range(2 * PER_HOUR)))
    assert sum(each["errorCode"] == "0" for each in answers) == PER_HOUR
    await send(shop, other)
    counted = await shop.gateway.world.links.sent(merchant_id, since=since)
    assert len(counted) == PER_HOUR + 1


async def test_order_that_takes_no_payment_sends_nothing(shop: Shop) -> None:
    order_id = await shop.paid(1500_00)
    answer = await call(shop, "send", orderId=order_id, sms=PHONE)
    assert refused("sendPaymentLink", answer, Refusal.WRONG_STATUS)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({}, Refusal.PARAMETER_EMPTY),
        ({"sms": "12345"}, Refusal.PARAMETER_INVALID),
        ({"sms": "+442079460000"}, Refusal.PARAMETER_INVALID),
        ({"email": "nobody"}, Refusal.PARAMETER_INVALID),
        ({"sms": PHONE, "email": MAIL}, Refusal.PARAMETER_INVALID),
    ],
)
async def test_wrong_receiver_is_refused(
    shop: Shop, fields: dict[str, str], refusal: Refusal
) -> None:
    order_id = await shop.register(1500_00)
    answer = await call(shop, "send", orderId=order_id, **fields)
    assert refused("sendPaymentLink", answer, refusal)


async def test_gateway_without_a_service_refuses_the_message(shop: Shop) -> None:
    """Production has no SMS service, and no mail without an SMTP server."""
    order_id = await shop.register(1500_00)
    rest = shop.gateway.router._rest
    silent = replace(shop.gateway.world, channels=frozenset())
    rest._handler = RequestHandler(silent, rest._handler._credentials, HANDLERS)
    for channel, to in (("sms", PHONE), ("email", MAIL)):
        answer = await call(shop, "send", orderId=order_id, **{channel: to})
        assert refused("sendPaymentLink", answer, Refusal.CHANNEL_UNAVAILABLE)
        assert answer["errorMessage"].startswith(f"[{channel}]")


# ── The till's page ───────────────────────────────────────────────────────────────────────────────


async def test_till_shows_the_code_and_sends_the_link(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    address = f"/sandbox/orders/{order_id}/link"
    page = await client(shop).get(address)
    assert page.status == 200
    assert f'src="/payment/qr/{order_id}.svg?size=480"' in page.text
    sent = await client(shop).post(address, {"sms": "8 999 888 77 66"})
    assert sent.status == 303
    after = await client(shop).get(f"{address}{sent.location}")
    assert f"Ссылка отправлена: {PHONE}." in after.text
    assert await until_settled(shop, order_id) == ["delivered"]


async def test_till_names_what_is_wrong(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    address = f"/sandbox/orders/{order_id}/link?language=en"
    wrong = await client(shop).post(address, {"email": '"><script>'})
    assert wrong.status == 200
    assert "Enter an e-mail address" in wrong.text
    assert "&#34;&gt;&lt;script&gt;" in wrong.text
    unknown = await client(shop).get("/sandbox/orders/x/link")
    assert unknown.status == 404
    await shop.pay(order_id)
    assert (await client(shop).get(address)).status == 410


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("links.order_per_hour", "Ссылку этого заказа отправляли слишком часто."),
        ("links.shop_per_hour", "Магазин отправил слишком много ссылок за час."),
    ],
)
async def test_till_shows_when_a_message_is_possible_again(
    shop: Shop, setting: str, text: str
) -> None:
    await shop.travel(timedelta(hours=2))
    order_id = await shop.register(1500_00)
    address = f"/sandbox/orders/{order_id}/link"
    now = await at_minute(shop)
    async with changed(shop, {setting: 1}):
        assert (await client(shop).post(address, {"email": MAIL})).status == 303
        page = (await client(shop).post(address, {"email": MAIL})).text
    until = now.astimezone(MOSCOW) + timedelta(minutes=60)
    assert f"{text} Повторите после" in page
    assert f"{until + timedelta(minutes=1):%H:%M}" in page
    assert "Сейчас можно отправить ещё: 0." in page


async def test_page_of_another_site_sends_nothing(shop: Shop) -> None:
    order_id = await shop.register(1500_00)
    answer = await client(shop).post(
        f"/sandbox/orders/{order_id}/link",
        {"sms": PHONE},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status == 403
    assert await states(shop, order_id) == []
