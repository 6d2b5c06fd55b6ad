"""The shape of a method's table, and how a request is read by it.

REST and SOAP are two spellings of one row. Reading, checking, the error a merchant sees, the
reference page and the generated test cases all come from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.refusals import Refusal
from altyn.protocol.dialects.classic.error_codes import ErrorCode
from altyn.protocol.types import Context, Malformed, Source, Type


class Envelope(StrEnum):
    """How an answer is wrapped (rest-orders.md §1.4)."""

    PLAIN = "plain"  # errorCode as a string
    REGISTRATION = "registration"  # no errorCode on success
    CAPITALS = "capitals"  # ErrorCode, of getOrderStatus.do
    PAYMENT = "payment"  # errorCode as a number


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method.

    `required` is the refusal when it is missing or empty, None when it may be, as it may for
    merchants with the permission `optional_with`. `field` is the
    field of the operation's command; `more` collects what is stored for methods yet to come.
    `unless` is a parameter that, when it is sent, makes this one needless.
    `parts` are names whose texts, put together, stand for it where it is not given itself. A row
    that may be `in_json_params` stands below the row of jsonParams.
    """

    name: str
    type: Type
    field: str
    note: str
    required: Refusal | None = None
    invalid: Refusal = Refusal.PARAMETER_INVALID
    optional_with: Permission | None = None
    unless: str | None = None
    in_json_params: bool = False
    aliases: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the protocol, as a table. The order of `refusals` is their precedence."""

    name: str
    rest: tuple[str, ...]
    source: str
    summary: str
    parameters: tuple[Parameter, ...]
    refusals: Mapping[Refusal, ErrorCode]
    soap: str | None = None
    needs: Permission | None = None
    envelope: Envelope = Envelope.PLAIN
    credentials: bool = True
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)
    demanded: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the rows: a request brings a few parameters, the table knows dozens."""
        rows = list(enumerate(self.parameters))
        places = {alias: place for place, row in rows for alias in row.aliases}
        places |= {row.name: place for place, row in rows}
        demanded = frozenset(place for place, row in rows if row.required or row.in_json_params)
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "demanded", demanded)

    def error(self, refusal: Refusal) -> ErrorCode:
        """What this method says for a refusal; a refusal that is not in its table is a bug."""
        return self.refusals[refusal]


@dataclass(frozen=True, slots=True)
class Fault:
    """A parameter that cannot be accepted: which, why, and what the merchant is told."""

    refusal: Refusal
    parameter: str
    rule: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A request read by its table: values by field of the operation's command."""

    values: dict[str, Any] = field(default_factory=dict)


def check(
    method: Method, source: Source, merchant: Merchant | None, malformed: frozenset[str]
) -> Checked | Fault:
    """Read every parameter of a request.

    All faults are found, and the one that stands first among the method's refusals is told: the
    precedence of errors is part of the wire. `malformed` names parameters that no text can hold.
    """
    context = Context(merchant, source)
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for parameter in _to_read(method, source):
        raw = _raw(parameter, source, values)
        if parameter.name in malformed and not parameter.type.forgiving:
            faults.append(Fault(parameter.invalid, parameter.name, "not UTF-8 text"))
        elif raw is None:
            if parameter.required is not None and not _optional(parameter, source, merchant):
                faults.append(Fault(parameter.required, parameter.name, "mandatory, but missing"))
        else:
            try:
                _put(values, parameter, parameter.type.parse(raw, context), raw)
            except Malformed as fault:
                faults.append(Fault(parameter.invalid, parameter.name, str(fault)))
    if not faults:
        return Checked(values)
    rank = {refusal: place for place, refusal in enumerate(method.refusals)}
    return min(faults, key=lambda fault: rank[fault.refusal])


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Every row of a request: the values that could be read, and the faults of the others.

    `values` are by field of the operation's command, `faults` in the order of the table.
    """

    values: dict[str, Any]
    faults: tuple[Fault, ...]


def check_rows(
    method: Method, source: Source, merchant: Merchant | None, malformed: frozenset[str]
) -> CheckedRows:
    """Read every parameter of a request, and give all its faults.

    A merchant gets one error (`check`); a payer corrects all wrong fields of a form at once.
    """
    context = Context(merchant, source)
    values: dict[str, Any] = {}
    faults = tuple(
        fault
        for parameter in _to_read(method, source)
        if (fault := _read_row(parameter, context, malformed, values)) is not None
    )
    return CheckedRows(values, faults)


class HasRefusal(Protocol):
    """A fault of a parameter or of a form's field."""

    @property
    def refusal(self) -> Refusal: ...


AnyFault = TypeVar("AnyFault", bound=HasRefusal)


def first_of(method: Method, faults: Sequence[AnyFault]) -> AnyFault:
    """The fault whose refusal stands first in the method's table: its precedence on the wire."""
    rank = {refusal: place for place, refusal in enumerate(method.refusals)}
    return min(faults, key=lambda fault: rank[fault.refusal])


def _read_row(
    parameter: Parameter, context: Context, malformed: frozenset[str], values: dict[str, Any]
) -> Fault | None:
    """Put the value of one row into `values`, or give its fault."""
    raw = _raw(parameter, context.source, values)
    if parameter.name in malformed and not parameter.type.forgiving:
        return Fault(parameter.invalid, parameter.name, "not UTF-8 text")
    if raw is None:
        if parameter.required is None or _optional(parameter, context.source, context.merchant):
            return None
        return Fault(parameter.required, parameter.name, "mandatory, but missing")
    try:
        _put(values, parameter, parameter.type.parse(raw, context), raw)
    except Malformed as fault:
        return Fault(parameter.invalid, parameter.name, str(fault))
    return None


def _to_read(method: Method, source: Source) -> list[Parameter]:
    """The rows that were sent, and those that would be missed; in the order of the table."""
    places = method.places
    sent = {places[name] for name in source if name in places}
    return [method.parameters[place] for place in sorted(sent | method.demanded)]


def _raw(parameter: Parameter, source: Source, values: Mapping[str, Any]) -> str | None:
    """The text of a parameter; an empty one counts as missing."""
    for name in (parameter.name, *parameter.aliases):
        if value := source.get(name):
            return value
        if value := next(filter(None, source.get_all(name)), None):
            return value
    if parameter.in_json_params:
        return values.get("json_params", {}).get(parameter.name) or None
    return "".join(source.get(name) or "" for name in parameter.parts) or None


def _optional(parameter: Parameter, source: Source, merchant: Merchant | None) -> bool:
    if parameter.unless is not None and source.get(parameter.unless):
        return True
    permission = parameter.optional_with
    return permission is not None and merchant is not None and merchant.may(permission)


def _put(values: dict[str, Any], parameter: Parameter, value: Any, raw: str) -> None:
    if value is None:
        return
    if parameter.field == "more":
        values.setdefault("more", {})[parameter.name] = raw
    else:
        values[parameter.field] = value
