"""Registrations for the bank's app on the wire: what is refused, and what externalParams say.

Source: sberpay.md §3, §4, §10; 004 (app2app and back2app).
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import pytest

from altyn.domain.merchant import Permission
from altyn.domain.order import AttemptState, Order
from altyn.domain.waiting import ConfirmOnPhone, ScanQr
from altyn.operations.decisions import Accepted
from altyn.operations.ports import Actor, Overloaded
from altyn.operations.register_for_app import MAINTENANCE
from altyn.protocol.bank_invoices import InvoiceOperation, InvoiceRequest, InvoiceResponse
from altyn.protocol.bank_invoices import InvoiceState as State
from tests.asgi_client import AsgiClient
from tests.audit import audit
from tests.integration.sberpay.spellings import SPELLINGS, spelling
from tests.merchant_changes import changed, permissions_off
from tests.shop import CREDENTIALS, Shop, new_number
from tests.ways.sberpay import LINK, PHONE, PUSH, Payers, bank_line

pytestmark = pytest.mark.slow

TEXTS: Final = {
    "access": (5, "Доступ запрещён"),
    "amount": (5, "Неверная сумма"),
    "currency": (5, "[currency] неверен"),
    "binding": (5, "[bindingId] неверен"),
    "phone": (5, "[phone] неверен"),
    "no phone": (4, "[phone] не задан"),
    "json": (5, "[jsonParams] неверен"),
    "features": (14, "Features указаны некорректно"),
    "ways": (5, "[allowedPaymentWays] неверен"),
}


def in_json(**params: object) -> dict[str, Any]:
    return {"jsonParams": json.dumps({name.replace("_", "."): v for name, v in params.items()})}


REFUSED: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("no phone", in_json(back2app="true")),
    ("no phone", in_json(back2app=True)),
    ("phone", {**PUSH, "phone": "8900000000000"}),
    ("json", in_json(back2app="true", phone="12345")),
    ("json", {"phone": PHONE, **in_json(back2app="yes")}),
    ("json", in_json(app2app="true")),
    ("json", in_json(app2app="true", app_osType="ios")),
    ("json", in_json(app2app="true", app_deepLink="shop://paid")),
    ("json", in_json(app2app="true", app_osType="windows", app_deepLink="shop://paid")),
    ("json", in_json(app2app="true", app_osType="ios", app_deepLink="paid")),
    ("json", in_json(app2app="true", app_osType="ios", app_deepLink="javascript:alert(1)")),
    ("json", in_json(app2app="true", app_osType="ios", app_deepLink=f"shop://{'x' * 255}")),
    (
        "json",
        {
            "phone": PHONE,
            **in_json(app2app=True, back2app=True, app_osType="ios", app_deepLink="shop://paid"),
        },
    ),
    ("amount", {**PUSH, "amount": "99"}),
    ("amount", {**LINK, "amount": "70000001"}),
    ("currency", {**PUSH, "currency": "840"}),
    ("binding", {**PUSH, "bindingId": "b-1"}),
    ("ways", {"phone": PHONE, **in_json(back2app="true", allowedPaymentWays="CARD,BNPL")}),
    ("json", in_json(web2app="yes")),
    ("json", in_json(sberpay_backurl="shop.example/paid")),
    ("json", in_json(sberpay_backurl="javascript:alert(1)")),
    ("json", in_json(sberpay_backurl="https://")),
    ("json", in_json(sberpay_backurl="https://shop.example/a b")),
    ("json", in_json(sberpay_backurl=f"https://shop.example/{'x' * 512}")),
    ("json", {**PUSH, **in_json(back2app="true", loyaltyId="1")}),
    ("json", in_json(loyaltyId="1")),
    ("json", {"jsonParams": '{"sbrf_spasibo:amount_bonus":"1"}'}),
    ("json", {"jsonParams": '{"sbrf_sbermiles:amount_bonus":"1"}'}),
)


async def order_of(shop: Shop, order_id: str) -> Order:
    order = await shop.gateway.world.orders.load(await shop.key(order_id))
    assert order is not None
    return order


def error_of(answer: Mapping[str, Any]) -> tuple[int, str]:
    return int(answer["errorCode"]), answer["errorMessage"]


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written", SPELLINGS)
async def test_wrong_registrations_are_refused_and_nothing_is_sent(
    shop: Shop, payers: Payers, written: str
) -> None:
    merchant = spelling(written, shop)
    before = len(await payers.phones.messages(PHONE))
    for expected, sent in REFUSED:
        for two_phase in (False, True):
            answer = await merchant.register(two_phase=two_phase, **sent)
            assert error_of(answer) == TEXTS[expected], sent
            assert not {"orderId", "formUrl", "externalParams"} & answer.keys()
    assert len(await payers.phones.messages(PHONE)) == before


@pytest.mark.parametrize("way", [PUSH, LINK], ids=["back2app", "app2app"])
@pytest.mark.parametrize("written", SPELLINGS)
async def test_ways_of_the_shop_and_of_the_order_hold_for_the_app(
    shop: Shop, payers: Payers, written: str, way: dict[str, Any]
) -> None:
    merchant = spelling(written, shop)
    before = len(await payers.phones.messages(PHONE))
    pairs = {**json.loads(way["jsonParams"]), "allowedPaymentWays": "CARD"}
    narrowed = {**way, "jsonParams": json.dumps(pairs)}
    async with changed(shop, {"allowed_payment_ways": ["CARD", "BNPL"]}):
        for sent in (way, narrowed):
            answer = await merchant.register(**sent)
            assert error_of(answer) == TEXTS["access"]
    async with changed(shop, {"allowed_payment_ways": ["CARD", "SBRF_SBOL"]}):
        assert error_of(await merchant.register(**narrowed)) == TEXTS["ways"]
        assert len(await payers.phones.messages(PHONE)) == before
        pairs["allowedPaymentWays"] = "sberpay"
        answer = await merchant.register(**{**way, "jsonParams": json.dumps(pairs)})
        assert answer["externalParams"]["sbolInactive"] == "false"


@pytest.mark.parametrize("feature", ["VERIFY", "AUTO_PAYMENT", "BNPL"])
async def test_features_of_other_ways_are_refused(shop: Shop, feature: str) -> None:
    merchant = spelling("REST", shop)
    for way in (PUSH, LINK):
        answer = await merchant.register(features=feature, **way)
        assert error_of(answer) == TEXTS["features"]


@pytest.mark.parametrize("written", SPELLINGS)
async def test_each_way_needs_its_permissions(shop: Shop, written: str) -> None:
    merchant = spelling(written, shop)
    for permission, ways in (
        (Permission.BACK2APP, (PUSH,)),
        (Permission.APP2APP, (LINK,)),
        (Permission.SBERPAY, (PUSH, LINK)),
    ):
        async with permissions_off(shop, permission):
            for way in ways:
                assert error_of(await merchant.register(**way)) == TEXTS["access"]
            assert "orderId" in await merchant.register()


async def test_permission_is_looked_at_before_the_parameters(shop: Shop) -> None:
    async with permissions_off(shop, Permission.APP2APP):
        answer = await shop.call(
            "register.do", amount=1, returnUrl="https://shop.example/", app2app="true"
        )
    assert error_of(answer) == TEXTS["access"]


@pytest.mark.parametrize("written", SPELLINGS)
async def test_taken_order_number_sends_no_second_push(
    shop: Shop, payers: Payers, written: str
) -> None:
    merchant, number = spelling(written, shop), new_number()
    first = await merchant.register(orderNumber=number, **PUSH)
    again = await merchant.register(orderNumber=number, **PUSH)
    assert error_of(again) == (1, "Заказ с таким номером уже обработан")
    assert len(await payers.messages(first["orderId"])) == 1
    assert len((await order_of(shop, first["orderId"])).payments) == 1


# ── Spellings of the same request ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sent",
    [
        PUSH,
        {"phone": PHONE, "jsonParams": '{"back2app":true}'},
        {"phone": PHONE, "back2app": "true"},
        {"phone": PHONE, "back2app": "1"},
        {"phone": "89998887766", "back2app": "TRUE"},
        {"phone": "9998887766", **PUSH, "jsonParams": '{"back2app":"true","phone":"1"}'},
        in_json(back2app="true", phone="+79998887766"),
    ],
)
async def test_every_spelling_of_back2app_sends_a_push(
    shop: Shop, payers: Payers, sent: dict[str, Any]
) -> None:
    order_id = await shop.register(5000_00, **sent)
    assert len(await payers.messages(order_id)) == 1
    assert (await order_of(shop, order_id)).waiting == ConfirmOnPhone(phone=PHONE)


async def test_example_of_the_founding_document_works_as_it_is_printed(
    shop: Shop, payers: Payers
) -> None:
    query = (
        "userName=test-api&password=testPwd1&amount=500000&returnUrl=http://yoursite.com"
        '&phone=79998887766&jsonParams={"back2app":"true"}'
    )
    answer = await AsgiClient(shop.gateway.router).get(f"/payment/rest/register.do?{query}")
    assert len(await payers.messages(answer.json()["orderId"])) == 1


@pytest.mark.parametrize("sent", [{"back2app": "false"}, in_json(back2app="false", app2app=False)])
async def test_false_asks_for_nothing(shop: Shop, sent: dict[str, Any]) -> None:
    answer = await spelling("REST", shop).register(**sent)
    assert answer.keys() == {"orderId", "formUrl"}
    assert not (await order_of(shop, answer["orderId"])).payments


async def test_attributes_of_the_order_keep_what_was_sent(shop: Shop) -> None:
    link: dict[str, Any] = {"app.deepLink": "shop://paid"}
    order_id = await shop.register(5000_00, app2app="true", osType="Android", **link)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    params = {each["name"]: each["value"] for each in status["merchantOrderParams"]}
    assert params == {
        "app2app": "true",
        "app.osType": "android",
        "app.deepLink": "shop://paid",
    }


# ── externalParams ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written", SPELLINGS)
@pytest.mark.parametrize("inactive", ["shown", "not shown"])
async def test_link_opens_an_invoice_that_waits_at_the_bank(
    shop: Shop, payers: Payers, written: str, inactive: str
) -> None:
    off = [] if inactive == "shown" else [Permission.SBOL_INACTIVE]
    async with permissions_off(shop, *off):
        answer = await spelling(written, shop).register(**LINK)
    invoice_id = UUID(answer["orderId"]).hex
    link = f"sberpay://invoicing/v2?bankInvoiceId={invoice_id}&operationType=App2App"
    shown = {"sbolInactive": "false"} if inactive == "shown" else {}
    assert answer["externalParams"] == {
        "sbolBankInvoiceId": invoice_id,
        "sbolDeepLink": link,
        **shown,
    }
    assert (await order_of(shop, answer["orderId"])).waiting == ScanQr(payload=link)
    invoice = await payers.bank.find(invoice_id)
    assert invoice is not None
    assert (invoice["state"], invoice["return_url"]) == ("waiting", "shop://paid")
    assert not await payers.messages(answer["orderId"])
    await payers.confirm(answer["orderId"])
    assert (await shop.see(answer["orderId"])).status == 2


async def test_number_of_the_invoice_is_an_attribute_of_the_transaction(shop: Shop) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    number = {"name": "SbolBankInvoiceId", "value": UUID(order_id).hex}
    assert status["transactionAttributes"] == [number]
    by_card = await shop.paid(5000_00)
    status = await shop.call("getOrderStatusExtended.do", orderId=by_card)
    assert status["transactionAttributes"] == []


@pytest.mark.parametrize("written", SPELLINGS)
@pytest.mark.parametrize("way", [PUSH, LINK], ids=["back2app", "app2app"])
async def test_maintenance_sends_nothing_and_leaves_the_other_ways_open(
    shop: Shop, payers: Payers, written: str, way: dict[str, Any]
) -> None:
    async with changed(shop, {"sberpay.inactive": True}):
        answer = await spelling(written, shop).register(**way)
    order_id = answer["orderId"]
    invoice_id = UUID(order_id).hex
    assert answer["externalParams"] == {"sbolBankInvoiceId": invoice_id, "sbolInactive": "true"}
    assert await payers.bank.find(invoice_id) is None
    assert not await payers.messages(order_id)
    order = await order_of(shop, order_id)
    assert (order.payments, order.attempts_left) == ((), 3)
    assert "redirect" in await shop.pay(order_id)


async def test_maintenance_is_named_for_the_developer(shop: Shop) -> None:
    async with changed(shop, {"sberpay.inactive": True}):
        fields = {**CREDENTIALS, "amount": "100", "returnUrl": "https://shop.example/", **PUSH}
        client = AsgiClient(shop.gateway.router)
        answer = await client.post("/payment/rest/register.do", tuple(fields.items()))
    assert answer.headers["x-altyn-rule"] == f"back2app: {MAINTENANCE}"


# ── A bank that cannot be reached ─────────────────────────────────────────────────────────────────


class BrokenBank:
    """A bank of the app that fails when it gets an invoice."""

    def __init__(self, payers: Payers, fault: str) -> None:
        self.bank, self.fault = payers.bank, fault

    async def handle(self, request: InvoiceRequest) -> InvoiceResponse:
        if request.operation is not InvoiceOperation.SEND:
            return await self.bank.handle(request)
        if self.fault == "none":
            return await self.bank.handle(request)
        if self.fault == "unreachable":
            return InvoiceResponse(state=State.NOT_SENT)
        if self.fault == "request lost":
            raise TimeoutError
        await self.bank.handle(request)
        raise TimeoutError


async def until_settled(shop: Shop, order_id: str, *states: AttemptState) -> Order:
    """Wait until the gateway's own worker has asked the bank."""
    async with asyncio.timeout(30):
        order = await order_of(shop, order_id)
        while order.payments[0].state not in states:
            await asyncio.sleep(0.05)
            order = await order_of(shop, order_id)
    return order


@pytest.mark.parametrize("way", [PUSH, LINK], ids=["back2app", "app2app"])
@pytest.mark.parametrize("fault", ["unreachable", "request lost", "response lost"])
async def test_order_is_registered_although_the_bank_fails(
    shop: Shop,
    payers: Payers,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    way: dict[str, Any],
) -> None:
    monkeypatch.setattr(bank_line(shop.gateway), "bank", BrokenBank(payers, fault))
    answer = await spelling("REST", shop).register(**way)
    order_id = answer["orderId"]
    invoice_id = UUID(order_id).hex
    assert answer["formUrl"].endswith(order_id)
    assert answer["externalParams"] == {"sbolBankInvoiceId": invoice_id, "sbolInactive": "true"}
    if fault == "response lost":
        order = await until_settled(shop, order_id, AttemptState.PENDING)
        assert order.waiting is not None, "the inquiry has found the invoice"
        await payers.confirm(order_id)
    else:
        order = await until_settled(shop, order_id, AttemptState.NOT_SENT)
        assert (order.payable, order.attempts_left) == (True, 2)
        assert "redirect" in await shop.pay(order_id)
    assert (await shop.see(order_id)).status == 2
    pushed = fault == "response lost" and way is PUSH
    assert len(await payers.messages(order_id)) == (1 if pushed else 0)
    assert await audit(shop.pool, [order_id]) == []


async def test_order_is_answered_although_the_outcome_cannot_be_saved(
    shop: Shop, payers: Payers, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = shop.gateway.world.orders
    save = orders.save
    failed: list[Accepted] = []

    async def fails_once(accepted: Accepted, *, expected_version: int, actor: Actor) -> bool:
        # Version 2 is the attempt without its outcome; orders of other tests have later ones.
        if expected_version == 2 and not failed:
            failed.append(accepted)
            raise Overloaded("the database cannot be used at the moment")
        return await save(accepted, expected_version=expected_version, actor=actor)

    monkeypatch.setattr(
        type(orders), "save", lambda _self, *args, **named: fails_once(*args, **named)
    )
    answer = await spelling("REST", shop).register(**PUSH)
    assert failed
    assert answer["externalParams"]["sbolInactive"] == "true"
    await until_settled(shop, answer["orderId"], AttemptState.PENDING)
    assert len(await payers.messages(answer["orderId"])) == 1
    await payers.confirm(answer["orderId"])
    assert (await shop.see(answer["orderId"])).status == 2


async def test_payer_that_the_bank_does_not_know_pays_in_another_way(
    shop: Shop, payers: Payers
) -> None:
    answer = await spelling("REST", shop).register(phone="79990000003", back2app="true")
    order_id = answer["orderId"]
    assert answer["externalParams"]["sbolInactive"] == "false"
    state = await shop.see(order_id)
    assert (state.status, state.action_code) == (0, 120)
    assert not await payers.messages(order_id, "79990000003")
    assert "redirect" in await shop.pay(order_id)


async def test_order_whose_session_is_over_sends_nothing(shop: Shop, payers: Payers) -> None:
    answer = await spelling("REST", shop).register(expirationDate="2020-01-01T00:00:00", **PUSH)
    assert answer["externalParams"]["sbolInactive"] == "false"
    assert not await payers.messages(answer["orderId"])
    assert not (await order_of(shop, answer["orderId"])).payments


async def test_one_push_is_sent_whatever_fails(
    shop: Shop, payers: Payers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal registrations at once, over a line to the bank that fails at random."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    bank = BrokenBank(payers, "")
    monkeypatch.setattr(bank_line(shop.gateway), "bank", bank)
    for _ in range(10):
        bank.fault = chance.choice(["none", "unreachable", "request lost", "response lost"])
        fields = {"orderNumber": new_number(), "amount": 100, "returnUrl": "https://shop.example/"}
        sent = [shop.call("register.do", **fields, **PUSH) for _ in range(chance.choice([1, 2, 5]))]
        answers = await asyncio.gather(*sent)
        (order_id,) = [each["orderId"] for each in answers if "orderId" in each]
        arrived = bank.fault in {"none", "response lost"}
        ends = AttemptState.PENDING if arrived else AttemptState.NOT_SENT
        order = await until_settled(shop, order_id, ends)
        assert len(order.payments) == 1
        assert len(await payers.messages(order_id)) == (1 if arrived else 0), bank.fault
