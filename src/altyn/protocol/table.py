"""The table of a method, and the reading of a request by it.

REST and SOAP are two spellings of one row. Parsing, checking, the error for the merchant, the
reference page and the generated test cases all come from the row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.presentation import Envelope, Present
from altyn.protocol.types import CVC, PAN, Context, Malformed, Source, Type

CARD_TYPES: Final = (PAN, CVC)
STORED: Final = "more"
"""The field that collects the parameters which are only stored, by their names."""


@dataclass(frozen=True, slots=True)
class Echo:
    """How the status answer repeats a stored parameter: by which name, and since which version."""

    name: str
    since: int = 1


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method.

    `required` is the refusal when it is missing or empty, None when it is optional; it is also
    optional for merchants with the permission `optional_with`, and when the parameter `unless` is
    sent. `field` is the field of the operation's command; STORED collects the parameters that are
    only stored. `parts` are names whose joined texts replace the parameter where it is missing.
    A parameter that may be `in_json_params` has its row below the row of jsonParams.
    `echo` is for a stored parameter that the status answer repeats.
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
    echo: Echo | None = None

    def __post_init__(self) -> None:
        """Check that an echoed parameter is a stored one."""
        assert self.echo is None or self.field == STORED, f"{self.name} is not stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of a dialect, as a table. The order of `refusals` is their precedence.

    `operation` is what the method asks for; several methods may ask for the same. `present` shows
    the result of it, `envelope` completes the answer and shows an error.
    """

    name: str
    operation: Operation
    rest: tuple[str, ...]
    source: str
    summary: str
    parameters: tuple[Parameter, ...]
    refusals: Mapping[Refusal, ErrorCode]
    present: Present
    envelope: Envelope
    soap: str | None = None
    needs: Permission | None = None
    credentials: bool = True
    positions: Mapping[str, int] = field(init=False, repr=False, compare=False)
    required_positions: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the rows: a request has a few parameters, the table has dozens."""
        rows = list(enumerate(self.parameters))
        positions = {alias: position for position, row in rows for alias in row.aliases}
        positions |= {row.name: position for position, row in rows}
        required = (position for position, row in rows if row.required or row.in_json_params)
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "required_positions", frozenset(required))

    def error(self, refusal: Refusal) -> ErrorCode:
        """The error of this method for a refusal; a refusal without a row is a defect."""
        return self.refusals[refusal]

    def name_of(self, field: str) -> str:
        """The parameter that fills this field; the field itself where no parameter does."""
        return next((row.name for row in self.parameters if row.field == field), field)


@runtime_checkable
class Droppable(Protocol):
    """A source that can forget values: the text of a parameter becomes empty."""

    def drop(self, names: Iterable[str]) -> None: ...


def drop_card_values(method: Method, source: Source) -> None:
    """Let go of the texts of card number and code once they were read.

    The bank may take seconds to answer, and the request lives as long; memory that is free is used
    again, and overwritten, by other requests.
    """
    names = [name for row in method.parameters if row.type in CARD_TYPES
             for name in (row.name, *row.aliases)]  # fmt: skip
    if names and isinstance(source, Droppable):
        source.drop(names)


@dataclass(frozen=True, slots=True)
class Fault:
    """A parameter that is not accepted: its name, the refusal, and the broken rule."""

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

    All faults are found, and the first by the order of the method's refusals is returned: the
    precedence of errors is part of the wire. `malformed` names parameters whose text is broken.
    """
    rows = check_rows(method, source, merchant, malformed)
    return first_of(method, rows.faults) if rows.faults else Checked(rows.values)


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
    faults: list[Fault] = []
    for parameter in _to_read(method, source):
        fault = _read_row(parameter, context, malformed, values)
        if fault is not None:
            faults.append(fault)
    return CheckedRows(values, tuple(faults))


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
    """The rows that were sent, and the required ones; in the order of the table."""
    positions = method.positions
    to_read = {positions[name] for name in source if name in positions}
    to_read |= method.required_positions
    return [method.parameters[position] for position in sorted(to_read)]


def _raw(parameter: Parameter, source: Source, values: Mapping[str, Any]) -> str | None:
    """The text of a parameter; an empty one counts as missing."""
    if value := source.get(parameter.name):
        return value  # nearly always
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
    if parameter.field == STORED:
        values.setdefault(STORED, {})[parameter.name] = raw
    else:
        values[parameter.field] = value
