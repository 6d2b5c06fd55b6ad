"""The page's methods, one by one: the parameters that page sets send and the members they read.

Names and members are the wire's, so a page set of another gateway of the family works unchanged.
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

from altyn.inbound.payment_page.methods import METHODS
from altyn.operations.staff.merchants import block_merchant
from altyn.protocol.test_cards import Fault, card_for_fault
from altyn.protocol.threeds_version2 import pack_session_data
from altyn.storage.orders import OrderStore
from tests.integration.payment_page.page_client import (
    ACS_CODE,
    DECLINED,
    FAIL_URL,
    RETURN_URL,
    PageClient,
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


async def test_the_session_of_a_new_order(client: PageClient) -> None:
    order_id = await client.register(
        orderNumber="A-100",
        amount="250000",
        description="Заказ А-100",
        jsonParams='{"room": "12", "floor": "3"}',
    )
    answer = await client.http.post(
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
        "otherWayEnabled": True,
        "feeEnabled": False,
        "feeAmount": "0.00",
        "bonusAmount": 0,
        "queriedParams": {"room": "12"},
        "loyaltyServices": [],
        "attemptsLeft": 3,
    }


async def test_the_session_status_may_be_requested_by_get_and_in_any_case(
    client: PageClient,
) -> None:
    order_id = await client.register()
    answer = await client.http.get("/payment/rest/GETSESSIONSTATUS.do", {"mdOrder": order_id})
    assert answer.json()["amount"] == "1500.00 RUB"


async def test_the_session_of_an_unknown_order(client: PageClient) -> None:
    for order_id in ("", "1", str(uuid4())):
        assert await client.session(order_id, language="en") == {"error": "Order not found"}


# Lists and objects stay, because the scripts of page sets walk through them.
OVER: dict[str, Any] = {
    "remainingSecs": 0,
    "attemptsLeft": 0,
    "bindingItems": [],
    "queriedParams": {},
    "loyaltyServices": [],
}


async def test_an_order_that_is_over_shows_nothing_of_what_it_was_for(client: PageClient) -> None:
    order_id = await client.register(
        description="Diagnosis", feeInput="100", jsonParams='{"room": "12"}'
    )
    assert (await client.session(order_id, paramNames="room"))["queriedParams"] == {"room": "12"}
    await client.pay(order_id)
    over = await client.session(order_id, paramNames="room")
    assert over == {**OVER, "redirect": back_at_shop(order_id)}
    fee = await client.call("getFee.do", {"mdOrder": order_id})
    assert fee.json() == {"errorCode": 0, "fee": "0.00"}


async def test_the_session_of_a_paid_and_of_a_declined_order(client: PageClient) -> None:
    paid, declined = await client.register(), await client.register()
    await client.pay(paid)
    for _ in range(3):
        await client.pay(declined, DECLINED)
    assert await client.session(paid) == {**OVER, "redirect": back_at_shop(paid)}
    assert (await client.session(declined))["redirect"] == back_at_shop(declined, FAIL_URL)


async def test_the_fee_of_an_order(client: PageClient) -> None:
    order_id = await client.register(feeInput="1200")
    session = await client.session(order_id)
    assert (session["feeEnabled"], session["feeAmount"]) == (True, "12.00")
    fee = await client.call("getFee.do", {"mdOrder": order_id, "pan": GOOD})
    assert fee.json() == {"errorCode": 0, "fee": "12.00"}
    none = await client.call("getFee.do", {"mdOrder": await client.register()})
    assert none.json() == {"errorCode": 0, "fee": "0.00"}
    assert (await client.call("getFee.do", {"mdOrder": "x"})).json()["errorCode"] == 6


# ── processform.do ────────────────────────────────────────────────────────────────────────────────


async def test_a_payment(client: PageClient) -> None:
    order_id = await client.register()
    assert await client.pay(order_id) == {
        "redirect": back_at_shop(order_id),
        "info": "Ваш платёж обработан, происходит переадресация...",
        "errorCode": 0,
    }
    status = await client.status(order_id)
    assert (status["orderStatus"], status["ip"]) == (2, client.http.ip)


async def test_a_payment_with_an_expiry_in_one_piece(client: PageClient) -> None:
    order_id = await client.register()
    form = {"MDORDER": order_id, "$PAN": GOOD, "$CVC": "123", "$EXPIRY": "203512", "TEXT": "A B"}
    answer = await client.call("processform.do", {**form, "language": "en"})
    assert answer.json()["redirect"] == back_at_shop(order_id, language="en")


async def test_paying_twice_pays_once(client: PageClient) -> None:
    order_id = await client.register()
    answers = await asyncio.gather(*(client.pay(order_id) for _ in range(4)))
    assert {answer["errorCode"] for answer in answers} == {0}
    assert all("redirect" in answer or answer.get("waiting") for answer in answers)
    assert "error" not in await client.pay(order_id)
    status = await client.status(order_id)
    assert status["paymentAmountInfo"]["depositedAmount"] == 150000


async def test_declines_up_to_the_last_attempt(client: PageClient) -> None:
    order_id = await client.register()
    for left in (2, 1):
        answer = await client.pay(order_id, DECLINED)
        assert (answer["error"], answer["displayErrorMessage"]) == ("Банк отклонил оплату.",) * 2
        assert answer["errorMessage"].startswith("Операция отклонена")
        assert answer["advice"].startswith("Заплатите другой картой")
        assert (answer["attemptsLeft"], answer["actionCode"]) == (left, 913)
        assert "redirect" not in answer
    last = await client.pay(order_id, DECLINED)
    assert (last["attemptsLeft"], last["redirect"]) == (0, back_at_shop(order_id, FAIL_URL))
    assert last["error"] == "Банк отклонил оплату."
    assert last["advice"] == "Попытки закончились. Сейчас вы вернётесь в магазин."
    later = await client.pay(order_id)
    assert later["errorCode"] == 5
    assert later["redirect"] == back_at_shop(order_id, FAIL_URL)


async def test_wrong_fields_are_listed_by_their_wire_names(client: PageClient) -> None:
    order_id = await client.register()
    answer = await client.pay(order_id, "4111111111111112", **{"$CVC": "", "TEXT": "ИВАН"})
    assert answer["errorCode"] == 1
    assert answer["error"] == answer["fieldErrors"]["$PAN"]
    assert set(answer["fieldErrors"]) == {"$PAN", "$CVC", "TEXT"}
    assert (await client.session(order_id))["attemptsLeft"] == 3


async def test_a_maestro_card_may_have_no_cvc(client: PageClient) -> None:
    order_id = await client.register()
    answer = await client.pay(order_id, "639002000000000003", **{"$CVC": ""})
    assert "fieldErrors" not in answer


async def test_only_test_cards_pay_in_the_sandbox(client: PageClient) -> None:
    order_id = await client.register()
    answer = await client.pay(order_id, "4242424242424242")
    assert "$PAN" in answer["fieldErrors"]
    assert (await client.session(order_id))["attemptsLeft"] == 3


async def test_an_expired_session(client: PageClient) -> None:
    order_id = await client.register(sessionTimeoutSecs="60")
    await client.wait(seconds=61)
    answer = await client.pay(order_id)
    assert answer["errorCode"] == 5
    assert answer["error"] == "Срок жизни заказа истек"
    assert answer["redirect"] == back_at_shop(order_id, FAIL_URL)
    assert (await client.session(order_id))["redirect"] == back_at_shop(order_id, FAIL_URL)


async def test_an_unknown_order_and_another_way_to_pay_are_refused(client: PageClient) -> None:
    answer = await client.pay(str(uuid4()))
    assert (answer["errorCode"], answer["error"]) == (1, "Неверный номер заказа")
    order_id = await client.register()
    answer = await client.pay(order_id, paymentWay="SBP_C2B")
    assert (answer["errorCode"], "paymentWay" in answer["errorMessage"]) == (5, True)


async def test_a_browser_cannot_choose_the_address_after_the_acs(client: PageClient) -> None:
    order_id = await client.register()
    evil = "https://evil.example/"
    step = await challenge(client, order_id, threeDSVer2FinishUrl=evil, termUrl=evil)
    page = await client.at_bank(step, order_id, ACS_CODE)
    assert path_of(page.form.action) == "/payment/rest/finish3dsVer2.do?lang=ru"
    step = await client.pay(await client.register(), ENROLLED, termUrl=evil)
    assert path_of(step["termUrl"]) == "/payment/rest/finish3ds.do?lang=ru"


async def test_waiting_for_a_bank_that_answers_late(client: PageClient) -> None:
    order_id = await client.register()
    answer = await client.pay(order_id, card_for_fault(Fault.APPROVED_ANSWER_LOST))
    assert (answer["waiting"], answer["errorCode"]) == (True, 0)
    assert "Ждём ответ банка" in (await client.open(order_id)).text
    again = await client.pay(order_id)  # pressed again: no second request is sent to the bank
    assert again["waiting"]
    status = await client.session(order_id)
    while "redirect" not in status:
        assert status["waiting"]
        await client.wait(seconds=30)
        status = await client.session(order_id)
    assert status["redirect"] == back_at_shop(order_id)
    assert len((await client.status(order_id))["attributes"]) == 1


# ── 3-D Secure ────────────────────────────────────────────────────────────────────────────────────


async def test_3d_secure_1_passed(client: PageClient) -> None:
    order_id = await client.register()
    step = await client.pay(order_id, ENROLLED)
    assert {"acsUrl", "paReq", "termUrl", "info", "errorCode"} <= step.keys()
    assert path_of(step["termUrl"]) == "/payment/rest/finish3ds.do?lang=ru"
    assert (await client.status(order_id))["orderStatus"] == 5
    page = await client.at_bank(step, order_id, ACS_CODE)
    back = await client.back(page)
    assert (back.status, back.location) == (302, back_at_shop(order_id))
    again = await client.back(page)  # the browser's reload
    assert again.location == back_at_shop(order_id)
    status = await client.status(order_id)
    assert status["orderStatus"] == 2
    assert status["paymentAmountInfo"]["depositedAmount"] == 150000


async def test_the_language_of_the_page_stays_the_same_after_the_acs(client: PageClient) -> None:
    order_id = await client.register()
    step = await client.pay(order_id, ENROLLED, language="en")
    back = await client.back(await client.at_bank(step, order_id, None))
    assert "/payment_en.html" in back.location
    step = await client.pay(order_id, ENROLLED, language="en")
    back = await client.back(await client.at_bank(step, order_id, ACS_CODE))
    assert back.location == back_at_shop(order_id, language="en")


@pytest.mark.parametrize("answers", [("1", "2", "3"), (None,)], ids=["wrong code", "cancelled"])
async def test_3d_secure_1_failed(client: PageClient, answers: tuple[str | None, ...]) -> None:
    order_id = await client.register()
    step = await client.pay(order_id, ENROLLED)
    back = await client.back(await client.at_bank(step, order_id, *answers))
    assert path_of(back.location) == (f"/payment/merchants/test/payment_ru.html?mdOrder={order_id}")
    page = await client.http.get(path_of(back.location))
    assert "Оплата не подтверждена в банке." in page.text
    assert "Аутентификация" not in page.text
    assert "Осталось 2 попытки" in page.text


async def test_the_last_failed_authentication_ends_at_the_fail_address(client: PageClient) -> None:
    order_id = await client.register()
    for _ in range(2):
        await client.pay(order_id, DECLINED)
    step = await client.pay(order_id, ENROLLED)
    back = await client.back(await client.at_bank(step, order_id, None))
    assert back.location == back_at_shop(order_id, FAIL_URL)


async def test_a_forged_pa_res_fails_the_attempt(client: PageClient) -> None:
    order_id = await client.register()
    await client.pay(order_id, ENROLLED)
    back = await client.call("finish3ds.do", {"MD": order_id, "PaRes": "eJwDAAAAAAE="})
    assert back.status == 302
    status = await client.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (0, -2005)


async def test_a_return_from_the_acs_without_a_result_changes_nothing(client: PageClient) -> None:
    order_id = await client.register()
    step = await client.pay(order_id, ENROLLED)
    for method, name in (("finish3ds.do", "MD"), ("finish3dsVer2.do", "mdOrder")):
        back = await client.call(method, {name: order_id})
        assert "payment_ru.html" in back.location
    page = await client.at_bank(step, order_id, ACS_CODE)
    assert (await client.back(page)).location == back_at_shop(order_id)


async def test_a_return_from_the_acs_after_the_session_ended(client: PageClient) -> None:
    order_id = await client.register(sessionTimeoutSecs="60")
    step = await client.pay(order_id, ENROLLED)
    page = await client.at_bank(step, order_id, ACS_CODE)
    await client.wait(seconds=61)
    assert (await client.back(page)).location == back_at_shop(order_id, FAIL_URL)
    status = await client.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (6, -2007)


async def challenge(client: PageClient, order_id: str, **more: str) -> dict[str, Any]:
    """Both calls of 3-D Secure 2, up to the challenge."""
    first = await client.pay(order_id, CHALLENGED, **more)
    assert first["is3DSVer2"] is True
    assert {"threeDSMethodURL", "threeDSMethodDataPacked"} <= first.keys()
    transaction = first["threeDSServerTransId"]
    second = await client.pay(
        order_id, CHALLENGED, threeDSServerTransId=transaction, threeDSCompInd="Y", **more
    )
    return {**second, "session": pack_session_data(order_id)}


@pytest.mark.parametrize(
    ("answers", "status"), [((ACS_CODE,), 2), (("1", "2", "3"), 0), ((None,), 0)]
)
async def test_3d_secure_2_with_a_challenge(
    client: PageClient, answers: tuple[str | None, ...], status: int
) -> None:
    order_id = await client.register()
    step = await challenge(client, order_id)
    assert {"acsUrl", "packedCReq", "is3DSVer2"} <= step.keys()
    back = await client.back(await client.at_bank(step, order_id, *answers))
    assert back.status == 302
    assert back.location.startswith(RETURN_URL) is (status == 2)
    assert (await client.status(order_id))["orderStatus"] == status


async def test_a_shop_that_sends_the_card_itself_gets_its_payer_after_the_challenge(
    client: PageClient,
) -> None:
    order_id = await client.register()
    finish_url = "https://shop.example/challenged?a=1#top"
    form = {"MDORDER": order_id, **card(CHALLENGED), "threeDSVer2FinishUrl": finish_url}
    first = await client.shop.call("paymentorder.do", **form)
    transaction = first["threeDSServerTransId"]
    step = await client.shop.call("paymentorder.do", **form, threeDSServerTransId=transaction)
    step["session"] = pack_session_data(order_id)
    back = await client.back(await client.at_bank(step, order_id, ACS_CODE))
    assert back.location == (
        "https://shop.example/challenged?a=1"
        f"&mdOrder={order_id}&threeDSServerTransId={transaction}#top"
    )
    assert (await client.status(order_id))["orderStatus"] == 5
    end = await client.shop.call(
        "finish3dsVer2Payment.do", mdOrder=order_id, threeDSServerTransId=transaction
    )
    assert end["redirect"] == back_at_shop(order_id)


async def test_a_forged_c_res_changes_nothing(client: PageClient) -> None:
    order_id = await client.register()
    step = await challenge(client, order_id)
    forged = await client.call(
        "finish3dsVer2.do", {"cres": step["packedCReq"], "threeDSSessionData": step["session"]}
    )
    assert "payment_ru.html" in forged.location
    assert (await client.status(order_id))["orderStatus"] == 5, (
        "only the ACS itself reports the result"
    )


async def test_3d_secure_2_without_a_challenge(client: PageClient) -> None:
    order_id = await client.register()
    form = {"$CVC": "649", "YYYY": "2028", "MM": "05"}
    first = await client.pay(order_id, FRICTIONLESS, **form)
    transaction = first["threeDSServerTransId"]
    second = await client.pay(order_id, FRICTIONLESS, **form, threeDSServerTransId=transaction)
    assert second["redirect"] == back_at_shop(order_id)


async def test_the_method_notification_is_shown_in_our_frame(client: PageClient) -> None:
    answer = await client.call("finish3dsMethodNotification.do", {"threeDSMethodData": "x"})
    # Its frame may be in a page that a shop frames; it shows nothing.
    assert (answer.status, answer.headers.get("x-frame-options")) == (200, None)
    assert "frame-ancestors" not in answer.headers["content-security-policy"]


PARAMETERS = (
    *("MDORDER", "mdOrder", "orderId", "MD", "$PAN", "$CVC", "$EXPIRY", "YYYY", "MM", "TEXT"),
    *("language", "lang", "email", "phone", "PaRes", "cres", "threeDSSessionData", "tii"),
    *("threeDSServerTransId", "threeDSCompInd", "clientBrowserInfo", "jsonParams", "seToken"),
    *("bindingNotNeeded", "paymentWay", "pageView", "paramNames", "pan", "ip"),
)


# ── The rest ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pan", "maestro"), [("6390 0200 0000 0000 03", True), ("4111111111111111", False), ("", False)]
)
async def test_is_maestro_card_is_parsed_twice(
    client: PageClient, pan: str, *, maestro: bool
) -> None:
    answer = await client.call("isMaestroCard.do", {"pan": pan})
    assert json.loads(answer.json()) == {"isMaestro": maestro}


async def test_show_errors_redirects_to_the_shops_error_page(client: PageClient) -> None:
    order_id = await client.register(pageView="iphone")
    for page_view, prefix in (("", "iphone_"), ("MOBILE", "mobile_"), ("../x", "iphone_")):
        answer = await client.http.get(
            "/payment/rest/showErrors.do",
            {"mdOrder": order_id, "pageView": page_view, "language": "en"},
        )
        assert answer.status == 302
        assert path_of(answer.location) == (
            f"/payment/merchants/test/{prefix}errors_en.html?mdOrder={order_id}"
        )
    assert (await client.http.get("/payment/rest/showErrors.do")).status == 404


async def test_there_are_no_loyalty_programmes_and_no_other_methods(client: PageClient) -> None:
    assert (await client.call("getAvailableLoyalty.do")).json() == []
    assert (await client.call("nothing.do")).status == 404


async def test_a_blocked_shop_gets_no_payments(client: PageClient) -> None:
    order_id = await client.register()
    await _block(client, blocked=True)
    try:
        assert (await client.pay(order_id))["errorCode"] == 5
        assert "временно недоступна" in (await client.session(order_id))["error"]
        for page in (await client.open(order_id), await client.fill(order_id, typed())):
            assert "временно недоступна" in page.text
    finally:
        await _block(client, blocked=False)
    assert "redirect" in await client.pay(order_id)


async def _block(client: PageClient, *, blocked: bool) -> None:
    """Block or unblock the shop, and wait until its gateway has read the change."""
    world = client.shop.gateway.world
    async with client.shop.pool.acquire() as connection:
        staff = operator(connection, clock=world.clock)
        await block_merchant("test", staff, blocked=blocked)
    merchant = await world.merchants.by_login("test")
    while merchant is None or merchant.blocked is not blocked:
        await asyncio.sleep(0.01)
        merchant = await world.merchants.by_login("test")


async def test_a_failure_of_the_gateway_is_reported_without_its_details(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await client.register()

    async def fail(*_: object) -> None:
        raise ConnectionError("secret details")

    monkeypatch.setattr(OrderStore, "load", fail)
    answer = await client.call("processform.do", {"MDORDER": order_id})
    assert (answer.status, answer.json()["errorCode"]) == (503, 7)
    for page in (await client.open(order_id), await client.call("finish3ds.do", {"MD": order_id})):
        assert page.status == 503
        assert "временно недоступна" in page.text
        assert "secret" not in page.text


async def test_a_body_that_is_too_large_is_refused(client: PageClient) -> None:
    answer = await client.http.post("/payment/rest/processform.do", {"TEXT": "x" * 1_100_000})
    assert answer.status == 413


async def test_no_request_makes_a_method_fail(client: PageClient) -> None:
    """Every method and page answers any parameters, with a status below 500."""
    order_id = await client.register()
    names = st.sampled_from(PARAMETERS)
    values = st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            [
                order_id,
                pack_session_data(order_id),
                GOOD,
                "203512",
                "IVAN",
                "12",
                "{}",
                '{"a":1}',
                "Y",
            ]
        ),
        st.binary(max_size=20).map(lambda some: some.decode("latin-1")),
    )
    pairs = st.lists(st.tuples(names, values), max_size=8)
    pages = ["merchants/test/payment_ru.html", "merchants/test/finish.html"]
    paths = st.sampled_from([*(f"rest/{method}" for method in METHODS), *pages])
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(path=paths, form=pairs, by_get=st.booleans())
    def it_answers(path: str, form: list[tuple[str, str]], *, by_get: bool) -> None:
        sent = (client.http.get if by_get else client.http.post)(f"/payment/{path}", form)
        answer = asyncio.run_coroutine_threadsafe(sent, loop).result()
        assert answer.status < 500, answer.text

    await asyncio.to_thread(it_answers)
