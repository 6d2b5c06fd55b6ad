"""The numbered sections of a page, and links to them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PROTOCOL: Final = Path(__file__).resolve().parents[1] / "protocol"
_HEADING: Final = re.compile(
    r"^(?P<marks>#{2,}) (?P<title>(?P<number>\d+(?:\.\d+)*)\b.*)$", re.MULTILINE
)
_CITATION: Final = re.compile(r"(?P<page>[a-z-]+\.md)(?: §(?P<number>\d+(?:\.\d+)*))?")


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its anchor and its text, sections below it included."""

    anchor: str
    text: str


@cache
def sections(page: Path) -> dict[str, Section]:
    """The sections of a page by their number, such as "3.1"."""
    text = page.read_text("utf-8")
    headings = list(_HEADING.finditer(text))
    return {
        heading["number"]: Section(
            anchor(heading["title"]), text[heading.end() : _end(text, heading)]
        )
        for heading in headings
    }


def linked(text: str) -> str:
    """A text in which every citation of the protocol reference is a link to its section."""
    return _CITATION.sub(_link, text)


def _link(citation: re.Match[str]) -> str:
    page, number = citation["page"], citation["number"]
    target = f"#{sections(PROTOCOL / page)[number].anchor}" if number else ""
    return f"[{citation.group()}](../protocol/{page}{target})"


def anchor(title: str) -> str:
    """The name by which a heading can be linked to."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _end(text: str, heading: re.Match[str]) -> int:
    """Where a section ends: at the next heading of the same level or above."""
    level = len(heading["marks"])
    following = re.compile(rf"^#{{1,{level}}} ", re.MULTILINE).search(text, heading.end())
    return following.start() if following else len(text)
