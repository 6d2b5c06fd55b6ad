"""What callbacks come to, for Prometheus: how many wait and since when, what became of each try.

A label for every merchant would be a series for every merchant, so the first ones seen get their
own and all others share one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

MERCHANTS_MAX: Final = 100
OTHERS: Final = "others"
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200)

TRIES: Final = Counter(
    "altyn_callback_tries",
    "Callbacks sent, by what became of the try: delivered, retried (failed, to be tried again), "
    "failed (given up).",
    ["merchant", "outcome"],
)
LATENCY: Final = Histogram(
    "altyn_callback_latency_seconds",
    "From the change of the order to the shop's 200, by the gateway's clock.",
    ["merchant"],
    buckets=_SECONDS,
)
WAITING: Final = Gauge("altyn_callbacks_waiting", "Callbacks not delivered yet.", ["merchant"])
OLDEST: Final = Gauge(
    "altyn_callbacks_oldest_seconds", "Age of the oldest callback that waits.", ["merchant"]
)
_known: Final[set[str]] = set()


def label(merchant: str) -> str:
    """The merchant's own label while there are few, else the shared one."""
    if merchant in _known or len(_known) < MERCHANTS_MAX:
        _known.add(merchant)
        return merchant
    return OTHERS


def show_depths(depths: Mapping[str, tuple[int, datetime]], now: datetime) -> None:
    """Set the gauges: merchants that are not in `depths` have nothing waiting."""
    told: dict[str, tuple[int, float]] = {}
    for merchant, (waiting, oldest) in depths.items():
        count, age = told.get(label(merchant), (0, 0.0))
        told[label(merchant)] = (count + waiting, max(age, (now - oldest).total_seconds()))
    WAITING.clear()
    OLDEST.clear()
    for merchant, (waiting, age) in told.items():
        WAITING.labels(merchant).set(waiting)
        OLDEST.labels(merchant).set(age)
