"""Notes about parameters that were sent with several values, where a method reads one.

Source: rest-orders.md §1.1 (repeated parameters), §4.2 (id and number of an order).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from altyn.domain.notes import Note, Notes
from altyn.protocol.table import Method, Parameter
from altyn.protocol.types import Source, sent_values

FIRST_ALONE: Final = "sent with several values: only the first is used"


def notes_of_repeated(method: Method, caller_names: Iterable[str], source: Source) -> Notes:
    """The notes about values that are not used because the parameter has another one.

    Equal values lose nothing, and a list takes all of its values. `caller_names` are read for every
    method, with or without a row.
    """
    positions = method.positions
    places = dict.fromkeys(positions[name] for name in source if name in positions)
    rows = [method.parameters[place] for place in places]
    rows = [row for row in rows if sent_values(source, (*row.names, *row.parts))]
    of_rows = (
        note for row in rows if not row.type.repeatable for note in _notes_of_row(row, source)
    )
    without_row = [name for name in caller_names if name not in positions]
    of_callers = (Note(name, FIRST_ALONE) for name in without_row if _differ(source, name))
    return (*of_rows, *of_callers, *_notes_of_number(rows))


def _notes_of_number(sent: Iterable[Parameter]) -> Iterator[Note]:
    """The note about the shop's number of an order that its id names too."""
    names = {row.field: row.name for row in sent}
    if "order_id" in names and "order_number" in names:
        yield Note(names["order_number"], f"ignored beside {names['order_id']}")


def _notes_of_row(row: Parameter, source: Source) -> Iterator[Note]:
    """The notes about one row: its own name or an alias repeated, aliases, and parts."""
    if not row.aliases and not row.parts:
        if _differ(source, row.name):
            yield Note(row.name, FIRST_ALONE)
        return
    values = sent_values(source, row.names)
    if not values:
        return
    used = next(name for name in row.names if sent_values(source, (name,)))
    if _differ(source, used):
        yield Note(used, FIRST_ALONE)
    for name in row.names:
        if name != used and any(each != values[0] for each in sent_values(source, (name,))):
            yield Note(name, f"ignored beside {used}")
    joined = "".join(source.get(part) or "" for part in row.parts)
    if joined and joined != values[0]:
        yield Note(" and ".join(row.parts), f"ignored beside {used}")


def _differ(source: Source, name: str) -> bool:
    """Whether a name has values that are not equal."""
    values = source.get_all(name)
    return len(values) > 1 and len(set(filter(None, values))) > 1
