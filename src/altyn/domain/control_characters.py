"""Characters that no text may have: they control a terminal, or the order of what is shown.

Unicode's controls (C0, DEL, C1), halves of surrogate pairs, and all characters with the property
Bidi_Control: those could show `A-1` as another number.
"""

import re
from typing import Final

_ALWAYS: Final = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
_CONTROL: Final = re.compile(f"[{_ALWAYS}\r\n\t]")
# The first bytes of controls in UTF-8: DEL, C1, and those of the order of writing. JSON escapes C0.
_BEFORE_CONTROLS: Final = (b"\x7f", b"\xc2", b"\xd8\x9c", b"\xe2\x80", b"\xe2\x81")
_CONTROL_BUT_BREAKS: Final = re.compile(f"[{_ALWAYS}]")


def has_control(text: str, *, lines: bool = False) -> bool:
    """Whether a text has a control character. `lines`: breaks and tabs are allowed."""
    return (_CONTROL_BUT_BREAKS if lines else _CONTROL).search(text) is not None


def json_has_control(encoded: bytes) -> bool:
    """`has_control` with `lines`, of JSON in UTF-8: quick, as most JSON has none of these bytes.

    Any escape but that of a quote counts, too: it may be one of a control character.
    """
    if b"\\" in encoded and b"\\" in encoded.replace(b'\\"', b""):
        return True
    # One byte is found much quicker than two.
    suspicious = any(each[:1] in encoded and each in encoded for each in _BEFORE_CONTROLS)
    return suspicious and has_control(encoded.decode(), lines=True)


def escape_controls(text: str, *, lines: bool = False) -> str:
    """The text with an escape in the place of each control character.

    `lines`: breaks and tabs stay.
    """
    return (_CONTROL_BUT_BREAKS if lines else _CONTROL).sub(_escape, text)


def escape_controls_of_json(text: str) -> str:
    """JSON with JSON's own escape in the place of each control character that it may have."""
    return _CONTROL_BUT_BREAKS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _escape(found: "re.Match[str]") -> str:
    return found.group().encode("unicode_escape").decode()
