"""The mark of a product: hexadecimal bytes under FFD 1.05, a code by its kind under FFD 1.2.

Source: fiscal.md §5, §14.
"""

import base64
import re
from collections.abc import Mapping
from typing import Final

_HEX: Final = re.compile(r"[0-9a-fA-F]{2}(?: [0-9a-fA-F]{2}){0,}")
_KINDS: Final = (  # the first that fits
    ("ean8", re.compile(r"[0-9]{8}")),
    ("ean13", re.compile(r"[0-9]{13}")),
    ("itf14", re.compile(r"[0-9]{14}")),
    ("fur", re.compile(r"[A-Z]{2}-[0-9]{6}-[A-Z0-9]{10}")),
    ("gs1m", re.compile(r"\x1d?\(?01\)?[0-9]{14}\(?21\)?.+", re.DOTALL)),
    ("short", re.compile(r".{1,38}", re.DOTALL)),
    ("gs1m", re.compile(r".+", re.DOTALL)),
)
KINDS: Final = frozenset({
    "unknown", "ean8", "ean13", "itf14", "gs10", "gs1m", "short", "fur", "egais20", "egais30",
})  # fmt: skip
"""The kinds of codes that a shop may name itself, in the attribute `markCode`."""


def mark_code(nomenclature: str) -> dict[str, str]:
    """The code with its kind. A GS1 code with a mark is in base64, since it has separators."""
    code = _decoded(nomenclature)
    kind = next(kind for kind, form in _KINDS if form.fullmatch(code))
    if kind == "gs1m":
        return {kind: base64.b64encode(code.encode()).decode()}
    return {kind: code}


def named_code(sent: Mapping[str, object]) -> dict[str, str]:
    """The code of a shop that names its kind; it is passed on as it is."""
    return {kind: str(code) for kind, code in sent.items() if kind in KINDS and code}


def _decoded(nomenclature: str) -> str:
    """The code itself, where the shop sent its bytes in hexadecimal with blanks."""
    if " " in nomenclature and _HEX.fullmatch(nomenclature):
        return bytes.fromhex(nomenclature).decode("latin-1")
    return nomenclature
