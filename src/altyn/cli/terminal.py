"""The console of the command. It prints texts as they are: no markup, no emoji codes, no controls.

Its width is the same for every terminal and for a pipe, so that a table has one layout.
"""

from typing import Any

from rich.console import Console
from rich.text import Text

from altyn.cli.escaping import safe_for_terminal


class SafeConsole(Console):
    """A console for texts from outside: characters that could control the terminal are escaped."""

    def render_str(self, text: str, **options: Any) -> Text:
        """The text as rich prints it, also in the cells of tables."""
        return super().render_str(safe_for_terminal(text), **options)
