"""Renders the HTML and the text of mails; all mails share one frame (`mail.html`).

A template extends `mail.html` and fills its block `content`. Values are escaped.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from altyn.look import page_environment
from altyn.look.tokens import colours

_ENVIRONMENT: Final = page_environment(Path(__file__).parent / "templates")


class Fact(NamedTuple):
    """One line of a mail: a name and its value."""

    name: str
    value: str


def render_html(template: str, *, language: str, title: str, **values: object) -> str:
    """The HTML of a mail, without scripts and without anything that has to be loaded."""
    light, dark = colours()
    return _ENVIRONMENT.get_template(template).render(
        language=language, title=title, light=light, dark=dark, **values
    )


def render_text(title: str, facts: Sequence[Fact], *paragraphs: str) -> str:
    """The same as plain text: the title, a line for each fact, and the paragraphs."""
    lines = "\n".join(f"{fact.name}: {fact.value}" for fact in facts)
    return "\n\n".join((title, lines, *paragraphs)) + "\n"
