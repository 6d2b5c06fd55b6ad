"""Recurring payments: the first payment agrees to terms, recurrentPayment.do charges by them.

Source: 004 (recurring payments); rest-orders.md §7; codes.md §7.
"""

import asyncio
from datetime import timedelta
from typing import Any, Final

import pytest

from altyn.domain.merchant import Permission
from altyn.domain.moscow import to_moscow
from altyn.outbound.acquirer.in_process import InProcessAcquirer
from altyn.protocol.acquiring import AcquirerRequest, AcquirerResponse
from altyn.protocol.test_cards import Fault, card_for_fault
from altyn.storage.demo import DEMO_CHILD_LOGIN
from altyn.workers.reconciliation import settle_unknown
from tests.integration.bindings.soap_charges import charge_over_soap, must_be_refused_over_soap
from tests.integration.bindings.test_binding_methods import (
    UNKNOWN,
    listed,
    new_client,
    stored,
)
from tests.integration.bindings.test_paying import pay_stored
from tests.merchant_changes import changed, permissions_off
from tests.shop import CREDENTIALS, GOOD, Shop, acquirer_of, new_number

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

ANSWER_LOST: Final = card_for_fault(Fault.APPROVED_ANSWER_LOST)
OPERATION: Final = "recurrentPayment"
PATH: Final = f"/payment/{OPERATION}.do"


async def agreed(shop: Shop, client: str, *, days: int = 7, until: str = "20991231") -> str:
    """A client pays a first order and agrees to recurring payments; the stored card."""
    order_id = await shop.register(
        1000, clientId=client, recurringFrequency=days, recurringExpiry=until
    )
    answer = await shop.pay(order_id)
    assert "redirect" in answer, answer
    (one,) = await listed(shop, client, bindingType="R")
    binding: str = one["bindingId"]
    return binding


async def settle(shop: Shop) -> None:
    """Ask the bank about requests without a result, once that is due."""
    now = await shop.travel(timedelta(seconds=5))
    await settle_unknown(shop.gateway.world, asked_before=now)


async def charge(shop: Shop, binding: str, **more: object) -> dict[str, Any]:
    """Charge by the terms, in JSON as the reference has it; the answer."""
    members = {
        **CREDENTIALS,
        "orderNumber": new_number(),
        "bindingId": binding,
        "amount": 2000,
        **more,
    }
    answer = await shop.post_json(PATH, members, headers=[("content-type", "application/json")])
    found: dict[str, Any] = answer.json()
    return found


async def refused_charge(shop: Shop, binding: str, **more: object) -> dict[str, Any]:
    """A charge that both spellings refuse alike; the answer of REST."""
    answer = await charge(shop, binding, **more)
    await must_be_refused_over_soap(shop, OPERATION, binding, answer, **more)
    return answer


def result_of(answer: dict[str, Any]) -> tuple[bool, int, int]:
    status = answer["orderStatus"]
    return answer["success"], status["orderStatus"], status["actionCode"]


PAID: Final = (True, 2, 0)
TOO_EARLY: Final = (True, 6, 2002)


async def test_first_payment_agrees_to_terms_that_charges_keep(shop: Shop) -> None:
    client = new_client()
    binding = await agreed(shop, client, days=7)
    assert result_of(await charge(shop, binding)) == TOO_EARLY
    await shop.travel(timedelta(days=7))
    paid = await charge(shop, binding, description="Подписка")
    assert result_of(paid) == PAID
    assert paid["data"] == {"orderId": paid["orderStatus"]["attributes"][0]["value"]}
    assert paid["orderStatus"]["bindingInfo"] == {"clientId": client, "bindingId": binding}
    assert paid["orderStatus"]["paymentWay"] == "CARD_BINDING"
    assert (await shop.see(paid["data"]["orderId"])).deposited == 2000
    assert result_of(await charge(shop, binding)) == TOO_EARLY
    await shop.travel(timedelta(days=6))
    assert result_of(await charge(shop, binding)) == TOO_EARLY
    await shop.travel(timedelta(days=1))
    assert result_of(await charge(shop, binding)) == PAID


async def test_no_charge_after_the_last_day(shop: Shop) -> None:
    today = to_moscow(shop.clock.now()).date()
    binding = await agreed(shop, new_client(), days=1, until=f"{today + timedelta(days=1):%Y%m%d}")
    await shop.travel(timedelta(days=1))
    assert result_of(await charge(shop, binding)) == PAID
    await shop.travel(timedelta(days=1))
    late = await charge(shop, binding)
    assert result_of(late) == TOO_EARLY
    assert "actionCodeDescription" in late["orderStatus"]


async def test_declined_charge_does_not_count(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), days=1)
    await shop.travel(timedelta(days=1))
    async with permissions_off(shop, Permission.ONE_PHASE):
        assert result_of(await charge(shop, binding)) == (True, 6, 2006)
    assert result_of(await charge(shop, binding)) == PAID


async def test_of_two_charges_at_once_one_is_made(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), days=1)
    await shop.travel(timedelta(days=1))
    answers = await asyncio.gather(*(charge(shop, binding) for _ in range(5)))
    assert sorted(map(result_of, answers)) == [PAID, *[TOO_EARLY] * 4]


async def test_charge_counts_while_its_result_is_unknown(shop: Shop) -> None:
    client = new_client()
    terms: dict[str, Any] = {"recurringFrequency": 1, "recurringExpiry": "20991231"}
    await shop.pay(await shop.register(1000, clientId=client, **terms), ANSWER_LOST)
    assert await listed(shop, client) == []
    await settle(shop)
    (one,) = await listed(shop, client, bindingType="R")
    await shop.travel(timedelta(days=1))
    unknown = await charge(shop, one["bindingId"])
    assert (unknown["success"], unknown["orderStatus"]["orderStatus"]) == (True, 0)
    assert result_of(await charge(shop, one["bindingId"])) == TOO_EARLY
    await settle(shop)
    assert (await shop.see(unknown["data"]["orderId"])).deposited == 2000
    assert result_of(await charge(shop, one["bindingId"])) == TOO_EARLY


async def test_check_of_a_card_agrees_to_terms_too(shop: Shop) -> None:
    client = new_client()
    terms: dict[str, Any] = {"recurringFrequency": 1, "recurringExpiry": "20991231"}
    await shop.pay(await shop.register(0, clientId=client, features="VERIFY", **terms))
    (one,) = await listed(shop, client, bindingType="R")
    await shop.travel(timedelta(days=1))
    assert result_of(await charge(shop, one["bindingId"])) == PAID


async def test_charge_can_hold_and_be_deposited(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), days=1)
    await shop.travel(timedelta(days=1))
    held = await charge(shop, binding, preAuth=True)
    assert result_of(held) == (True, 1, 0)
    order_id = held["data"]["orderId"]
    assert (await shop.call("deposit.do", orderId=order_id, amount=0))["errorCode"] == "0"
    assert (await shop.see(order_id)).status == 2


async def test_card_has_a_stored_card_for_each_purpose(shop: Shop) -> None:
    client = new_client()
    common = await stored(shop, client, GOOD)
    recurrent = await agreed(shop, client)
    assert common != recurrent
    found = {each["bindingId"]: each["bindingCategory"] for each in await listed(shop, client)}
    assert found == {common: "COMMON", recurrent: "RECURRENT"}
    assert await agreed(shop, client, days=1) == recurrent
    await shop.travel(timedelta(days=1))
    assert result_of(await charge(shop, recurrent)) == PAID


async def test_refused_charges(shop: Shop) -> None:
    client = new_client()
    binding = await agreed(shop, client, days=1)
    common, child = (
        await stored(shop, client, GOOD),
        await stored(shop, client, merchantLogin=DEMO_CHILD_LOGIN),
    )
    await shop.travel(timedelta(days=1))
    number = new_number()
    await shop.register(1000, orderNumber=number)
    for more, code, text in (
        ({"bindingId": UNKNOWN}, "2", "Связка не найдена"),
        ({"bindingId": "x"}, "2", "Связка не найдена"),
        ({"bindingId": common}, "2", "Связка не найдена"),
        ({"bindingId": child}, "2", "Связка не найдена"),
        ({"bindingId": ""}, "4", "[bindingId] не задан"),
        ({"amount": ""}, "4", None),
        ({"amount": "x"}, "5", None),
        ({"currency": "999"}, "3", None),
        ({"orderNumber": number}, "10", "Заказ с таким номером уже зарегистрирован в системе."),
    ):
        answer = await refused_charge(shop, **{"binding": binding, **renamed(more)})
        assert (answer["success"], answer["error"]["code"]) == (False, code), (more, answer)
        if text:
            assert answer["error"]["message"] == answer["error"]["description"] == text
    stranger = await charge(shop, binding, password="wrong")
    assert stranger["error"]["message"] == "Доступ запрещён"
    english = await refused_charge(shop, binding, orderNumber=number, language="en")
    assert english["error"]["message"] == (
        "Order with this number is already registered in the system."
    )
    async with permissions_off(shop, Permission.RECURRENT):
        assert (await refused_charge(shop, binding))["error"]["code"] == "5"
    await shop.call("unBindCard.do", bindingId=binding)
    assert (await refused_charge(shop, binding))["error"]["code"] == "2"


def renamed(more: dict[str, Any]) -> dict[str, Any]:
    return {("binding" if name == "bindingId" else name): each for name, each in more.items()}


async def test_charge_that_no_card_may_pay_takes_no_order_number(shop: Shop) -> None:
    binding, number = await agreed(shop, new_client(), days=1), new_number()
    await shop.travel(timedelta(days=1))
    async with changed(shop, {"allowed_payment_ways": ["SBRF_SBOL"]}):
        refused = await refused_charge(shop, binding, orderNumber=number)
    assert refused["error"]["code"] == "5"
    assert (await charge(shop, binding, orderNumber=number))["success"] is True


async def test_expired_card_is_not_charged(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), days=1)
    await shop.call("extendBinding.do", bindingId=binding, newExpiry=f"{shop.clock.now():%Y%m}")
    await shop.travel(timedelta(days=32))
    answer = await refused_charge(shop, binding)
    assert answer["error"]["message"] == "Срок действия карты истёк"


async def test_terms_need_the_permission_and_a_client(shop: Shop) -> None:
    client = new_client()
    terms = {"recurringFrequency": "7", "recurringExpiry": "20991231"}
    async with permissions_off(shop, Permission.RECURRENT):
        order_id = await shop.register(1000, clientId=client, two_phase=False, **terms)
        await shop.pay(order_id)
    (one,) = await listed(shop, client)
    assert one["bindingCategory"] == "COMMON"
    order_id = await shop.register(1000, two_phase=False, **terms)
    await shop.pay(order_id)
    assert (await shop.see(order_id)).status == 2


async def test_paid_order_shows_who_began_the_payment(shop: Shop) -> None:
    client = new_client()
    async with changed(shop, {"status_version": 37}):
        binding = await agreed(shop, client, days=1)
        first = await shop.pool.fetchval(
            "SELECT order_id FROM bindings WHERE binding_id = $1", binding
        )
        assert await tii(shop, str(first)) == "RI"
        await shop.travel(timedelta(days=1))
        paid = await charge(shop, binding)
        assert paid["orderStatus"]["tii"] == "R"
        for more, expected in (
            ({}, "U"),
            ({"tii": "F"}, "F"),
            ({"tii": "CI"}, "U"),
        ):
            order_id = await shop.register(1000, clientId=client)
            await pay_stored(shop, order_id, binding, **more)
            assert await tii(shop, order_id) == expected
        automatic = await shop.register(1000, clientId=client, features="AUTO_PAYMENT")
        await pay_stored(shop, automatic, binding)
        assert await tii(shop, automatic) == "F"
        other = new_client()
        stores = await shop.register(1000, clientId=other)
        await shop.pay(stores)
        assert await tii(shop, stores) == "CI"
        plain = await shop.paid(1000)
        assert await tii(shop, plain) is None


async def tii(shop: Shop, order_id: str) -> str | None:
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    shown: str | None = status.get("tii")
    return shown


async def test_bank_gets_who_began_and_the_payment_that_has_stored_the_card(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, asked = new_client(), sent_to_the_bank(shop, monkeypatch)
    binding = await agreed(shop, client, days=1)
    recurring = await first_transaction(shop, binding)
    common = await stored(shop, client, GOOD)
    await pay_stored(shop, await shop.register(1000, clientId=client), common)
    await shop.pay(await shop.register(1000, clientId=client))
    kept = await first_transaction(shop, common)
    await pay_stored(shop, await shop.register(1000, clientId=client), common)
    await shop.travel(timedelta(days=1))
    paid = await charge(shop, binding)
    assert [(each.initiator, each.first_transaction_id) for each in asked] == [
        ("RI", None),
        ("U", None),
        ("CI", None),
        ("U", kept),
        ("R", recurring),
    ]
    order = await shop.gateway.world.orders.load(await shop.key(paid["data"]["orderId"]))
    assert order is not None
    (attempt,) = order.payments
    assert attempt.card is not None
    assert attempt.card.network_transaction_id not in {None, recurring}


async def test_card_stored_without_a_payment_gets_its_chain_once(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    numbers = []
    for _ in range(2):
        await shop.pay(await shop.register(1000, clientId=client))
        numbers.append(await first_transaction(shop, binding))
    assert [each["bindingId"] for each in await listed(shop, client)] == [binding]
    assert numbers[0] == numbers[1]


async def first_transaction(shop: Shop, binding: str) -> str:
    """The payment system's number of the payment that has stored a card."""
    query = "SELECT network_transaction_id FROM bindings WHERE binding_id = $1"
    number = await shop.pool.fetchval(query, binding)
    assert number is not None
    assert len(number) == 15
    return str(number)


def sent_to_the_bank(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[AcquirerRequest]:
    """The authorisations that the bank gets from now on."""
    acquirer, asked = acquirer_of(shop.gateway.world), []

    async def ask(request: AcquirerRequest) -> AcquirerResponse:
        asked.append(request)
        return await InProcessAcquirer.ask(acquirer, request)

    monkeypatch.setattr(acquirer, "ask", ask)
    return asked


async def test_soap_charges_by_the_terms(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), days=1)
    await shop.travel(timedelta(days=1))
    entries = {"entry": [{"key": "table", "value": "12"}]}
    paid = await charge_over_soap(shop, OPERATION, binding, additionalParameters=entries)
    assert paid.members["success"] == "true"
    order_id = paid.members["data"]["orderId"]
    assert (await shop.see(order_id)).deposited == 2000
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert {"name": "table", "value": "12"} in status["merchantOrderParams"]
    early = await charge_over_soap(shop, OPERATION, binding)
    assert (early.members["success"], early.members["orderStatus"]["actionCode"]) == (
        "true",
        "2002",
    )
