"""Every card of the pretended issuer: checks, action codes, and answers that are late or lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.protocol.acquiring import (
    AcquirerOperation,
    AcquirerOutcome,
    CardCheck,
)
from altyn.protocol.test_cards import Fault, card_for_action_code, card_for_fault
from tests.integration.simulators.desk import (
    APPROVED,
    DECLINED,
    GOOD,
    NOT_SENT,
    PENDING,
    UNKNOWN,
    RequestHandler,
    of,
)

CLASSIC_WITH_CVC = "4563960122001999"
HUNDRED_ROUBLES = "2202205300068092"


@pytest.mark.parametrize("code", [-20010, -2006, -1, 5, 116, 123, 341014, 907])
async def test_every_action_code_has_its_card(desk: RequestHandler, code: int) -> None:
    question = desk.authorisation(pan=card_for_action_code(code))
    assert of(await desk.bank.handle(question)) == (DECLINED, code)


async def test_odd_authorisations_are_declined(desk: RequestHandler) -> None:
    for question, code in (
        (desk.authorisation(0), 110),
        (desk.question(AcquirerOperation.AUTHORISE, 100), 904),
        (desk.authorisation(pan="4276000000000000"), 111),
        (replace(desk.authorisation(), expiry="202610"), 101),
        (replace(desk.authorisation(), cvc=Cvc("999")), 71015),
        (desk.authorisation(100_01, pan=HUNDRED_ROUBLES), 116),
    ):
        assert of(await desk.bank.handle(question)) == (DECLINED, code)
    assert await desk.held(100_00, pan=HUNDRED_ROUBLES)


@pytest.mark.parametrize(
    ("pan", "expiry", "cvc", "refusal"),
    [
        (GOOD, Expiry(2026, 11), "123", None),
        (GOOD, Expiry(2019, 12), "123", None),
        (GOOD, Expiry(2026, 10), "123", 101),
        (GOOD, Expiry(2027, 1), "124", 71015),
        (GOOD, Expiry(2027, 1), None, None),
        (CLASSIC_WITH_CVC, Expiry(2027, 1), "123", 71015),
        (CLASSIC_WITH_CVC, Expiry(2027, 1), "347", None),
        (HUNDRED_ROUBLES, Expiry(2026, 5), "583", None),
        (HUNDRED_ROUBLES, Expiry(2026, 5), "584", 82),
        ("4276380089497205", Expiry(2022, 4), "074", None),
        ("4276380089497205", Expiry(2022, 5), "074", 101),
        ("2202202107593166", Expiry(2022, 6), "123", 101),
        ("4276000000000000", Expiry(2027, 1), "123", 111),
    ],
)
async def test_a_card_is_checked_as_typed(
    desk: RequestHandler, pan: str, expiry: Expiry, cvc: str | None, refusal: int | None
) -> None:
    check = CardCheck(pan=Pan(pan), expiry=expiry, cvc=Cvc(cvc) if cvc else None)
    assert await desk.bank.check_card(check) == refusal


async def test_a_question_that_was_not_sent(desk: RequestHandler) -> None:
    question = desk.authorisation(pan=card_for_fault(Fault.TIMEOUT_NOT_SENT))
    assert of(await desk.bank.handle(question)) == (NOT_SENT, 151018)
    assert of(await desk.inquire(question.key)) == (NOT_SENT, 151018)
    assert await desk.bank.books(question.key) is None


@pytest.mark.parametrize(
    ("which", "outcome", "code"),
    [(Fault.APPROVED_ANSWER_LOST, APPROVED, 0), (Fault.DECLINED_ANSWER_LOST, DECLINED, 116)],
)
async def test_an_answer_that_was_lost(
    desk: RequestHandler, which: Fault, outcome: AcquirerOutcome, code: int
) -> None:
    question = desk.authorisation(pan=card_for_fault(which))
    for _ in range(2):
        assert of(await desk.bank.handle(question)) == (UNKNOWN, 151019)
    told = await desk.inquire(question.key)
    assert of(told) == (outcome, code)
    assert (told.rrn is not None) == (outcome is APPROVED)
    assert (await desk.bank.books(question.key) is not None) == (outcome is APPROVED)


@pytest.mark.parametrize(
    ("which", "outcome", "code"),
    [(Fault.PENDING_THEN_APPROVED, APPROVED, 0), (Fault.PENDING_THEN_DECLINED, DECLINED, 116)],
)
async def test_a_pending_answer_is_final_at_the_second_inquiry(
    desk: RequestHandler, which: Fault, outcome: AcquirerOutcome, code: int
) -> None:
    question = desk.authorisation(pan=card_for_fault(which))
    assert of(await desk.bank.handle(question)) == (PENDING, -9000)
    assert of(await desk.deposit(question.key, 1)) == (DECLINED, 914)
    assert of(await desk.inquire(question.key)) == (PENDING, -9000)
    assert of(await desk.bank.handle(question)) == (PENDING, -9000)
    told = await desk.inquire(question.key)
    assert of(told) == (outcome, code)
    assert await desk.inquire(question.key) == told
    if outcome is APPROVED:
        assert await desk.sums(question.key) == (1_000, 0, 0, 0, 0)


async def test_pending_inquiries_at_once_book_once(desk: RequestHandler) -> None:
    question = replace(
        desk.authorisation(pan=card_for_fault(Fault.PENDING_THEN_APPROVED)), deposit_at_once=True
    )
    await desk.bank.handle(question)
    answers = await asyncio.gather(*(desk.inquire(question.key) for _ in range(8)))
    assert sorted(answer.outcome for answer in answers) == [APPROVED] * 7 + [PENDING]
    assert len({answer.rrn for answer in answers if answer.rrn}) == 1
    assert await desk.sums(question.key) == (0, 1_000, 0, 0, 0)


async def test_lost_answers_to_movements(desk: RequestHandler) -> None:
    key = await desk.held(pan=card_for_fault(Fault.DEPOSIT_ANSWER_LOST))
    deposit = desk.question(AcquirerOperation.DEPOSIT, 1_000, original=key)
    assert of(await desk.bank.handle(deposit)) == (UNKNOWN, 151019)
    assert await desk.sums(key) == (0, 1_000, 0, 0, 0)
    assert of(await desk.inquire(deposit.key)) == (APPROVED, 0)
    assert of(await desk.refund(key, 1_000)) == (APPROVED, 0)

    key = await desk.held(pan=card_for_fault(Fault.REVERSAL_ANSWER_LOST))
    reversal = desk.question(AcquirerOperation.REVERSE, 1_000, original=key)
    assert of(await desk.bank.handle(reversal)) == (UNKNOWN, 151019)
    assert of(await desk.inquire(reversal.key)) == (APPROVED, 0)
    assert await desk.sums(key) == (0, 0, 1_000, 0, 0)

    key = await desk.taken(pan=card_for_fault(Fault.REFUND_ANSWER_LOST))
    refund = desk.question(AcquirerOperation.REFUND, 400, original=key)
    assert of(await desk.bank.handle(refund)) == (UNKNOWN, 151019)
    assert of(await desk.inquire(refund.key)) == (APPROVED, 0)
    assert await desk.sums(key) == (0, 600, 0, 400, 0)
    too_much = desk.question(AcquirerOperation.REFUND, 601, original=key)
    assert of(await desk.bank.handle(too_much)) == (DECLINED, 2009)


async def test_the_slow_card_answers_after_three_seconds(desk: RequestHandler) -> None:
    assert await desk.held(pan=card_for_fault(Fault.SLOW))
    assert desk.waited == [3]


async def test_the_host_that_is_not_available(desk: RequestHandler) -> None:
    question = desk.authorisation(pan=card_for_fault(Fault.HOST_NOT_AVAILABLE))
    assert of(await desk.bank.handle(question)) == (DECLINED, 907)
