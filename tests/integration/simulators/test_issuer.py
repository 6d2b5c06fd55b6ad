"""The pretended bank does once what it is asked twice, and never moves money that is not there."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest
from starlette.applications import Starlette

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.protocol.acquiring import (
    AcquirerOperation,
    CardCheck,
    decode_card_check_reply,
    decode_reply,
    encode_card_check,
    encode_question,
    encode_reply,
)
from altyn.protocol.test_cards import card_for_action_code
from altyn.simulators.issuer import IssuerSimulator
from altyn.simulators.issuer.http import routes
from tests.integration.simulators.asgi import send
from tests.integration.simulators.desk import (
    APPROVED,
    DECLINED,
    GOOD,
    NOT_SENT,
    RequestHandler,
    of,
)


async def test_the_schema_may_be_prepared_by_many_at_once(empty_database_url: str) -> None:
    async with asyncpg.create_pool(empty_database_url, min_size=8, max_size=8) as pool:
        await asyncio.gather(*(IssuerSimulator.prepare(pool) for _ in range(8)))
        assert await RequestHandler(pool).held()


async def test_a_hold_then_deposit_then_refunds(desk: RequestHandler) -> None:
    key = await desk.held(1_000)
    assert await desk.sums(key) == (1_000, 0, 0, 0, 0)
    assert of(await desk.deposit(key, 400)) == (APPROVED, 0)
    assert await desk.sums(key) == (0, 400, 0, 0, 600)
    assert of(await desk.refund(key, 150)) == (APPROVED, 0)
    assert of(await desk.refund(key, 250)) == (APPROVED, 0)
    assert of(await desk.refund(key, 1)) == (DECLINED, 2009)
    assert await desk.sums(key) == (0, 0, 0, 400, 600)


async def test_a_purchase_is_taken_at_once_and_can_be_reversed(desk: RequestHandler) -> None:
    key = await desk.taken(1_000)
    assert await desk.sums(key) == (0, 1_000, 0, 0, 0)
    assert of(await desk.reverse(key, 300)) == (APPROVED, 0)
    assert of(await desk.refund(key, 701)) == (DECLINED, 2009)
    assert of(await desk.reverse(key, 700)) == (APPROVED, 0)
    assert await desk.sums(key) == (0, 0, 1_000, 0, 0)


async def test_a_hold_is_reversed_in_part_and_the_rest_deposited(desk: RequestHandler) -> None:
    key = await desk.held(1_000)
    assert of(await desk.reverse(key, 300)) == (APPROVED, 0)
    assert of(await desk.deposit(key, 701)) == (DECLINED, 125)
    assert of(await desk.deposit(key, 700)) == (APPROVED, 0)
    assert of(await desk.deposit(key, 1)) == (DECLINED, 125)
    assert await desk.sums(key) == (0, 700, 300, 0, 0)


async def test_what_cannot_be_moved_is_refused(desk: RequestHandler) -> None:
    key = await desk.held(1_000)
    for refused, code in (
        (await desk.deposit(key, 0), 125),
        (await desk.deposit(key, -5), 125),
        (await desk.reverse(key, 1_001), 125),
        (await desk.refund(key, 1), 2009),
        (await desk.deposit("never-asked", 1), 914),
    ):
        assert of(refused) == (DECLINED, code)
        assert refused.rrn is None
    other = desk.question(AcquirerOperation.DEPOSIT, 1, original=key)
    assert of(await desk.bank.handle(replace(other, merchant="else"))) == (DECLINED, 914)
    other = desk.question(AcquirerOperation.DEPOSIT, 1, original=key)
    assert of(await desk.bank.handle(replace(other, currency="978"))) == (DECLINED, 913)
    assert await desk.sums(key) == (1_000, 0, 0, 0, 0)


async def test_rrn_and_approval_code_have_their_forms(desk: RequestHandler) -> None:
    question = desk.authorisation()
    first = await desk.bank.handle(question)
    second = await desk.bank.handle(desk.authorisation())
    deposit = await desk.deposit(question.key, 1_000)
    refund = await desk.refund(question.key, 1_000)
    assert first.rrn is not None
    assert first.rrn.startswith("632509")  # 2026, day 325, 9 h UTC
    assert {len(reply.rrn or "") for reply in (first, second, deposit, refund)} == {12}
    assert {len(reply.approval_code or "") for reply in (first, second, deposit, refund)} == {6}
    assert (deposit.rrn, deposit.approval_code) == (first.rrn, first.approval_code)
    assert len({first.rrn, second.rrn, refund.rrn}) == 3
    assert decode_reply(encode_reply(first)) == first


async def test_the_same_key_is_done_once(desk: RequestHandler) -> None:
    question = desk.authorisation()
    answers = await asyncio.gather(*(desk.bank.handle(question) for _ in range(12)))
    assert len(set(answers)) == 1
    deposit = desk.question(AcquirerOperation.DEPOSIT, 1_000, original=question.key)
    assert (await desk.bank.handle(deposit)).outcome is APPROVED
    refund = desk.question(AcquirerOperation.REFUND, 300, original=question.key)
    answers = await asyncio.gather(*(desk.bank.handle(refund) for _ in range(12)))
    assert len(set(answers)) == 1
    assert of(answers[0]) == (APPROVED, 0)
    assert await desk.sums(question.key) == (0, 700, 0, 300, 0)


async def test_a_refusal_is_repeated_too(desk: RequestHandler) -> None:
    key = await desk.held(1_000)
    early = desk.question(AcquirerOperation.REFUND, 1, original=key)
    assert of(await desk.bank.handle(early)) == (DECLINED, 2009)
    await desk.deposit(key, 1_000)
    assert of(await desk.bank.handle(early)) == (DECLINED, 2009)
    assert await desk.sums(key) == (0, 1_000, 0, 0, 0)


async def test_a_key_does_not_serve_two_questions(desk: RequestHandler) -> None:
    question = desk.authorisation(1_000)
    await desk.bank.handle(question)
    again = replace(question, amount_minor=2_000)
    assert of(await desk.bank.handle(again)) == (DECLINED, 94)
    deposit = replace(
        desk.question(AcquirerOperation.DEPOSIT, 1_000, original=question.key), key=question.key
    )
    assert of(await desk.bank.handle(deposit)) == (DECLINED, 94)
    assert await desk.sums(question.key) == (1_000, 0, 0, 0, 0)


async def test_one_key_for_two_authorisations_at_once_moves_one(desk: RequestHandler) -> None:
    for _ in range(10):
        first, second = await desk.taken(1_000), await desk.taken(1_000)
        refund = desk.question(AcquirerOperation.REFUND, 400, original=first)
        answers = await asyncio.gather(
            desk.bank.handle(refund), desk.bank.handle(replace(refund, original_key=second))
        )
        assert sorted(answer.action_code for answer in answers) == [0, 94]
        moved = [(await desk.sums(key))[3] for key in (first, second)]
        assert sorted(moved) == [0, 400]


async def test_many_refunds_at_once_never_give_back_more_than_was_taken(
    desk: RequestHandler,
) -> None:
    key = await desk.taken(1_000)
    answers = await asyncio.gather(*(desk.refund(key, 300) for _ in range(15)))
    assert sorted(answer.action_code for answer in answers) == [0] * 3 + [2009] * 12
    assert await desk.sums(key) == (0, 100, 0, 900, 0)


async def test_a_deposit_and_a_reversal_at_once_share_the_hold(desk: RequestHandler) -> None:
    for _ in range(10):
        key = await desk.held(1_000)
        answers = await asyncio.gather(desk.deposit(key, 1_000), desk.reverse(key, 600))
        # Whoever comes first decides: after the deposit the reversal takes from what was taken.
        assert await desk.sums(key) in {(0, 400, 600, 0, 0), (400, 0, 600, 0, 0)}
        assert answers[1].outcome is APPROVED


async def test_an_inquiry_tells_what_became_of_a_key(desk: RequestHandler) -> None:
    question = desk.authorisation()
    answer = await desk.bank.handle(question)
    assert await desk.inquire(question.key) == answer
    refused = desk.authorisation(pan=card_for_action_code(-20010))
    answer = await desk.bank.handle(refused)
    assert of(answer) == (DECLINED, -20010)
    assert await desk.inquire(refused.key) == answer


async def test_an_inquiry_closes_a_key_never_seen(desk: RequestHandler) -> None:
    late = desk.authorisation()
    assert of(await desk.inquire(late.key)) == (NOT_SENT, 151018)
    assert of(await desk.bank.handle(late)) == (NOT_SENT, 151018)
    assert await desk.bank.books(late.key) is None
    assert of(await desk.inquire(late.key)) == (NOT_SENT, 151018)

    key = await desk.taken(1_000)
    late_refund = desk.question(AcquirerOperation.REFUND, 1_000, original=key)
    await desk.inquire(late_refund.key)
    assert of(await desk.bank.handle(late_refund)) == (NOT_SENT, 151018)
    assert await desk.sums(key) == (0, 1_000, 0, 0, 0)


async def test_an_inquiry_and_its_question_at_once_agree(desk: RequestHandler) -> None:
    for _ in range(20):
        question = desk.authorisation()
        answer, told = await asyncio.gather(desk.bank.handle(question), desk.inquire(question.key))
        assert answer == told
        booked = await desk.bank.books(question.key)
        assert (booked is not None) == (answer.outcome is APPROVED)


async def test_a_verification_reserves_nothing(desk: RequestHandler) -> None:
    question = replace(desk.authorisation(0), verify_only=True)
    assert of(await desk.bank.handle(question)) == (APPROVED, 0)
    assert of(await desk.reverse(question.key, 1)) == (DECLINED, 914)


async def test_the_books_refuse_by_themselves_to_lose_money(desk: RequestHandler) -> None:
    key = await desk.held(1_000)
    with pytest.raises(asyncpg.CheckViolationError, match="nothing_lost_nothing_made"):
        await desk.pool.execute(
            "UPDATE simulators.bank_authorisations SET refunded_minor = 1 WHERE key = $1", key
        )


async def test_no_card_is_written_in_clear(desk: RequestHandler) -> None:
    await desk.bank.handle(replace(desk.authorisation(), cvc=Cvc("123")))
    for table in ("bank_requests", "bank_authorisations"):
        rows = await desk.pool.fetch(f"SELECT t::text AS row FROM simulators.{table} AS t")  # noqa: S608
        assert rows
        assert not any(GOOD in row["row"] for row in rows)


async def test_the_bank_over_http(desk: RequestHandler) -> None:
    app = Starlette(routes=list(routes(desk.bank)))
    question = desk.authorisation()
    answer = await send(app, "/issuer/acquiring", encode_question(question))
    assert answer.status == 200
    assert decode_reply(answer.body) == await desk.inquire(question.key)

    check = CardCheck(pan=Pan(GOOD), expiry=Expiry(2027, 1), cvc=Cvc("999"))
    answer = await send(app, "/issuer/card-check", encode_card_check(check))
    assert (answer.status, decode_card_check_reply(answer.body)) == (200, 71015)

    for wrong in (
        b"",
        b"{}",
        b"[" * 100_000,
        encode_question(question).replace(b"AUTHORISE", b"X"),
    ):
        answer = await send(app, "/issuer/acquiring", wrong)
        assert answer.status == 400
        assert GOOD.encode() not in answer.body
