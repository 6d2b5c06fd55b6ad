"""Settings that come in pairs: a smallest and a largest sum, the smallest at most the largest."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

MIN: Final = "_min_minor"
MAX: Final = "_max_minor"


def pairs_of(keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """The keys of the smallest and of the largest sum, for each pair of these settings."""
    for key in keys:
        largest = f"{key.removesuffix(MIN)}{MAX}"
        if key.endswith(MIN) and largest in keys:
            yield key, largest


def crossed_pair(values: Mapping[str, object], changed: Collection[str]) -> tuple[str, str] | None:
    """The changed key of a pair whose smallest sum is above its largest, and what it may be.

    `values` are all settings after the change. A pair that the change leaves alone is not looked
    at: it would keep the merchant from changing any other setting.
    """
    for smallest, largest in pairs_of(values):
        low, high = values[smallest], values[largest]
        assert isinstance(low, int), "a sum is a whole number of minor units"
        assert isinstance(high, int), "as above"
        if low <= high or not {smallest, largest} & set(changed):
            continue
        if smallest in changed:
            return smallest, f"at most {largest}, {high}; both can be changed in one command"
        return largest, f"at least {smallest}, {low}; both can be changed in one command"
    return None
