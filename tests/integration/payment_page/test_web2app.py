"""The link that a phone opens the bank's app by: it has the way back, and web2app opens it.

Source: sberpay.md §1, §3, and its additions; payment-page.md §8.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.integration.payment_page.page_client import PageClient
from tests.integration.payment_page.test_contact import with_cart
from tests.integration.payment_page.test_sberpay import BY_LINK, cancel, open_step
from tests.page_tree import by_id, find_all, parse, text_of

PHONE = "79990000801"
BACK = "https://shop.example/paid?s=@{BankResultState}"
DIRECT = {"jsonParams": '{"web2app":true}'}


def opened_by(page: str) -> str:
    """The link that the button for a phone opens, on the step or on the waiting page."""
    tree = parse(page)
    buttons = [each.get("data-open") for each in find_all(tree, "button")]
    links = [each.get("href") for each in find_all(tree, "a")]
    (link,) = [each for each in (*buttons, *links) if each and each.startswith("sberpay:")]
    return link


def way_back(link: str) -> str:
    """The address in a link."""
    return parse_qs(urlsplit(link).query)["backUrl"][0]


async def answered(client: PageClient, link: str, action: str) -> dict[str, Any]:
    """Open the link on a phone, and answer the invoice."""
    scanned = await client.shop.post_json(f"/sandbox/phones/{PHONE}/scan", {"payload": link})
    path = f"/sandbox/phones/{PHONE}/messages/{scanned.json()['message']['id']}"
    answer = await client.shop.post_json(path, {"action": action})
    members: dict[str, Any] = answer.json()
    return members


async def test_app_goes_back_to_the_page_and_the_page_to_the_shop(client: PageClient) -> None:
    order_id = await client.register()
    link = opened_by(await open_step(client, order_id, "en"))
    own = f"/payment/merchants/test/payment_en.html?mdOrder={order_id}"
    assert way_back(link).endswith(own)
    assert urlsplit(way_back(link)).scheme in {"http", "https"}
    await client.fill(order_id, BY_LINK, "payment_en.html")
    waiting = (await client.open(order_id, "payment_en.html")).text
    assert opened_by(waiting) == link
    answer = await answered(client, link, "confirm")
    assert answer["returnUrl"] == way_back(link)
    back = await client.open(order_id, "payment_en.html")
    assert back.location == f"https://shop.example/ok?orderId={order_id}&lang=en"


async def test_app_goes_back_to_the_address_of_the_shop(client: PageClient) -> None:
    order_id = await client.register(jsonParams=json.dumps({"sberpay.backurl": BACK}))
    link = opened_by(await open_step(client, order_id))
    assert way_back(link) == BACK
    await client.fill(order_id, BY_LINK)
    answer = await answered(client, link, "refuse")
    assert answer["returnUrl"] == "https://shop.example/paid?s=cancel"


async def test_phone_that_scans_the_code_of_a_desktop_stays_in_the_app(client: PageClient) -> None:
    order_id = await client.register()
    await client.fill(order_id, BY_LINK)
    page = html.unescape((await client.open(order_id)).text)
    code = re.search(r'href="/sandbox/phone\?scan=([^"]+)"', page)
    assert code
    assert "backUrl" not in code[1]
    link = opened_by(await page_of_waiting(client, order_id)).partition("&backUrl")[0]
    assert "returnUrl" not in await answered(client, link, "confirm")


async def page_of_waiting(client: PageClient, order_id: str) -> str:
    return (await client.open(order_id)).text


async def test_payer_cannot_choose_the_way_back_for_the_shop(client: PageClient) -> None:
    order_id = await client.register()
    forged = {**BY_LINK, "jsonParams": '{"sberpay.backurl":"https://other.example/"}'}
    await client.fill(order_id, forged)
    link = opened_by(await page_of_waiting(client, order_id))
    assert "other.example" not in link


async def test_web2app_opens_the_page_at_sberpay_until_something_was_tried(
    client: PageClient,
) -> None:
    order_id = await client.register(**DIRECT)
    page = html.unescape((await client.open(order_id)).text)
    assert ("sberPayPhone" in page, "$PAN" in page) == (True, False)
    assert "data-opens-on-phone" in page
    other = f"payment_ru.html?mdOrder={order_id}&paymentWay=CARD"
    assert f'href="{other}"' in page
    cards = await client.http.get(f"/payment/merchants/test/{other}")
    assert "$PAN" in cards.text, "the card stays one press away"
    assert (await client.session(order_id))["attemptsLeft"] == 3, "the server begins nothing"

    await client.fill(order_id, BY_LINK)
    await cancel(client, order_id)
    page = (await client.open(order_id)).text
    assert "$PAN" in page
    step = await open_step(client, order_id)
    assert "data-opens-on-phone" not in step


async def test_ordinary_order_opens_no_app(client: PageClient) -> None:
    for params in ("{}", '{"web2app":"false"}'):
        order_id = await client.register(jsonParams=params)
        assert "$PAN" in (await client.open(order_id)).text
        assert "data-opens-on-phone" not in await open_step(client, order_id)


async def test_hidden_sberpay_is_not_opened(client: PageClient) -> None:
    order_id = await client.register(jsonParams='{"web2app":true,"sberpayHide":"true"}')
    assert "$PAN" in (await client.open(order_id)).text
    order_id = await client.register(**DIRECT)
    shown = await client.http.get(
        "/payment/merchants/test/payment_ru.html",
        {"mdOrder": order_id, "sberpayHide": "true"},
    )
    assert "$PAN" in shown.text


async def test_contact_for_the_receipt_is_typed_before_the_app_opens(client: PageClient) -> None:
    order_id = await with_cart(client, **DIRECT)
    page = (await client.open(order_id)).text
    assert "sberPayPhone" in page
    assert "data-opens-on-phone" not in page
    refused = await client.fill(order_id, {**BY_LINK, "contact": ""})
    assert text_of(by_id(parse(refused.text), "contact-error"))
    assert "data-opens-on-phone" not in refused.text
