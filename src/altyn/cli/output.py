"""The command's output: one console, and one format for errors.

An error says what is wrong, where, and what to do next; a traceback is printed only in debug mode.
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
PIPE_WIDTH: Final = 160

# Errors whose text is written for users, by module. The modules are not imported here: a command
# that succeeds must not load modules that only an error needs.
_USER_ERRORS: Final = {
    "altyn.settings": ("SettingsError",),
    "altyn.operations.ports": ("ClockRefusedError", "SigningKeyUnusable"),
    "altyn.operations.staff.errors": ("StaffError",),
    "altyn.storage.database": ("DatabaseUnreachableError",),
    "altyn.embedded_postgres.errors": ("EmbeddedPostgresError",),
    "altyn.security.keys": ("KeyFileError",),
    "altyn.storage.migrate": ("MigrationError",),
}


class CommandError(Exception):
    """The command failed; the text says what is wrong, where, and what to do next."""


@cache
def console() -> "Console":
    """The console for standard output; it prints plain text when that is not a terminal."""
    from rich.console import Console

    # A pipe has no width of its own, and rich would wrap a table at 80 columns, which breaks grep.
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def print_error(error: Exception) -> int:
    """Print an error as text for the user on standard error; the exit code of the command."""
    text = str(error) if _is_user_error(error) else _unexpected(error)
    print(_paragraph(text), file=sys.stderr)  # noqa: T201 - the command's error output
    return 1


def _is_user_error(error: Exception) -> bool:
    if isinstance(error, CommandError):
        return True
    return any(
        isinstance(error, getattr(import_module(module), name))
        for module, names in _USER_ERRORS.items()
        if module in sys.modules
        for name in names
    )


def _unexpected(error: Exception) -> str:
    if os.environ.get("ALTYN_LOG_LEVEL") == "debug":
        return "".join(traceback.format_exception(error))
    return (
        f"Unexpected error: {type(error).__name__}: {error}. "
        "Run the command again with ALTYN_LOG_LEVEL=debug to see where it was raised."
    )


def _paragraph(text: str) -> str:
    """The text as sentences, wrapped at WIDTH characters; indented lines are not wrapped."""
    first, *rest = text.splitlines() or [""]
    if not first.partition(" ")[0].endswith(":"):  # the name of a setting keeps its spelling
        first = first[:1].upper() + first[1:]
    text = "\n".join((first, *rest))
    text = text if text.rstrip().endswith((".", "!", "?")) or rest else f"{text}."
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        if len(line) > WIDTH and not line.startswith(" ")
        else line
        for line in text.splitlines()
    )
