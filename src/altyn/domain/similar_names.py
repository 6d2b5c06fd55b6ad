"""The name that was probably meant, for a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

SIMILAR_ENOUGH: Final = 0.7


def similar_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest, whatever the case of letters; None when none is like it."""
    lowered = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=SIMILAR_ENOUGH)
    return lowered[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question to put behind the sentence that there is no such name; "" for no similar name."""
    meant = similar_name(name, known)
    return f" Did you mean {meant}?" if meant else ""
