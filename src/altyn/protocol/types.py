"""The types of parameters: how each is read, and which rule a bad value breaks.

Notation of the reference: A letters, N digits, ANS letters, digits and symbols; `..n` at most n.
Source: rest-orders.md §1.3, §2.1; 004 (request parameters).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from altyn.domain.card.free_text import holds_card_number, mask_card_numbers
from altyn.domain.card.values import Cvc, Expiry, Pan, holder_ok, luhn_ok
from altyn.domain.control_characters import has_control
from altyn.domain.language import language_code
from altyn.domain.merchant import Merchant
from altyn.domain.money import canonical_currency
from altyn.domain.moscow import COMPACT_FORMAT, REQUEST_FORMAT, from_moscow
from altyn.domain.phone import phone_text
from altyn.domain.web_address import web_address
from altyn.protocol.addresses import ascii_address
from altyn.protocol.json_text import JSON_CHARS, flat_json, json_holds_card_number, json_value
from altyn.protocol.malformed import Malformed

RESERVED_NAMES: Final = ("sbrf_spasibo:amount_bonus", "sbrf_sbermiles:amount_bonus", "loyaltyId")
AMOUNT_DIGITS: Final = 12


class Source(Protocol):
    """The parameters of a request, whatever endpoint has read them."""

    def get(self, name: str) -> str | None: ...
    def get_all(self, name: str) -> tuple[str, ...]: ...
    def __iter__(self) -> Iterator[str]: ...


def sent_values(source: Source, names: Iterable[str]) -> list[str]:
    """The values of these names, name by name; an empty one counts as not sent."""
    return [value for name in names for value in source.get_all(name) if value]


def first_sent(source: Source, *names: str) -> str | None:
    """The first value of these names that is not empty: the one that a method reads."""
    return source.get(names[0]) or next(iter(sent_values(source, names)), None)


@dataclass(frozen=True, slots=True)
class Context:
    """What a type may read besides the value: the merchant, and the other parameters."""

    merchant: Merchant | None
    source: Source
    json_names: frozenset[str] = frozenset()

    def is_given(self, name: str) -> bool:
        """Whether a parameter has a value. JSON null is none, for one of the `json_names`."""
        value = first_sent(self.source, name)
        return bool(value) and not (name in self.json_names and value == "null")


Parse = Callable[[str, Context], Any]


@dataclass(frozen=True, slots=True)
class Type:
    """A parameter's type: its notation for the docs, how it is read, and facets for an XSD.

    Facets never refuse what `parse` takes: `max_length` in characters, `pattern` of the whole value
    in the syntax that Python and XSD share, `enumeration` of each value of a list, `low` and `high`
    of numbers. `lines`: the value may have several, so white space is part of it.
    `forgiving`: a value that cannot be read is treated as not sent, and is never an error.
    `json`: the value is a JSON document, so that `null` means that nothing was sent.
    `masks`: card numbers in the value are masked where it is read (decision 0012).
    `repeatable`: the values of a repeated parameter are one list, and are parsed joined by commas.
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
    json: bool = False
    masks: bool = False
    repeatable: bool = False

    def is_absent(self, value: str) -> bool:
        """Whether a value that was sent means that none was: JSON null (rest-orders.md, 1.1)."""
        return self.json and value.strip() == "null"

    def has_masked(self, value: str) -> bool:
        """Whether a card number in a value that was sent is masked."""
        holds = json_holds_card_number if self.json else holds_card_number
        return self.masks and holds(value)


def text(
    maximum: int, notation: str | None = None, *, lines: bool = False, masks: bool = True
) -> Type:
    """ANS..n: any printable text of at most n characters; several `lines` where allowed.

    Card numbers in it are masked (decision 0012), but not where another rule refuses them (`masks`
    False).
    """

    def parse(value: str, _: Context) -> str:
        if len(value) > maximum:
            raise Malformed(f"longer than {maximum} characters")
        if has_control(value, lines=lines):
            raise Malformed("control characters are not allowed")
        return mask_card_numbers(value) if masks else value

    pattern = None if lines else _ONE_LINE
    name = notation or f"ANS..{maximum}"
    return Type(name, parse, maximum, pattern, lines=lines, masks=masks)


def digits(maximum: int, *, low: int = 0, high: int | None = None) -> Type:
    """N..n: a whole number; leading zeros are read as decimal, never as octal."""

    def parse(value: str, _: Context) -> int:
        if not (value.isascii() and value.isdigit()) or len(value) > maximum:
            raise Malformed(f"not a number of at most {maximum} digits")
        number = int(value)
        if number < low or (high is not None and number > high):
            raise Malformed(f"below {low}" if high is None else f"not between {low} and {high}")
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
        raise Malformed("not a numeric code of ISO 4217, such as 643")
    if context.merchant is not None and currency.code not in context.merchant.settings.currencies:
        raise Malformed("the merchant's setting currencies does not list this currency")
    return currency.code


def _language(value: str, _: Context) -> str:
    code = language_code(value)
    if code is None:
        raise Malformed("not a language code of two Latin letters, such as ru")
    return code


def _lenient_language(value: str, _: Context) -> str | None:
    return language_code(value)


def _return_url(value: str, context: Context) -> str:
    """An address as the shop gave it, which need not be encoded nor have a scheme."""
    address = str(URL_TEXT.parse(value, context)).strip()
    scheme = _SCHEME.match(address)
    if not address or (scheme and scheme[1].lower() in NOT_FOR_BROWSERS):
        raise Malformed("not an address that a browser may be sent to")
    if scheme and scheme[1].lower() in {"http", "https"}:
        _web_address(address)
    return address


def _url(value: str, context: Context) -> str:
    """An address for messages of 3-D Secure, which have no other form: encoded."""
    return ascii_address(_return_url(value, context))


def _callback_url(value: str, context: Context) -> str:
    address = str(URL_TEXT.parse(value, context)).strip()
    _web_address(address)
    return address


def _web_address(address: str) -> None:
    parts = web_address(address)
    if parts is None or _NOT_IN_HOSTS.search(parts.netloc):
        raise Malformed("not a whole http or https address, such as https://shop.example/path")


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
    number = phone_text(value)
    if not _PHONE.fullmatch(number):
        raise Malformed("not a phone number of 7 to 15 digits, with or without a plus")
    return number


def _page_view(value: str, _: Context) -> str | None:
    """A missing or malformed value means DESKTOP and is no error (004, pageView)."""
    return value if _PAGE_VIEW.fullmatch(value) and not holds_card_number(value) else None


def _json_params(value: str, _: Context) -> dict[str, str]:
    flat = flat_json(value)
    reserved = [name for name in flat if name in RESERVED_NAMES]
    if reserved:
        raise Malformed(f"reserved names: {', '.join(reserved)}")
    return flat


def _payer_data(value: str, _: Context) -> dict[str, str]:
    flat = flat_json(value)
    if any(len(each) > PAYER_DATA_MAX for each in flat.values()):
        raise Malformed(f"a value is longer than {PAYER_DATA_MAX} characters")
    return flat


def _parts_of_a_cart(value: str, _: Context) -> Any:
    """JSON; a text that is none stays text, which the rules of a cart refuse in their turn."""
    try:
        return json_value(value)
    except Malformed:
        return mask_card_numbers(value[:JSON_CHARS])


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


_ONE_LINE: Final = r"[^\t\n\r]*"  # XML allows hardly any other control character
_NOT_IN_HOSTS: Final = re.compile(r"""[\s<>"'\\^`{|}]""")
NOT_FOR_BROWSERS: Final = frozenset({"javascript", "data", "vbscript", "file", "blob"})
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_UUID: Final = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_PAGE_VIEW: Final = re.compile("[A-Za-z0-9_-]{1,20}")
_MOMENT: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_FOURTEEN: Final = re.compile("[0-9]{14}")
_EIGHT: Final = re.compile("[0-9]{8}")

PAYER_DATA_MAX: Final = 50  # characters
URL_TEXT: Final = text(512, masks=False)
ANY_TEXT: Final = Type("ANS", lambda value, _: value)
AMOUNT: Final = Type("N..12", _amount, pattern="[0-9]{1,12}")
ORDER_AMOUNT: Final = Type("N..12", _order_amount, pattern="[0-9]{1,12}")
CURRENCY: Final = Type("N3", _currency, pattern="[0-9]{3}")
LANGUAGE: Final = Type("A2", _language, pattern="[a-zA-Z]{2}")
LENIENT_LANGUAGE: Final = Type("A2", _lenient_language, forgiving=True)
RETURN_URL: Final = Type("ANS..512", _return_url, max_length=512, pattern=_ONE_LINE)
CALLBACK_URL: Final = Type("ANS..512", _callback_url, max_length=512, pattern=_ONE_LINE)
URL: Final = Type("ANS..512", _url, max_length=512, pattern=_ONE_LINE)
ORDER_ID: Final = Type("ANS36", _order_id, pattern=_UUID.pattern)
BOOLEAN: Final = Type("boolean", _boolean)
MOMENT: Final = Type("yyyy-MM-ddTHH:mm:ss", _moment)
COMPACT_MOMENT: Final = Type("N14", _compact_moment, pattern=_FOURTEEN.pattern)
DAY: Final = Type("N8", _day, pattern=_EIGHT.pattern)
PHONE: Final = Type("NS..12", _phone, pattern=r"[+ ]?[0-9]{7,15}")
PAGE_VIEW: Final = Type("ANS..20", _page_view, forgiving=True)
JSON_PARAMS: Final = Type('JSON {"name":"value"}', _json_params, json=True, masks=True)
FLAT_JSON: Final = Type(
    'JSON {"name":"value"}', lambda value, _: flat_json(value), json=True, masks=True
)
PAYER_DATA: Final = Type("JSON", _payer_data, json=True, masks=True)
JSON: Final = Type("JSON", lambda value, _: json_value(value), json=True, masks=True)
CART_PARTS: Final = Type("JSON", _parts_of_a_cart, json=True, masks=True)
CSV: Final = Type("list, comma separated", _csv, repeatable=True)
PAN: Final = Type("N12..19", _pan, pattern="[ -]*([0-9][ -]*){12,19}")
CVC: Final = Type("N3..4", _cvc, pattern="[0-9]{3,4}")
EXPIRY: Final = Type("N6 YYYYMM", _expiry, pattern="20[0-9]{2}(0[1-9]|1[0-2])")
TDS_VERSION: Final = Type("2.1.0 or 2.2.0", _tds_version)
HOLDER: Final = Type("A..64", _holder)
