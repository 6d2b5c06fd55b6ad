"""From an operation's XML to the parameters of its REST method.

Attributes, repeated elements and nested types become the flat texts that the method's own table
reads and checks; there is no rule here. Order does not matter, unknown names are ignored, and a
value may be an attribute or a child.
Source: soap.md §1.1, §1.3, §2, §5.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec

from altyn.domain.clearing import drop_values
from altyn.domain.moscow import COMPACT_FORMAT, REQUEST_FORMAT
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import types as c
from altyn.protocol.dialects.classic.soap.carts import read_object, unread_names
from altyn.protocol.dialects.classic.soap.dates import moscow_text
from altyn.protocol.dialects.classic.soap.elements import (
    Element,
    attributes,
    children,
    local_name,
    text_of,
    trimmed,
)
from altyn.protocol.dialects.classic.soap.notation import Part
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of
from altyn.protocol.table import Method, Parameter

_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class SoapParameters:
    """The parameters of a request by their names in REST. `repr` hides them: they hold cards.

    `unread` are the names of attributes and elements that the operation does not have.
    """

    values: Mapping[str, tuple[str, ...]] = field(repr=False)
    unread: tuple[str, ...] = field(default=(), repr=False)

    def get(self, name: str) -> str | None:
        """The first value."""
        values = self.values.get(name)
        return values[0] if values else None

    def get_all(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def drop(self, names: Iterable[str]) -> None:
        """Overwrite the values of these names; the names stay, with an empty value."""
        assert isinstance(self.values, dict)
        drop_values(self.values, names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)


@dataclass(frozen=True, slots=True)
class _Reader:
    """How one name of a request is read: from an attribute, from a child, or from a group of
    children. `item` is the name of the elements in a child that is a list, `type` the type of a
    child that is an object."""

    name: str
    attribute: Callable[[str], str] | None = None
    child: Callable[[Element], str | tuple[str, ...]] | None = None
    pair: bool = False
    item: str = ""
    type: str = ""


def read_request(operation: SoapOperation, body: Element) -> SoapParameters:
    """The request as the parameters of `operation.method`.

    `body` is the operation's wrapper, or the element around it. Empty values are left out: an empty
    element counts as missing.
    """
    found = dict[str, list[str]]()
    pairs = dict[str, dict[str, str]]()
    unread: list[str] = []
    parts, fields = _READERS[operation.name]
    for name, part in children(_wrapper(operation, body)):
        if name in fields:  # the parameter element itself is the value
            unread += _take(found, pairs, fields[name], part)
        elif name in parts:
            unread += _read_part(found, pairs, parts[name], part)
        else:
            unread.append(name)
    for name, named in pairs.items():
        _add(found, name, _encode(named).decode())
    values = {name: tuple(each) for name, each in found.items()}
    return SoapParameters(values, tuple(unread))


def _read_part(
    found: dict[str, list[str]],
    pairs: dict[str, dict[str, str]],
    readers: Mapping[str, _Reader],
    part: Element,
) -> list[str]:
    """Read a parameter element; the names in it that are not read."""
    unread: list[str] = []
    for name, value in attributes(part):
        reader = readers.get(name)
        if reader is not None and reader.attribute is not None:
            _add(found, reader.name, reader.attribute(value))
        else:
            unread.append(name)
    for name, child in children(part):
        reader = readers.get(name)
        if reader is None:
            unread.append(name)
        else:
            unread += _take(found, pairs, reader, child)
    return unread


def _wrapper(operation: SoapOperation, body: Element) -> Element:
    if local_name(body.tag) == operation.name:
        return body
    inside = (child for name, child in children(body) if name == operation.name)
    return next(inside, body)


def _take(
    found: dict[str, list[str]], pairs: dict[str, dict[str, str]], reader: _Reader, child: Element
) -> list[str]:
    """Read one element; the names in it that are not read."""
    if reader.pair:
        named = {**dict(attributes(child)), **{name: text_of(e) for name, e in children(child)}}
        if "name" in named and "value" in named:
            pairs.setdefault(reader.name, {})[named["name"]] = named["value"]
    elif reader.child is not None:
        value = reader.child(child)
        for each in (value,) if isinstance(value, str) else value:
            _add(found, reader.name, each)
    if reader.type:
        return list(dict.fromkeys(unread_names(reader.type, child, local_name(child.tag))))
    return [name for name, _ in children(child) if reader.item and name != reader.item]


def _add(found: dict[str, list[str]], name: str, value: str) -> None:
    if value:
        found.setdefault(name, []).append(value)


# ── How each name is read ─────────────────────────────────────────────────────────────────────────

_LAYOUTS: Final = {id(t.MOMENT): REQUEST_FORMAT, id(t.COMPACT_MOMENT): COMPACT_FORMAT}


def _as_it_is(value: str) -> str:
    return value


def _kept(element: Element) -> str:
    """Free text with its spaces; empty if there are only spaces."""
    text = text_of(element)
    return text if trimmed(text) else ""


def _trimmed(element: Element) -> str:
    """A pretty-printed document has line breaks around its values."""
    return trimmed(text_of(element))


def _moment(value: str, layout: str) -> str:
    return moscow_text(trimmed(value), layout)


def _moment_of(element: Element, layout: str) -> str:
    return moscow_text(_trimmed(element), layout)


def _json(element: Element, type_name: str) -> str:
    """An object as JSON; an element that is a text alone is read as in REST."""
    text = trimmed(text_of(element))
    if text and not any((*attributes(element), *children(element))):
        return text
    return _encode(read_object(type_name, element)).decode()


def _named_values(element: Element) -> str:
    """The attributes and the children of an element as a JSON object; an attribute wins."""
    named = {name: trimmed(text_of(child)) for name, child in children(element)}
    named |= dict(attributes(element))
    return _encode({name: value for name, value in named.items() if name and value}).decode()


def _entries(element: Element) -> str:
    """The entries of an element, each with a key and a value, as a JSON object."""
    entries = (dict(children(entry)) for name, entry in children(element) if name == "entry")
    pairs = ((each.get("key"), each.get("value")) for each in entries)
    named = {
        text_of(key): trimmed(text_of(value))
        for key, value in pairs
        if key is not None and value is not None
    }
    return _encode(named).decode() if named else ""


def _each(element: Element, name: str) -> tuple[str, ...]:
    """The texts of a list's elements; a list that is a text itself is read as in REST."""
    items = (_trimmed(child) for child_name, child in children(element) if child_name == name)
    return tuple(filter(None, (_trimmed(element), *items)))


def _comma_separated(element: Element, name: str) -> str:
    return ",".join(_each(element, name))


def _reader(name: str, part: Part, row: Parameter | None) -> _Reader:
    """How a part becomes the parameter of this row; credentials have no row."""
    type_ = row.type if row is not None else t.ANY_TEXT
    if part.type == "serviceParam":
        return _Reader(name, pair=True)
    if part.type in TYPES:
        item = _item_of(part)
        is_object = not item and type_ is not t.PAYER_DATA
        inside = part.type if is_object else ""
        return _Reader(name, child=_nested(part, type_, item), item=item, type=inside)
    if id(type_) in _LAYOUTS:
        layout = _LAYOUTS[id(type_)]
        return _Reader(name, partial(_moment, layout=layout), partial(_moment_of, layout=layout))
    # an attribute of text is taken as it stands; white space around numbers has no meaning in XML
    attribute = _as_it_is if part.type == "string" else trimmed
    return _Reader(name, attribute, _kept if type_.lines else _trimmed)


def _item_of(part: Part) -> str:
    """The name of the elements of a list; empty for a type that is no list."""
    inside = children_of(part.type)
    is_list = len(inside) == 1 and inside[0].repeating and inside[0].type not in TYPES
    return inside[0].name if is_list else ""


def _nested(part: Part, type_: t.Type, item: str) -> Callable[[Element], Any]:
    """A type whose only child repeats is a list, data of a payer are named values; any other is an
    object of a cart."""
    if type_ is t.PAYER_DATA:
        return _named_values
    if part.type == "additionalParameters":
        return _entries
    if item:
        of_features = type_.enumeration is c.FEATURE_LIST.enumeration
        read = _each if of_features else _comma_separated
        return partial(read, name=item)
    return partial(_json, type_name=part.type)


def _known(operation: SoapOperation, part: Part) -> _Reader | None:
    """The reader of a name; None where REST has no such parameter."""
    method = operation.method
    assert method is not None
    name = operation.spelled.get(part.name, part.name)
    place = method.positions.get(name)
    if place is None and part.name not in operation.spelled:
        return None
    return _reader(name, part, _row(method, name))


def _row(method: Method, name: str) -> Parameter | None:
    place = method.positions.get(name)
    return None if place is None else method.parameters[place]


Fields = Mapping[str, _Reader]


def _readers(operation: SoapOperation) -> tuple[Mapping[str, Fields], Fields]:
    """Parameter elements that hold named values, and those that are a value themselves."""
    if operation.method is None:
        return {}, {}
    parts, fields = dict[str, Fields](), dict[str, _Reader]()
    for part in operation.parts:
        if part.type in TYPES:
            parts[part.name] = _named(operation, part)
        elif (reader := _known(operation, part)) is not None:
            fields[part.name] = reader
    return parts, fields


def _named(operation: SoapOperation, part: Part) -> Fields:
    """The readers of a parameter element's values, also by the other spellings of REST's rows."""
    named = dict[str, _Reader]()
    for inner in (*attributes_of(part.type), *children_of(part.type)):
        if (reader := _known(operation, inner)) is not None:
            named[inner.name] = reader
    assert operation.method is not None
    for reader in tuple(named.values()):
        row = _row(operation.method, reader.name)
        for alias in row.aliases if row is not None else ():
            named.setdefault(alias, reader)
    return named


_READERS: Final = {operation.name: _readers(operation) for operation in OPERATIONS.values()}
