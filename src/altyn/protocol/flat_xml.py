"""Flat XML: one root element and a row of named texts, all that a 3-D Secure version 1 message is.

XML from a browser is read without DTDs, entities and nesting, so that none of them can be abused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

FIELDS_MAX: Final = 64
_ROOT_DEPTH: Final = 1
_FIELD_DEPTH: Final = 2

# XML 1.0 cannot represent these, not even escaped.
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FlatXmlError(ValueError):
    """The bytes are not flat XML with the root wanted, or a text cannot be written as XML."""


def write_flat_xml(root: str, fields: Mapping[str, str]) -> bytes:
    """Write the fields, in their order, below the root. Refuses texts that XML cannot hold."""
    for text in fields.values():
        if _UNSPEAKABLE.search(text):
            raise FlatXmlError("a text has characters XML cannot hold")
    # A bare CR would be read back as LF, so it is written as a reference.
    rows = (f"<{name}>{escape(text, {chr(13): '&#13;'})}</{name}>" for name, text in fields.items())
    return f"<{root}>{''.join(rows)}</{root}>".encode()


def read_flat_xml(root: str, document: bytes) -> dict[str, str]:
    """Read the fields below the root. Attributes and comments are ignored.

    Refuses (FlatXmlError): DOCTYPE, another root, a field within a field, a repeated field, text
    outside a field, bytes that are not UTF-8 XML.
    """
    reader = _FlatReader(root)
    parser = ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(document, True)  # noqa: FBT003 - expat takes it by position only
    except ExpatError:
        raise FlatXmlError("not well-formed XML") from None
    return reader.fields


class _FlatReader:
    """Collects the events of expat."""

    def __init__(self, root: str) -> None:
        self.fields: dict[str, str] = {}
        self._root = root
        self._depth = 0
        self._current = ""

    def doctype(self, *_: object) -> None:
        raise FlatXmlError("DOCTYPE is refused")

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == _ROOT_DEPTH:
            if name != self._root:
                raise FlatXmlError(f"the root is not {self._root}")
            return
        if self._depth > _FIELD_DEPTH or name in self.fields or len(self.fields) >= FIELDS_MAX:
            raise FlatXmlError("fields nested, told twice, or too many")
        self._current = name
        self.fields[name] = ""

    def end(self, _name: str) -> None:
        self._depth -= 1

    def text(self, text: str) -> None:
        if self._depth == _FIELD_DEPTH:
            self.fields[self._current] += text
        elif text.strip():
            raise FlatXmlError("text outside a field")
