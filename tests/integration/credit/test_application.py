"""The application for a credit: what the bank decides, what the page shows, what the order keeps.

Source: bnpl.md §8, §8.1.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from altyn.domain.credit import CreditProduct
from altyn.outbound.credit.in_process import InProcessCreditBank
from altyn.protocol.credit import CreditAnswer, CreditDecision, CreditRequest
from altyn.simulators.credit.bank import CreditBank
from tests.integration.credit.applicant import (
    AMOUNT,
    BACK_TO_SHOP,
    CONSIDERED,
    REFUSED_AT_ONCE,
    Applicant,
    application_address,
)
from tests.integration.payment_page.page_client import RETURN_URL

TEN_MINUTES = timedelta(minutes=10)


async def test_application_has_the_phone_of_the_registration(applicant: Applicant) -> None:
    order_id = await applicant.order()
    page = await applicant.application(order_id)
    assert 'value="+79998887766"' in page.text
    assert page.text.count('name="months"') == 4


async def test_granted_credit_leads_to_the_card_form(applicant: Applicant) -> None:
    order_id = await applicant.order()
    sent = await applicant.apply(order_id)
    assert sent.status == 303
    page = await applicant.application(order_id)
    assert "Кредит одобрен" in page.text
    assert "Заказ ещё не оплачен" in page.text
    assert f'href="{BACK_TO_SHOP}"' in page.text
    assert (await applicant.events(order_id))[-1] == "credit_approved"
    assert 'name="$PAN"' in (await applicant.client.open(order_id)).text
    assert (await applicant.status(order_id))["orderStatus"] == 0


async def test_refusal_leads_back_to_the_shop(applicant: Applicant) -> None:
    order_id = await applicant.order()
    await applicant.apply(order_id, REFUSED_AT_ONCE)
    page = await applicant.application(order_id)
    assert "Банк отказал в кредите" in page.text
    assert f'href="{BACK_TO_SHOP}"' in page.text
    assert "payment_ru.html" not in page.text
    assert (await applicant.client.open(order_id)).location.endswith(application_address(order_id))
    assert (await applicant.events(order_id))[-1] == "credit_refused"


async def test_refused_applicant_pays_in_a_way_that_the_order_allows(applicant: Applicant) -> None:
    order_id = await applicant.order(allowedPaymentWays="CARD,SBRF_SBOL")
    assert int((await applicant.pay_by_server(order_id))["errorCode"]) == 5
    await applicant.apply(order_id, REFUSED_AT_ONCE)
    page = await applicant.application(order_id)
    assert "Оплатить другим способом" in page.text
    assert "payment_ru.html" in page.text
    payment = await applicant.client.open(order_id)
    assert 'name="$PAN"' in payment.text
    assert "SBRF_SBOL" in payment.text
    assert 'value="BNPL"' not in payment.text
    answer = await applicant.pay_on_page(order_id)
    assert answer["redirect"].startswith(RETURN_URL)
    assert (await applicant.status(order_id))["orderStatus"] == 2


async def test_decision_of_the_bank_is_final(applicant: Applicant) -> None:
    order_id = await applicant.order()
    await applicant.apply(order_id, REFUSED_AT_ONCE)
    await applicant.apply(order_id)
    assert "Банк отказал" in (await applicant.application(order_id)).text
    assert (await applicant.events(order_id)).count("credit_refused") == 1


async def test_bank_considers_and_then_grants(applicant: Applicant) -> None:
    order_id = await applicant.order()
    await applicant.apply(order_id, CONSIDERED)
    page = await applicant.application(order_id)
    assert "Банк рассматривает заявку" in page.text
    assert 'http-equiv="refresh"' in page.text
    assert (await applicant.events(order_id))[-1] == "credit_applied"
    await applicant.shop.travel(TEN_MINUTES)
    assert "Кредит одобрен" in (await applicant.application(order_id)).text
    assert (await applicant.events(order_id))[-2:] == ["credit_applied", "credit_approved"]
    await applicant.pay_on_page(order_id)
    assert (await applicant.status(order_id))["orderStatus"] == 2


async def test_order_that_expires_while_the_bank_considers_gets_no_credit(
    applicant: Applicant,
) -> None:
    order_id = await applicant.order(sessionTimeoutSecs="540")
    await applicant.apply(order_id, CONSIDERED)
    await applicant.shop.travel(TEN_MINUTES)
    page = await applicant.application(order_id)
    assert page.status == 410
    assert "Заявку подать нельзя" in page.text
    found = await applicant.status(order_id)
    assert (found["orderStatus"], found["actionCode"]) == (6, -2007)
    assert "credit_approved" not in await applicant.events(order_id)
    assert (await state_at_bank(applicant, order_id)) == "waiting"
    bank = CreditBank(applicant.shop.pool, applicant.shop.clock.now)
    answer = await bank.application((await applicant.shop.key(order_id)).order_id)
    assert answer is not None
    assert answer.decision is CreditDecision.EXPIRED


async def test_cancelled_order_takes_no_application(applicant: Applicant) -> None:
    order_id = await applicant.order()
    await applicant.shop.call("decline.do", orderId=order_id)
    assert (await applicant.apply(order_id)).status == 410
    assert await state_at_bank(applicant, order_id) is None


async def test_wrong_field_is_named_and_nothing_is_sent(applicant: Applicant) -> None:
    order_id = await applicant.order()
    for months in ("", "7", "x", "9999"):
        page = await applicant.apply(order_id, months=months)
        assert page.status == 200
        assert "Выберите один из сроков" in page.text
    for phone in ("", "12", "+1 202 555 0100"):
        page = await applicant.apply(order_id, phone, months="24")
        assert page.status == 200
        assert "Введите российский номер" in page.text
        assert f'value="{phone}"' in page.text
        assert 'value="24" checked' in page.text
    assert await state_at_bank(applicant, order_id) is None


async def test_grant_is_stored_at_the_bank_before_the_order_takes_money(
    applicant: Applicant,
) -> None:
    """The process ends after the bank has granted, and before the order has stored it."""
    order_id = await applicant.order()
    await bank_of(applicant).apply(await request_for(applicant, order_id))
    assert await state_at_bank(applicant, order_id) == "granted"
    assert int((await applicant.pay_by_server(order_id))["errorCode"]) == 5
    assert "Кредит одобрен" in (await applicant.application(order_id)).text
    assert (await applicant.events(order_id))[-1] == "credit_approved"
    await applicant.pay_by_server(order_id)
    assert (await applicant.status(order_id))["orderStatus"] == 2


async def test_silent_bank_changes_nothing_and_the_application_can_be_opened_again(
    applicant: Applicant,
) -> None:
    order_id = await applicant.order()
    bank = applicant.shop.gateway.world.credit
    assert isinstance(bank, InProcessCreditBank)
    working, bank._bank = bank._bank, BrokenBank(bank_of(applicant))
    page = await applicant.apply(order_id)
    assert page.status == 503
    assert "Банк не отвечает" in page.text
    assert (await applicant.application(order_id)).status == 503
    assert "credit_approved" not in await applicant.events(order_id)
    bank._bank = working
    assert "Кредит одобрен" in (await applicant.application(order_id)).text
    bank._bank = BrokenBank(bank_of(applicant))
    assert "Кредит одобрен" in (await applicant.application(order_id)).text


class BrokenBank:
    """A bank that takes applications and does not answer."""

    def __init__(self, bank: CreditBank) -> None:
        self._bank = bank

    async def application(self, _: object) -> CreditAnswer | None:
        raise ConnectionError

    async def apply(self, request: CreditRequest) -> CreditAnswer:
        await self._bank.apply(request)
        raise ConnectionError


@pytest.mark.parametrize(
    ("phone", "decision"),
    [
        ("79998887766", CreditDecision.GRANTED),
        (REFUSED_AT_ONCE, CreditDecision.REFUSED),
        (CONSIDERED, CreditDecision.WAITING),
    ],
)
async def test_first_application_for_an_order_counts(
    applicant: Applicant, phone: str, decision: CreditDecision
) -> None:
    request = await request_for(applicant, await applicant.order())
    first = await bank_of(applicant).apply(replace(request, phone=phone))
    again = await bank_of(applicant).apply(replace(request, phone="79998887755", months=24))
    assert (first.decision, first.phone, first.months) == (decision, phone, 12)
    assert again == first


def bank_of(applicant: Applicant) -> CreditBank:
    return CreditBank(applicant.shop.pool, applicant.shop.clock.now)


async def request_for(applicant: Applicant, order_id: str) -> CreditRequest:
    key = await applicant.shop.key(order_id)
    return CreditRequest(
        order_id=key.order_id,
        product=CreditProduct.CREDIT,
        product_id="10",
        months=12,
        phone="79998887766",
        amount_minor=AMOUNT,
        currency="643",
        expires_at=applicant.shop.clock.now() + timedelta(minutes=20),
    )


async def state_at_bank(applicant: Applicant, order_id: str) -> str | None:
    """What the bank has stored about an order."""
    query = "SELECT state FROM simulators.credit_applications WHERE order_id = $1"
    state: str | None = await applicant.shop.pool.fetchval(query, order_id)
    return state
