"""Every card of the issuer simulator: checks, action codes, late and lost responses."""

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
from tests.integration.simulators.bank_client import (
    APPROVED,
    DECLINED,
    GOOD,
    NOT_SENT,
    PENDING,
    UNKNOWN,
    BankClient,
    result_of,
)

CLASSIC_WITH_CVC = "4563960122001999"
HUNDRED_ROUBLES = "2202205300068092"


@pytest.mark.parametrize("code", [-20010, -2006, -1, 5, 116, 123, 341014, 907])
async def test_every_action_code_has_a_card(bank: BankClient, code: int) -> None:
    request = bank.authorisation(pan=card_for_action_code(code))
    assert result_of(await bank.simulator.handle(request)) == (DECLINED, code)


async def test_invalid_authorisations_are_declined(bank: BankClient) -> None:
    for request, code in (
        (bank.authorisation(0), 110),
        (bank.request(AcquirerOperation.AUTHORISE, 100), 904),
        (bank.authorisation(pan="4276000000000000"), 111),
        (replace(bank.authorisation(), expiry="202610"), 101),
        (replace(bank.authorisation(), cvc=Cvc("999")), 71015),
        (bank.authorisation(100_01, pan=HUNDRED_ROUBLES), 116),
    ):
        assert result_of(await bank.simulator.handle(request)) == (DECLINED, code)
    assert await bank.held(100_00, pan=HUNDRED_ROUBLES)


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
async def test_typed_card_is_checked(
    bank: BankClient, pan: str, expiry: Expiry, cvc: str | None, refusal: int | None
) -> None:
    check = CardCheck(pan=Pan(pan), expiry=expiry, cvc=Cvc(cvc) if cvc else None)
    assert await bank.simulator.check_card(check) == refusal


async def test_request_that_was_not_sent(bank: BankClient) -> None:
    request = bank.authorisation(pan=card_for_fault(Fault.TIMEOUT_NOT_SENT))
    assert result_of(await bank.simulator.handle(request)) == (NOT_SENT, 151018)
    assert result_of(await bank.inquire(request.key)) == (NOT_SENT, 151018)
    assert await bank.simulator.books(request.key) is None


@pytest.mark.parametrize(
    ("which", "outcome", "code"),
    [(Fault.APPROVED_ANSWER_LOST, APPROVED, 0), (Fault.DECLINED_ANSWER_LOST, DECLINED, 116)],
)
async def test_lost_response_is_unknown_until_an_inquiry(
    bank: BankClient, which: Fault, outcome: AcquirerOutcome, code: int
) -> None:
    request = bank.authorisation(pan=card_for_fault(which))
    for _ in range(2):
        assert result_of(await bank.simulator.handle(request)) == (UNKNOWN, 151019)
    inquired = await bank.inquire(request.key)
    assert result_of(inquired) == (outcome, code)
    assert (inquired.rrn is not None) == (outcome is APPROVED)
    assert (await bank.simulator.books(request.key) is not None) == (outcome is APPROVED)


@pytest.mark.parametrize(
    ("which", "outcome", "code"),
    [(Fault.PENDING_THEN_APPROVED, APPROVED, 0), (Fault.PENDING_THEN_DECLINED, DECLINED, 116)],
)
async def test_pending_response_is_final_at_the_second_inquiry(
    bank: BankClient, which: Fault, outcome: AcquirerOutcome, code: int
) -> None:
    request = bank.authorisation(pan=card_for_fault(which))
    assert result_of(await bank.simulator.handle(request)) == (PENDING, -9000)
    assert result_of(await bank.deposit(request.key, 1)) == (DECLINED, 914)
    assert result_of(await bank.inquire(request.key)) == (PENDING, -9000)
    assert result_of(await bank.simulator.handle(request)) == (PENDING, -9000)
    inquired = await bank.inquire(request.key)
    assert result_of(inquired) == (outcome, code)
    assert await bank.inquire(request.key) == inquired
    if outcome is APPROVED:
        assert await bank.sums(request.key) == (1_000, 0, 0, 0, 0)


async def test_concurrent_inquiries_of_a_pending_request_book_once(bank: BankClient) -> None:
    request = replace(
        bank.authorisation(pan=card_for_fault(Fault.PENDING_THEN_APPROVED)), deposit_at_once=True
    )
    await bank.simulator.handle(request)
    answers = await asyncio.gather(*(bank.inquire(request.key) for _ in range(8)))
    assert sorted(answer.outcome for answer in answers) == [APPROVED] * 7 + [PENDING]
    assert len({answer.rrn for answer in answers if answer.rrn}) == 1
    assert await bank.sums(request.key) == (0, 1_000, 0, 0, 0)


async def test_lost_responses_to_movements(bank: BankClient) -> None:
    key = await bank.held(pan=card_for_fault(Fault.DEPOSIT_ANSWER_LOST))
    deposit = bank.request(AcquirerOperation.DEPOSIT, 1_000, original=key)
    assert result_of(await bank.simulator.handle(deposit)) == (UNKNOWN, 151019)
    assert await bank.sums(key) == (0, 1_000, 0, 0, 0)
    assert result_of(await bank.inquire(deposit.key)) == (APPROVED, 0)
    assert result_of(await bank.refund(key, 1_000)) == (APPROVED, 0)

    key = await bank.held(pan=card_for_fault(Fault.REVERSAL_ANSWER_LOST))
    reversal = bank.request(AcquirerOperation.REVERSE, 1_000, original=key)
    assert result_of(await bank.simulator.handle(reversal)) == (UNKNOWN, 151019)
    assert result_of(await bank.inquire(reversal.key)) == (APPROVED, 0)
    assert await bank.sums(key) == (0, 0, 1_000, 0, 0)

    key = await bank.purchased(pan=card_for_fault(Fault.REFUND_ANSWER_LOST))
    refund = bank.request(AcquirerOperation.REFUND, 400, original=key)
    assert result_of(await bank.simulator.handle(refund)) == (UNKNOWN, 151019)
    assert result_of(await bank.inquire(refund.key)) == (APPROVED, 0)
    assert await bank.sums(key) == (0, 600, 0, 400, 0)
    too_much = bank.request(AcquirerOperation.REFUND, 601, original=key)
    assert result_of(await bank.simulator.handle(too_much)) == (DECLINED, 2009)


async def test_slow_card_is_answered_after_three_seconds(bank: BankClient) -> None:
    assert await bank.held(pan=card_for_fault(Fault.SLOW))
    assert bank.delays == [3]


async def test_unavailable_host_declines(bank: BankClient) -> None:
    request = bank.authorisation(pan=card_for_fault(Fault.HOST_NOT_AVAILABLE))
    assert result_of(await bank.simulator.handle(request)) == (DECLINED, 907)
