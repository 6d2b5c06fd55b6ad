"""Notes about parameters that a method does not know, with the name that was probably meant.

Source: rest-orders.md §1.4 (unknown parameters are ignored).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from altyn.domain.notes import Note, Notes
from altyn.domain.similar_names import similar_name
from altyn.protocol.dialect import Dialect
from altyn.protocol.table import Method

NAMES_MAX: Final = 5
NOT_READ_HERE: Final = "ignored: SOAP does not read it at this place of the message"
# A body that was read wrongly puts values into the names, and a value may be a secret.
_NAME: Final = re.compile(r"(?!.*[0-9]{8})[A-Za-z_$][A-Za-z0-9_.$-]{0,47}")
_REMEMBERED: Final = 1_024


def unknown_names(method: Method, dialect: Dialect, names: Iterable[str]) -> list[str]:
    """The names that neither the method nor the dialect's caller has."""
    own, caller = method.names, dialect.caller.names
    return [name for name in names if name not in own and name not in caller]


def notes_of_unknown(method: Method, dialect: Dialect, names: Sequence[str]) -> Notes:
    """One note for each name, at most NAMES_MAX, and one for the rest."""
    plain = [name for name in names if _NAME.fullmatch(name)]
    known = _names_by_method(dialect, method)
    notes = [
        Note(name, _explanation(name, method.name, dialect.name, known))
        for name in plain[:NAMES_MAX]
    ]
    if left_out := len(names) - len(notes):
        notes.append(Note("unknown", f"{left_out} more names are not parameters, and are ignored"))
    return tuple(notes)


_Names = tuple[tuple[str, frozenset[str]], ...]


def _names_by_method(dialect: Dialect, asked: Method) -> _Names:
    """The names of the dialect's usual methods, and of the one that was asked for."""
    callers = ("", dialect.caller.names)
    methods = (each for each in dialect.methods if each is asked or not each.has_own_folder)
    return (callers, *((method.name, method.names) for method in methods))


@lru_cache(maxsize=_REMEMBERED)
def _explanation(name: str, method: str, _dialect: str, names: _Names) -> str:
    known = {each: own for each, own in names if each in {"", method}}
    own = sorted(frozenset().union(*known.values()))
    if name in own:
        return NOT_READ_HERE
    if meant := similar_name(name, own):
        return f"unknown, ignored; did you mean {meant}?"
    owners = [each for each, each_names in names if name in each_names]
    if owners:
        return f"ignored: a parameter of {', '.join(owners)}, not of {method}"
    return "unknown, ignored"
