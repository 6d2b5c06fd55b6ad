"""Reads HTML into tokens: tags with attributes, texts, and what is not understood.

It reads the part of HTML on which all browsers agree; anything else is an `Unread` token. It takes
a time that grows with the length of the text only. Python's `html.parser` differs between the
versions of Python, and takes minutes for some texts.
Source: payment-page.md §1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

_NAME: Final = r"""[^\s"'<>/=]++"""
_VALUE: Final = r"""(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++)"""
_START: Final = re.compile(
    rf"<(?P<name>[A-Za-z][A-Za-z0-9:-]*+)"
    rf"(?P<attributes>(?:\s++{_NAME}(?:\s*+=\s*+{_VALUE})?+)*+)\s*+/?+>"
)
_ATTRIBUTE: Final = re.compile(
    rf"""\s++(?P<name>{_NAME})(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'"""
    r"""|(?P<bare>[^\s"'=<>`]++)))?+"""
)
_END: Final = re.compile(r"</(?P<name>[A-Za-z][A-Za-z0-9:-]*+)\s*+>")
_SKIPPED: Final = re.compile(
    r"<!--(?!-?>)(?:(?!--).)*+-->|<!doctype[^<>]*+>", re.IGNORECASE | re.DOTALL
)
_TEXT: Final = re.compile("[^<]++")
RAW: Final = frozenset({"script", "style", "title"})
"""Elements whose content is a text, whatever it looks like."""

SHOWN_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Text:
    """A text, without escapes."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag; names are in lower case, values without escapes. `content` is that of an element
    of RAW, with its end tag."""

    line: int
    name: str
    attributes: tuple[tuple[str, str], ...]
    content: str = ""


@dataclass(frozen=True, slots=True)
class EndTag:
    """An end tag."""

    line: int
    name: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that is not understood, with its first characters."""

    line: int
    text: str


Token = Text | StartTag | EndTag | Unread


def read_markup(text: str) -> Iterator[Token]:
    """The tokens of a page. Comments and the document type are left out."""
    position, line = 0, 1
    while position < len(text):
        token, end = _token(text, position, line)
        if token is not None:
            yield token
        line += text.count("\n", position, end)
        position = end


def _token(text: str, position: int, line: int) -> tuple[Token | None, int]:
    """The token at a position, and where it ends."""
    if found := _TEXT.match(text, position):
        return Text(line, unescape(found[0])), found.end()
    if found := _SKIPPED.match(text, position):
        return None, found.end()
    if found := _END.match(text, position):
        return EndTag(line, found["name"].lower()), found.end()
    if found := _START.match(text, position):
        return _start_tag(found, text, line)
    return Unread(line, text[position : position + SHOWN_MAX]), position + 1


def _start_tag(found: re.Match[str], text: str, line: int) -> tuple[Token, int]:
    name, attributes = found["name"].lower(), tuple(_attributes(found["attributes"]))
    if name not in RAW:
        return StartTag(line, name, attributes), found.end()
    end = re.compile(rf"</{name}\s*+>", re.IGNORECASE).search(text, found.end())
    if end is None:  # a browser would take the rest of the page for its content
        return Unread(line, found[0]), len(text)
    content = text[found.end() : end.start()]
    return StartTag(line, name, attributes, content), end.end()


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for found in _ATTRIBUTE.finditer(text):
        value = found["double"] or found["single"] or found["bare"] or ""
        yield found["name"].lower(), unescape(value)


def shown(text: str) -> str:
    """The first line of a text, for a message."""
    line = text.strip().partition("\n")[0][:SHOWN_MAX]
    return "".join(each if each.isprintable() else "?" for each in line)
