"""The types of parameters: how each is read, and which rule a bad value breaks.

Notation of the reference: A letters, N digits, ANS letters, digits and symbols; `..n` at most n.
Source: rest-orders.md §1.3, §2.1; 004 (request parameters).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from altyn.domain.card.free_text import holds_card_number, mask_card_numbers, mask_document
from altyn.domain.card.values import Cvc, Expiry, Pan, holder_ok, luhn_ok
from altyn.domain.merchant import Merchant
from altyn.domain.money import canonical_currency
from altyn.domain.moscow import COMPACT_FORMAT, REQUEST_FORMAT, from_moscow

LANGUAGES: Final = ("ru", "en")
RESERVED_NAMES: Final = ("sbrf_spasibo:amount_bonus", "sbrf_sbermiles:amount_bonus", "loyaltyId")
AMOUNT_DIGITS: Final = 12


class Malformed(Exception):  # noqa: N818 - it names the value, and is always caught
    """The value breaks a rule; the text names the rule, never the value."""


class Source(Protocol):
    """The parameters of a request, whatever endpoint has read them."""

    def get(self, name: str) -> str | None: ...
    def get_all(self, name: str) -> tuple[str, ...]: ...
    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a type may read besides the value: the merchant, and the other parameters."""

    merchant: Merchant | None
    source: Source


Parse = Callable[[str, Context], Any]


@dataclass(frozen=True, slots=True)
class Type:
    """A parameter's type: its notation for the docs, how it is read, and facets for an XSD.

    Facets never refuse what `parse` takes: `max_length` in characters, `pattern` of the whole value
    in the syntax that Python and XSD share, `enumeration` of each value of a list, `low` and `high`
    of numbers. `lines`: the value may have several, so white space is part of it.
    `forgiving`: a value that cannot be read is treated as not sent, and is never an error.
    """

    notation: str
    parse: Parse
    max_length: int | None = None
    pattern: str | None = None
    enumeration: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    lines: bool = False
    forgiving: bool = False


def text(
    maximum: int, notation: str | None = None, *, lines: bool = False, masks: bool = True
) -> Type:
    """ANS..n: any printable text of at most n characters; several `lines` where allowed.

    Card numbers in it are masked (decision 0012), but not where another rule refuses them (`masks`
    False).
    """
    forbidden = _CONTROL_BUT_BREAKS if lines else _CONTROL

    def parse(value: str, _: Context) -> str:
        if len(value) > maximum:
            raise Malformed(f"longer than {maximum} characters")
        if forbidden.search(value):
            raise Malformed("control characters are not allowed")
        return mask_card_numbers(value) if masks else value

    pattern = None if lines else _ONE_LINE
    return Type(notation or f"ANS..{maximum}", parse, maximum, pattern, lines=lines)


def digits(maximum: int, *, low: int = 0, high: int | None = None) -> Type:
    """N..n: a whole number; leading zeros are read as decimal, never as octal."""

    def parse(value: str, _: Context) -> int:
        if not (value.isascii() and value.isdigit()) or len(value) > maximum:
            raise Malformed(f"not a number of at most {maximum} digits")
        number = int(value)
        if number < low or (high is not None and number > high):
            raise Malformed(f"not between {low} and {high}")
        return number

    return Type(f"N..{maximum}", parse, pattern=f"[0-9]{{1,{maximum}}}", low=low, high=high)


def code(length: int) -> Type:
    """Nn: exactly n digits that are a name and not a number, so leading zeros stay."""

    def parse(value: str, _: Context) -> str:
        if not (value.isascii() and value.isdigit() and len(value) == length):
            raise Malformed(f"not {length} digits")
        return value

    return Type(f"N{length}", parse, pattern=f"[0-9]{{{length}}}")


def _amount(value: str, _: Context) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > AMOUNT_DIGITS:
        raise Malformed(f"not a whole number of minor units of at most {AMOUNT_DIGITS} digits")
    return int(value)


def _order_amount(value: str, context: Context) -> int:
    amount = _amount(value, context)
    if context.merchant is not None:
        settings = context.merchant.settings
        if not settings.amount_min_minor <= amount <= settings.amount_max_minor:
            raise Malformed(
                f"not between {settings.amount_min_minor} and {settings.amount_max_minor}"
            )
    return amount


def _currency(value: str, context: Context) -> str:
    currency = canonical_currency(value)
    if currency is None:
        raise Malformed("not an ISO 4217 numeric code that the gateway knows")
    if context.merchant is not None and currency.code not in context.merchant.settings.currencies:
        raise Malformed("the merchant does not take this currency")
    return currency.code


def _language(value: str, _: Context) -> str:
    if value.lower() not in LANGUAGES:
        raise Malformed(f"not one of {', '.join(LANGUAGES)}")
    return value.lower()


def _lenient_language(value: str, _: Context) -> str | None:
    return value.lower() if value.lower() in LANGUAGES else None


def _return_url(value: str, context: Context) -> str:
    if value.startswith((".", "/")):
        raise Malformed("the address is relative: give it in full, with https://")
    return _url(value, context)


def _url(value: str, context: Context) -> str:
    URL_TEXT.parse(value, context)
    if not _URL.fullmatch(value):
        raise Malformed("not a URL: spaces, quotes and angle brackets must be percent-encoded")
    scheme = _SCHEME.match(value)
    if scheme and scheme[1].lower() in {"javascript", "data", "vbscript", "file", "blob"}:
        raise Malformed("not an address that a browser may be sent to")
    return value


def _order_id(value: str, _: Context) -> UUID:
    if not _UUID.fullmatch(value):
        raise Malformed("not a UUID of 36 characters")
    return UUID(value)


def _boolean(value: str, _: Context) -> bool:
    if value.lower() not in ("true", "false", "1", "0"):
        raise Malformed("not true or false")
    return value.lower() in ("true", "1")


def _moment(value: str, _: Context) -> datetime:
    return _date(value, REQUEST_FORMAT, _MOMENT, "yyyy-MM-ddTHH:mm:ss, Moscow time")


def _compact_moment(value: str, _: Context) -> datetime:
    return _date(value, COMPACT_FORMAT, _FOURTEEN, "YYYYMMDDHHmmss, Moscow time")


def _date(value: str, layout: str, pattern: "re.Pattern[str]", spelled: str) -> datetime:
    try:
        if pattern.fullmatch(value):
            return from_moscow(value, layout)
    except (ValueError, OverflowError):
        pass
    raise Malformed(f"not a date of the form {spelled}")


def _day(value: str, _: Context) -> str:
    _date(value, "%Y%m%d", _EIGHT, "YYYYMMDD")
    return value


def _phone(value: str, _: Context) -> str:
    if not _PHONE.fullmatch(value):
        raise Malformed("not a phone number of 7 to 15 digits, with or without a plus")
    return value


def _page_view(value: str, _: Context) -> str | None:
    """A missing or malformed value means DESKTOP and is no error (004, pageView)."""
    return value if _PAGE_VIEW.fullmatch(value) and not holds_card_number(value) else None


def flat_json(value: str, _: Context) -> dict[str, str]:
    """A JSON object of named values; numbers, booleans and nested values keep their own text.

    Bounded, because every status answer of the order reads it again.
    """
    if len(value) > FLAT_JSON_CHARS:
        raise Malformed(f"longer than {FLAT_JSON_CHARS} characters")
    try:
        raw = _decode_object(value.encode())
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        raise Malformed('not a JSON object of the form {"name": "value"}') from None
    flat = {
        mask_card_numbers(name): mask_card_numbers(spelled)
        for name, each in raw.items()
        if (spelled := _spelled(each)) is not None
    }
    if any(_CONTROL_BUT_BREAKS.search(part) for pair in flat.items() for part in pair):
        raise Malformed("control characters are not allowed")
    if len(flat) > FLAT_JSON_NAMES or any(len(name) > NAME_CHARS for name in flat):
        raise Malformed(
            f"more than {FLAT_JSON_NAMES} names, or one of over {NAME_CHARS} characters"
        )
    return flat


def _json_params(value: str, context: Context) -> dict[str, str]:
    flat = flat_json(value, context)
    reserved = [name for name in flat if name in RESERVED_NAMES]
    if reserved:
        raise Malformed(f"reserved names: {', '.join(reserved)}")
    return flat


def _payer_data(value: str, context: Context) -> dict[str, str]:
    flat = flat_json(value, context)
    if any(len(each) > PAYER_DATA_MAX for each in flat.values()):
        raise Malformed(f"a value is longer than {PAYER_DATA_MAX} characters")
    return flat


def json_value(value: str, _: Context) -> Any:
    """Read bounded JSON of any shape."""
    if len(value) > JSON_CHARS:
        raise Malformed(f"longer than {JSON_CHARS} characters")
    try:
        parsed = msgspec.json.decode(value.encode())
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        raise Malformed("not JSON") from None
    if _deeper_than(JSON_DEPTH_MAX, parsed):
        raise Malformed(f"JSON nested deeper than {JSON_DEPTH_MAX} levels")
    if _CONTROL_BUT_BREAKS.search(value) or "\\u0000" in value:
        raise Malformed("control characters are not allowed")
    return mask_document(parsed)


def _deeper_than(levels: int, parsed: Any) -> bool:
    """Whether JSON is nested deeper, so that later code may walk it by recursion."""
    level = [parsed]
    for _ in range(levels + 1):
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [
            child for each in inner for child in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _csv(value: str, _: Context) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _pan(value: str, _: Context) -> Pan:
    number = value.replace(" ", "").replace("-", "")
    try:
        pan = Pan(number)
    except ValueError:
        raise Malformed("not a card number of 12 to 19 digits") from None
    if not luhn_ok(number):
        raise Malformed("the check digit of the card number is wrong (Luhn)")
    return pan


def _cvc(value: str, _: Context) -> Cvc:
    try:
        return Cvc(value)
    except ValueError:
        raise Malformed("not three or four digits") from None


def _expiry(value: str, _: Context) -> Expiry:
    try:
        return Expiry.parse(value)
    except ValueError:
        raise Malformed("not a month of the form YYYYMM") from None


def _tds_version(value: str, _: Context) -> str:
    if value not in ("2.1.0", "2.2.0"):
        raise Malformed("not 2.1.0 or 2.2.0")
    return value


def _holder(value: str, _: Context) -> str:
    name = value.strip()
    if not holder_ok(name):
        raise Malformed("Latin letters, space, dot, apostrophe and hyphen only, at most 64")
    return name


def _spelled(raw: msgspec.Raw) -> str | None:
    literal = bytes(raw).strip()
    if literal == b"null":
        return None
    return str(msgspec.json.decode(literal)) if literal[:1] == b'"' else literal.decode()


_ONE_LINE: Final = r"[^\t\n\r]*"  # XML allows hardly any other control character
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]|[\r\n\t]")
_CONTROL_BUT_BREAKS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_URL: Final = re.compile(r'[^\s<>"]*')
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_UUID: Final = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_PAGE_VIEW: Final = re.compile("[A-Za-z0-9_-]{1,20}")
_MOMENT: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_FOURTEEN: Final = re.compile("[0-9]{14}")
_EIGHT: Final = re.compile("[0-9]{8}")
_decode_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

PAYER_DATA_MAX: Final = 50  # characters
FLAT_JSON_CHARS: Final = 65_536
FLAT_JSON_NAMES: Final = 100
NAME_CHARS: Final = 255
JSON_CHARS: Final = 262_144
JSON_DEPTH_MAX: Final = 20
URL_TEXT: Final = text(512)
ANY_TEXT: Final = Type("ANS", lambda value, _: value)
AMOUNT: Final = Type("N..12", _amount, pattern="[0-9]{1,12}")
ORDER_AMOUNT: Final = Type("N..12", _order_amount, pattern="[0-9]{1,12}")
CURRENCY: Final = Type("N3", _currency, pattern="[0-9]{3}")
LANGUAGE: Final = Type("A2", _language, pattern="[rR][uU]|[eE][nN]")
LENIENT_LANGUAGE: Final = Type("A2", _lenient_language, forgiving=True)
RETURN_URL: Final = Type("ANS..512", _return_url, max_length=512, pattern=_URL.pattern)
URL: Final = Type("ANS..512", _url, max_length=512, pattern=_URL.pattern)
ORDER_ID: Final = Type("ANS36", _order_id, pattern=_UUID.pattern)
BOOLEAN: Final = Type("boolean", _boolean)
MOMENT: Final = Type("yyyy-MM-ddTHH:mm:ss", _moment)
COMPACT_MOMENT: Final = Type("N14", _compact_moment, pattern=_FOURTEEN.pattern)
DAY: Final = Type("N8", _day, pattern=_EIGHT.pattern)
PHONE: Final = Type("NS..12", _phone, pattern=_PHONE.pattern)
PAGE_VIEW: Final = Type("ANS..20", _page_view, forgiving=True)
JSON_PARAMS: Final = Type('JSON {"name":"value"}', _json_params)
FLAT_JSON: Final = Type('JSON {"name":"value"}', flat_json)
PAYER_DATA: Final = Type("JSON", _payer_data)
JSON: Final = Type("JSON", json_value)
CSV: Final = Type("list, comma separated", _csv)
PAN: Final = Type("N12..19", _pan, pattern="[ -]*([0-9][ -]*){12,19}")
CVC: Final = Type("N3..4", _cvc, pattern="[0-9]{3,4}")
EXPIRY: Final = Type("N6 YYYYMM", _expiry, pattern="[0-9]{6}")
TDS_VERSION: Final = Type("2.1.0 or 2.2.0", _tds_version)
HOLDER: Final = Type("A..64", _holder)
