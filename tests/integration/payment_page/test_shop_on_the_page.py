"""What a shop's settings change on the payment page: its name, its logo, the name on the card, and
which sites may frame the page; and the link back to the shop.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asgi_client import AsgiClient
from tests.integration.payment_page.page_client import (
    DECLINED,
    FAIL_URL,
    PAYER_IP,
    RETURN_URL,
    PageClient,
    card,
    path_of,
    typed,
)
from tests.page_tree import by_id, find_all, parse, text_of, values
from tests.shop import open_shop

ORIGINS = ("https://shop.example", "https://*.shop.example:8443")
PIXEL = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\npixel").decode()


@pytest.fixture
async def client(own_database_url: str, tmp_path: Path) -> AsyncIterator[PageClient]:
    """A gateway of its own, because these tests change the demo shop."""
    async with open_shop(own_database_url, tmp_path) as shop:
        yield PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP))


# ── Name and logo ─────────────────────────────────────────────────────────────────────────────────


async def test_shop_has_a_name_in_each_language(client: PageClient) -> None:
    await client.set(page_names=("en=Tea, coffee & more",))
    order_id = await client.register()
    names = {}
    for language in ("ru", "en"):
        tree = parse((await client.open(order_id, f"payment_{language}.html")).text)
        (heading,) = find_all(tree, "h1")
        names[language] = text_of(heading)
    assert names == {"ru": "Демо-магазин", "en": "Tea, coffee & more"}
    await client.pay(order_id)
    finish = f"/payment/merchants/test/finish.html?orderId={order_id}&lang=en"
    assert "Tea, coffee &amp; more" in (await client.http.get(finish)).text


@pytest.mark.parametrize(
    ("logo", "images"),
    [
        ("", "img-src 'self';"),
        (
            "https://cdn.shop.example:8443/a/logo.svg",
            "img-src 'self' https://cdn.shop.example:8443;",
        ),
        (PIXEL, "img-src 'self' data:;"),
    ],
    ids=["none", "address", "data"],
)
async def test_logo_is_shown_and_the_policy_allows_it_alone(
    client: PageClient, logo: str, images: str
) -> None:
    await client.set(page_logo=logo)
    page = await client.open(await client.register())
    assert images in page.headers["content-security-policy"]
    found = list(find_all(parse(page.text), "img"))
    assert [each.get("src") for each in found] == ([logo] if logo else [])
    assert all(each.get("referrerpolicy") == "no-referrer" for each in found)


# ── The name on the card ──────────────────────────────────────────────────────────────────────────


async def test_demo_shop_does_not_ask_for_the_name_on_the_card(client: PageClient) -> None:
    order_id = await client.register()
    page = await client.open(order_id)
    assert 'name="TEXT"' not in page.text
    nameless = {name: value for name, value in card().items() if name != "TEXT"}
    answer = await client.call("processform.do", {"MDORDER": order_id, **nameless})
    assert answer.json()["redirect"] == f"{RETURN_URL}?orderId={order_id}&lang=ru"
    status = await client.status(order_id)
    assert status["orderStatus"] == 2
    assert "cardholderName" not in status["cardAuthInfo"]


async def test_name_on_the_card_is_demanded_or_asked_for_by_the_setting(client: PageClient) -> None:
    order_id = await client.register()
    nameless = {**typed(), "TEXT": ""}
    await client.set(page_holder="required")
    refused = await client.fill(order_id, nameless)
    assert "Введите имя и фамилию" in refused.text
    assert by_id(parse(refused.text), "holder").get("required") is not None
    await client.set(page_holder="optional")
    page = await client.open(order_id)
    assert by_id(parse(page.text), "holder").get("required") is None
    assert "если хотите" in page.text
    wrong = await client.fill(order_id, {**nameless, "TEXT": "ИВАН"})
    assert "Только латинские буквы" in wrong.text
    paid = await client.fill(order_id, nameless)
    assert paid.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"


async def test_name_that_is_sent_all_the_same_is_checked_and_kept(client: PageClient) -> None:
    order_id = await client.register()
    wrong = await client.pay(order_id, TEXT="ИВАН")
    assert set(wrong["fieldErrors"]) == {"TEXT"}
    await client.pay(order_id)
    assert (await client.status(order_id))["cardAuthInfo"]["cardholderName"] == "IVAN PETROV"


# ── Frames ────────────────────────────────────────────────────────────────────────────────────────


async def test_page_cannot_be_framed_unless_the_shop_names_sites(client: PageClient) -> None:
    order_id = await client.register()
    page = await client.open(order_id)
    assert page.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


async def test_all_pages_of_an_order_may_be_framed_by_the_sites_of_its_shop(
    client: PageClient, templates: Path
) -> None:
    await client.set(page_frame_origins=ORIGINS)
    order_id, declined = await client.register(), await client.register()
    pages = [
        await client.open(order_id),
        await client.fill(order_id, typed("4111111111111111")),
        await client.fill(declined, typed(DECLINED)),
        await client.open(declined, "errors_ru.html"),
    ]
    await client.pay(await client.register())
    (templates / "test").mkdir()
    (templates / "test" / "kiosk_payment_ru.html").write_text("<h1>own</h1>", "utf-8")
    pages.append(await client.open(order_id, "kiosk_payment_ru.html"))
    for page in pages:
        assert page.status == 200
        assert "x-frame-options" not in page.headers
        policy = page.headers["content-security-policy"]
        assert f"frame-ancestors {' '.join(ORIGINS)}" in policy
    # A page that belongs to no order belongs to no shop.
    unknown = await client.open("unknown")
    assert unknown.headers["x-frame-options"] == "DENY"


# ── Back to the shop ──────────────────────────────────────────────────────────────────────────────


def back_links(html: str) -> list[str]:
    links = find_all(parse(html), "a")
    return [each.attrib["href"] for each in links if each.get("rel") == "noreferrer"]


async def test_open_page_has_a_link_back_to_the_shop(client: PageClient) -> None:
    order_id = await client.register()
    page = await client.open(order_id)
    assert back_links(page.text) == [f"{FAIL_URL}?orderId={order_id}&lang=ru"]
    assert "Вернуться в магазин" in page.text
    english = await client.open(order_id, "payment_en.html")
    assert back_links(english.text) == [f"{FAIL_URL}?orderId={order_id}&lang=en"]


async def test_shops_own_link_back_is_preferred(client: PageClient) -> None:
    own = '{"backToShopUrl": "https://shop.example/cart", "backToShopName": "Корзина"}'
    page = await client.open(await client.register(jsonParams=own))
    assert back_links(page.text) == ["https://shop.example/cart"]
    assert "Вернуться в «Корзина»" in page.text


async def test_link_back_of_a_payer_is_not_the_shops(client: PageClient) -> None:
    """A forged form could otherwise lead the payer to another site."""
    order_id = await client.register()
    await client.pay(order_id, DECLINED, jsonParams='{"backToShopUrl":"https://evil.example/"}')
    page = await client.open(order_id)
    assert back_links(page.text) == [f"{FAIL_URL}?orderId={order_id}&lang=ru"]


# ── Texts about cards and declines ───────────────────────────────────────────────────


async def test_page_has_no_text_about_stored_cards_without_a_client(client: PageClient) -> None:
    order_id = await client.register()
    for language, word in (("ru", "запомн"), ("en", "remember")):
        html = (await client.open(order_id, f"payment_{language}.html")).text
        assert word not in html.lower()
        assert not [name for name in values(parse(html), "input", "name") if name == "bindingId"]


async def test_last_decline_names_our_result_page_when_the_payer_goes_there(
    client: PageClient,
) -> None:
    await client.set(show_final_page=True, payment_attempts=1)
    order_id = await client.register()
    last = await client.pay(order_id, DECLINED)
    assert last["advice"] == "Попытки закончились. Сейчас откроется итог оплаты."
    assert "/finish.html" in last["redirect"]
    page = await client.http.get(path_of(last["redirect"]))
    assert "Банк отклонил оплату." in page.text
    assert "ещё раз" not in page.text
