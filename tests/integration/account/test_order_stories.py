"""The page of one order, in the account and in the console: what each kind of order shows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import escape, unescape
from pathlib import Path

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from altyn.cli.app import app
from altyn.domain.merchant import Permission
from tests.integration.account.browser import OPERATOR, Browser
from tests.integration.account.order_pages import HOSTILE, ORDERS
from tests.merchant_changes import permissions_off
from tests.shop import ENROLLED, GOOD, Shop, new_number, open_shop

CONSOLE = "/console/orders"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def operator(shop: Shop) -> Browser:
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    return browser


async def stories(browser: Browser, order_id: str, language: str) -> list[str]:
    """The order's page in the account and in the console, with plain spaces."""
    shown = [
        await browser.get(f"{pages}/{order_id}?lang={language}") for pages in (ORDERS, CONSOLE)
    ]
    assert [each.status for each in shown] == [200, 200]
    return [unescape(each.text).replace("\u202f", " ").replace("\xa0", " ") for each in shown]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ru", ("Выплата на карту, 700,00 ₽", "Выплачено", "выплата магазина на карту")),
        ("en", ("Payout to a card, 700.00 ₽", "Paid out", "payout of the shop to a card")),
    ],
)
async def test_payout_is_shown(
    operator: Browser, shop: Shop, language: str, texts: tuple[str, ...]
) -> None:
    paid_out = await shop.call(
        "instantRefund.do",
        orderNumber=new_number(),
        amount=700_00,
        pan=GOOD,
        expiry="209912",
        cardholderName="IVAN PETROV",
    )
    for page in await stories(operator, paid_out["orderId"], language):
        for text in texts:
            assert text in page
    for query, found in (("bank=TEST+BANK", True), ("bank=unknown", False)):
        listed = await operator.get(
            f"{ORDERS}?holder=petrov&card={GOOD[-4:]}&from=700&to=700&{query}"
        )
        assert (paid_out["orderId"] in listed.text) is found


async def test_each_movement_has_its_time_and_what_the_shop_has_after_it(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.paid(1_000_00)
    await shop.call("refund.do", orderId=order_id, amount=300_00)
    story, _ = await stories(operator, order_id, "en")
    money = story[story.index('id="money"') : story.index('id="attempts"')]
    dues = re.findall(r"with the shop ([\d .]+) ₽", money)
    assert (dues[0], dues[-2:]) == ("0.00", ["1 000.00", "700.00"])
    assert len(re.findall(r"\d\d:\d\d:\d\d", money)) == len(dues)


# ── The card and 3-D Secure ───────────────────────────────────────────────────────────────────────

CARD_TEXTS = {
    "ru": (
        ("Комиссия", "1,50 ₽"),
        ("Карта", "411111**1111"),
        ("Действует до", "12/2099"),
        ("Держатель", "IVAN PETROV"),
        ("Платёжная система", "VISA"),
        ("Банк карты", "TEST BANK"),
        ("Страна банка", "Россия"),
        ("Версия", "1.0.2"),
        ("Участие (VERes)", "Y: карта участвует"),
        ("Итог у банка (PARes)", "Y: держатель подтверждён"),
        ("ECI", "5: держатель подтверждён"),
    ),
    "en": (
        ("Fee", "1.50 ₽"),
        ("Card", "411111**1111"),
        ("Valid until", "12/2099"),
        ("Holder", "IVAN PETROV"),
        ("Payment system", "VISA"),
        ("Issuing bank", "TEST BANK"),
        ("Country of the bank", "Russia"),
        ("Version", "1.0.2"),
        ("Enrolment (VERes)", "Y: the card takes part"),
        ("Result at the bank (PARes)", "Y: the holder is authenticated"),
        ("ECI", "5: authenticated in full"),
    ),
}


def fact(name: str, value: str) -> str:
    """A fact as the page has it; `stories` has read its references."""
    return f"<dt>{name}</dt><dd>{value}</dd>"


async def paid_with_3d_secure(shop: Shop) -> str:
    order_id = await shop.register(100_00, feeInput="150")
    sent = await shop.pay(order_id, ENROLLED)
    await shop.back_from_acs(order_id, await shop.at_acs(sent))
    assert (await shop.see(order_id)).status == 2
    return order_id


async def test_card_fee_and_3d_secure_are_shown(operator: Browser, shop: Shop) -> None:
    order_id = await paid_with_3d_secure(shop)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    proof = status["cardAuthInfo"]["secureAuthInfo"]["threeDSInfo"]
    for language, facts in CARD_TEXTS.items():
        for page in await stories(operator, order_id, language):
            for name, value in (*facts, ("CAVV", proof["cavv"]), ("XID", proof["xid"])):
                if name in {"Комиссия", "Fee"}:
                    assert f'<dt>{name}</dt><dd class="tabular">{value}</dd>' in page
                else:
                    assert fact(name, value) in page
            assert ENROLLED not in page


async def test_eci_and_fee_need_the_permission_of_the_api(operator: Browser, shop: Shop) -> None:
    order_id = await paid_with_3d_secure(shop)
    async with permissions_off(shop, Permission.SEND_ECI_CAVV, Permission.FEE):
        for page in await stories(operator, order_id, "en"):
            assert fact("Enrolment (VERes)", "Y: the card takes part") in page
            for name in ("ECI", "CAVV", "XID", "Fee"):
                assert f"<dt>{name}</dt>" not in page


async def test_hostile_holder_is_escaped_and_an_unknown_bank_is_named_so(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.paid(100_00)
    await shop.pool.execute(
        "UPDATE payment_attempts SET card = card || jsonb_build_object('holder', $2::text,"
        " 'masked_pan', '999999**9999') WHERE order_id = $1::uuid",
        order_id,
        HOSTILE,
    )
    for pages in (ORDERS, CONSOLE):
        text = (await operator.get(f"{pages}/{order_id}?lang=en")).text
        assert escape(HOSTILE).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in text
        assert "<script>alert" not in text
        assert fact("Issuing bank", "not known") in text
        assert "Country of the bank" not in text


# ── Other ways to pay ─────────────────────────────────────────────────────────────────────────────


async def paid_by(shop: Shop, way: str, **members: str) -> str:
    """An order that the sandbox's payer has paid."""
    order_id = await shop.register(1_500_00)
    sent = {"way": way, "phone": "79998887766", "language": "en", **members}
    answer = await shop.post_json(f"/sandbox/orders/{order_id}/pay", sent)
    assert answer.json()["result"] == "PAID", answer.text
    return order_id


async def shown_by_command(shop: Shop, order_id: str) -> str:
    """What `altyn order show` prints."""
    settings = shop.gateway.settings
    environment = {"ALTYN_HOME": str(settings.home), "ALTYN_DATABASE_URL": settings.database_url}
    done = await asyncio.to_thread(
        CliRunner().invoke, app, ["order", "show", order_id], env=environment
    )
    assert done.exit_code == 0, done.output
    return done.output


async def test_order_of_sberpay_and_one_paid_in_parts_have_their_events_in_words(
    shop: Shop,
) -> None:
    by_app = await paid_by(shop, "SBERPAY")
    in_parts = await paid_by(shop, "BNPL", pan=GOOD)
    await shop.travel(timedelta(days=14))
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    for order_id, way, russian, english, printed in (
        (
            by_app,
            "SBRF_SBOL",
            ("Покупатель подтверждает оплату", "Банк одобрил оплату"),
            ("The payer confirms the payment", "The bank approved the payment"),
            ("waiting for payer", "purchase approved"),
        ),
        (
            in_parts,
            "BNPL",
            ("Банк одобрил оплату", "Очередная часть списана"),
            ("The bank approved the payment", "A later part was charged"),
            ("purchase approved", "instalment charged part=2"),
        ),
    ):
        for language, events in (("ru", russian), ("en", english)):
            for page in await stories(browser, order_id, language):
                assert all(f"<strong>{each}</strong>" in page for each in events)
                assert f"<dd>{way}</dd>" in page
        text = await shown_by_command(shop, order_id)
        assert all(each in text for each in printed)
        assert f"way {way}" in text
