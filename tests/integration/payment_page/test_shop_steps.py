"""The steps of 3-D Secure by a shop's server, in the right and in the wrong order.

Source: rest-orders.md §5.2; codes.md §5.1; payment-page.md §4.2.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from altyn.domain.merchant import Permission
from altyn.protocol.threeds_version2 import pack_session_data
from tests.integration.payment_page.page_client import ACS_CODE, FAIL_URL, PageClient, card
from tests.integration.payment_page.test_page_methods import (
    CHALLENGED,
    ENROLLED,
    FRICTIONLESS,
    back_at_shop,
)
from tests.integration.soap.soap_client import SoapResponse, envelope, send
from tests.merchant_changes import changed, permissions_off
from tests.shop import GOOD

ATTEMPTED: Final = "4000001111111118"
REFUSED_BY_ISSUER: Final = "5168494895055780"
NOT_ENROLLED: Final = "4444555511113333"
OTHER_TRANSACTION: Final = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
WRONG_ORDER: Final = (5, "Wrong order status")
FINISH_URL: Final = "https://shop.example/3ds"


async def begin(client: PageClient, pan: str, **more: str) -> tuple[str, dict[str, Any]]:
    """Register an order and send the card; the first answer."""
    order_id = await client.register()
    cvc = {FRICTIONLESS: "649"}.get(pan, "123")
    form = {"MDORDER": order_id, **card(pan, cvc=cvc), "language": "en", **more}
    return order_id, await client.shop.call("paymentOrder.do", **form)


async def call(client: PageClient, path: str, **fields: str) -> dict[str, Any]:
    return await client.shop.call(path, language="en", **fields)


async def challenge(client: PageClient, order_id: str, step: dict[str, Any], code: str) -> Any:
    """The payer answers the challenge and comes back to where the ACS sends the browser."""
    at_acs = {**step, "session": pack_session_data(order_id)}
    return await client.back(await client.at_bank(at_acs, order_id, code))


def refused(answer: dict[str, Any]) -> tuple[int, str]:
    return answer["errorCode"], answer["errorMessage"]


# ── From the method step to the end ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["3ds/continue.do", "finish3dsMethod.do"])
async def test_payment_goes_on_without_the_card(client: PageClient, path: str) -> None:
    order_id, first = await begin(client, CHALLENGED, threeDSVer2FinishUrl=FINISH_URL)
    named = {"mdOrder": order_id}
    if path == "finish3dsMethod.do":
        named |= {"threeDSServerTransId": first["threeDSServerTransId"], "threeDSCompInd": "Y"}
    steps = [await call(client, path, **named) for _ in range(2)]
    assert steps[0] == steps[1], "a repeated call gets the same challenge"
    assert {"acsUrl", "packedCReq", "is3DSVer2"} <= steps[0].keys()
    back = await challenge(client, order_id, steps[0], ACS_CODE)
    assert back.location.startswith(FINISH_URL)
    named = {"threeDSServerTransId": first["threeDSServerTransId"]}
    done = [await call(client, "finish3dsVer2Payment.do", **named) for _ in range(2)]
    assert (
        done[0]
        == done[1]
        == {
            "errorCode": 0,
            "errorMessage": "Success",
            "info": "Your order is proceeded, redirecting...",
            "redirect": back_at_shop(order_id, language="en"),
            "is3DSVer2": True,
        }
    )
    assert (await client.shop.see(order_id)).deposited == 150000


@pytest.mark.parametrize("indicator", ["Y", "N", "U", "n"])
async def test_method_step_may_have_failed(client: PageClient, indicator: str) -> None:
    order_id, first = await begin(client, FRICTIONLESS)
    named = {"mdOrder": order_id, "threeDSServerTransID": first["threeDSServerTransId"]}
    done = await call(client, "finish3dsMethod.do", **named, threeDSCompInd=indicator)
    assert done["redirect"] == back_at_shop(order_id, language="en")


async def test_answer_of_the_newer_dialect_has_creq(client: PageClient) -> None:
    order_id, first = await begin(client, CHALLENGED)
    named = {"mdOrder": order_id, "threeDSServerTransId": first["threeDSServerTransId"]}
    step = await call(client, "finish3dsMethod.do", **named)
    assert step["cReq"] == step["packedCReq"]


@pytest.mark.parametrize(
    ("pan", "action_code", "eci"),
    [(FRICTIONLESS, 0, 2), (ATTEMPTED, 0, 6), (REFUSED_BY_ISSUER, -2006, None)],
)
async def test_answers_of_the_issuer_without_a_challenge(
    client: PageClient, pan: str, action_code: int, eci: int | None
) -> None:
    order_id, _ = await begin(client, pan)
    answer = await call(client, "3ds/continue.do", mdOrder=order_id)
    assert answer.get("actionCode", 0) == action_code
    proof = (await client.status(order_id))["cardAuthInfo"].get("secureAuthInfo", {})
    assert proof.get("eci") == eci


async def test_attempt_is_not_enough_under_force_full_tds(client: PageClient) -> None:
    order_id = await client.register(features="FORCE_FULL_TDS")
    await client.shop.call("paymentOrder.do", MDORDER=order_id, **card(ATTEMPTED))
    answer = await call(client, "3ds/continue.do", mdOrder=order_id)
    assert answer["actionCode"] == -2017


async def test_card_that_is_not_enrolled_in_version_2_is_paid_at_once(client: PageClient) -> None:
    async with changed(client.shop, {"tds_version": "2"}):
        order_id, answer = await begin(client, NOT_ENROLLED)
        assert answer["redirect"] == back_at_shop(order_id, language="en")


@pytest.mark.parametrize("typed", [None, "0"])
async def test_failed_challenge_ends_the_attempt(client: PageClient, typed: str | None) -> None:
    order_id, first = await begin(client, CHALLENGED, threeDSVer2FinishUrl=FINISH_URL)
    step = await call(client, "3ds/continue.do", mdOrder=order_id)
    at_acs = {**step, "session": pack_session_data(order_id)}
    page = await client.at_bank(at_acs, order_id, typed)
    while "cres" not in page.form.fields:
        again = {**page.form.fields, "password": "0", "decision": "confirm"}
        page = await client.http.post(page.form.action, again)
    await client.back(page)
    named = {"threeDSServerTransId": first["threeDSServerTransId"]}
    failed = await call(client, "finish3dsVer2Payment.do", **named)
    assert (failed["errorCode"], failed["actionCode"], failed["attemptsLeft"]) == (0, -2006, 2)
    assert failed["redirect"] == back_at_shop(order_id, FAIL_URL, language="en")


# ── The wrong order of calls ──────────────────────────────────────────────────────────────────────


async def test_nothing_can_be_finished_before_a_payment(client: PageClient) -> None:
    order_id = await client.register()
    named = {"mdOrder": order_id}
    for path, more in (
        ("3ds/continue.do", {}),
        ("finish3dsMethod.do", {"threeDSServerTransId": OTHER_TRANSACTION}),
        ("finish3dsPayment.do", {"paRes": "x"}),
        ("finish3dsPayment.do", {"cRes": "x"}),
        ("finish3dsVer2Payment.do", {"threeDSServerTransId": OTHER_TRANSACTION}),
    ):
        assert refused(await call(client, path, **named, **more)) == WRONG_ORDER, path
    assert (await client.session(order_id))["attemptsLeft"] == 3


async def test_challenge_is_not_finished_before_it_was_asked_for(client: PageClient) -> None:
    order_id, first = await begin(client, CHALLENGED)
    transaction = {"threeDSServerTransId": first["threeDSServerTransId"]}
    for path, fields in (
        ("finish3dsVer2Payment.do", transaction),
        ("finish3dsPayment.do", {"mdOrder": order_id, "cRes": "x"}),
        ("finish3dsPayment.do", {"mdOrder": order_id, "paRes": "x"}),
    ):
        assert refused(await call(client, path, **fields)) == WRONG_ORDER, path
    assert (await client.shop.see(order_id)).status == 5
    assert "packedCReq" in await call(client, "3ds/continue.do", mdOrder=order_id)
    # A PaRes of version 1 does not end the challenge either.
    answer = await call(client, "finish3dsPayment.do", mdOrder=order_id, paRes="x")
    assert refused(answer) == WRONG_ORDER
    waiting = await call(client, "finish3dsVer2Payment.do", **transaction)
    assert waiting["waiting"] is True


async def test_version_1_is_not_finished_as_version_2(client: PageClient) -> None:
    order_id, step = await begin(client, ENROLLED)
    for path, fields in (
        ("3ds/continue.do", {"mdOrder": order_id}),
        ("finish3dsPayment.do", {"mdOrder": order_id, "cRes": "x"}),
    ):
        assert refused(await call(client, path, **fields)) == WRONG_ORDER, path
    pa_res = await client.shop.at_acs(step)
    assert "redirect" in await client.shop.back_from_acs(order_id, pa_res)


async def test_transaction_of_another_order_finishes_nothing(client: PageClient) -> None:
    paid = await client.register()
    await client.shop.pay(paid, GOOD)
    order_id, first = await begin(client, CHALLENGED)
    transaction = first["threeDSServerTransId"]
    for path, name in (
        ("finish3dsVer2Payment.do", "threeDSVer2MdOrder"),
        ("finish3dsMethod.do", "mdOrder"),
    ):
        answer = await call(client, path, **{name: paid, "threeDSServerTransId": transaction})
        assert refused(answer) == WRONG_ORDER, path
    other = {"MDORDER": paid, **card(CHALLENGED), "threeDSServerTransId": transaction}
    assert refused(await call(client, "paymentOrder.do", **other)) == WRONG_ORDER
    assert (await client.shop.see(order_id)).status == 5


async def test_transaction_of_an_abandoned_attempt_takes_no_money(client: PageClient) -> None:
    order_id, first = await begin(client, CHALLENGED, threeDSVer2FinishUrl=FINISH_URL)
    step = await call(client, "3ds/continue.do", mdOrder=order_id)
    form = {"MDORDER": order_id, **card(CHALLENGED)}
    second = await client.shop.call("paymentOrder.do", **form)
    assert second["threeDSServerTransId"] != first["threeDSServerTransId"]
    await challenge(client, order_id, step, ACS_CODE)
    finished = await call(
        client, "finish3dsVer2Payment.do", threeDSServerTransId=first["threeDSServerTransId"]
    )
    assert finished["waiting"] is True
    state = await client.shop.see(order_id)
    assert (state.status, state.deposited) == (5, 0)


async def test_steps_after_the_end_change_nothing(client: PageClient) -> None:
    order_id, first = await begin(client, FRICTIONLESS)
    await call(client, "3ds/continue.do", mdOrder=order_id)
    transaction = {"threeDSServerTransId": first["threeDSServerTransId"]}
    for path, fields in (
        ("3ds/continue.do", {"mdOrder": order_id}),
        ("finish3dsMethod.do", {"mdOrder": order_id, **transaction}),
        ("finish3dsVer2Payment.do", transaction),
    ):
        answer = await call(client, path, **fields)
        assert answer["redirect"] == back_at_shop(order_id, language="en"), path
    assert (await client.shop.see(order_id)).deposited == 150000


async def test_steps_of_an_order_whose_session_is_over_decline_it(client: PageClient) -> None:
    order_id, _ = await begin(client, FRICTIONLESS)
    await client.wait(minutes=30)
    answer = await call(client, "3ds/continue.do", mdOrder=order_id)
    assert (answer["actionCode"], answer["attemptsLeft"]) == (-2007, 0)


# ── Who may call, and what is refused ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "fields", "answered"),
    [
        ("3ds/continue.do", {}, (4, "[MDORDER] is empty")),
        ("3ds/continue.do", {"mdOrder": OTHER_TRANSACTION}, (1, "Wrong order number.")),
        ("3ds/continue.do", {"mdOrder": "x"}, (1, "Wrong order number.")),
        ("finish3dsMethod.do", {"mdOrder": "x"}, (4, "[threeDSServerTransId] is empty")),
        (
            "finish3dsMethod.do",
            {"mdOrder": "x", "threeDSServerTransId": "t", "threeDSCompInd": "x"},
            (5, "[threeDSCompInd] is invalid."),
        ),
        ("finish3dsVer2Payment.do", {}, (4, "[threeDSServerTransId] is empty")),
    ],
)
async def test_refusals(
    client: PageClient, path: str, fields: dict[str, str], answered: tuple[int, str]
) -> None:
    assert refused(await call(client, path, **fields)) == answered


async def test_steps_need_the_permission_of_cards(client: PageClient) -> None:
    async with permissions_off(client.shop, Permission.CARD_FROM_SHOP):
        for path in ("3ds/continue.do", "finish3dsMethod.do", "finish3dsVer2Payment.do"):
            assert refused(await call(client, path)) == (5, "Access denied.")


async def test_soap_goes_on_and_finishes(client: PageClient) -> None:
    async def sent(operation: str, **named: str) -> SoapResponse:
        text = " ".join(f'{name}="{value}"' for name, value in named.items())
        body = f"<mer:{operation}><request {text}/></mer:{operation}>"
        return await send(client.shop.gateway, envelope(body))

    order_id, first = await begin(client, CHALLENGED, threeDSVer2FinishUrl=FINISH_URL)
    transaction = {"threeDSServerTransId": first["threeDSServerTransId"]}
    assert (await sent("finishThreeDsVer2", **transaction)).error_code == "5"
    step = (await sent("continueThreeDs", md=order_id)).returned
    assert step.get("packedCReq")
    await challenge(client, order_id, dict(step.attrib), ACS_CODE)
    done = (await sent("finishThreeDsVer2", **transaction)).returned
    assert done.get("errorCode") == "0"
    assert done.get("returnUrl") == back_at_shop(order_id)
