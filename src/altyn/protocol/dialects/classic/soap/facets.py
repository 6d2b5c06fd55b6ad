"""The facets of the schema: the limits of REST's rows, for the parts of requests in SOAP.

A client that validates its request against the WSDL finds the mistake before an error answers it.
Answers have no facets, and neither has a part that several methods read differently.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from altyn.protocol.dialects.classic.soap.notation import NUMBERS, ComplexType, Part, lineage
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.types import TYPES
from altyn.protocol.types import Type

Place = tuple[str, str]  # the type that declares a part, and the part's name


def _rows(operation: SoapOperation) -> Iterator[tuple[Place, Type]]:
    """Every simple part of a request and the type of the REST parameter that it becomes."""
    for element in operation.parts:
        if element.type not in TYPES or operation.method is None:
            continue
        for declaring, part in declared(TYPES[element.type]):
            name = operation.spelled.get(part.name, part.name)
            place = operation.method.positions.get(name)
            if place is not None and part.simple and not part.repeating:
                yield (declaring.name, part.name), operation.method.parameters[place].type


def declared(type_: ComplexType) -> Iterator[tuple[ComplexType, Part]]:
    """Every part of a type with the type that declares it: itself or a base."""
    for each in lineage(type_, TYPES):
        for part in (*each.attributes, *each.children):
            yield each, part


def _facets() -> dict[Place, Type]:
    found = dict[Place, list[Type]]()
    for operation in OPERATIONS.values():
        for place, type_ in _rows(operation):
            found.setdefault(place, []).append(type_)
    return {place: types[0] for place, types in found.items() if all(t is types[0] for t in types)}


FACETS: Final[Mapping[Place, Type]] = _facets()


def facet_lines(type_: Type | None, base: str) -> list[str]:
    """The facets of a REST type on a simple type of XML Schema, as elements.

    An empty text counts as missing, so every text may be empty.
    """
    if type_ is None or type_.forgiving:
        return []
    if base in NUMBERS:
        bounds = (("minInclusive", type_.low), ("maxInclusive", type_.high))
        found = [(name, str(bound)) for name, bound in bounds if bound is not None]
        found += [("pattern", type_.pattern)] if type_.pattern else []
    elif base == "string":
        found = [("maxLength", str(type_.max_length))] if type_.max_length is not None else []
        found += [("pattern", f"({type_.pattern})?")] if type_.pattern else []
    else:
        return []
    return [f'<xs:{name} value="{_attribute(value)}"/>' for name, value in found]


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
