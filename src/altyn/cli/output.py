"""The command's output: one console, JSON for programs, and one format for errors.

An error says what is wrong, where, and what to do next; a traceback is printed only in debug mode.
"""

import os
import sys
import textwrap
import traceback
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console

WIDTH: Final = 80
TABLE_WIDTH: Final = 80

# Errors whose text is written for users, by module. The modules are not imported here: a command
# that succeeds must not load modules that only an error needs.
_USER_ERRORS: Final = {
    "altyn.settings": ("SettingsError",),
    "altyn.operations.ports": ("ClockRefusedError", "SigningKeyUnusable"),
    "altyn.operations.staff.errors": ("StaffError",),
    "altyn.operations.account.errors": ("AccountError",),
    "altyn.operations.page_sets": ("PageSetError",),
    "altyn.storage.database": ("DatabaseUnreachableError",),
    "altyn.embedded_postgres.errors": ("EmbeddedPostgresError",),
    "altyn.domain.key_service": ("KeyServiceError",),
    "altyn.security.key_files": ("KeyFileError",),
    "altyn.storage.migrate": ("MigrationError",),
}


JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class CommandError(Exception):
    """The command failed; the text says what is wrong, where, and what to do next."""


@cache
def console() -> "Console":
    """The console for standard output; it prints plain text when that is not a terminal."""
    from altyn.cli.terminal import SafeConsole

    return SafeConsole(highlight=False, markup=False, emoji=False, width=TABLE_WIDTH)


def print_line(text: str, style: str | None = None) -> None:
    """Print one line, however long it is; the terminal wraps it."""
    console().print(text, style=style, soft_wrap=True)


def print_json(value: object) -> None:
    """Print a value as JSON on standard output, for programs."""
    from altyn.cli.escaping import json_text

    sys.stdout.write(json_text(value) + "\n")
    sys.stdout.flush()


def print_json_line(value: object) -> None:
    """Print a value as JSON on one line, for programs that read while the command runs."""
    from altyn.cli.escaping import json_line

    sys.stdout.write(json_line(value) + "\n")
    sys.stdout.flush()


def print_note(text: str) -> None:
    """Print a remark or an error for the user on standard error."""
    from altyn.cli.escaping import safe_for_terminal

    print(safe_for_terminal(_paragraph(text)), file=sys.stderr)  # noqa: T201 - the error output


def print_error(error: Exception) -> int:
    """Print an error as text for the user on standard error; the exit code of the command."""
    print_note(str(error) if _is_user_error(error) else _unexpected(error))
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
    if first.partition(" ")[0].isalpha():  # a file, an address or a setting keeps its spelling
        first = first[:1].upper() + first[1:]
    text = "\n".join((first, *rest))
    text = text if text.rstrip().endswith((".", "!", "?")) or rest else f"{text}."
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        if len(line) > WIDTH and not line.startswith(" ")
        else line
        for line in text.splitlines()
    )
