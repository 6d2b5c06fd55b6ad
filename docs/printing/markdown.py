"""Markdown, as much of it as the reference needs: a page, a table, code in a cell.

It exists so that no page has to think of pipes and line breaks.
"""

from collections.abc import Iterable, Sequence
from typing import Final

PRINTED: Final = "<!-- Printed from the tables by `make docs`; a change made here is lost. -->"


def page(title: str, *parts: str) -> str:
    """One page: its title, then its parts with a line between them."""
    return "\n\n".join((f"# {title}", PRINTED, *(part for part in parts if part))) + "\n"


def section(title: str, *parts: str) -> str:
    """A part with a heading of its own; nothing at all where there is nothing to say."""
    said = [part for part in parts if part]
    return "\n\n".join((f"## {title}", *said)) if said else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; empty where there are no rows."""
    lines = [_row(row) for row in rows]
    if not lines:
        return ""
    return "\n".join((_row(columns), _row("---" for _ in columns), *lines))


def code(text: object) -> str:
    """A name or value as it is typed; an empty one stays empty."""
    spelled = str(text)
    return f"`{spelled}`" if spelled else ""


def codes(texts: Iterable[object], between: str = ", ") -> str:
    """Several of them."""
    return between.join(code(text) for text in texts)


def link(text: str, page_name: str) -> str:
    """A link to another page of the reference."""
    return f"[{text}]({page_name}.md)"


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", "<br>")
