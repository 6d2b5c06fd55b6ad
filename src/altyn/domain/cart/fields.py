"""Fields of the objects of a cart: how each is read, and which rule a bad value breaks.

A field reads a JSON value to what the gateway keeps, or raises BadValue with the rule.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from altyn.domain.cart.faults import CartFault, FaultKind, shown
from altyn.domain.cart.marks import HEX_BYTES_MAX, is_hex
from altyn.domain.cart.numbers import decimal, thousandths, whole
from altyn.domain.control_characters import has_control

QUANTITY_MAX_THOUSANDTHS: Final = 99_999_999

CURRENCY_MAX: Final = 999
GROUP_SEPARATOR: Final = "\x1d"  # it divides the parts of a mark code
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_INN: Final = re.compile("[0-9]{10}|[0-9]{12}")


class BadValue(Exception):  # noqa: N818 - it names the value, and is always caught
    """The value breaks a rule; the text is the rule."""

    def __init__(self, rule: str, kind: FaultKind = FaultKind.FORMAT) -> None:
        super().__init__(rule)
        self.kind = kind


Read = Callable[[object], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object: its name, how it is read, and the section with its rule."""

    name: str
    read: Read
    section: str
    mandatory: bool = False


def must(name: str, read: Read, section: str) -> Field:
    """A field that has to be there."""
    return Field(name, read, section, mandatory=True)


@dataclass(slots=True)
class Faults:
    """Collects the faults of a cart."""

    found: list[CartFault] = field(default_factory=list)

    def add(self, place: "Place", name: str, value: object, bad: BadValue, section: str) -> None:
        path = f"{place.path}.{name}" if place.path else name
        text = "" if value is None else shown(value)
        self.found.append(CartFault(bad.kind, path, str(bad), section, place.position, text))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands in the document, and the position that it belongs to."""

    path: str = ""
    position: str = ""

    def inner(self, name: str) -> "Place":
        """The place of a field of this object."""
        return Place(f"{self.path}.{name}" if self.path else name, self.position)


def read_fields(
    sent: Mapping[str, object], fields: tuple[Field, ...], place: Place, faults: Faults
) -> dict[str, Any]:
    """The values of the named fields that are there; a bad or missing one becomes a fault.

    An empty text and a null count as missing. Fields that the table does not name are left alone.
    """
    values: dict[str, Any] = {}
    for each in fields:
        value = sent.get(each.name)
        if value is None or value == "":
            if each.mandatory:
                missing = BadValue("mandatory, but missing", FaultKind.MANDATORY)
                faults.add(place, each.name, None, missing, each.section)
            continue
        try:
            values[each.name] = each.read(value)
        except BadValue as bad:
            faults.add(place, each.name, value, bad, each.section)
    return values


def text(maximum: int) -> Read:
    """A text of at most so many characters; a number counts as its digits."""

    def read(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise BadValue("not a text")
        written = value if isinstance(value, str) else _number_text(value)
        if len(written) > maximum:
            raise BadValue(f"longer than {maximum} characters")
        if has_control(written.replace(GROUP_SEPARATOR, ""), lines=True):
            raise BadValue("control characters are not allowed")
        return written

    return read


def _number_text(value: float) -> str:
    number = whole(value)
    return str(value) if number is None else str(number)


def amount(value: object) -> int:
    """Minor units, not negative."""
    number = whole(value)
    if number is None:
        raise BadValue("not a whole number of minor units")
    if number < 0:
        raise BadValue("negative")
    return number


def currency(value: object) -> str:
    """A numeric code of ISO 4217; as a number it has no leading zeros."""
    code = whole(value)
    if code is None or not 0 < code <= CURRENCY_MAX:
        raise BadValue("not a currency of 3 digits")
    return f"{code:03}"


def quantity(value: object) -> int:
    """A quantity in thousandths, above 0."""
    read = thousandths(value)
    if read is None:
        raise BadValue("not a number with at most three decimals")
    if not 0 < read <= QUANTITY_MAX_THOUSANDTHS:
        raise BadValue("not above 0 and at most 99999.999", FaultKind.QUANTITY)
    return read


def number(maximum_digits: int) -> Read:
    """A number of at most so many characters that the gateway keeps and does not compute with."""

    def read(value: object) -> str:
        if decimal(value) is None or len(str(value)) > maximum_digits:
            raise BadValue(f"not a number of at most {maximum_digits} digits")
        return str(value)

    return read


def one_of(codes: Mapping[int, object], name: str) -> Read:
    """A code of a list."""

    def read(value: object) -> int:
        code = whole(value)
        if code is None or code not in codes:
            listed = ", ".join(str(each) for each in codes)
            raise BadValue(f"not a {name}: {listed}")
        return code

    return read


def word_of(words: Sequence[str], name: str) -> Read:
    """A word of a list."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise BadValue(f"not a {name}: {', '.join(words)}")
        return value

    return read


def pattern(expression: "re.Pattern[str]", rule: str) -> Read:
    """A text of a form."""

    def read(value: object) -> str:
        written = text(255)(value)
        if not expression.fullmatch(written):
            raise BadValue(rule)
        return str(written)

    return read


def mark_code(value: object) -> str:
    """The code of a marked product: hexadecimal bytes with blanks, or as it is scanned."""
    code: str = text(255)(value)
    if is_hex(code) and len(code.split()) > HEX_BYTES_MAX:
        raise BadValue(f"longer than {HEX_BYTES_MAX} bytes")
    return code


def an_object(value: object) -> Mapping[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise BadValue("not an object")
    return value


def nested(value: object) -> Mapping[str, object]:
    """A JSON object, or its text: SOAP and some plugins have only texts for attributes."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
            raise BadValue("not an object, and not the JSON of one") from None
    return an_object(value)


def a_list(value: object) -> list[object]:
    """A JSON array; one object alone counts as an array of it, as some plugins send it."""
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise BadValue("not an array")
    return value


def texts(maximum: int, *, count: int = 100) -> Read:
    """An array of texts, or one text with commas between."""
    one = text(maximum)

    def read(value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            return tuple(one(each.strip()) for each in value.split(","))
        if isinstance(value, int):
            return (one(value),)
        if not isinstance(value, list) or len(value) > count:
            raise BadValue(f"not an array of at most {count} texts")
        return tuple(one(each) for each in value)

    return read


phone: Final = pattern(_PHONE, "not a phone number of 7 to 15 digits, with or without a plus")
inn: Final = pattern(_INN, "not a tax number (INN) of 10 or 12 digits")
