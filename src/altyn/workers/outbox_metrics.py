"""Metrics of the outbox for Prometheus: waiting entries, their age, and the results of attempts.

Each merchant's label would add time series without limit. So the first `MERCHANTS_MAX` merchants
have their own label, and all others share one.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from altyn.domain.outbox import QueueDepth

MERCHANTS_MAX: Final = 100
SHARED_LABEL: Final = "others"
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200)

ATTEMPTS: Final = Counter(
    "altyn_outbox_attempts",
    "Attempts to carry out an entry of the outbox, by result: delivered, accepted (the receiver "
    "works on it), retried (failed, another attempt follows), failed (no attempt follows).",
    ["kind", "merchant", "outcome"],
)
LATENCY: Final = Histogram(
    "altyn_outbox_latency_seconds",
    "Time from the change of the order to the success of its effect, by the gateway's clock.",
    ["kind", "merchant"],
    buckets=_SECONDS,
)
WAITING: Final = Gauge(
    "altyn_outbox_waiting", "Entries that are not delivered yet.", ["kind", "merchant"]
)
OLDEST: Final = Gauge(
    "altyn_outbox_oldest_seconds", "Age of the oldest entry that waits.", ["kind", "merchant"]
)
_labelled: Final[set[str]] = set()


def label(merchant: str) -> str:
    """The merchant's own label for the first merchants, the shared label for the others."""
    if merchant in _labelled or len(_labelled) < MERCHANTS_MAX:
        _labelled.add(merchant)
        return merchant
    return SHARED_LABEL


def show_depths(depths: Iterable[QueueDepth], now: datetime) -> None:
    """Set the gauges. A kind and merchant without a row in `depths` has no waiting entries."""
    totals: dict[tuple[str, str], tuple[int, float]] = {}
    for depth in depths:
        key = (depth.kind, label(depth.merchant))
        count, age = totals.get(key, (0, 0.0))
        totals[key] = (count + depth.waiting, max(age, (now - depth.oldest).total_seconds()))
    WAITING.clear()
    OLDEST.clear()
    for (kind, merchant), (waiting, age) in totals.items():
        WAITING.labels(kind, merchant).set(waiting)
        OLDEST.labels(kind, merchant).set(age)
