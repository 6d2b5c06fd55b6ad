"""Reads pages of lists by keyset: from a place on, of several shops, with a bounded effort."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from altyn.operations.paging import ListPage, Place, newest_page
from altyn.storage.database import Pool
from altyn.storage.statements import statement

FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = Place(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1))
TICK: Final = timedelta(microseconds=1)
LOOK_COST: Final = 10
"""A look into another table costs as much as so many rows of the list (measured for orders)."""

Line = TypeVar("Line")


def before(place: Place | None) -> dict[str, Any]:
    """The parameters of a statement that reads from a place on; None: from the newest row on."""
    at = place or LAST
    return {"before_at": at.created_at, "before_id": at.row_id}


async def bounded_page(
    pool: Pool,
    name: str,
    bounds: Sequence[dict[str, Any]],
    conditions: dict[str, Any],
    *,
    size: int,
    line_of: Callable[[Any], Line],
    place_of: Callable[[Line], Place],
) -> ListPage[Line]:
    """A page by the statement `name`, which looks through the rows between each of the bounds.

    `<name>_reach` finds the row after the last one that was looked through, by the fields of Place.
    """
    if not bounds:
        return ListPage(())
    asked = [{**each, **conditions, "size": size + 1} for each in bounds]
    rows = await statement(name).fetch_each(pool, asked)
    page = newest_page(map(line_of, rows), place_of, size=size)
    if page.older is not None:
        return page
    reached = await statement(f"{name}_reach").fetch_each(pool, bounds)
    if not reached:
        return page
    # The shop whose bound ended first decides: older rows of the others come with its own.
    end = max(Place(**row) for row in reached)
    return ListPage([line for line in page.lines if place_of(line) >= end], end, reached=True)
