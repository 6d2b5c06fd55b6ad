"""Notes about names in the setting callbacks.parameters that no parameter of callbacks has.

Such a name is allowed: it chooses an order's own parameter. It has no effect for other orders, so
the command that sets it prints a note. Source: callbacks.md §3.3.
"""

from typing import Final

from altyn.domain.notes import Note, Notes
from altyn.domain.similar_names import similar_name
from altyn.protocol.dialects.classic.callbacks.parameters import (
    BINDING,
    BINDING_OPTIONAL,
    CORE,
    OPTIONAL_NAMES,
)

SETTING: Final = "callbacks.parameters"
KNOWN_NAMES: Final = (
    *OPTIONAL_NAMES,
    *(row.name for row in CORE),
    *(row.name for row in (*BINDING, *BINDING_OPTIONAL)),
)


def notes_of_chosen(names: tuple[str, ...]) -> Notes:
    """One note for each name that only orders with a parameter of their own can have."""
    return tuple(Note(SETTING, _explanation(name)) for name in names if name not in KNOWN_NAMES)


def _explanation(name: str) -> str:
    meant = similar_name(name, KNOWN_NAMES)
    hint = f" Did you mean {meant}?" if meant else ""
    return (
        f"{name} is not a parameter of callbacks. It is sent only for orders that have it in their "
        f"jsonParams.{hint}"
    )
