"""Names and values of an XML element, whichever parser made it.

Elements of lxml and of the standard library are the same here. Source: soap.md §1.1.
"""

from collections.abc import Iterator
from typing import Any, Final, Protocol

from altyn.protocol.dialects.classic.soap.names import MESSAGE_NAMESPACES, XSI

# Nested names are unqualified; to qualify them is the most common mistake, and is accepted.
_OURS: Final = frozenset(f"{{{namespace}" for namespace in MESSAGE_NAMESPACES)
_SPACE: Final = " \t\r\n"
_NIL: Final = f"{{{XSI}}}nil"


class Element(Protocol):
    """An element of a parsed document; comments and the like have a tag that is not a text."""

    @property
    def tag(self) -> Any: ...
    @property
    def text(self) -> Any: ...
    @property
    def tail(self) -> Any: ...
    def get(self, key: str, /) -> Any: ...
    def items(self) -> Any: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...


def local_name(name: str) -> str:
    """The name without its namespace; empty for a namespace that is not ours."""
    if not name.startswith("{"):
        return name
    namespace, _, local = name.rpartition("}")
    return local if namespace in _OURS else ""


def children(element: Element) -> Iterator[tuple[str, Any]]:
    """Its child elements by local name, without those marked as absent (xsi:nil)."""
    for child in element:
        if isinstance(child.tag, str) and child.get(_NIL) not in ("true", "1"):
            yield local_name(child.tag), child


def attributes(element: Element) -> Iterator[tuple[str, str]]:
    """Its attributes by local name."""
    for name, value in element.items():
        yield local_name(name), value


def text_of(element: Element) -> str:
    """Its own text, including the text behind a comment."""
    if len(element) == 0:
        return element.text or ""
    rest = (child.tail or "" for child in element)
    return "".join((element.text or "", *rest))


def trimmed(text: str) -> str:
    """A value without the XML white space around it; other spaces belong to the value."""
    return text.strip(_SPACE)
