"""The page about SOAP: its address, operations, types, and names that differ from REST."""

from collections.abc import Iterator
from typing import Final

from altyn.inbound.soap.endpoint import PATH
from altyn.protocol.dialects.classic.soap import names
from altyn.protocol.dialects.classic.soap.facets import FACETS, declared
from altyn.protocol.dialects.classic.soap.notation import ComplexType, Part
from altyn.protocol.dialects.classic.soap.operations import OPERATIONS, SoapOperation
from altyn.protocol.dialects.classic.soap.own_methods import SOAP_METHODS
from altyn.protocol.dialects.classic.soap.types import ENUMERATIONS, TYPES
from docs.printing.markdown import code, codes, link, page, section, table
from docs.printing.sections import linked

_SERVED: Final = tuple(each for each in OPERATIONS.values() if each.method is not None)
_LATER: Final = tuple(each for each in OPERATIONS.values() if each.method is None)

_WORDS: Final = (
    "The methods of REST, with the names of the family's `MerchantService`. The same tables read "
    "and check the parameters, so codes and texts are those of the REST method's page. A text in "
    "brackets, such as `[MDORDER]`, names the REST parameter."
)
_REQUEST_WORDS: Final = (
    "Only the operation's element has a namespace; elements inside it have none. A value may be an "
    "attribute or a child element, in any order. Unknown names are ignored; empty values and "
    "`xsi:nil` count as missing. A date may have any time zone; without one it is Moscow time. `*` "
    "means repeated, `!` mandatory in the schema; the method's page lists other mandatory values."
)
_ANSWER_WORDS: Final = (
    "Members are those of the REST method's answer; dates are `xs:dateTime` in Moscow time with "
    "milliseconds. `errorCode` is always present, 0 on success. An object without a mandatory "
    "member of its type, such as a cart without item codes, is left out."
)
_FAULT_WORDS: Final = (
    "A fault (HTTP 500) reports an error of the message: unreadable XML, an operation that does "
    "not exist or is not implemented, a missing header, wrong credentials. Errors about orders "
    "are answers with `errorCode`."
)


def soap_page() -> str:
    """The page."""
    return page(
        "SOAP",
        _WORDS,
        table(("", ""), _facts()),
        _FAULT_WORDS,
        section(
            "Operations",
            table(("Operation", "Request", "Answer", "Meaning"), map(_operation, _SERVED)),
            "`ours` marks an operation that the service of the protocol reference does not have.",
        ),
        section(
            "Not implemented yet",
            "These operations are in the WSDL; their answer is a fault that says so.",
            table(("Operation", "Why"), ((code(each.name), each.why_not) for each in _LATER)),
        ),
        section(
            "Names that differ from REST",
            table(("Operation", "SOAP", "REST"), _differing()),
        ),
        section(
            "Types of requests",
            _REQUEST_WORDS,
            *map(_type, _SENT),
        ),
        section(
            "Types of answers",
            _ANSWER_WORDS,
            *(_type(name) for name in _RETURNED if name not in _SENT),
        ),
        section(
            "Lists of values",
            table(
                ("Type", "Values"),
                ((code(name), codes(values)) for name, values in ENUMERATIONS.items()),
            ),
        ),
    )


def _facts() -> Iterator[tuple[str, str]]:
    yield "Address", code(PATH)
    yield "WSDL", f"{code(f'{PATH}?wsdl')}, which imports `?wsdl={names.PORT_TYPE_DOCUMENT}`"
    yield "Format", "SOAP 1.1, rpc/literal, `text/xml; charset=UTF-8`, `SOAPAction` empty"
    yield (
        "Namespace",
        f"{codes(names.MESSAGE_NAMESPACES, ' or ')}: the answer uses the namespace of the request",
    )
    yield "Service, port", codes((names.SERVICE, names.PORT))
    yield "Binding, port type", codes((names.BINDING, names.PORT_TYPE))
    yield "Authentication", "WS-Security `UsernameToken` with the password as text, in the header"
    yield "Source", linked("soap.md")


def _operation(operation: SoapOperation) -> tuple[str, str, str, str]:
    method = operation.method
    assert method is not None
    sent = codes(f"{part.name}: {part.type}" for part in operation.parts)
    ours = ", `ours`" if operation.ours else ""
    return code(operation.name) + ours, sent, code(operation.answer), _does(operation)


def _does(operation: SoapOperation) -> str:
    """A link to the REST method; for a method that only SOAP has, its summary."""
    method = operation.method
    assert method is not None
    if method.name not in SOAP_METHODS:
        return link(method.rest[0], method.name)
    twin = method.name.removesuffix(".soap")
    if twin != method.name:
        return f"{link(f'{twin}.do', twin)}, with normal names and more members"
    return method.summary


def _differing() -> Iterator[tuple[str, str, str]]:
    for operation in _SERVED:
        for soap, rest in operation.spelled.items():
            if soap != rest:
                yield code(operation.name), code(soap), code(rest)


# ── Types ─────────────────────────────────────────────────────────────────────────────────────────


def _type(name: str) -> str:
    """A type with its members, those of its base types first."""
    rows = [_part(place, part) for place, part in declared(TYPES[name])]
    if text := TYPES[name].text:
        rows.append(("its text", "", text, ""))
    return f"### {name}\n\n{table(('Name', 'Where', 'Type', 'As REST reads it'), rows) or 'Empty.'}"


def _inside(name: str) -> Iterator[str]:
    """A type and the types of its members."""
    if name in TYPES:
        yield name
        for _, part in declared(TYPES[name]):
            yield from _inside(part.type)


_SENT: Final = tuple(
    dict.fromkeys(name for each in _SERVED for part in each.parts for name in _inside(part.type))
)
_RETURNED: Final = tuple(dict.fromkeys(name for each in _SERVED for name in _inside(each.answer)))


def _part(place: ComplexType, part: Part) -> tuple[str, str, str, str]:
    where = "attribute" if part in place.attributes else "child"
    newer = ", later versions" if part.name in place.newer else ""
    mark = "*" if part.repeating else "!" if part.required else ""
    type_ = FACETS.get((place.name, part.name))
    shown = "string" if part.type == "moment" else part.type
    return code(part.name), where + newer, f"{shown}{mark}", type_.notation if type_ else ""
