"""Shows characters that could control a terminal as escapes.

Texts of orders, shops and callback receivers come from outside: a control sequence in them could
clear the screen, and a bidi control could reverse the order of what is shown.
"""

import json
import re
from typing import Final

_PRINTED_SPACES: Final = "\n\xa0\u2007\u2009\u202f"
"""The line break of our own output, and the spaces of amounts."""


def visible(text: str) -> str:
    """A value on one line: each character that is not printable is escaped, also line breaks."""
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in text)


def safe_for_terminal(text: str) -> str:
    """An output of one or more lines: characters that could control the terminal are escaped."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign in _PRINTED_SPACES else _escape(sign) for sign in text
    )


def json_text(value: object) -> str:
    """A value as indented JSON; characters that could control the terminal have JSON's escape."""
    return _NOT_ASCII.sub(_json_escape, json.dumps(value, ensure_ascii=False, indent=2))


def json_line(value: object) -> str:
    """As `json_text`, on one line."""
    return _NOT_ASCII.sub(_json_escape, json.dumps(value, ensure_ascii=False))


_NOT_ASCII: Final = re.compile("[^\n -~]")


def _json_escape(found: "re.Match[str]") -> str:
    sign = found.group()
    return sign if sign.isprintable() or sign in _PRINTED_SPACES else json.dumps(sign)[1:-1]


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode()
