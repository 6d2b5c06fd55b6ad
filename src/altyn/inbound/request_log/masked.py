"""Masks what the request log keeps: parameters by their type and name, texts, and answers.

A value of a parameter for a card number shows its first six and last four digits; a value of any
other secret parameter is hidden. In all other texts, secrets that have a name (`"password": …`) and
card numbers are masked. Source: docs/architecture.md; src/altyn/masking.py.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from altyn.domain.card.free_text import mask_card_numbers
from altyn.domain.notes import Note, Notes
from altyn.domain.request_log import SentParameter
from altyn.masking import CUT, HIDDEN, is_secret_name, mask_text, shortened

VALUE_CHARS_MAX: Final = 4_000
NAME_CHARS_MAX: Final = 100
PARAMETERS_MAX: Final = 200
PARAMETERS_CHARS_MAX: Final = 32_000
ANSWER_CHARS_MAX: Final = 8_000
BODY_BYTES_MAX: Final = 16_000
FACT_CHARS_MAX: Final = 300
RULE_CHARS_MAX: Final = 2_000
CARD_NAMES: Final = frozenset({"$PAN", "pan", "$CVC", "cvc"})
"""The names of a card's values in requests that were not read by the table of a method."""
OTHER_CARD_FIELDS: Final = frozenset(
    {"$EXPIRY", "YYYY", "MM", "TEXT", "expiry", "expiryDate", "newExpiry"}
    | {"cardholder", "cardholderName"}
)
"""The other fields of a card. A card number that was typed there is masked, also a mistyped one,
whose check digit is wrong."""

_PAN_LENGTHS: Final = range(12, 20)
_MASKED: Final = re.compile(r"[0-9]{6}\*\*[0-9]{4}")
_SHORT: Final = 12
"""Shorter texts hold no card number, and mostly no secret with its name."""

_USUAL: Final = frozenset({"userName", "password", "orderNumber", "returnUrl", "description"})

Pairs = Iterable[tuple[str, str]]


def sent_parameters(
    pairs: Pairs, card_names: Collection[str] = CARD_NAMES
) -> tuple[SentParameter, ...]:
    """Parameters as they were sent, masked; those with `card_names` hold a card number or code.

    After PARAMETERS_MAX of them, or PARAMETERS_CHARS_MAX characters, one named `…` stands for the
    rest.
    """
    return tuple(_masked_pairs(pairs, card_names))


def _masked_pairs(pairs: Pairs, card_names: Collection[str]) -> Iterator[SentParameter]:
    left = PARAMETERS_CHARS_MAX
    for count, (name, value) in enumerate(pairs):
        if count >= PARAMETERS_MAX or left <= 0:
            yield SentParameter(CUT, CUT, cut=True)
            return
        parameter = _masked(name, value, is_card=name in card_names)
        left -= len(parameter.name) + len(parameter.value)
        yield parameter


def _masked(name: str, value: str, *, is_card: bool) -> SentParameter:
    shown_name = name if name in _USUAL else masked_fact(name, NAME_CHARS_MAX)
    if is_card:
        return SentParameter(shown_name, masked_card(value), masked=bool(value))
    if name in OTHER_CARD_FIELDS and sum(map(str.isdigit, value)) >= _PAN_LENGTHS.start:
        return SentParameter(shown_name, masked_card(value), masked=True)
    if is_secret_name(name):
        return SentParameter(shown_name, HIDDEN if value else "", masked=bool(value))
    if len(value) < _SHORT and "=" not in value and ":" not in value:
        return SentParameter(shown_name, value)
    kept = shortened(value, VALUE_CHARS_MAX)
    text = mask_text(kept)
    masked, cut = text != kept, kept is not value
    return SentParameter(shown_name, storable(text), masked=masked, cut=cut)


def masked_card(value: str) -> str:
    """The first six and last four digits of a card number; asterisks for anything else."""
    if not value or is_masked_card(value):
        return value
    if len(value) in _PAN_LENGTHS and value.isascii() and value.isdigit():
        return f"{value[:6]}**{value[-4:]}"
    return HIDDEN


def is_masked_card(value: str) -> bool:
    """Whether a value is what `masked_card` makes of a card number or code."""
    return value == HIDDEN or _MASKED.fullmatch(value) is not None


def masked_fact(text: str, length_max: int = FACT_CHARS_MAX) -> str:
    """A short text that a client has sent, such as a path or a login, masked and storable."""
    if len(text) < _SHORT and text.isalnum():
        return text
    return storable(mask_text(shortened(text, length_max)))


def masked_rule(rule: str) -> str:
    """The text of a rule. It names parameters and no values: only card numbers are masked."""
    return storable(mask_card_numbers(shortened(rule, RULE_CHARS_MAX)))


def masked_notes(notes: Notes) -> Notes:
    """Notes with masked card numbers: they may have names that a client has sent."""
    if not notes:
        return notes
    return tuple(Note(masked_rule(note.parameter), masked_rule(note.text)) for note in notes)


def masked_answer(body: bytes, content_type: str, size: int) -> str:
    """An answer in JSON, XML or plain text, masked and cut; of others their kind and size."""
    kind = content_type.partition(";")[0].strip()
    if not body:
        return ""
    body = body[: 4 * ANSWER_CHARS_MAX]  # a character has at most four bytes
    if kind not in {"application/json", "text/xml", "text/plain"}:
        return f"[{kind or 'no Content-Type'}, {size} bytes]"
    text = body.decode("utf-8", "replace")
    return storable(mask_text(shortened(text, ANSWER_CHARS_MAX)))


def masked_body(body: bytes) -> str:
    """The body of a request, masked; empty where it is too long to be kept whole."""
    if len(body) > BODY_BYTES_MAX:
        return ""
    return storable(mask_text(body.decode("utf-8", "replace")))


def storable(text: str) -> str:
    """A text that PostgreSQL takes: U+0000 and halves of surrogate pairs are replaced."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
