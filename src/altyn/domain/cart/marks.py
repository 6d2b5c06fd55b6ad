"""The code of a marked product (the attribute `nomenclature`), in its two written forms.

Source: fiscal.md §5, Additions.
"""

import re
from typing import Final

HEX_BYTES_MAX: Final = 32
_HEX: Final = re.compile("[0-9A-Fa-f]{2}( [0-9A-Fa-f]{2})*")


def is_hex(code: str) -> bool:
    """Whether the code is written as hexadecimal bytes with blanks between them."""
    return _HEX.fullmatch(code) is not None


def mark_bytes(code: str) -> bytes:
    """The bytes of a code in either form; a raw code keeps its group separators."""
    return bytes.fromhex(code) if is_hex(code) else code.encode()
