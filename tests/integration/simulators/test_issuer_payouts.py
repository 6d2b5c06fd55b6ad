"""Payouts at the issuer simulator: credits to a card without an authorisation before them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from altyn.domain.card.values import Cvc
from altyn.protocol.acquiring import AcquirerOperation, AcquirerOutcome, AcquirerRequest
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

HUNDRED_ROUBLES = "2202205300068092"


def a_payout(bank: BankClient, amount_minor: int = 500_00, pan: str = GOOD) -> AcquirerRequest:
    return bank.request(AcquirerOperation.PAYOUT, amount_minor, pan=pan)


async def test_payout_is_approved_once(bank: BankClient) -> None:
    request = a_payout(bank)
    first = await bank.simulator.handle(request)
    assert result_of(first) == (APPROVED, 0)
    assert first.rrn
    assert await bank.simulator.handle(request) == first
    assert await bank.inquire(request.key) == first
    other = await bank.simulator.handle(replace(request, amount_minor=1))
    assert result_of(other) == (DECLINED, 94)


async def test_payout_has_no_books_that_could_be_moved(bank: BankClient) -> None:
    request = a_payout(bank)
    await bank.simulator.handle(request)
    assert await bank.simulator.books(request.key) is None
    for operation in (
        AcquirerOperation.DEPOSIT,
        AcquirerOperation.REVERSE,
        AcquirerOperation.REFUND,
    ):
        moved = await bank.simulator.handle(bank.request(operation, 1, original=request.key))
        assert result_of(moved) == (DECLINED, 914)


async def test_balance_of_the_card_is_no_limit(bank: BankClient) -> None:
    answered = await bank.simulator.handle(a_payout(bank, 100_01, HUNDRED_ROUBLES))
    assert result_of(answered) == (APPROVED, 0)


async def test_invalid_payouts_are_declined(bank: BankClient) -> None:
    for request, code in (
        (a_payout(bank, 0), 110),
        (bank.request(AcquirerOperation.PAYOUT, 100), 904),
        (a_payout(bank, pan="4276000000000000"), 111),
        (replace(a_payout(bank), expiry="202610"), 101),
        (replace(a_payout(bank), expiry="202712", cvc=Cvc("999")), 71015),
        (a_payout(bank, pan=card_for_action_code(116)), 116),
    ):
        assert result_of(await bank.simulator.handle(request)) == (DECLINED, code)


@pytest.mark.parametrize(
    ("which", "at_once", "at_last"),
    [
        (Fault.APPROVED_ANSWER_LOST, UNKNOWN, (APPROVED, 0)),
        (Fault.DECLINED_ANSWER_LOST, UNKNOWN, (DECLINED, 116)),
        (Fault.PENDING_THEN_APPROVED, PENDING, (APPROVED, 0)),
        (Fault.PENDING_THEN_DECLINED, PENDING, (DECLINED, 116)),
        (Fault.TIMEOUT_NOT_SENT, NOT_SENT, (NOT_SENT, 151018)),
    ],
)
async def test_late_answer_is_found_by_inquiries(
    bank: BankClient,
    which: Fault,
    at_once: AcquirerOutcome,
    at_last: tuple[AcquirerOutcome, int],
) -> None:
    request = a_payout(bank, pan=card_for_fault(which))
    assert (await bank.simulator.handle(request)).outcome is at_once
    await bank.inquire(request.key)
    assert result_of(await bank.inquire(request.key)) == at_last
    assert await bank.simulator.books(request.key) is None


async def test_payout_after_an_inquiry_has_closed_its_key_is_not_carried_out(
    bank: BankClient,
) -> None:
    request = a_payout(bank)
    assert (await bank.inquire(request.key)).outcome is NOT_SENT
    assert (await bank.simulator.handle(request)).outcome is NOT_SENT
