"""Parses a JSON object into the same flat pairs that a form gives; numbers keep their digits.

Some shops send JSON to methods that were made for forms.
Source: rest-orders.md §1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec

from altyn.domain.clearing import clear
from altyn.inbound.http.bodies import Pairs, Unreadable, read_text

TOO_DEEP: Final = "JSON is nested deeper than {} levels, or its brackets do not match"

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])
_STRING: Final = msgspec.json.Decoder(str)

_QUOTED: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_ONE_KIND_OF_BRACKET: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))

# Both walk escape by escape: the second backslash of `\\ud800` does not begin an escape.
_LONE_SURROGATE: Final = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u]|\\u(?![dD][89a-fA-F]))|"
    rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_NUL: Final = re.compile(rb"(\\[^u]|\\u(?!0000))|\\u0000")


def read_json(
    data: bytes, *, charset: str | None, fields_max: int, depth_max: int
) -> tuple[Pairs, bool]:
    """The members of an object as pairs, and whether bytes were lost on the way.

    Strings stay; numbers, true and false keep their literal ("1e5", "100000000000000000001"); null
    is as if not sent; an array of such values is a repeated name; any other array and every object
    is its compact JSON text. A repeated member counts once, with its last value. Escaped U+0000 and
    lone surrogates come out as U+0000, also inside nested text.
    Raises Unreadable: too deep, not JSON, not an object, too many fields.
    """
    text, broken = read_text(data.decode, charset)
    document = text.encode()
    clear(text)
    try:
        return _pairs_of(document, fields_max=fields_max, depth_max=depth_max), broken
    finally:
        clear(document)


def _pairs_of(document: bytes, *, fields_max: int, depth_max: int) -> Pairs:
    if _is_deeper_than(depth_max, document):
        raise Unreadable(TOO_DEEP.format(depth_max))
    every_pair = (
        (name, value)
        for name, literal in _members(document).items()
        for value in _values(bytes(literal))
    )
    pairs = list(islice(every_pair, fields_max + 1))
    if len(pairs) > fields_max:
        raise Unreadable(f"more than {fields_max} fields")
    return pairs


def refuse_unstorable(document: bytes, *, depth_max: int) -> None:
    """Raises Unreadable: nested too deep, or an escaped U+0000, which PostgreSQL cannot keep."""
    if _is_deeper_than(depth_max, document):
        raise Unreadable(TOO_DEEP.format(depth_max))
    if rb"\u0000" in document and _NUL.sub(lambda escape: escape[1] or b"\0", document) != document:
        raise Unreadable("JSON contains the character U+0000 (\\u0000): remove it")


def _members(document: bytes) -> dict[str, msgspec.Raw]:
    try:
        return _OBJECT.decode(document)
    except msgspec.ValidationError as refusal:
        raise Unreadable("JSON is not an object") from refusal
    except msgspec.DecodeError:
        # The decoder refuses a body with half of a surrogate pair. As U+0000 it makes only
        # its own field malformed.
        whole = _LONE_SURROGATE.sub(lambda escape: escape[1] or rb"\u0000", document)
        if whole == document:
            raise Unreadable("JSON is broken") from None
        return _members(whole)


def _values(literal: bytes) -> Iterator[str]:
    match literal[:1]:
        case b'"':
            yield _STRING.decode(literal)
        case b"n":
            return
        case b"[":
            items = _ARRAY.decode(literal)
            if any(bytes(item)[:1] in b"[{" for item in items):
                yield _compact(literal)
            else:
                for item in items:
                    yield from _values(bytes(item))
        case b"{":
            yield _compact(literal)
        case _:
            yield literal.decode()


def _compact(literal: bytes) -> str:
    """Nested JSON as text without spaces between tokens; an escaped U+0000 in it comes out bare."""
    text = msgspec.json.format(literal, indent=-1)
    if rb"\u0000" in text:
        text = _NUL.sub(lambda escape: escape[1] or b"\0", text)
    return text.decode()


def _is_deeper_than(depth_max: int, document: bytes) -> bool:
    """Whether JSON is nested deeper; brackets that do not match count as too deep.

    Each round removes the innermost brackets.
    """
    if document.count(b"[") + document.count(b"{") <= depth_max:
        return False
    brackets = _QUOTED.sub(b"", document).translate(_ONE_KIND_OF_BRACKET, delete=_NOT_BRACKETS)
    for _ in range(depth_max):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
