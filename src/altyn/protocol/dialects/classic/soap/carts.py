"""Nested types of a request, such as a cart, as the JSON objects that REST takes for them.

Attributes and children become members, repeated parts become a list, and the text of an element
with attributes becomes `value`. Source: soap.md §5; fiscal.md §3.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec

from altyn.domain.moscow import REQUEST_FORMAT
from altyn.protocol.dialects.classic.soap.dates import moscow_text
from altyn.protocol.dialects.classic.soap.elements import (
    Element,
    attributes,
    children,
    text_of,
    trimmed,
)
from altyn.protocol.dialects.classic.soap.notation import NUMBERS, Part
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of
from altyn.protocol.dialects.classic.soap.types import text_of as text_type_of

TEXT_MEMBER: Final = "value"
_INTEGER: Final = re.compile("-?(0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class _Shape:
    """The parts of a type by name, and the type of its text."""

    parts: dict[str, Part]
    text: str | None


@lru_cache(len(TYPES))
def _shape(type_name: str) -> _Shape:
    every = (*attributes_of(type_name), *children_of(type_name))
    return _Shape({part.name: part for part in every}, text_type_of(type_name))


def read_object(type_name: str, element: Element) -> dict[str, Any]:
    """An element of this type as an object; unknown and empty parts are left out.

    Types contain each other to a fixed depth, so the recursion is bounded.
    """
    shape = _shape(type_name)
    found = dict[str, Any]()
    for name, value in attributes(element):
        part = shape.parts.get(name)
        if part is not None and part.type not in TYPES:
            _put(found, part, _value(part.type, value))
    for name, child in children(element):
        part = shape.parts.get(name)
        if part is not None:
            _put(found, part, _child(part, child))
    if shape.text is not None:
        text = _value(shape.text, text_of(element))
        if text is not None:
            found[TEXT_MEMBER] = text
    return found


def unread_names(type_name: str, element: Element, path: str) -> Iterator[str]:
    """The names inside an element of this type that the type does not have, with their path."""
    shape = _shape(type_name)
    for name, _ in attributes(element):
        if name not in shape.parts:
            yield f"{path}.{name}"
    for name, child in children(element):
        part = shape.parts.get(name)
        if part is None:
            yield f"{path}.{name}"
        elif part.type in TYPES:
            yield from unread_names(part.type, child, f"{path}.{name}")


def _child(part: Part, element: Element) -> Any:
    if part.type in TYPES:
        return read_object(part.type, element)
    return _value(part.type, text_of(element))


def _put(found: dict[str, Any], part: Part, value: Any) -> None:
    if value is None:
        return
    if part.repeating:
        found.setdefault(part.name, []).append(value)
    else:
        found.setdefault(part.name, value)


def _value(type_name: str, text: str) -> Any:
    """The value in JSON; a malformed number stays text, for the cart's own rules."""
    value = trimmed(text)
    if not value:
        return None
    if type_name in NUMBERS:
        return int(value) if _INTEGER.fullmatch(value) else value
    if type_name == "float":  # as it was written: 0.1 has no exact double
        return msgspec.Raw(value.encode()) if _DECIMAL.fullmatch(value) else value
    if type_name == "boolean":
        return _BOOLEANS.get(value, value)
    if type_name == "dateTime":
        return moscow_text(value, REQUEST_FORMAT)
    return text
