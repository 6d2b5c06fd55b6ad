"""Metrics of the outbox: labels for the first merchants, one label for all others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from altyn.domain.callback import CALLBACK
from altyn.domain.outbox import QueueDepth
from altyn.workers import outbox_metrics
from altyn.workers.outbox_metrics import MERCHANTS_MAX, SHARED_LABEL, label, show_depths

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_labels() -> Iterator[None]:
    before = set(outbox_metrics._labelled)
    outbox_metrics._labelled.clear()
    yield
    outbox_metrics._labelled.clear()
    outbox_metrics._labelled.update(before)
    show_depths([], NOW)


def depth(merchant: str, waiting: int, oldest: datetime) -> QueueDepth:
    return QueueDepth(CALLBACK, merchant, waiting, oldest)


def waiting(merchant: str) -> float | None:
    return REGISTRY.get_sample_value(
        "altyn_outbox_waiting", {"kind": CALLBACK, "merchant": merchant}
    )


def oldest(merchant: str) -> float | None:
    return REGISTRY.get_sample_value(
        "altyn_outbox_oldest_seconds", {"kind": CALLBACK, "merchant": merchant}
    )


def test_the_first_merchants_have_their_own_label_and_keep_it() -> None:
    first = [label(f"shop-{number}") for number in range(MERCHANTS_MAX + 50)]
    assert len(set(first)) == MERCHANTS_MAX + 1
    assert first[-1] == label("somebody-else") == SHARED_LABEL
    assert label("shop-0") == "shop-0"


def test_depths_are_what_waits_now() -> None:
    show_depths([depth("one", 3, NOW - timedelta(seconds=7)), depth("two", 1, NOW)], NOW)
    assert (waiting("one"), oldest("one")) == (3, 7)

    show_depths([depth("two", 2, NOW)], NOW + timedelta(seconds=1))
    assert waiting("one") is None, "nothing waits, so nothing is shown"
    assert (waiting("two"), oldest("two")) == (2, 1)


def test_merchants_without_a_label_are_counted_together() -> None:
    for number in range(MERCHANTS_MAX):
        label(f"shop-{number}")
    show_depths(
        [depth("x", 2, NOW - timedelta(seconds=5)), depth("y", 3, NOW - timedelta(seconds=9))],
        NOW,
    )
    assert (waiting(SHARED_LABEL), oldest(SHARED_LABEL)) == (5, 9)
