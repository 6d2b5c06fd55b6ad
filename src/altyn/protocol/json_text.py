"""JSON in the text of a parameter: a flat object of names and values, or any bounded JSON."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from altyn.domain.card.free_text import (
    mask_card_numbers,
    mask_document,
    utf8_holds_card_number,
)
from altyn.domain.control_characters import has_control, json_has_control
from altyn.protocol.malformed import Malformed

_decode_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
FLAT_JSON_CHARS: Final = 65_536
FLAT_JSON_NAMES: Final = 100
NAME_CHARS: Final = 255
JSON_CHARS: Final = 262_144
JSON_DEPTH_MAX: Final = 20
GROUP_SEPARATOR: Final = "\x1d"
_NO_BRACKETS: Final = bytes(each for each in range(256) if each not in b'[]{}"')


def flat_json(value: str) -> dict[str, str]:
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
    if any(has_control(part, lines=True) for pair in flat.items() for part in pair):
        raise Malformed("control characters are not allowed")
    if len(flat) > FLAT_JSON_NAMES or any(len(name) > NAME_CHARS for name in flat):
        raise Malformed(
            f"more than {FLAT_JSON_NAMES} names, or one of over {NAME_CHARS} characters"
        )
    return flat


def json_value(value: str) -> Any:
    """Read bounded JSON of any shape. Raises Malformed."""
    return _checked(value)[0]


def compact_json(value: str) -> str:
    """Bounded JSON of any shape, written without spaces and needless escapes. Raises Malformed."""
    parsed, encoded = _checked(value)
    return (encoded or msgspec.json.encode(parsed)).decode()


def _checked(value: str) -> tuple[Any, bytes | None]:
    """The parsed value; and as JSON, where the quick check has written it."""
    if len(value) > JSON_CHARS:
        raise Malformed(f"longer than {JSON_CHARS} characters")
    try:
        parsed = msgspec.json.decode(value.encode())
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        raise Malformed("not JSON") from None
    encoded = _plain_encoding(parsed)
    if encoded is not None:
        return parsed, encoded
    if _deeper_than(JSON_DEPTH_MAX, parsed):
        raise Malformed(f"JSON nested deeper than {JSON_DEPTH_MAX} levels")
    if any(has_control(each, lines=True) for each in (value, *_escaped_texts(value, parsed))):
        raise Malformed("control characters are not allowed")
    return mask_document(parsed), None


def _plain_encoding(parsed: Any) -> bytes | None:
    """The value as JSON, if it is not too deep and has no control character and no card number.

    The checks of a whole text are made in C, those of every single text in it cost thirty times as
    much. None says nothing: the text has escapes, brackets in texts, or a number like a card's.
    """
    try:
        encoded = msgspec.json.encode(parsed)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        return None
    # Quotes and brackets alone: a text without brackets is a pair of quotes.
    skeleton = encoded.replace(b'\\"', b"").translate(None, _NO_BRACKETS).replace(b'""', b"")
    for _ in range(JSON_DEPTH_MAX):
        if not skeleton:
            break
        skeleton = skeleton.replace(b"[]", b"").replace(b"{}", b"")
    refused = skeleton or json_has_control(encoded) or utf8_holds_card_number(encoded)
    return None if refused else encoded


def json_holds_card_number(value: str) -> bool:
    """Whether a card number stands in a JSON text, whether escaped or not."""
    encoded = value.encode(errors="replace")
    if "\\" in value and "\\u" in value:
        try:
            encoded = msgspec.json.encode(msgspec.json.decode(encoded))
        except (msgspec.MsgspecError, RecursionError):
            return False  # not JSON: such a value is refused
    return utf8_holds_card_number(encoded)


def _escaped_texts(value: str, parsed: Any) -> Iterator[str]:
    """Every text and name in JSON that has escapes; without an escape the JSON itself has them.

    The group separator is left out: it divides the parts of a mark code in a cart.
    """
    waiting = [parsed] if "\\" in value else []
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each.replace(GROUP_SEPARATOR, "")
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += [*each, *each.values()]


def _deeper_than(levels: int, parsed: Any) -> bool:
    """Whether JSON is nested deeper, so that later code may walk it by recursion."""
    level = [parsed]
    for _ in range(levels + 1):
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [
            child for each in inner for child in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _spelled(raw: msgspec.Raw) -> str | None:
    literal = bytes(raw).strip()
    if literal == b"null":
        return None
    return str(msgspec.json.decode(literal)) if literal[:1] == b'"' else literal.decode()
