"""The notation of the type tables: a word for each part, a row for each type.

Ninety types fit on a few screens and can be compared with the table of the reference:
`amount:long!` is a required number, `params:serviceParam*` repeats, a bare name is text.
Source: soap.md §5.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# Types of XML Schema itself. A moment is a date in a field that the schema declares as text.
SIMPLE: Final[Mapping[str, str]] = {
    "string": "string",
    "int": "int",
    "long": "long",
    "short": "short",
    "float": "float",
    "boolean": "boolean",
    "dateTime": "dateTime",
    "moment": "string",
}
NUMBERS: Final = frozenset({"int", "long", "short"})


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute or a child element: its name and type, and how often it stands there."""

    name: str
    type: str = "string"
    required: bool = False
    repeating: bool = False

    @property
    def simple(self) -> bool:
        """Whether it is a value of XML Schema's own types."""
        return self.type in SIMPLE


@dataclass(frozen=True, slots=True)
class ComplexType:
    """A type: its base, whose parts come first, its attributes, its children in their order.

    `text` is the type of the text between the tags, for the few types that have it. `newer` are
    names that later versions of the service have; they come last and are optional.
    """

    name: str
    extends: str | None
    attributes: tuple[Part, ...]
    children: tuple[Part, ...]
    text: str | None
    newer: frozenset[str]


def parts(words: str) -> tuple[Part, ...]:
    """Read parts written as words with spaces between them."""
    return tuple(_part(word) for word in words.split())


def _part(word: str) -> Part:
    name, _, rest = word.rstrip("!*").partition(":")
    return Part(name, rest or "string", required=word.endswith("!"), repeating=word.endswith("*"))


def row(
    name: str,
    attributes: str = "",
    children: str = "",
    *,
    extends: str | None = None,
    text: str | None = None,
    newer: str = "",
    newer_children: str = "",
) -> ComplexType:
    """One type; `newer` are attributes, and after them children, of later versions alone."""
    added, added_children = parts(newer), parts(newer_children)
    return ComplexType(
        name,
        extends,
        (*parts(attributes), *added),
        (*parts(children), *added_children),
        text,
        frozenset(part.name for part in (*added, *added_children)),
    )


def lineage(type_: ComplexType, types: Mapping[str, ComplexType]) -> Iterator[ComplexType]:
    """A type's bases, the first of them first, and itself."""
    if type_.extends is not None:
        yield from lineage(types[type_.extends], types)
    yield type_
