"""Decisions that only a card payment needs: the results of 3-D Secure."""

from dataclasses import replace
from datetime import datetime

from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.history import HistoryEvent
from altyn.domain.order import AttemptState, Order
from altyn.domain.waiting import AtAcs
from altyn.operations.decisions import Decision, Unchanged, accept
from altyn.operations.paying.decisions import decide_ask_after_wait


def decide_authenticated(
    order: Order, number: int, proof: ThreeDSData, action_code: int | None, now: datetime
) -> Decision:
    """The payer is back from the ACS: ask the acquirer, or end the attempt with `action_code`.

    As `decide_ask_after_wait`. Source: payment-page.md §4, §2.
    """
    attempt = replace(order.attempt(number), authentication=proof)
    return decide_ask_after_wait(order, attempt, action_code, now)


def decide_challenge(order: Order, number: int, proof: ThreeDSData, now: datetime) -> Decision:
    """3-D Secure 2 asks the payer for a challenge: record the ACS that asks."""
    attempt = order.attempt(number)
    if attempt.state is not AttemptState.WAITING:
        return Unchanged(order, number)
    at_acs = AtAcs(url=proof.acs_url or "")
    challenged = replace(attempt, authentication=proof, waiting=at_acs)
    return accept(order, HistoryEvent.CHALLENGE_ASKED, now, attempt=challenged)
