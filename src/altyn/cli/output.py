"""How the command speaks: one console, one way to say what went wrong.

It exists so that no command prints a traceback and every error says what, where and what to do.
"""

import os
import sys
import textwrap
import traceback
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

WIDTH: Final = 100

# Errors whose text was written for people, by module. Named, not imported: a command that goes
# well must not wait for modules which only its failure needs.
_WRITTEN_FOR_PEOPLE: Final = {
    "altyn.settings": ("SettingsError",),
    "altyn.operations.ports": ("ClockRefusedError", "SigningKeyUnusable"),
    "altyn.operations.staff.errors": ("StaffError",),
    "altyn.storage.database": ("DatabaseUnreachableError",),
    "altyn.embedded_postgres.errors": ("EmbeddedPostgresError",),
    "altyn.security.keys": ("KeyFileError",),
    "altyn.storage.migrate": ("MigrationError",),
}


class CommandError(Exception):
    """The command cannot be done; the text says what is wrong, where, and what to do."""


@cache
def console() -> "Console":
    """Where a person reads; plain text when it is not a terminal."""
    from rich.console import Console

    # A pipe has no width of its own, and a table folded to 80 columns is no use to grep.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def tell(error: Exception) -> int:
    """Print an error for a person; the exit code to end with."""
    text = str(error) if _is_for_people(error) else _unforeseen(error)
    print(_paragraph(text), file=sys.stderr)  # noqa: T201 - the command's own voice
    return 1


def _is_for_people(error: Exception) -> bool:
    if isinstance(error, CommandError):
        return True
    return any(
        isinstance(error, getattr(import_module(module), name))
        for module, names in _WRITTEN_FOR_PEOPLE.items()
        if module in sys.modules
        for name in names
    )


def _unforeseen(error: Exception) -> str:
    if os.environ.get("ALTYN_LOG_LEVEL") == "debug":
        return "".join(traceback.format_exception(error))
    return (
        f"Something went wrong that was not foreseen: {type(error).__name__}: {error}. "
        "Run the command again with ALTYN_LOG_LEVEL=debug to see where."
    )


def _paragraph(text: str) -> str:
    """The text in lines that fit; lines that stand by themselves stay so."""
    first, *others = text.splitlines() or [""]
    if not first.partition(" ")[0].endswith(":"):  # the name of a setting keeps its spelling
        first = first[:1].upper() + first[1:]
    text = "\n".join((first, *others))
    text = text if text.rstrip().endswith((".", "!", "?")) or others else f"{text}."
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        if len(line) > WIDTH and not line.startswith(" ")
        else line
        for line in text.splitlines()
    )
