"""The table of a method, and the reading of a request by it.

REST and SOAP are two spellings of one row. Parsing, checking, the error for the merchant, the
reference page and the generated test cases all come from the row.
"""

import dataclasses
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

import msgspec

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.notes import Note, Notes
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.json_text import json_holds_card_number
from altyn.protocol.malformed import Malformed
from altyn.protocol.presentation import Envelope, Present
from altyn.protocol.types import CVC, PAN, Context, Source, Type, first_sent, sent_values

MASKED: Final = "a card number in it is masked: its first six and last four digits are kept"
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
    Where the parameter `overridden_by` is sent it is not read, so its value is never an error.
    It has an effect only for merchants with the permission `effect_with`, and none where `idle_for`
    gives the reason; `caution` is a text about
    a parameter that is accepted without its full effect, `remarks` are texts about its value. Each
    of these becomes a note for a developer who sends the parameter.
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
    overridden_by: str | None = None
    in_json_params: bool = False
    aliases: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    echo: Echo | None = None
    effect_with: Permission | None = None
    caution: str = ""
    remarks: Callable[[Any], Iterable[str]] | None = None
    idle_for: Callable[[Merchant], str] | None = None
    names: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)
    may_have_note: bool = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check that an echoed parameter is a stored one; find all names, and whether it can lead
        to a note."""
        assert self.echo is None or self.field == STORED, f"{self.name} is not stored"
        noted = (
            *(self.effect_with, self.caution, self.remarks),
            *(self.overridden_by, self.idle_for),
        )
        object.__setattr__(self, "names", (self.name, *self.aliases))
        noted_by_type = self.type.forgiving or self.type.masks
        object.__setattr__(self, "may_have_note", any(noted) or noted_by_type)


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
    also_needs: Permission | None = None
    credentials: bool = True
    positions: Mapping[str, int] = field(init=False, repr=False, compare=False)
    required_positions: frozenset[int] = field(init=False, repr=False, compare=False)
    card_names: frozenset[str] = field(init=False, repr=False, compare=False)
    names: frozenset[str] = field(init=False, repr=False, compare=False)
    json_names: frozenset[str] = field(init=False, repr=False, compare=False)
    order_names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the rows: a request has a few parameters, the table has dozens."""
        rows = list(enumerate(self.parameters))
        positions = {alias: position for position, row in rows for alias in row.aliases}
        positions |= {row.name: position for position, row in rows}
        required = (position for position, row in rows if row.required or row.in_json_params)
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "required_positions", frozenset(required))
        cards = [row for row in self.parameters if row.type in (PAN, CVC)]
        names = frozenset(name for row in cards for name in row.names)
        object.__setattr__(self, "card_names", names)
        json_names = frozenset(row.name for row in self.parameters if row.type.json)
        object.__setattr__(self, "json_names", json_names)
        parts = (part for row in self.parameters for part in row.parts)
        object.__setattr__(self, "names", frozenset((*positions, *parts)))
        object.__setattr__(self, "order_names", tuple(self._order_names()))

    def _order_names(self) -> Iterator[str]:
        """The names of the parameters that say which order a request is about."""
        for field_name in ("order_id", "order_number"):
            for row in self.parameters:
                if row.field == field_name:
                    yield from row.names

    def error(self, refusal: Refusal) -> ErrorCode:
        """The error of this method for a refusal; a refusal without a row is a defect."""
        return self.refusals[refusal]

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """The permissions that a merchant needs for this method."""
        return tuple(each for each in (self.needs, self.also_needs) if each is not None)

    @property
    def takes_card(self) -> bool:
        """Whether a request names a card number."""
        return any(row.type is PAN and row.required for row in self.parameters)

    def refuses_get(self, names: Container[str]) -> bool:
        """Whether a request with these parameters is refused by GET: addresses are kept in logs.

        That is every request of a method that takes a card, and of others those that have card
        data among their names. Source: rest-orders.md §1.1.
        """
        if not self.card_names:
            return False
        return self.takes_card or any(name in names for name in self.card_names)

    @property
    def has_own_folder(self) -> bool:
        """Whether it is served in another folder than the dialect's usual methods."""
        return all(path.startswith("/") for path in self.rest)

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
    if method.card_names and isinstance(source, Droppable):
        source.drop(method.card_names)


@dataclass(frozen=True, slots=True)
class Fault:
    """A parameter that is not accepted: its name, the refusal, and the broken rule.

    `notes` are about other parameters of the same request.
    """

    refusal: Refusal
    parameter: str
    rule: str
    notes: Notes = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A request read by its table: values by field of the operation's command."""

    values: dict[str, Any] = field(default_factory=dict)
    notes: Notes = ()


def check(
    method: Method, source: Source, merchant: Merchant | None, malformed: frozenset[str]
) -> Checked | Fault:
    """Read every parameter of a request.

    All faults are found, and the first by the order of the method's refusals is returned: the
    precedence of errors is part of the wire. `malformed` names parameters whose text is broken.
    """
    rows = check_rows(method, source, merchant, malformed)
    if rows.faults:
        return replace(first_of(method, rows.faults), notes=rows.notes)
    return Checked(rows.values, rows.notes)


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Every row of a request: the values that could be read, and the faults of the others.

    `values` are by field of the operation's command, `faults` and `notes` in the table's order.
    """

    values: dict[str, Any]
    faults: tuple[Fault, ...]
    notes: Notes = ()


def check_rows(
    method: Method, source: Source, merchant: Merchant | None, malformed: frozenset[str]
) -> CheckedRows:
    """Read every parameter of a request, and give all its faults.

    A merchant gets one error (`check`); a payer corrects all wrong fields of a form at once.
    """
    context = Context(merchant, source, method.json_names)
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    notes: list[Note] = []
    for parameter in _to_read(method, source):
        fault = _read_row(parameter, context, malformed, values)
        if fault is not None:
            faults.append(fault)
        elif parameter.may_have_note and _was_sent(parameter, source, values):
            notes += _notes_of(parameter, context, values)
    return CheckedRows(values, tuple(faults), tuple(notes))


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
    if parameter.overridden_by is not None and context.is_given(parameter.overridden_by):
        return None
    raw = _raw(parameter, context.source, values)
    if parameter.type.json and raw is not None and parameter.type.is_absent(raw):
        raw = None
    if parameter.name in malformed and not parameter.type.forgiving:
        return Fault(parameter.invalid, parameter.name, "not UTF-8 text")
    if raw is None:
        if parameter.required is None or _optional(parameter, context):
            return None
        return Fault(parameter.required, parameter.name, "mandatory, but missing")
    try:
        _put(values, parameter, parameter.type.parse(raw, context), raw)
    except Malformed as fault:
        return Fault(parameter.invalid, parameter.name, str(fault))
    return None


def _was_sent(parameter: Parameter, source: Source, values: Mapping[str, Any]) -> bool:
    """Whether a row can have been sent; False is certain."""
    if parameter.field in values or source.get(parameter.name) is not None:
        return True
    return any(source.get(alias) is not None for alias in parameter.aliases)


def _notes_of(parameter: Parameter, context: Context, values: Mapping[str, Any]) -> Iterator[Note]:
    """The notes about a row that was sent and accepted."""
    raw = _raw(parameter, context.source, values)
    if raw is None or parameter.type.is_absent(raw):
        return
    if reason := _why_without_effect(parameter, context, values):
        yield Note(parameter.name, reason)
    elif parameter.remarks is not None:
        yield from (
            Note(parameter.name, text) for text in parameter.remarks(values[parameter.field])
        )
    if parameter.type.has_masked(raw):
        yield Note(parameter.name, MASKED)


def _why_without_effect(parameter: Parameter, context: Context, values: Mapping[str, Any]) -> str:
    """Why a row that was sent has no effect, or not its full one; empty where it has."""
    permission, merchant = parameter.effect_with, context.merchant
    if parameter.overridden_by is not None and context.is_given(parameter.overridden_by):
        return f"ignored beside {parameter.overridden_by}"
    if permission is not None and merchant is not None and not merchant.may(permission):
        return f"ignored: permission {permission} is off"
    if parameter.idle_for is not None and merchant and (reason := parameter.idle_for(merchant)):
        return reason
    if parameter.type.forgiving and parameter.field not in values:
        return f"not read as {parameter.type.notation}: ignored"
    return parameter.caution


def _to_read(method: Method, source: Source) -> list[Parameter]:
    """The rows that were sent, and the required ones; in the order of the table."""
    positions = method.positions
    to_read = {positions[name] for name in source if name in positions}
    to_read |= method.required_positions
    return [method.parameters[position] for position in sorted(to_read)]


def _raw(parameter: Parameter, source: Source, values: Mapping[str, Any]) -> str | None:
    """The text of a parameter; an empty one counts as missing."""
    if parameter.type.repeatable and (sent := ",".join(sent_values(source, parameter.names))):
        return sent
    if value := first_sent(source, *parameter.names):
        return value  # nearly always
    if parameter.in_json_params:
        params = values.get("json_params", {})
        return next(filter(None, map(params.get, parameter.names)), None)
    if not parameter.parts:
        return None
    return "".join(source.get(name) or "" for name in parameter.parts) or None


def _optional(parameter: Parameter, context: Context) -> bool:
    if parameter.unless is not None and context.is_given(parameter.unless):
        return True
    permission, merchant = parameter.optional_with, context.merchant
    return permission is not None and merchant is not None and merchant.may(permission)


def _put(values: dict[str, Any], parameter: Parameter, value: Any, raw: str) -> None:
    if value is None:
        return
    if parameter.field == STORED:
        values.setdefault(STORED, {})[parameter.name] = _text_to_store(value, raw)
    else:
        values[parameter.field] = value


def _text_to_store(value: Any, raw: str) -> str:
    """The text as it was sent; what was read from it where that has no card numbers any more."""
    if isinstance(value, str):
        return value
    if json_holds_card_number(raw):
        return msgspec.json.encode(value).decode()
    return raw
