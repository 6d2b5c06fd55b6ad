"""A place in a list as one parameter of an address, and the links to other pages of the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from altyn.operations.paging import ListPage, Place

BEFORE: Final = "before"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DIGITS_MAX: Final = 17
_VERSION_MAX: Final = 2**31 - 1
_LINE_MAX: Final = 2**15 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """What the macros of paging show.

    `newest` and `older` are addresses, None where there is no such page. `is_first`: the page is
    the newest one. `reached` is the time back to which the list was searched, where it was not
    searched to its end.
    """

    is_first: bool
    newest: str | None
    older: str | None
    reached: datetime | None = None


def page_links(
    path: str,
    kept: Mapping[str, str] | str,
    found: ListPage[Any],
    before: Place | None,
    *,
    fragment: str = "",
) -> PageLinks:
    """The links of a page that began at `before`.

    `kept` are the other parameters of the address, or its query. `fragment` is the id of the list.
    """
    query = kept if isinstance(kept, str) else urlencode(kept)
    newest, older = list_address(path, query, fragment), found.older
    if older is not None:
        query = "&".join(filter(None, (query, urlencode({BEFORE: place_text(older)}))))
    return PageLinks(
        is_first=before is None,
        newest=None if before is None else newest,
        older=None if older is None else list_address(path, query, fragment),
        reached=older.created_at if older and found.reached else None,
    )


def list_address(path: str, query: str, fragment: str = "") -> str:
    """The address of a list with its parameters."""
    asked = f"?{query}" if query else ""
    end = f"#{fragment}" if fragment else ""
    return f"{path}{asked}{end}"


def place_text(place: Place) -> str:
    """The place: microseconds since 1970 and the row's id, of a callback also its numbers."""
    moment = (place.created_at - _EPOCH) // _MICROSECOND
    numbers = (place.version, place.line) if place.version or place.line else ()
    return ".".join(map(str, (moment, place.row_id.hex, *numbers)))


def read_place(text: str) -> Place | None:
    """The place that a text names; None for any other text."""
    moment, _, rest = text.partition(".")
    row_id, *numbers = rest.split(".")
    if not _is_number(moment) or len(moment) > _DIGITS_MAX:
        return None
    try:
        version, line = map(_number, numbers) if numbers else (0, 0)
        place = Place(_EPOCH + int(moment) * _MICROSECOND, UUID(row_id), version, line)
    except (ValueError, OverflowError):
        return None
    return place if version <= _VERSION_MAX and line <= _LINE_MAX else None


def _number(text: str) -> int:
    if not _is_number(text) or len(text) > _DIGITS_MAX:
        raise ValueError(text)
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
