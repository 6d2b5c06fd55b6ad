"""Markdown for the printed pages: a page, a section, a table, code, links.

Pipes and line breaks are escaped here.
"""

from collections.abc import Iterable, Sequence
from typing import Final

PRINTED: Final = "<!-- Printed from the tables by `make docs`; changes made here are lost. -->"


def page(title: str, *parts: str) -> str:
    """A page: its title, then its parts, with an empty line between them."""
    return "\n\n".join((f"# {title}", PRINTED, *(part for part in parts if part))) + "\n"


def section(title: str, *parts: str) -> str:
    """A part with its own heading; empty if all its parts are empty."""
    filled = [part for part in parts if part]
    return "\n\n".join((f"## {title}", *filled)) if filled else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; empty where there are no rows."""
    lines = [_row(row) for row in rows]
    if not lines:
        return ""
    return "\n".join((_row(columns), _row("---" for _ in columns), *lines))


def code(text: object) -> str:
    """A name or value in backticks; an empty one stays empty."""
    spelled = str(text)
    return f"`{spelled}`" if spelled else ""


def codes(texts: Iterable[object], between: str = ", ") -> str:
    """Several names or values in backticks."""
    return between.join(code(text) for text in texts)


def link(text: str, page_name: str) -> str:
    """A link to another page of the reference."""
    return f"[{text}]({page_name}.md)"


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", "<br>")
