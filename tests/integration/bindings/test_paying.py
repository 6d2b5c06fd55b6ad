"""Payments that store a card, and payments with a stored card.

Source: 004 (features, bindingId); rest-orders.md §5.3, §6; callbacks.md §2.
"""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any, Final

import pytest

from altyn.domain.card.values import Pan
from altyn.domain.merchant import Permission
from altyn.storage.demo import DEMO_CHILD_LOGIN
from tests.integration.bindings.test_binding_methods import (
    UNKNOWN,
    VISA,
    listed,
    new_client,
    soap,
    stored,
)
from tests.integration.payment_page.page_client import DECLINED
from tests.integration.payment_page.test_page_methods import CHALLENGED
from tests.merchant_changes import changed, permissions_off
from tests.shop import GOOD, Shop, card_fields

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

NO_BINDING: Final = {"error": "Связка не найдена", "errorCode": 2}
NOT_YOURS: Final = "Этой карты нет среди ваших сохранённых карт. Возьмите другую."
FORCE: Final = "FORCE_CREATE_BINDING"
ANOTHER: Final = {"error": "Заказ не может быть оплачен данной связкой", "errorCode": 1}
EXPIRED: Final = {"error": "Срок действия карты истёк", "errorCode": 1}
CVC_NEEDED: Final = {
    "error": "Необходимо указать CVC2/CVV2, поскольку у мерчанта нет разрешения проводить платёж "
    "без CVC",
    "errorCode": 1,
}


async def pay_stored(shop: Shop, order_id: str, binding: str, **more: object) -> dict[str, Any]:
    """Pay with a stored card; the CVC is sent unless `cvc` is given."""
    fields = {"cvc": "123", **more}
    return await shop.call("paymentOrderBinding.do", mdOrder=order_id, bindingId=binding, **fields)


async def paid_binding(shop: Shop, client: str, pan: str = GOOD) -> str:
    """Pay an order of a client; the stored card that the status then shows."""
    order_id = await shop.register(1000, clientId=client)
    await shop.pay(order_id, pan)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert status["bindingInfo"]["clientId"] == client, status
    binding: str = status["bindingInfo"]["bindingId"]
    return binding


def page_form(order_id: str, pan: str = GOOD) -> dict[str, str]:
    """The fields that the payment page sends."""
    return {**card_fields(order_id, pan), "$EXPIRY": "203012"}


def error_of(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name) for name in ("error", "errorCode")}


# ── Which payments store a card ───────────────────────────────────────────────────────────────────


async def test_payment_of_a_client_stores_the_card_that_pays_the_next_order(shop: Shop) -> None:
    client = new_client()
    binding = await paid_binding(shop, client)
    assert [each["bindingId"] for each in await listed(shop, client)] == [binding]
    order_id = await shop.register(2000, clientId=client)
    answer = await pay_stored(shop, order_id, binding)
    assert answer["redirect"].startswith("https://shop.example/?orderId="), answer
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, "CARD_BINDING")
    assert status["bindingInfo"] == {"clientId": client, "bindingId": binding}
    short = await shop.call("getOrderStatus.do", orderId=order_id)
    assert (short["clientId"], short["bindingId"]) == (client, binding)
    assert len(await listed(shop, client)) == 1


async def test_stored_card_does_not_pay_while_a_push_waits(shop: Shop) -> None:
    client = new_client()
    binding = await paid_binding(shop, client)
    order_id = await shop.register(5000_00, clientId=client, back2app="true", phone="79998887766")
    answer = await pay_stored(shop, order_id, binding)
    assert (answer["errorCode"], answer["error"]) == (5, "Неверный статус заказа")
    assert (await shop.call("decline.do", orderId=order_id, merchantLogin=""))["errorCode"] == "0"


@pytest.mark.parametrize(
    ("registered", "paid", "stores"),
    [
        ({}, {}, True),
        ({}, {"bindingNotNeeded": "false"}, True),
        ({}, {"bindingNotNeeded": "true"}, False),
        ({"bindingNotNeeded": "true"}, {}, False),
        ({"bindingNotNeeded": "true"}, {"bindingNotNeeded": "false"}, False),
        ({"features": "FORCE_CREATE_BINDING"}, {"bindingNotNeeded": "true"}, True),
        ({"features": "VERIFY"}, {}, True),
        ({"features": "BINDING_NOT_NEEDED"}, {}, False),
        ({"features": "BINDING_NOT_NEEDED"}, {"bindingNotNeeded": "false"}, False),
    ],
)
async def test_card_of_the_shop_is_stored_unless_the_shop_forbids_it(
    shop: Shop, registered: dict[str, Any], paid: dict[str, str], *, stores: bool
) -> None:
    client = new_client()
    order_id = await shop.register(1000, clientId=client, **registered)
    await shop.call("paymentorder.do", **card_fields(order_id), **paid)
    assert bool(await listed(shop, client)) is stores


@pytest.mark.parametrize(
    ("features", "sent", "stores"),
    [
        ("", None, False),
        ("", "true", False),
        ("", "false", True),
        ("FORCE_CREATE_BINDING", "true", True),
        ("BINDING_NOT_NEEDED", "false", False),
    ],
)
async def test_card_of_the_page_is_stored_only_if_the_payer_agrees(
    shop: Shop, features: str, sent: str | None, *, stores: bool
) -> None:
    client = new_client()
    order_id = await shop.register(1000, clientId=client, features=features)
    agreed = {} if sent is None else {"bindingNotNeeded": sent}
    await shop.call("processform.do", **page_form(order_id), **agreed)
    assert (await shop.see(order_id)).status == 2
    assert bool(await listed(shop, client)) is stores


async def test_consent_of_the_second_attempt_counts(shop: Shop) -> None:
    client = new_client()
    order_id = await shop.register(1000, clientId=client)
    await shop.call("processform.do", **page_form(order_id, DECLINED), bindingNotNeeded="true")
    await shop.call("processform.do", **page_form(order_id), bindingNotNeeded="false")
    assert (await shop.see(order_id)).status == 2
    assert len(await listed(shop, client)) == 1


async def test_declined_payment_stores_no_card(shop: Shop) -> None:
    client = new_client()
    order_id = await shop.register(1000, clientId=client)
    await shop.pay(order_id, DECLINED)
    assert (await shop.see(order_id)).status != 2
    assert await listed(shop, client) == []


async def test_without_client_or_permission_no_card_is_stored(shop: Shop) -> None:
    order_id = await shop.register(1000)
    await shop.pay(order_id)
    assert "bindingInfo" not in await shop.call("getOrderStatusExtended.do", orderId=order_id)
    client = new_client()
    async with permissions_off(shop, Permission.BINDINGS):
        order_id = await shop.register(1000, clientId=client)
        await shop.pay(order_id)
    assert await listed(shop, client, showInactive="true") == []


async def test_force_create_binding_needs_a_client_and_no_stored_card(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client)
    force = {"amount": 1000, "returnUrl": "https://shop.example/", "features": FORCE}
    expected = {"errorCode": "14", "errorMessage": "Features указаны некорректно"}
    for more in (
        {},
        {"clientId": client, "bindingNotNeeded": "true"},
        {"clientId": client, "bindingId": binding},
    ):
        answer = await shop.call("register.do", **force, **more)
        assert answer == expected, more


async def test_reissued_card_renews_its_stored_card(shop: Shop) -> None:
    client = new_client()
    binding = await paid_binding(shop, client)
    order_id = await shop.register(1000, clientId=client)
    await shop.call("paymentorder.do", **{**card_fields(order_id), "$EXPIRY": "209811"})
    (one,) = await listed(shop, client)
    assert (one["bindingId"], one["expiryDate"]) == (binding, "209811")


# ── Orders that name a stored card ────────────────────────────────────────────────────────────────


async def test_order_that_names_a_stored_card_is_paid_by_that_card_only(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    other = await stored(shop, client, VISA)
    order_id = await shop.register(1000, clientId=client, bindingId=binding.upper())
    assert (await shop.pay(order_id))["error"] == "Заказ не может быть оплачен данной картой"
    assert error_of(await pay_stored(shop, order_id, other)) == ANOTHER
    assert "redirect" in await pay_stored(shop, order_id, binding)
    assert (await shop.see(order_id)).status == 2


async def test_registration_checks_its_stored_card(shop: Shop) -> None:
    client = new_client()
    binding, disabled = await stored(shop, client), await stored(shop, client, GOOD)
    await shop.call("unBindCard.do", bindingId=disabled)
    no_such = {"errorCode": "2", "errorMessage": "Связка не найдена"}
    for more, expected in (
        ({"bindingId": binding}, {"errorCode": "5", "errorMessage": "[clientId] не задан"}),
        ({"bindingId": UNKNOWN, "clientId": client}, no_such),
        ({"bindingId": "none", "clientId": client}, no_such),
        ({"bindingId": disabled, "clientId": client}, no_such),
        ({"bindingId": binding, "clientId": new_client()}, no_such),
        ({"bindingId": binding, "clientId": client, "merchantLogin": DEMO_CHILD_LOGIN}, no_such),
    ):
        fields = {"amount": 1000, "returnUrl": "https://shop.example/", **more}
        assert await shop.call("register.do", **fields) == expected, more
    async with permissions_off(shop, Permission.BINDINGS):
        fields = {"amount": 1000, "returnUrl": "https://shop.example/", "clientId": client}
        answer = await shop.call("register.do", **fields, bindingId=binding)
        assert answer == {"errorCode": "5", "errorMessage": "Доступ запрещён"}


# ── Which stored card may pay an order ────────────────────────────────────────────────────────────


async def test_refused_stored_cards(shop: Shop) -> None:
    client = new_client()
    binding, disabled = await stored(shop, client), await stored(shop, client, GOOD)
    await shop.call("unBindCard.do", bindingId=disabled)
    order_id = await shop.register(1000, clientId=client)
    foreign = await stored(shop, new_client())
    child = await stored(shop, client, merchantLogin=DEMO_CHILD_LOGIN)
    for each, expected in (
        (UNKNOWN, NO_BINDING),
        ("none", NO_BINDING),
        (disabled, NO_BINDING),
        (child, NO_BINDING),
        (foreign, ANOTHER),
    ):
        assert error_of(await pay_stored(shop, order_id, each)) == expected
    without = await shop.register(1000)
    answer = error_of(await pay_stored(shop, without, binding))
    assert answer == {"error": "[clientId] не задан", "errorCode": 5}
    assert error_of(await pay_stored(shop, UNKNOWN, binding))["errorCode"] == 1
    async with permissions_off(shop, Permission.BINDINGS):
        answer = error_of(await pay_stored(shop, order_id, binding))
        assert answer == {"error": "Доступ запрещён", "errorCode": 5}
    assert (await shop.see(order_id)).status == 0


async def test_expired_stored_card_pays_nothing_until_it_is_extended(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    this_month = f"{shop.clock.now():%Y%m}"
    await shop.call("extendBinding.do", bindingId=binding, newExpiry=this_month)
    await shop.travel(timedelta(days=32))
    named = {"amount": 1000, "returnUrl": "https://shop.example/", "clientId": client}
    answer = await shop.call("register.do", **named, bindingId=binding)
    assert answer == {"errorCode": "1", "errorMessage": "Срок действия карты истёк"}
    order_id = await shop.register(1000, clientId=client)
    assert error_of(await pay_stored(shop, order_id, binding)) == EXPIRED
    await shop.call("extendBinding.do", bindingId=binding, newExpiry="209912")
    assert "redirect" in await pay_stored(shop, order_id, binding)


# ── CVC and 3-D Secure ────────────────────────────────────────────────────────────────────────────


async def test_cvc_is_needed_unless_the_shop_may_leave_it_out(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    order_id = await shop.register(1000, clientId=client)
    off = (Permission.BINDING_WITHOUT_CVC, Permission.SSL_WITHOUT_CVC)
    async with permissions_off(shop, *off):
        assert error_of(await pay_stored(shop, order_id, binding, cvc="")) == CVC_NEEDED
        automatic = await shop.register(1000, clientId=client, features="AUTO_PAYMENT")
        assert "redirect" in await pay_stored(shop, automatic, binding, cvc="")
    async with permissions_off(shop, Permission.SSL_WITHOUT_CVC):
        assert "redirect" in await pay_stored(shop, order_id, binding, cvc="")


async def test_automatic_payment_goes_without_3d_secure(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, VISA)
    automatic = await shop.register(1000, clientId=client, features="AUTO_PAYMENT")
    assert "redirect" in await pay_stored(shop, automatic, binding, cvc="")
    assert (await shop.see(automatic)).status == 2


async def test_payer_of_an_enrolled_stored_card_goes_to_the_acs(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, VISA)
    order_id = await shop.register(1000, clientId=client)
    sent = await pay_stored(shop, order_id, binding)
    assert {"acsUrl", "paReq", "termUrl"} <= sent.keys()
    await shop.back_from_acs(order_id, await shop.at_acs(sent))
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert (status["orderStatus"], status["bindingInfo"]["bindingId"]) == (2, binding)


# ── Callbacks ─────────────────────────────────────────────────────────────────────────────────────


async def test_callbacks_about_the_card_go_to_the_shops_own_address(shop: Shop) -> None:
    urls = {"callbacks.urls": "https://shop.example/callback", "callbacks.parameters": "bindingId"}
    async with changed(shop, urls):
        client = new_client()
        order_id = await shop.register(
            1000, clientId=client, dynamicCallbackUrl="https://shop.example/own"
        )
        await shop.pay(order_id)
    (one,) = await listed(shop, client)
    rows = await shop.pool.fetch(
        "SELECT operation, receiver, parameters->>'bindingId' AS binding,"
        " parameters->>'clientId' AS client, parameters->>'panMasked' AS pan"
        " FROM outbox WHERE subject_id = $1 AND kind = 'callback' ORDER BY version, line",
        order_id,
    )
    assert sorted(tuple(row) for row in rows) == [
        (
            "bindingCreated",
            "https://shop.example/callback",
            one["bindingId"],
            client,
            one["maskedPan"],
        ),
        ("deposited", "https://shop.example/own", one["bindingId"], None, None),
    ]


# ── Races ─────────────────────────────────────────────────────────────────────────────────────────


async def test_card_that_concurrent_payments_store_is_stored_once(shop: Shop) -> None:
    client = new_client()
    async with changed(shop, {"callbacks.urls": "https://shop.example/callback"}):
        orders = [await shop.register(1000, clientId=client) for _ in range(8)]
        await asyncio.gather(
            *(shop.pay(order_id) for order_id in orders),
            *(stored(shop, client, GOOD) for _ in range(4)),
        )
    (one,) = await listed(shop, client)
    for order_id in orders:
        status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
        assert status["orderStatus"] == 2
        assert status["bindingInfo"]["bindingId"] == one["bindingId"]
    created = await shop.pool.fetchval(
        "SELECT count(*) FROM outbox WHERE operation = 'bindingCreated'"
        " AND parameters->>'clientId' = $1",
        client,
    )
    assert created == 1


async def test_of_concurrent_payments_of_one_order_one_moves_money(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    order_id = await shop.register(1000, clientId=client)
    await asyncio.gather(*(pay_stored(shop, order_id, binding) for _ in range(6)))
    paid = await shop.see(order_id)
    assert (paid.status, paid.deposited) == (2, 1000)
    approved = await shop.pool.fetchval(
        "SELECT count(*) FROM payment_attempts WHERE order_id = $1 AND state = 'approved'", order_id
    )
    assert approved == 1


async def test_one_stored_card_pays_two_orders_at_once(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    orders = [await shop.register(1000, clientId=client) for _ in range(4)]
    await asyncio.gather(*(pay_stored(shop, order_id, binding) for order_id in orders))
    assert [(await shop.see(order_id)).status for order_id in orders] == [2] * 4


async def test_payment_meets_the_removal_of_its_card(shop: Shop) -> None:
    """Each payment is made or refused as a whole; after the removal none is made."""
    client = new_client()
    binding = await stored(shop, client, GOOD)
    orders = [await shop.register(1000, clientId=client) for _ in range(6)]
    *answers, removed = await asyncio.gather(
        *(pay_stored(shop, order_id, binding) for order_id in orders),
        shop.call("unBindCard.do", bindingId=binding),
    )
    assert removed["errorCode"] == "0"
    statuses = Counter[int]()
    for order_id, answer in zip(orders, answers, strict=True):
        status = (await shop.see(order_id)).status
        statuses[status] += 1
        assert ("redirect" in answer) if status == 2 else (error_of(answer) == NO_BINDING)
    assert statuses.keys() <= {0, 2}
    late = await shop.register(1000, clientId=client)
    assert error_of(await pay_stored(shop, late, binding)) == NO_BINDING


async def test_two_clients_with_one_card_have_stored_cards_of_their_own(shop: Shop) -> None:
    first, second = new_client(), new_client()
    mine, other = await paid_binding(shop, first), await paid_binding(shop, second)
    assert mine != other
    await shop.call("unBindCard.do", bindingId=mine)
    order_id = await shop.register(1000, clientId=second)
    assert "redirect" in await pay_stored(shop, order_id, other)
    vault = shop.gateway.world.card.vault
    merchant = await shop.gateway.world.merchants.by_login("test")
    assert merchant is not None
    fingerprint = vault.fingerprint(merchant.merchant_id, Pan(GOOD))
    assert await vault.reveal(merchant.merchant_id, fingerprint) is not None


# ── The page ──────────────────────────────────────────────────────────────────────────────────────


async def test_page_gets_the_stored_cards_of_its_payer(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    expired, _ = await stored(shop, client, VISA), await stored(shop, new_client(), GOOD)
    await shop.call("extendBinding.do", bindingId=expired, newExpiry=f"{shop.clock.now():%Y%m}")
    await shop.travel(timedelta(days=32))
    order_id = await shop.register(1000, clientId=client)
    session = await shop.call("getSessionStatus.do", MDORDER=order_id)
    assert session["bindingItems"] == [
        {
            "id": binding,
            "label": "555555**5599 12/99",
            "paymentSystem": "MASTERCARD",
            "isMaestro": False,
        }
    ]
    assert (session["bindingEnabled"], session["bindingDeactivationEnabled"]) == (True, True)
    unasked: tuple[dict[str, Any], ...] = (
        {"features": FORCE},
        {"bindingNotNeeded": "true"},
        {"features": "BINDING_NOT_NEEDED"},
        {"bindingId": binding},
    )
    for more in unasked:
        fixed = await shop.register(1000, clientId=client, **more)
        session = await shop.call("getSessionStatus.do", MDORDER=fixed)
        assert session["bindingEnabled"] is False, more
        assert [each["id"] for each in session["bindingItems"]] == [binding]
    async with permissions_off(shop, Permission.BINDINGS):
        session = await shop.call("getSessionStatus.do", MDORDER=order_id)
        assert (session["bindingEnabled"], session["bindingItems"]) == (False, [])


async def test_payer_pays_with_a_stored_card_on_the_page(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    order_id = await shop.register(1000, clientId=client)
    form = {"orderId": order_id, "bindingId": binding, "language": "ru"}
    async with permissions_off(shop, Permission.BINDING_WITHOUT_CVC, Permission.SSL_WITHOUT_CVC):
        answer = await shop.call("processBindingForm.do", **form)
        assert (answer["error"], answer["fieldErrors"]) == (
            "Введите код с карты",
            {"$CVC": "Введите код с карты"},
        )
        answer = await shop.call("processBindingForm.do", **form, cvc="12")
        assert answer["fieldErrors"] == {"$CVC": "В коде 3 цифры"}
    answer = await shop.call("processBindingForm.do", **form, cvc="123")
    assert (answer["errorCode"], (await shop.see(order_id)).status) == (0, 2), answer
    assert "redirect" in await shop.call("processBindingForm.do", **form, cvc="123")


async def test_page_refuses_other_stored_cards(shop: Shop) -> None:
    client = new_client()
    order_id = await shop.register(1000, clientId=client)
    form = {"orderId": order_id, "cvc": "123"}
    foreign = await stored(shop, new_client())
    for binding, expected in (
        ("", {"error": "[bindingId] не задан", "errorCode": 4}),
        (UNKNOWN, NO_BINDING | {"error": NOT_YOURS}),
        (foreign, ANOTHER | {"error": NOT_YOURS}),
    ):
        answer = await shop.call("processBindingForm.do", **form, bindingId=binding)
        assert error_of(answer) == expected
    assert (await shop.see(order_id)).status == 0


async def test_payer_of_an_enrolled_stored_card_on_the_page_goes_to_the_acs(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, VISA)
    order_id = await shop.register(1000, clientId=client)
    form = {"orderId": order_id, "bindingId": binding, "cvc": "123"}
    sent = await shop.call("processBindingForm.do", **form)
    assert {"acsUrl", "paReq", "termUrl"} <= sent.keys()
    await shop.back_from_acs(order_id, await shop.at_acs(sent))
    assert (await shop.see(order_id)).status == 2


@pytest.mark.parametrize("by", ["shop", "page"])
async def test_stored_card_goes_through_3d_secure_2(shop: Shop, by: str) -> None:
    client = new_client()
    binding = await stored(shop, client, CHALLENGED)
    order_id = await shop.register(1000, clientId=client)
    method = "paymentOrderBinding.do" if by == "shop" else "processBindingForm.do"
    form = {"mdOrder": order_id, "bindingId": binding, "cvc": "123"}
    first = await shop.call(method, **form)
    transaction = first["threeDSServerTransId"]
    second = await shop.call(method, **form, threeDSServerTransId=transaction)
    assert {"acsUrl", "packedCReq"} <= second.keys()
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert (status["orderStatus"], status["bindingInfo"]["bindingId"]) == (5, binding)


async def test_payer_removes_a_stored_card_on_the_page(shop: Shop) -> None:
    client = new_client()
    binding, other = await stored(shop, client, GOOD), await stored(shop, new_client())
    order_id = await shop.register(1000, clientId=client)
    for each in (UNKNOWN, other, "x", ""):
        answer = await shop.call("unbindcardanon.do", mdOrder=order_id, bindingId=each)
        assert error_of(answer) == NO_BINDING
    for _ in range(2):  # the button may be pressed twice
        answer = await shop.call("unbindcardanon.do", mdOrder=order_id, bindingId=binding)
        assert answer == {"errorCode": 0}
    assert await listed(shop, client) == []
    unknown = await shop.call("unbindcardanon.do", mdOrder=UNKNOWN, bindingId=binding)
    assert error_of(unknown) == {"error": "Заказ не найден", "errorCode": 6}


async def test_payer_of_an_order_that_is_over_removes_no_card(shop: Shop) -> None:
    client = new_client()
    binding = await paid_binding(shop, client)
    order_id = await shop.register(1000, clientId=client)
    await shop.pay(order_id)
    answer = await shop.call("unbindcardanon.do", mdOrder=order_id, bindingId=binding)
    assert answer["errorCode"] != 0
    assert [each["bindingId"] for each in await listed(shop, client)] == [binding]


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def test_soap_pays_with_a_stored_card(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    order_id = await shop.register(1000, clientId=client)
    body = (
        '<mer:paymentOrderBinding><order mdOrder="{}" bindingId="{}" language="ru"'
        ' ip="203.0.113.9" cvc="123"/></mer:paymentOrderBinding>'
    )
    unknown = await soap(shop, body.format(order_id, UNKNOWN))
    assert unknown.error_code == "2"
    paid = await soap(shop, body.format(order_id, binding))
    assert paid.error_code == "0"
    assert (await shop.see(order_id)).status == 2
