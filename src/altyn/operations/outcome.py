"""The result of a change for the caller: done, or refused by the bank."""

from altyn.domain.order import AttemptState, Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Decision, Refused, Unchanged
from altyn.operations.results import Done


def outcome_of(decision: Decision) -> Done | Refused:
    """Done, if the bank approved the attempt of this decision, or did not have to be asked.

    Refuses: what the decision refuses, OUTCOME_UNKNOWN while the bank's answer is not known,
    DECLINED_BY_BANK.
    """
    match decision:
        case Refused():
            return decision
        case Accepted(order=order) if numbers := _sent_attempts(decision):
            return _outcome_of_attempt(order, numbers[-1])
        case Unchanged(order, number) if number is not None:
            return _outcome_of_attempt(order, number)
        case _:
            return Done()


def _sent_attempts(decision: Accepted) -> list[int]:
    """The numbers of the attempts that the bank was asked about; an abandoned one never was."""
    return [a.number for a in decision.attempts if a.state is not AttemptState.ABANDONED]


def _outcome_of_attempt(order: Order, number: int) -> Done | Refused:
    attempt = order.attempt(number)
    if attempt.state is AttemptState.APPROVED:
        return Done()
    if attempt.in_flight:
        return Refused(Refusal.OUTCOME_UNKNOWN, "the bank's answer is not known yet", order)
    return Refused(Refusal.DECLINED_BY_BANK, f"the bank answered {attempt.action_code}", order)
