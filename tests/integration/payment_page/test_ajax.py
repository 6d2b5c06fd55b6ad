"""The page's protocol, call by call: what published page sets send, and what they read.

The members are the wire's: a page set of another gateway of the family runs here unchanged.
Source: payment-page.md §3, §4.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from altyn.inbound.payment_page.ajax import METHODS
from altyn.inbound.payment_page.view import session_data
from altyn.operations.staff.merchants import block_merchant
from altyn.protocol.test_cards import Fault, card_for_fault
from altyn.storage.orders import OrderStore
from tests.integration.payment_page.till import (
    ACS_CODE,
    DECLINED,
    FAIL_URL,
    RETURN_URL,
    Till,
    card,
    path_of,
    typed,
)
from tests.shop import GOOD
from tests.staff import operator

ENROLLED = "4111111111111111"
FRICTIONLESS = "2202205000012424"
CHALLENGED = "5000001111111115"


def back_at_shop(order_id: str, address: str = RETURN_URL, language: str = "ru") -> str:
    return f"{address}?orderId={order_id}&lang={language}"


# ── getSessionStatus.do ───────────────────────────────────────────────────────────────────────────


async def test_the_session_of_a_fresh_order(till: Till) -> None:
    order_id = await till.register(
        orderNumber="A-100",
        amount="250000",
        description="Заказ А-100",
        jsonParams='{"room": "12", "floor": "3"}',
    )
    answer = await till.client.post(
        "/payment/rest/getSessionStatus.do",
        [("MDORDER", order_id), ("paramNames", "room"), ("paramNames", "missing")],
    )
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    members = answer.json()
    assert 0 < members.pop("remainingSecs") <= 1200
    assert members == {
        "orderNumber": "A-100",
        "amount": "2500.00 RUB",
        "description": "Заказ А-100",
        "bindingEnabled": False,
        "bindingItems": [],
        "bindingDeactivationEnabled": False,
        "cvcNotRequired": False,
        "otherWayEnabled": False,
        "feeEnabled": False,
        "feeAmount": "0.00",
        "bonusAmount": 0,
        "queriedParams": {"room": "12"},
        "loyaltyServices": [],
        "attemptsLeft": 3,
    }


async def test_the_session_may_be_asked_for_by_get_and_in_any_case(till: Till) -> None:
    order_id = await till.register()
    answer = await till.client.get("/payment/rest/GETSESSIONSTATUS.do", {"mdOrder": order_id})
    assert answer.json()["amount"] == "1500.00 RUB"


async def test_the_session_of_no_order(till: Till) -> None:
    for order_id in ("", "1", str(uuid4())):
        assert await till.session(order_id, language="en") == {"error": "Order not found"}


async def test_the_session_of_a_paid_and_of_a_declined_order(till: Till) -> None:
    paid, declined = await till.register(), await till.register()
    await till.pay(paid)
    for _ in range(3):
        await till.pay(declined, DECLINED)
    status = await till.session(paid)
    assert (status["redirect"], status["remainingSecs"]) == (back_at_shop(paid), 0)
    assert (await till.session(declined))["redirect"] == back_at_shop(declined, FAIL_URL)


async def test_the_fee_of_an_order(till: Till) -> None:
    order_id = await till.register(feeInput="1200")
    session = await till.session(order_id)
    assert (session["feeEnabled"], session["feeAmount"]) == (True, "12.00")
    fee = await till.call("getFee.do", {"mdOrder": order_id, "pan": GOOD})
    assert fee.json() == {"errorCode": 0, "fee": "12.00"}
    none = await till.call("getFee.do", {"mdOrder": await till.register()})
    assert none.json() == {"errorCode": 0, "fee": "0.00"}
    assert (await till.call("getFee.do", {"mdOrder": "x"})).json()["errorCode"] == 6


# ── processform.do ────────────────────────────────────────────────────────────────────────────────


async def test_a_payment(till: Till) -> None:
    order_id = await till.register()
    assert await till.pay(order_id) == {
        "redirect": back_at_shop(order_id),
        "info": "Ваш платёж обработан, происходит переадресация...",
        "errorCode": 0,
    }
    status = await till.status(order_id)
    assert (status["orderStatus"], status["ip"]) == (2, till.client.ip)


async def test_a_payment_with_an_expiry_in_one_piece(till: Till) -> None:
    order_id = await till.register()
    form = {"MDORDER": order_id, "$PAN": GOOD, "$CVC": "123", "$EXPIRY": "203512", "TEXT": "A B"}
    answer = await till.call("processform.do", {**form, "language": "en"})
    assert answer.json()["redirect"] == back_at_shop(order_id, language="en")


async def test_paying_twice_pays_once(till: Till) -> None:
    order_id = await till.register()
    answers = await asyncio.gather(*(till.pay(order_id) for _ in range(4)))
    assert {answer["errorCode"] for answer in answers} == {0}
    assert all("redirect" in answer or answer.get("waiting") for answer in answers)
    assert "error" not in await till.pay(order_id)
    status = await till.status(order_id)
    assert status["paymentAmountInfo"]["depositedAmount"] == 150000


async def test_declines_until_the_last(till: Till) -> None:
    order_id = await till.register()
    for left in (2, 1):
        answer = await till.pay(order_id, DECLINED)
        assert answer["error"].startswith("Операция отклонена")
        assert (answer["attemptsLeft"], answer["actionCode"]) == (left, 913)
        assert "redirect" not in answer
    last = await till.pay(order_id, DECLINED)
    assert (last["attemptsLeft"], last["redirect"]) == (0, back_at_shop(order_id, FAIL_URL))
    later = await till.pay(order_id)
    assert later["errorCode"] == 5
    assert later["redirect"] == back_at_shop(order_id, FAIL_URL)


async def test_faulty_fields_are_told_by_their_wire_names(till: Till) -> None:
    order_id = await till.register()
    answer = await till.pay(order_id, "4111111111111112", **{"$CVC": "", "TEXT": "ИВАН"})
    assert answer["errorCode"] == 1
    assert answer["error"] == answer["fieldErrors"]["$PAN"]
    assert set(answer["fieldErrors"]) == {"$PAN", "$CVC", "TEXT"}
    assert (await till.session(order_id))["attemptsLeft"] == 3


async def test_maestro_may_come_without_a_code(till: Till) -> None:
    order_id = await till.register()
    answer = await till.pay(order_id, "639002000000000003", **{"$CVC": ""})
    assert "fieldErrors" not in answer


async def test_only_test_cards_pay_in_the_sandbox(till: Till) -> None:
    order_id = await till.register()
    answer = await till.pay(order_id, "4242424242424242")
    assert "$PAN" in answer["fieldErrors"]
    assert (await till.session(order_id))["attemptsLeft"] == 3


async def test_an_expired_session(till: Till) -> None:
    order_id = await till.register(sessionTimeoutSecs="60")
    await till.wait(seconds=61)
    answer = await till.pay(order_id)
    assert answer["errorCode"] == 5
    assert answer["error"] == "Срок жизни заказа истек"
    assert answer["redirect"] == back_at_shop(order_id, FAIL_URL)
    assert (await till.session(order_id))["redirect"] == back_at_shop(order_id, FAIL_URL)


async def test_an_unknown_order_and_a_way_that_is_no_card(till: Till) -> None:
    answer = await till.pay(str(uuid4()))
    assert (answer["errorCode"], answer["error"]) == (1, "Неверный номер заказа")
    order_id = await till.register()
    answer = await till.pay(order_id, paymentWay="SBRF_SBOL")
    assert (answer["errorCode"], "paymentWay" in answer["error"]) == (5, True)


async def test_a_browser_does_not_choose_where_a_challenge_ends(till: Till) -> None:
    order_id = await till.register()
    evil = "https://evil.example/"
    step = await challenge(till, order_id, threeDSVer2FinishUrl=evil, termUrl=evil)
    page = await till.at_bank(step, order_id, ACS_CODE)
    assert path_of(page.form.action) == "/payment/rest/finish3dsVer2.do?lang=ru"
    step = await till.pay(await till.register(), ENROLLED, termUrl=evil)
    assert path_of(step["termUrl"]) == "/payment/rest/finish3ds.do?lang=ru"


async def test_waiting_for_a_bank_that_is_late(till: Till) -> None:
    order_id = await till.register()
    answer = await till.pay(order_id, card_for_fault(Fault.APPROVED_ANSWER_LOST))
    assert (answer["waiting"], answer["errorCode"]) == (True, 0)
    assert "Ждём ответ банка" in (await till.open(order_id)).text
    again = await till.pay(order_id)  # pressed again: nothing more is asked of the bank
    assert again["waiting"]
    status = await till.session(order_id)
    while "redirect" not in status:
        assert status["waiting"]
        await till.wait(seconds=30)
        status = await till.session(order_id)
    assert status["redirect"] == back_at_shop(order_id)
    assert len((await till.status(order_id))["attributes"]) == 1


# ── 3-D Secure ────────────────────────────────────────────────────────────────────────────────────


async def test_3d_secure_1_passed(till: Till) -> None:
    order_id = await till.register()
    step = await till.pay(order_id, ENROLLED)
    assert {"acsUrl", "paReq", "termUrl", "info", "errorCode"} <= step.keys()
    assert path_of(step["termUrl"]) == "/payment/rest/finish3ds.do?lang=ru"
    assert (await till.status(order_id))["orderStatus"] == 5
    page = await till.at_bank(step, order_id, ACS_CODE)
    back = await till.back(page)
    assert (back.status, back.location) == (302, back_at_shop(order_id))
    again = await till.back(page)  # the browser's reload
    assert again.location == back_at_shop(order_id)
    status = await till.status(order_id)
    assert status["orderStatus"] == 2
    assert status["paymentAmountInfo"]["depositedAmount"] == 150000


async def test_the_language_of_the_page_lasts_through_the_bank(till: Till) -> None:
    order_id = await till.register()
    step = await till.pay(order_id, ENROLLED, language="en")
    back = await till.back(await till.at_bank(step, order_id, None))
    assert "/payment_en.html" in back.location
    step = await till.pay(order_id, ENROLLED, language="en")
    back = await till.back(await till.at_bank(step, order_id, ACS_CODE))
    assert back.location == back_at_shop(order_id, language="en")


@pytest.mark.parametrize("answers", [("1", "2", "3"), (None,)], ids=["wrong code", "cancelled"])
async def test_3d_secure_1_failed(till: Till, answers: tuple[str | None, ...]) -> None:
    order_id = await till.register()
    step = await till.pay(order_id, ENROLLED)
    back = await till.back(await till.at_bank(step, order_id, *answers))
    assert path_of(back.location) == (f"/payment/merchants/test/payment_ru.html?mdOrder={order_id}")
    page = await till.client.get(path_of(back.location))
    assert "Аутентификация держателя карты завершена неуспешно" in page.text
    assert "Осталось 2 попытки" in page.text


async def test_the_last_failed_authentication_ends_at_the_fail_address(till: Till) -> None:
    order_id = await till.register()
    for _ in range(2):
        await till.pay(order_id, DECLINED)
    step = await till.pay(order_id, ENROLLED)
    back = await till.back(await till.at_bank(step, order_id, None))
    assert back.location == back_at_shop(order_id, FAIL_URL)


async def test_a_forged_pa_res_ends_the_try(till: Till) -> None:
    order_id = await till.register()
    await till.pay(order_id, ENROLLED)
    back = await till.call("finish3ds.do", {"MD": order_id, "PaRes": "eJwDAAAAAAE="})
    assert back.status == 302
    status = await till.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (0, -2005)


async def test_coming_back_with_nothing_changes_nothing(till: Till) -> None:
    order_id = await till.register()
    step = await till.pay(order_id, ENROLLED)
    for method, name in (("finish3ds.do", "MD"), ("finish3dsVer2.do", "mdOrder")):
        back = await till.call(method, {name: order_id})
        assert "payment_ru.html" in back.location
    page = await till.at_bank(step, order_id, ACS_CODE)
    assert (await till.back(page)).location == back_at_shop(order_id)


async def test_coming_back_after_the_session_ended(till: Till) -> None:
    order_id = await till.register(sessionTimeoutSecs="60")
    step = await till.pay(order_id, ENROLLED)
    page = await till.at_bank(step, order_id, ACS_CODE)
    await till.wait(seconds=61)
    assert (await till.back(page)).location == back_at_shop(order_id, FAIL_URL)
    status = await till.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (6, -2007)


async def challenge(till: Till, order_id: str, **more: str) -> dict[str, Any]:
    """Both calls of 3-D Secure 2, up to the challenge."""
    first = await till.pay(order_id, CHALLENGED, **more)
    assert first["is3DSVer2"] is True
    assert {"threeDSMethodURL", "threeDSMethodDataPacked"} <= first.keys()
    transaction = first["threeDSServerTransId"]
    second = await till.pay(
        order_id, CHALLENGED, threeDSServerTransId=transaction, threeDSCompInd="Y", **more
    )
    return {**second, "session": session_data(order_id)}


@pytest.mark.parametrize(
    ("answers", "status"), [((ACS_CODE,), 2), (("1", "2", "3"), 0), ((None,), 0)]
)
async def test_3d_secure_2_with_a_challenge(
    till: Till, answers: tuple[str | None, ...], status: int
) -> None:
    order_id = await till.register()
    step = await challenge(till, order_id)
    assert {"acsUrl", "packedCReq", "is3DSVer2"} <= step.keys()
    back = await till.back(await till.at_bank(step, order_id, *answers))
    assert back.status == 302
    assert back.location.startswith(RETURN_URL) is (status == 2)
    assert (await till.status(order_id))["orderStatus"] == status


async def test_a_shop_that_sends_cards_itself_gets_its_payer_after_the_challenge(
    till: Till,
) -> None:
    order_id = await till.register()
    finish_url = "https://shop.example/challenged?a=1#top"
    form = {"MDORDER": order_id, **card(CHALLENGED), "threeDSVer2FinishUrl": finish_url}
    first = await till.shop.call("paymentorder.do", **form)
    transaction = first["threeDSServerTransId"]
    step = await till.shop.call("paymentorder.do", **form, threeDSServerTransId=transaction)
    step["session"] = session_data(order_id)
    back = await till.back(await till.at_bank(step, order_id, ACS_CODE))
    assert back.location == (
        "https://shop.example/challenged?a=1"
        f"&mdOrder={order_id}&threeDSServerTransId={transaction}#top"
    )
    assert (await till.status(order_id))["orderStatus"] == 5
    end = await till.shop.call(
        "finish3dsVer2Payment.do", mdOrder=order_id, threeDSServerTransId=transaction
    )
    assert end["redirect"] == back_at_shop(order_id)


async def test_a_c_res_is_not_believed(till: Till) -> None:
    order_id = await till.register()
    step = await challenge(till, order_id)
    forged = await till.call(
        "finish3dsVer2.do", {"cres": step["packedCReq"], "threeDSSessionData": step["session"]}
    )
    assert "payment_ru.html" in forged.location
    assert (await till.status(order_id))["orderStatus"] == 5, "a browser's word changes nothing"


async def test_3d_secure_2_without_questions(till: Till) -> None:
    order_id = await till.register()
    form = {"$CVC": "649", "YYYY": "2028", "MM": "05"}
    first = await till.pay(order_id, FRICTIONLESS, **form)
    transaction = first["threeDSServerTransId"]
    second = await till.pay(order_id, FRICTIONLESS, **form, threeDSServerTransId=transaction)
    assert second["redirect"] == back_at_shop(order_id)


async def test_the_method_reports_into_a_frame_of_ours(till: Till) -> None:
    answer = await till.call("finish3dsMethodNotification.do", {"threeDSMethodData": "x"})
    assert (answer.status, answer.headers["x-frame-options"]) == (200, "SAMEORIGIN")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


PARAMETERS = (
    *("MDORDER", "mdOrder", "orderId", "MD", "$PAN", "$CVC", "$EXPIRY", "YYYY", "MM", "TEXT"),
    *("language", "lang", "email", "phone", "PaRes", "cres", "threeDSSessionData", "tii"),
    *("threeDSServerTransId", "threeDSCompInd", "clientBrowserInfo", "jsonParams", "seToken"),
    *("bindingNotNeeded", "paymentWay", "pageView", "paramNames", "pan", "ip"),
)


# ── The rest ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pan", "told"), [("6390 0200 0000 0000 03", True), ("4111111111111111", False), ("", False)]
)
async def test_is_maestro_card_is_parsed_twice(till: Till, pan: str, *, told: bool) -> None:
    answer = await till.call("isMaestroCard.do", {"pan": pan})
    assert json.loads(answer.json()) == {"isMaestro": told}


async def test_show_errors_leads_to_the_shops_error_page(till: Till) -> None:
    order_id = await till.register(pageView="iphone")
    for wish, prefix in (("", "iphone_"), ("MOBILE", "mobile_"), ("../x", "iphone_")):
        answer = await till.client.get(
            "/payment/rest/showErrors.do",
            {"mdOrder": order_id, "pageView": wish, "language": "en"},
        )
        assert answer.status == 302
        assert path_of(answer.location) == (
            f"/payment/merchants/test/{prefix}errors_en.html?mdOrder={order_id}"
        )
    assert (await till.client.get("/payment/rest/showErrors.do")).status == 404


async def test_there_are_no_loyalty_programmes_and_no_other_methods(till: Till) -> None:
    assert (await till.call("getAvailableLoyalty.do")).json() == []
    assert (await till.call("nothing.do")).status == 404


async def test_a_blocked_shop_takes_no_payments(till: Till) -> None:
    order_id = await till.register()
    await _block(till, blocked=True)
    try:
        assert (await till.pay(order_id))["errorCode"] == 5
        assert "временно недоступна" in (await till.session(order_id))["error"]
        for page in (await till.open(order_id), await till.fill(order_id, typed())):
            assert "временно недоступна" in page.text
    finally:
        await _block(till, blocked=False)
    assert "redirect" in await till.pay(order_id)


async def _block(till: Till, *, blocked: bool) -> None:
    """Block the shop, and wait until its gateway has heard of it."""
    world = till.shop.gateway.world
    async with till.shop.pool.acquire() as connection:
        staff = operator(connection, clock=world.clock)
        await block_merchant("test", staff, blocked=blocked)
    merchant = await world.merchants.by_login("test")
    while merchant is None or merchant.blocked is not blocked:
        await asyncio.sleep(0.01)
        merchant = await world.merchants.by_login("test")


async def test_a_failure_of_ours_is_told_and_never_shown(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await till.register()

    async def fail(*_: object) -> None:
        raise ConnectionError("secret details")

    monkeypatch.setattr(OrderStore, "load", fail)
    answer = await till.call("processform.do", {"MDORDER": order_id})
    assert (answer.status, answer.json()["errorCode"]) == (503, 7)
    for page in (await till.open(order_id), await till.call("finish3ds.do", {"MD": order_id})):
        assert page.status == 503
        assert "временно недоступна" in page.text
        assert "secret" not in page.text


async def test_too_much_is_refused(till: Till) -> None:
    answer = await till.client.post("/payment/rest/processform.do", {"TEXT": "x" * 1_100_000})
    assert answer.status == 413


async def test_nothing_that_is_sent_breaks_a_method(till: Till) -> None:
    """Whatever comes, each method and the form's page have an answer, and it is no failure."""
    order_id = await till.register()
    names = st.sampled_from(PARAMETERS)
    values = st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            [order_id, session_data(order_id), GOOD, "203512", "IVAN", "12", "{}", '{"a":1}', "Y"]
        ),
        st.binary(max_size=20).map(lambda some: some.decode("latin-1")),
    )
    pairs = st.lists(st.tuples(names, values), max_size=8)
    pages = ["merchants/test/payment_ru.html", "merchants/test/finish.html"]
    paths = st.sampled_from([*(f"rest/{method}" for method in METHODS), *pages])
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(path=paths, form=pairs, by_get=st.booleans())
    def nothing_breaks(path: str, form: list[tuple[str, str]], *, by_get: bool) -> None:
        sent = (till.client.get if by_get else till.client.post)(f"/payment/{path}", form)
        answer = asyncio.run_coroutine_threadsafe(sent, loop).result()
        assert answer.status < 500, answer.text

    await asyncio.to_thread(nothing_breaks)
