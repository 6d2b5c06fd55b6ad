"""Pages of a list that is read newest first, by the place in the list (keyset).

The thousandth page costs as much as the first. Where a filter matches few rows, one page looks
through a bounded number of them; `reached` says that this bound has ended the page early.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, NamedTuple, TypeVar
from uuid import UUID

PAGE_SIZE: Final = 50
LOOKED_THROUGH_MAX: Final = 10_000
"""So many rows of a shop are looked through for one page."""

Line = TypeVar("Line")


class Place(NamedTuple):
    """A place in a list, which is ordered by these, newest first. `created_at` is UTC.

    `version` and `line` are those of a callback, of which an order has several.
    """

    created_at: datetime
    row_id: UUID
    version: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Line]):
    """One page of a list, newest first.

    `older` is where the next page begins; None at the end of the list. `reached` is True where the
    page has ended because so many rows were looked through.
    """

    lines: Sequence[Line]
    older: Place | None = None
    reached: bool = False


def newest_page(
    lines: Iterable[Line], place_of: Callable[[Line], Place], *, size: int
) -> ListPage[Line]:
    """The page of the newest `size` of some lines; of each shop, `size + 1` were read if it has."""
    ordered = sorted(lines, key=place_of, reverse=True)
    shown = ordered[:size]
    return ListPage(shown, place_of(shown[-1]) if len(ordered) > size else None)
