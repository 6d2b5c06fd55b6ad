"""The answer to a method that does not exist, with the one that was probably meant.

Source: rest-orders.md §11 (unknown paths), §1.4 (errorCode is a text).
"""

from typing import Final

from altyn.domain.card.free_text import mask_card_numbers
from altyn.domain.similar_names import similar_name
from altyn.protocol.dialect import Dialect
from altyn.protocol.presentation import ErrorAnswer

ERROR_CODE: Final = 5
NAME_CHARS_MAX: Final = 48


def unknown_method(name: str, dialect: Dialect, language: str) -> ErrorAnswer:
    """The error for an unknown method of a dialect, in English or Russian."""
    name = mask_card_numbers(name)
    shown = name if len(name) <= NAME_CHARS_MAX else f"{name[:NAME_CHARS_MAX]}..."
    names = [path.removeprefix(dialect.prefix) for path in dialect.paths]
    meant = similar_name(name[:NAME_CHARS_MAX], names)
    if language == "en":
        text = f"Unknown method {shown}" + (f". Did you mean {meant}?" if meant else "")
    else:
        text = f"Неизвестный метод {shown}" + (
            f". Возможно, имелся в виду {meant}" if meant else ""
        )
    return ErrorAnswer(ERROR_CODE, text)
