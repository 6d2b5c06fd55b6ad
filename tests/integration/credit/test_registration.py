"""The registration of a purchase on credit, and its refusals, over real storage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from altyn.domain.merchant import Permission
from altyn.domain.refusals import Refusal
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.request_handler import RequestHandler
from tests.integration.credit.applicant import AMOUNT, TWO_STAGES, Applicant, bundle
from tests.merchant_changes import changed, permissions_off
from tests.shop import refused


async def test_form_url_is_the_application(applicant: Applicant) -> None:
    answer = await applicant.register()
    assert answer.keys() == {"orderId", "formUrl"}
    assert "/sbercredit/rbs-common.html?mdOrder=" in answer["formUrl"]
    assert "Покупка в кредит" in (await applicant.open(answer["formUrl"])).text


async def test_cart_is_shown_with_its_installments(applicant: Applicant) -> None:
    sent = bundle(productID=None, productId="7", productType="INSTALLMENT")
    answer = await applicant.register(orderBundle=sent)
    found = await applicant.status(answer["orderId"])
    assert found["orderBundle"]["installments"] == {"productType": "INSTALLMENT", "productId": "7"}
    assert "Покупка в рассрочку" in (await applicant.open(answer["formUrl"])).text


@pytest.mark.parametrize("method", ["register.do", TWO_STAGES])
@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"orderBundle": None}, Refusal.CART_MANDATORY),
        ({"orderBundle": bundle(productID=None)}, Refusal.CART_MANDATORY),
        ({"orderBundle": bundle(productType=None)}, Refusal.CART_MANDATORY),
        ({"orderBundle": '{"installments": {"productType": "CREDIT"}}'}, Refusal.CART_MANDATORY),
        ({"orderBundle": bundle(productType="GIFT")}, Refusal.CART_FORMAT),
        ({"orderBundle": bundle(AMOUNT + 1)}, Refusal.CART_SUM),
        ({"amount": 2_999_99, "orderBundle": bundle(2_999_99)}, Refusal.AMOUNT_INVALID),
        ({"amount": 300_000_01, "orderBundle": bundle(300_000_01)}, Refusal.AMOUNT_INVALID),
        ({"amount": "x"}, Refusal.AMOUNT_INVALID),
        ({"amount": None}, Refusal.AMOUNT_MISSING),
        ({"returnUrl": None}, Refusal.RETURN_URL_EMPTY),
        ({"currency": "999"}, Refusal.CURRENCY_UNKNOWN),
        ({"currency": "840"}, Refusal.CURRENCY_UNKNOWN),
        ({"password": "wrong"}, Refusal.ACCESS_DENIED),
        ({"password": None}, Refusal.PASSWORD_EMPTY),
        ({"userName": None}, Refusal.LOGIN_EMPTY),
        ({"dummy": "perhaps"}, Refusal.PARAMETER_INVALID),
        ({"phone": "+79998887766", "back2app": "true"}, Refusal.CREDIT_IMPOSSIBLE),
        ({"features": "BNPL"}, Refusal.CREDIT_IMPOSSIBLE),
        ({"jsonParams": '{"backToShopUrl":"javascript:alert(1)"}'}, Refusal.JSON_PARAMS_INVALID),
        ({"jsonParams": '{"phone":"1"}'}, Refusal.JSON_PARAMS_INVALID),
        ({"failUrl": "javascript:alert(1)"}, Refusal.PARAMETER_INVALID),
        ({"returnUrl": "javascript:alert(1)"}, Refusal.RETURN_URL_INVALID),
        ({"allowedPaymentWays": "SBRF_SBOL"}, Refusal.CREDIT_IMPOSSIBLE),
    ],
)
async def test_refusals_are_the_references(
    applicant: Applicant, method: str, fields: dict[str, Any], refusal: Refusal
) -> None:
    table = "creditRegisterPreAuth" if method == TWO_STAGES else "creditRegister"
    answer = await applicant.register(method, **{"jsonParams": None, **fields})
    assert refused(table, answer, refusal), answer


async def test_cart_without_installments_is_refused(applicant: Applicant) -> None:
    cart = bundle().partition(', "installments"')[0] + "}"
    answer = await applicant.register(orderBundle=cart)
    assert refused("creditRegister", answer, Refusal.CART_MANDATORY)


async def test_number_is_unique(applicant: Applicant) -> None:
    await applicant.register(orderNumber="C-1")
    answer = await applicant.register(orderNumber="C-1")
    assert refused("creditRegister", answer, Refusal.ORDER_NUMBER_TAKEN)


async def test_product_has_to_be_agreed(applicant: Applicant) -> None:
    async with changed(applicant.shop, {"credit.product_ids": ["7"]}):
        answer = await applicant.register()
        assert refused("creditRegister", answer, Refusal.CREDIT_IMPOSSIBLE)
        assert "orderId" in await applicant.register(orderBundle=bundle(productID="7"))


@pytest.mark.parametrize("settings", [{"allowed_payment_ways": ["SBRF_SBOL"]}, {"bnpl.only": True}])
async def test_shop_without_cards_sells_nothing_on_credit(
    applicant: Applicant, settings: dict[str, object]
) -> None:
    async with changed(applicant.shop, settings):
        answer = await applicant.register()
    assert refused("creditRegister", answer, Refusal.CREDIT_IMPOSSIBLE)


@pytest.mark.parametrize("permission", [Permission.CREDIT, Permission.TWO_PHASE])
async def test_two_stages_need_both_permissions_before_anything_is_read(
    applicant: Applicant, permission: Permission
) -> None:
    async with permissions_off(applicant.shop, permission):
        answer = await applicant.register(TWO_STAGES, amount="x")
        assert refused("creditRegisterPreAuth", answer, Refusal.ACCESS_DENIED)
        answer = await applicant.register()
        assert ("orderId" in answer) is (permission is Permission.TWO_PHASE)


async def test_simulated_application_is_named_in_a_note(applicant: Applicant) -> None:
    for sent in ("false", None):
        answer = await applicant.send(dummy=sent)
        assert "orderId" in answer.json()
        assert "dummy: this gateway has no bank" in answer.headers["x-altyn-rule"]
    assert "dummy" not in (await applicant.send()).headers.get("x-altyn-rule", "")


@pytest.mark.parametrize("dummy", ["true", "false"])
async def test_gateway_without_a_credit_system_refuses_with_the_reason(
    applicant: Applicant, dummy: str
) -> None:
    rest = applicant.shop.gateway.router._rest
    without = replace(applicant.shop.gateway.world, credit=None)
    rest._handler = RequestHandler(without, rest._handler._credentials, HANDLERS)
    answer = await applicant.register(dummy=dummy)
    assert refused("creditRegister", answer, Refusal.CREDIT_UNAVAILABLE)
    assert "не подключена кредитная система банка" in answer["errorMessage"]
