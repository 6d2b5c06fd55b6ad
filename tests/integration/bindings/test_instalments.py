"""Payments in instalments with a stored card: the first payment agrees, installmentPayment.do
charges.

Source: rest-orders.md §7, §2.1; codes.md §7.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any, Final

import pytest

from altyn.domain.merchant import Permission
from altyn.domain.moscow import to_moscow
from tests.integration.bindings.soap_charges import charge_over_soap, must_be_refused_over_soap
from tests.integration.bindings.test_binding_methods import (
    UNKNOWN,
    listed,
    new_client,
    stored,
)
from tests.integration.bindings.test_recurring import agreed as agreed_to_recurring
from tests.integration.bindings.test_recurring import charge as charge_recurring
from tests.merchant_changes import changed, permissions_off
from tests.shop import CREDENTIALS, GOOD, Shop, new_number

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

OPERATION: Final = "installmentPayment"
PATH: Final = f"/payment/{OPERATION}.do"
PAID: Final = (0, 2, 0)
BROKEN: Final = (0, 6, 2002)


async def agreed(shop: Shop, client: str, *, payments: int, total: int, **more: Any) -> str:
    """A client pays the first 1000 of instalments; the stored card."""
    terms = json.dumps({"installments": payments, "totalInstallmentAmount": total})
    order_id = await shop.register(1000, clientId=client, jsonParams=terms, **more)
    assert "redirect" in await shop.pay(order_id)
    (one,) = await listed(shop, client, bindingType="I")
    assert one["bindingCategory"] == "INSTALLMENT"
    binding: str = one["bindingId"]
    return binding


async def charge(shop: Shop, binding: str, amount: int = 1000, **more: Any) -> dict[str, Any]:
    members = {
        **CREDENTIALS,
        "orderNumber": new_number(),
        "bindingId": binding,
        "amount": amount,
        **more,
    }
    answer = await shop.post_json(PATH, members, headers=[("content-type", "application/json")])
    found: dict[str, Any] = answer.json()
    return found


async def refused_charge(shop: Shop, binding: str, **more: Any) -> dict[str, Any]:
    """A charge that both spellings refuse alike; the answer of REST."""
    answer = await charge(shop, binding, **more)
    await must_be_refused_over_soap(shop, OPERATION, binding, answer, **more)
    return answer


def result_of(answer: dict[str, Any]) -> tuple[int, int, int]:
    status = answer["orderStatus"]
    return answer["errorCode"], status["orderStatus"], status["actionCode"]


async def test_no_more_payments_than_agreed(shop: Shop) -> None:
    client = new_client()
    binding = await agreed(shop, client, payments=3, total=100_000)
    paid = await charge(shop, binding)
    assert result_of(paid) == PAID
    assert paid == {
        "errorCode": 0,
        "errorMessage": "Успешно",
        "orderId": paid["orderStatus"]["attributes"][0]["value"],
        "orderStatus": paid["orderStatus"],
        "error": False,
    }
    assert paid["orderStatus"]["bindingInfo"] == {"clientId": client, "bindingId": binding}
    assert result_of(await charge(shop, binding)) == PAID
    assert result_of(await charge(shop, binding)) == BROKEN


async def test_no_larger_sum_than_agreed(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), payments=9, total=3_000)
    assert result_of(await charge(shop, binding, 2_001)) == BROKEN
    assert result_of(await charge(shop, binding, 1_500)) == PAID
    assert result_of(await charge(shop, binding, 501)) == BROKEN
    assert result_of(await charge(shop, binding, 500)) == PAID


async def test_days_are_kept_where_they_were_agreed(shop: Shop) -> None:
    until = f"{to_moscow(shop.clock.now()).date() + timedelta(days=14):%Y%m%d}"
    days = {"recurringFrequency": 7, "recurringExpiry": until}
    binding = await agreed(shop, new_client(), payments=9, total=90_000, **days)
    assert result_of(await charge(shop, binding)) == BROKEN
    await shop.travel(timedelta(days=7))
    assert result_of(await charge(shop, binding)) == PAID
    await shop.travel(timedelta(days=8))
    assert result_of(await charge(shop, binding)) == BROKEN


async def test_declined_charge_is_not_counted(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), payments=2, total=2_000)
    async with permissions_off(shop, Permission.ONE_PHASE):
        assert result_of(await charge(shop, binding)) == (0, 6, 2006)
    assert result_of(await charge(shop, binding)) == PAID
    assert result_of(await charge(shop, binding, 1)) == BROKEN


async def test_of_charges_at_once_as_many_are_made_as_agreed(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), payments=3, total=90_000)
    answers = await asyncio.gather(*(charge(shop, binding) for _ in range(5)))
    assert sorted(map(result_of, answers)) == [PAID, PAID, BROKEN, BROKEN, BROKEN]


async def test_check_of_a_card_is_no_instalment(shop: Shop) -> None:
    client = new_client()
    terms: dict[str, Any] = {"installments": 1, "totalInstallmentAmount": 1000}
    verified = await shop.register(0, clientId=client, features="VERIFY", **terms)
    await shop.pay(verified)
    (one,) = await listed(shop, client, bindingType="I")
    assert result_of(await charge(shop, one["bindingId"])) == PAID
    assert result_of(await charge(shop, one["bindingId"], 1)) == BROKEN


async def test_bank_gets_the_initiators(shop: Shop) -> None:
    client = new_client()
    async with changed(shop, {"status_version": 37}):
        terms: dict[str, Any] = {"installments": 3, "totalInstallmentAmount": 9000}
        first = await shop.register(1000, clientId=client, **terms)
        await shop.pay(first)
        status = await shop.call("getOrderStatusExtended.do", orderId=first)
        (one,) = await listed(shop, client, bindingType="I")
        paid = await charge(shop, one["bindingId"])
    assert (status["tii"], paid["orderStatus"]["tii"]) == ("II", "I")


@pytest.mark.parametrize(
    "terms",
    [
        {"installments": 3},
        {"totalInstallmentAmount": 3000},
        {"installments": 0, "totalInstallmentAmount": 3000},
        {"installments": "x", "totalInstallmentAmount": 3000},
        {"installments": 3, "totalInstallmentAmount": 0},
        {"installments": 3, "totalInstallmentAmount": 999},
    ],
)
async def test_wrong_terms_are_refused_at_registration(shop: Shop, terms: dict[str, Any]) -> None:
    request = {"amount": 1000, "returnUrl": "https://shop.example/", "clientId": new_client()}
    refused = await shop.call("register.do", **request, jsonParams=json.dumps(terms))
    assert (refused["errorCode"], refused["errorMessage"]) == ("5", "[jsonParams] неверен")


async def test_terms_need_the_permission(shop: Shop) -> None:
    client = new_client()
    async with permissions_off(shop, Permission.RECURRENT):
        await shop.pay(await shop.register(1000, clientId=client, installments=3))
    (one,) = await listed(shop, client)
    assert one["bindingCategory"] == "COMMON"


async def test_refused_charges(shop: Shop) -> None:
    client = new_client()
    binding = await agreed(shop, client, payments=3, total=9_000)
    common, recurring = (
        await stored(shop, client, GOOD),
        await agreed_to_recurring(shop, new_client(), days=1),
    )
    number = new_number()
    await shop.register(1000, orderNumber=number)
    rows: tuple[tuple[str, dict[str, Any], int, str | None], ...] = (
        (UNKNOWN, {}, 2, "Связка не найдена"),
        (common, {}, 2, "Связка не найдена"),
        (recurring, {}, 2, "Связка не найдена"),
        ("", {}, 4, "[bindingId] не задан"),
        (binding, {"amount": "x"}, 5, None),
        (binding, {"currency": "999"}, 3, None),
        (binding, {"orderNumber": number}, 10, "Заказ с таким номером уже зарегистрирован"),
    )
    for sent, more, code, text in rows:
        answer = await refused_charge(shop, sent, **more)
        assert (answer["errorCode"], answer["error"]) == (code, True), (more, answer)
        assert not {"orderId", "orderStatus"} & answer.keys()
        assert text is None or text in answer["errorMessage"]
    stranger = await charge(shop, binding, password="wrong")
    assert (stranger["errorCode"], stranger["errorMessage"]) == (5, "Доступ запрещён")
    await shop.travel(timedelta(days=1))
    refused = await charge_recurring(shop, binding)
    assert refused["error"]["code"] == "2", "an instalment is no recurring payment"
    async with permissions_off(shop, Permission.RECURRENT):
        assert (await refused_charge(shop, binding))["errorCode"] == 5


async def test_soap_charges_an_instalment(shop: Shop) -> None:
    binding = await agreed(shop, new_client(), payments=2, total=2_000)
    paid = await charge_over_soap(shop, OPERATION, binding, amount=1000)
    assert (paid.code, paid.text) == (0, "Успешно")
    assert (await shop.see(paid.members["orderId"])).deposited == 1000
    assert paid.members["orderStatus"]["orderStatus"] == "2"
    broken = await charge_over_soap(shop, OPERATION, binding, amount=1)
    assert broken.members["orderStatus"]["actionCode"] == "2002"
