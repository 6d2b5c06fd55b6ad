"""The bank simulator: a repeated request is carried out once, and amounts never exceed the hold."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest
from starlette.applications import Starlette

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.inbound.sandbox.answers import from_another_site
from altyn.protocol.acquiring import (
    AcquirerOperation,
    CardCheck,
    decode_card_check_response,
    decode_response,
    encode_card_check,
    encode_request,
    encode_response,
)
from altyn.protocol.test_cards import card_for_action_code
from altyn.simulators.issuer import IssuerSimulator
from altyn.simulators.issuer.http import routes
from tests.asgi_client import AsgiClient
from tests.integration.simulators.bank_client import (
    APPROVED,
    DECLINED,
    GOOD,
    NOT_SENT,
    BankClient,
    result_of,
)


async def test_schema_can_be_prepared_concurrently(empty_database_url: str) -> None:
    async with asyncpg.create_pool(empty_database_url, min_size=8, max_size=8) as pool:
        await asyncio.gather(*(IssuerSimulator.prepare(pool) for _ in range(8)))
        assert await BankClient(pool).held()


async def test_hold_deposit_and_refunds(bank: BankClient) -> None:
    key = await bank.held(1_000)
    assert await bank.sums(key) == (1_000, 0, 0, 0, 0)
    assert result_of(await bank.deposit(key, 400)) == (APPROVED, 0)
    assert await bank.sums(key) == (0, 400, 0, 0, 600)
    assert result_of(await bank.refund(key, 150)) == (APPROVED, 0)
    assert result_of(await bank.refund(key, 250)) == (APPROVED, 0)
    assert result_of(await bank.refund(key, 1)) == (DECLINED, 2009)
    assert await bank.sums(key) == (0, 0, 0, 400, 600)


async def test_purchase_is_deposited_at_once_and_can_be_reversed(bank: BankClient) -> None:
    key = await bank.purchased(1_000)
    assert await bank.sums(key) == (0, 1_000, 0, 0, 0)
    assert result_of(await bank.reverse(key, 300)) == (APPROVED, 0)
    assert result_of(await bank.refund(key, 701)) == (DECLINED, 2009)
    assert result_of(await bank.reverse(key, 700)) == (APPROVED, 0)
    assert await bank.sums(key) == (0, 0, 1_000, 0, 0)


async def test_hold_is_reversed_in_part_and_the_rest_deposited(bank: BankClient) -> None:
    key = await bank.held(1_000)
    assert result_of(await bank.reverse(key, 300)) == (APPROVED, 0)
    assert result_of(await bank.deposit(key, 701)) == (DECLINED, 125)
    assert result_of(await bank.deposit(key, 700)) == (APPROVED, 0)
    assert result_of(await bank.deposit(key, 1)) == (DECLINED, 125)
    assert await bank.sums(key) == (0, 700, 300, 0, 0)


async def test_invalid_movements_are_declined(bank: BankClient) -> None:
    key = await bank.held(1_000)
    for declined, code in (
        (await bank.deposit(key, 0), 125),
        (await bank.deposit(key, -5), 125),
        (await bank.reverse(key, 1_001), 125),
        (await bank.refund(key, 1), 2009),
        (await bank.deposit("unknown-key", 1), 914),
    ):
        assert result_of(declined) == (DECLINED, code)
        assert declined.rrn is None
    other = bank.request(AcquirerOperation.DEPOSIT, 1, original=key)
    assert result_of(await bank.simulator.handle(replace(other, merchant="else"))) == (
        DECLINED,
        914,
    )
    other = bank.request(AcquirerOperation.DEPOSIT, 1, original=key)
    assert result_of(await bank.simulator.handle(replace(other, currency="978"))) == (DECLINED, 913)
    assert await bank.sums(key) == (1_000, 0, 0, 0, 0)


async def test_formats_of_rrn_and_approval_code(bank: BankClient) -> None:
    request = bank.authorisation()
    first = await bank.simulator.handle(request)
    second = await bank.simulator.handle(bank.authorisation())
    deposit = await bank.deposit(request.key, 1_000)
    refund = await bank.refund(request.key, 1_000)
    assert first.rrn is not None
    assert first.rrn.startswith("632509")  # 2026, day 325, 9 h UTC
    assert {len(response.rrn or "") for response in (first, second, deposit, refund)} == {12}
    assert {len(response.approval_code or "") for response in (first, second, deposit, refund)} == {
        6
    }
    assert (deposit.rrn, deposit.approval_code) == (first.rrn, first.approval_code)
    assert len({first.rrn, second.rrn, refund.rrn}) == 3
    assert decode_response(encode_response(first)) == first


async def test_request_with_the_same_key_is_carried_out_once(bank: BankClient) -> None:
    request = bank.authorisation()
    answers = await asyncio.gather(*(bank.simulator.handle(request) for _ in range(12)))
    assert len(set(answers)) == 1
    deposit = bank.request(AcquirerOperation.DEPOSIT, 1_000, original=request.key)
    assert (await bank.simulator.handle(deposit)).outcome is APPROVED
    refund = bank.request(AcquirerOperation.REFUND, 300, original=request.key)
    answers = await asyncio.gather(*(bank.simulator.handle(refund) for _ in range(12)))
    assert len(set(answers)) == 1
    assert result_of(answers[0]) == (APPROVED, 0)
    assert await bank.sums(request.key) == (0, 700, 0, 300, 0)


async def test_decline_is_repeated_for_the_same_key(bank: BankClient) -> None:
    key = await bank.held(1_000)
    early = bank.request(AcquirerOperation.REFUND, 1, original=key)
    assert result_of(await bank.simulator.handle(early)) == (DECLINED, 2009)
    await bank.deposit(key, 1_000)
    assert result_of(await bank.simulator.handle(early)) == (DECLINED, 2009)
    assert await bank.sums(key) == (0, 1_000, 0, 0, 0)


async def test_key_of_another_request_is_declined(bank: BankClient) -> None:
    request = bank.authorisation(1_000)
    await bank.simulator.handle(request)
    again = replace(request, amount_minor=2_000)
    assert result_of(await bank.simulator.handle(again)) == (DECLINED, 94)
    deposit = replace(
        bank.request(AcquirerOperation.DEPOSIT, 1_000, original=request.key), key=request.key
    )
    assert result_of(await bank.simulator.handle(deposit)) == (DECLINED, 94)
    assert await bank.sums(request.key) == (1_000, 0, 0, 0, 0)


async def test_concurrent_requests_with_one_key_move_one_authorisation(bank: BankClient) -> None:
    for _ in range(10):
        first, second = await bank.purchased(1_000), await bank.purchased(1_000)
        refund = bank.request(AcquirerOperation.REFUND, 400, original=first)
        answers = await asyncio.gather(
            bank.simulator.handle(refund),
            bank.simulator.handle(replace(refund, original_key=second)),
        )
        assert sorted(answer.action_code for answer in answers) == [0, 94]
        moved = [(await bank.sums(key))[3] for key in (first, second)]
        assert sorted(moved) == [0, 400]


async def test_concurrent_refunds_never_exceed_the_deposit(
    bank: BankClient,
) -> None:
    key = await bank.purchased(1_000)
    answers = await asyncio.gather(*(bank.refund(key, 300) for _ in range(15)))
    assert sorted(answer.action_code for answer in answers) == [0] * 3 + [2009] * 12
    assert await bank.sums(key) == (0, 100, 0, 900, 0)


async def test_concurrent_deposit_and_reversal_share_the_hold(bank: BankClient) -> None:
    for _ in range(10):
        key = await bank.held(1_000)
        answers = await asyncio.gather(bank.deposit(key, 1_000), bank.reverse(key, 600))
        # In either order both are approved: after the deposit, the reversal is taken from it.
        assert await bank.sums(key) in {(0, 400, 600, 0, 0), (400, 0, 600, 0, 0)}
        assert answers[1].outcome is APPROVED


async def test_inquiry_returns_the_result_of_a_key(bank: BankClient) -> None:
    request = bank.authorisation()
    answer = await bank.simulator.handle(request)
    assert await bank.inquire(request.key) == answer
    refused = bank.authorisation(pan=card_for_action_code(-20010))
    answer = await bank.simulator.handle(refused)
    assert result_of(answer) == (DECLINED, -20010)
    assert await bank.inquire(refused.key) == answer


async def test_inquiry_closes_an_unknown_key(bank: BankClient) -> None:
    late = bank.authorisation()
    assert result_of(await bank.inquire(late.key)) == (NOT_SENT, 151018)
    assert result_of(await bank.simulator.handle(late)) == (NOT_SENT, 151018)
    assert await bank.simulator.books(late.key) is None
    assert result_of(await bank.inquire(late.key)) == (NOT_SENT, 151018)

    key = await bank.purchased(1_000)
    late_refund = bank.request(AcquirerOperation.REFUND, 1_000, original=key)
    await bank.inquire(late_refund.key)
    assert result_of(await bank.simulator.handle(late_refund)) == (NOT_SENT, 151018)
    assert await bank.sums(key) == (0, 1_000, 0, 0, 0)


async def test_concurrent_request_and_inquiry_agree(bank: BankClient) -> None:
    for _ in range(20):
        request = bank.authorisation()
        answer, inquired = await asyncio.gather(
            bank.simulator.handle(request), bank.inquire(request.key)
        )
        assert answer == inquired
        booked = await bank.simulator.books(request.key)
        assert (booked is not None) == (answer.outcome is APPROVED)


async def test_verification_holds_nothing(bank: BankClient) -> None:
    request = replace(bank.authorisation(0), verify_only=True)
    assert result_of(await bank.simulator.handle(request)) == (APPROVED, 0)
    assert result_of(await bank.reverse(request.key, 1)) == (DECLINED, 914)


async def test_check_constraint_keeps_the_sums_of_the_books(bank: BankClient) -> None:
    key = await bank.held(1_000)
    with pytest.raises(asyncpg.CheckViolationError, match="nothing_lost_nothing_made"):
        await bank.pool.execute(
            "UPDATE simulators.bank_authorisations SET refunded_minor = 1 WHERE key = $1", key
        )


async def test_no_pan_is_stored(bank: BankClient) -> None:
    await bank.simulator.handle(replace(bank.authorisation(), cvc=Cvc("123")))
    for table in ("bank_requests", "bank_authorisations"):
        rows = await bank.pool.fetch(f"SELECT t::text AS row FROM simulators.{table} AS t")  # noqa: S608
        assert rows
        assert not any(GOOD in row["row"] for row in rows)


KEY = "test-key-of-the-acquirer"
BEARER = {"authorization": f"Bearer {KEY}"}


def bank_over_http(bank: BankClient) -> AsgiClient:
    mounted = routes(bank.simulator, key=KEY, refused=from_another_site)
    return AsgiClient(Starlette(routes=list(mounted)))


async def test_bank_over_http(bank: BankClient) -> None:
    client = bank_over_http(bank)
    request = bank.authorisation()
    answer = await client.post("/issuer/acquiring", body=encode_request(request), headers=BEARER)
    assert answer.status == 200
    assert decode_response(answer.body) == await bank.inquire(request.key)

    check = CardCheck(pan=Pan(GOOD), expiry=Expiry(2027, 1), cvc=Cvc("999"))
    answer = await client.post("/issuer/card-check", body=encode_card_check(check), headers=BEARER)
    assert (answer.status, decode_card_check_response(answer.body)) == (200, 71015)

    for wrong in (
        b"",
        b"{}",
        b"[" * 100_000,
        encode_request(request).replace(b"AUTHORISE", b"X"),
    ):
        answer = await client.post("/issuer/acquiring", body=wrong, headers=BEARER)
        assert answer.status == 400
        assert GOOD.encode() not in answer.body


@pytest.mark.parametrize("path", ["/issuer/acquiring", "/issuer/card-check"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"authorization": "Bearer test-key-of-the-acquire"}, 401),
        ({"authorization": f"Basic {KEY}"}, 401),
        ({**BEARER, "origin": "https://evil.example"}, 403),
        ({**BEARER, "origin": "http://evil.test", "host": "evil.test"}, 403),
    ],
)
async def test_bank_over_http_needs_the_key_and_refuses_pages(
    bank: BankClient, path: str, headers: dict[str, str], status: int
) -> None:
    request = bank.authorisation()
    body = encode_request(request)
    answer = await bank_over_http(bank).post(path, body=body, headers=headers)
    assert answer.status == status
    assert (await bank.inquire(request.key)).outcome is NOT_SENT, "nothing was carried out"
