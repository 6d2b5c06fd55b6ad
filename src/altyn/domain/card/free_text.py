"""Card numbers in texts that are no card fields, such as a description.

A shop or a payer types a card number into the wrong field; stored in clear it would be shown in
statuses, callbacks and backups. Here a card number has the check digit, a length and the first
digits of a payment system. Decision: 0012-card-numbers-in-free-texts.md.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from altyn.domain.card.values import Pan, PaymentSystem, luhn_ok, payment_system

DIGITS_MIN: Final = 13

# 13 and 14 digits are not among them: no system has issued them for decades, and barcodes of goods
# (EAN-13, GTIN-14) begin with the same digits.
LENGTHS: Final = {
    PaymentSystem.VISA: (16, 19),
    PaymentSystem.MASTERCARD: (16, 17, 18, 19),
    PaymentSystem.MIR: (16, 17, 18, 19),
    PaymentSystem.AMEX: (15,),
    PaymentSystem.JCB: (16, 17, 18, 19),
    PaymentSystem.CUP: (16, 17, 18, 19),
}
_LENGTH_MAX: Final = 19
# An id of an order may hold many digits in a row and must stay readable.
_ID: Final = r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
_RUN: Final = re.compile(rf"{_ID}|[0-9](?:[ .+\-\u00a0\u202f]?[0-9]){{{DIGITS_MIN - 1},}}")
# The code of a marked product as hexadecimal bytes; a card number has at most 9 and a half.
_MARK_CODE: Final = re.compile("[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){9,31}")
_GROUP: Final = re.compile("[0-9]+")
_ALPHANUMERIC: Final = re.compile(r"[^\W_]")
_DIGITS_AS_ZERO: Final = bytes(0x30 if each in b"0123456789" else each for each in range(256))
_BETWEEN_DIGITS: Final = " .+-\u00a0\u202f".encode()  # byte by byte: this may only find too many


def holds_card_number(text: str) -> bool:
    """Whether a card number stands anywhere in the text, also in groups of digits."""
    return next(_found(text), None) is not None


def utf8_holds_card_number(encoded: bytes) -> bool:
    """`holds_card_number`, of a text in UTF-8; most texts have fewer digits in a row."""
    digits = encoded.translate(_DIGITS_AS_ZERO, _BETWEEN_DIGITS)
    return b"0" * DIGITS_MIN in digits and holds_card_number(encoded.decode())


def is_card_number_alone(text: str) -> bool:
    """Whether the text has a card number with no letter before or after it.

    Digits that a letter precedes or follows are a part of a name that the shop has made.
    """
    return any(
        not _ALPHANUMERIC.match(text[start - 1 : start]) and not _ALPHANUMERIC.match(text[end:])
        for start, end in _found(text)
    )


def mask_card_numbers(text: str) -> str:
    """The text with every card number as its first six digits, two stars and the last four."""
    parts, position = [], 0
    for start, end in _found(text):
        digits = "".join(_GROUP.findall(text[start:end]))
        parts += [text[position:start], Pan(digits).masked]
        position = end
    return "".join((*parts, text[position:])) if parts else text


def mask_document(value: Any) -> Any:
    """A parsed JSON value with every card number masked, also in names and where it is a number."""
    match value:
        case str():
            return value if _MARK_CODE.fullmatch(value) else mask_card_numbers(value)
        case dict():
            return {mask_document(name): mask_document(each) for name, each in value.items()}
        case list():
            return [mask_document(each) for each in value]
        case int() if not isinstance(value, bool) and holds_card_number(str(value)):
            return mask_card_numbers(str(value))
        case _:
            return value


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand, from left to right; the longest one where several begin."""
    for run in _RUN.finditer(text):
        if re.fullmatch(_ID, run[0]):
            continue
        groups = [(m.start() + run.start(), m.end() + run.start()) for m in _GROUP.finditer(run[0])]
        first = 0
        while first < len(groups):
            last = _last_group(text, groups, first)
            if last is None:
                first += 1
            else:
                yield groups[first][0], groups[last][1]
                first = last + 1


def _last_group(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The group with which a card number ends that begins with the group `first`."""
    digits, found = "", None
    for place in range(first, len(groups)):
        digits += text[slice(*groups[place])]
        if len(digits) > _LENGTH_MAX:
            break
        if _is_card_number(digits):
            found = place
    return found


def _is_card_number(digits: str) -> bool:
    system = payment_system(digits)
    return system is not None and len(digits) in LENGTHS[system] and luhn_ok(digits)
