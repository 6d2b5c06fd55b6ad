"""Rules for the settings of a merchant's payment page.

Source: payment-page.md §7.
"""

import base64
import binascii
import re
from collections.abc import Collection
from typing import Final

from altyn.domain.page import PAGE_LANGUAGES
from altyn.operations.staff.setting_rules import ADDRESS_LENGTH_MAX, is_web_address

NAME_LENGTH_MAX: Final = 100
LOGO_BYTES_MAX: Final = 16_384
FRAME_ORIGINS_MAX: Final = 20

NAMES_ALLOWED: Final = (
    f"a list of language=name, each language once, of {', '.join(PAGE_LANGUAGES)}; a name has 1 to "
    f"{NAME_LENGTH_MAX} printable characters"
)
LOGO_ALLOWED: Final = (
    f"an https address of at most {ADDRESS_LENGTH_MAX} ASCII characters without a user or a "
    "#fragment, or data:image/png;base64,... (also jpeg, webp) with an image of that type of at "
    f"most {LOGO_BYTES_MAX} bytes; empty: no logo"
)
FRAME_ORIGINS_ALLOWED: Final = (
    f"a list of at most {FRAME_ORIGINS_MAX} origins, as https://shop.example, "
    "https://*.shop.example or https://shop.example:8443, without a path; http only for localhost "
    "and 127.0.0.1"
)

_NAME: Final = re.compile(rf"({'|'.join(PAGE_LANGUAGES)})=(\S(?:.*\S)?)")
_NEXT_NAME: Final = re.compile(r",\s*(?=[A-Za-z]{2}=)")
_DATA: Final = re.compile(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})")
_SIGNATURES: Final = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ORIGIN: Final = re.compile(
    rf"(?:https://(?:\*\.{_LABEL}\.)?{_LABEL}(?:\.{_LABEL})*|http://(?:localhost|127\.0\.0\.1))"
    r"(?::[1-9][0-9]{0,4})?"
)
_PORT_MAX: Final = 65_535


def names_of(text: str) -> list[str]:
    """Names as a person types them; a comma belongs to a name unless `xx=` follows it."""
    return [line.strip(" ,") for line in _NEXT_NAME.split(text) if line.strip(" ,")]


def are_names(lines: Collection[str]) -> bool:
    """Whether all are `language=name`, each with a language of the page that no other has."""
    found = [_NAME.fullmatch(line) for line in lines if line.isprintable()]
    languages = {each[1] for each in found if each and len(each[2]) <= NAME_LENGTH_MAX}
    return len(languages) == len(lines)


def is_logo(text: str) -> bool:
    """Whether a text is empty, an https address, or a small image in a data address."""
    if text.startswith("data:"):
        return _is_image(text)
    return not text or (text.isascii() and text.startswith("https://") and is_web_address(text))


def _is_image(text: str) -> bool:
    """Whether a data address has the bytes of the image that it announces."""
    found = _DATA.fullmatch(text)
    if found is None:
        return False
    try:
        content = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    return len(content) <= LOGO_BYTES_MAX and _SIGNATURES[found[1]].match(content) is not None


def are_frame_origins(origins: Collection[str]) -> bool:
    """Whether all are origins that a policy may name, and there are not too many.

    A page that came by http could have been altered on its way, and could then hide what the
    payer presses.
    """
    return len(origins) <= FRAME_ORIGINS_MAX and all(map(_is_origin, origins))


def _is_origin(text: str) -> bool:
    if _ORIGIN.fullmatch(text) is None:
        return False
    port = text.rpartition(":")[2]
    return not port.isdecimal() or int(port) <= _PORT_MAX
