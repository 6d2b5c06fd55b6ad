"""The XML Schema of the service, printed from the tables of types, enumerations and facets.

Source: soap.md §1.1 (nested names are unqualified), §4, §5.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from altyn.protocol.dialects.classic.soap.facets import FACETS, facet_lines
from altyn.protocol.dialects.classic.soap.names import XSD
from altyn.protocol.dialects.classic.soap.notation import SIMPLE, ComplexType, Part
from altyn.protocol.dialects.classic.soap.types import ENUMERATIONS, TYPES

_OFTEN: Final = ' minOccurs="0" maxOccurs="unbounded"'


def schema(namespace: str) -> str:
    """The schema element, with every type there is. `tns` is bound to the namespace."""
    lines = [
        f'<xs:schema xmlns:xs="{XSD}" xmlns:tns="{namespace}" targetNamespace="{namespace}"',
        ' elementFormDefault="unqualified" attributeFormDefault="unqualified" version="1.0">',
    ]
    for name, values in ENUMERATIONS.items():
        lines += _enumeration(name, values)
    for type_ in TYPES.values():
        lines += _complex(type_)
    return "\n".join((*lines, "</xs:schema>"))


def qualified(type_name: str) -> str:
    """A type by its prefix: of XML Schema's own, or of ours."""
    own = SIMPLE.get(type_name)
    return f"tns:{type_name}" if own is None else f"xs:{own}"


def _enumeration(name: str, values: Iterable[str]) -> Iterator[str]:
    yield f'<xs:simpleType name="{name}"><xs:restriction base="xs:string">'
    yield from (f'<xs:enumeration value="{value}"/>' for value in values)
    yield "</xs:restriction></xs:simpleType>"


def _complex(type_: ComplexType) -> Iterator[str]:
    yield f'<xs:complexType name="{type_.name}">'
    if type_.text is not None:
        yield f'<xs:simpleContent><xs:extension base="{qualified(type_.text)}">'
        yield from _attributes(type_)
        yield "</xs:extension></xs:simpleContent>"
    elif type_.extends is not None:
        yield f'<xs:complexContent><xs:extension base="tns:{type_.extends}">'
        yield from _content(type_)
        yield "</xs:extension></xs:complexContent>"
    else:
        yield from _content(type_)
    yield "</xs:complexType>"


def _content(type_: ComplexType) -> Iterator[str]:
    yield "<xs:sequence>"
    for part in type_.children:
        often = _OFTEN if part.repeating else "" if part.required else ' minOccurs="0"'
        yield from _part("element", type_, part, often)
    yield "</xs:sequence>"
    yield from _attributes(type_)


def _attributes(type_: ComplexType) -> Iterator[str]:
    for part in type_.attributes:
        required = ' use="required"' if part.required else ""
        yield from _part("attribute", type_, part, required)


def _part(kind: str, type_: ComplexType, part: Part, occurs: str) -> Iterator[str]:
    facets = facet_lines(FACETS.get((type_.name, part.name)), SIMPLE.get(part.type, ""))
    named = f'<xs:{kind} name="{part.name}"'
    if not facets:
        yield f'{named} type="{qualified(part.type)}"{occurs}/>'
        return
    yield f"{named}{occurs}><xs:simpleType>"
    yield f'<xs:restriction base="{qualified(part.type)}">'
    yield from facets
    yield f"</xs:restriction></xs:simpleType></xs:{kind}>"
