"""What the request log costs: register.do with the log and without it, in turn."""

import secrets
import statistics
from dataclasses import dataclass

from benchmarks.load import wrk

CLIENTS = 64


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests per second with the log and without it: the medians, and that of the ratios."""

    with_log: float
    without_log: float
    ratio: float


def compare(with_log: str, without_log: str, *, seconds: int, rounds: int) -> Cost:
    """Put load on two gateways in turn, whose addresses are given; a first round is not counted."""
    pairs = [
        (_per_second(with_log, seconds), _per_second(without_log, seconds))
        if number % 2
        else (_per_second(without_log, seconds), _per_second(with_log, seconds))[::-1]
        for number in range(rounds + 1)
    ][1:]
    return Cost(
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(one / other for one, other in pairs),
    )


def _per_second(base_url: str, seconds: int) -> float:
    run = wrk(
        base_url,
        "register.lua",
        connections=CLIENTS,
        seconds=seconds,
        threads=2,
        words=[secrets.token_hex(4)],
    )
    return run.per_second
