"""The types of files that a page set may have: by their names, and by their content.

Source: payment-page.md §1.
"""

import re
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

# The table of the operating system differs between machines, so it is not used.
MEDIA_TYPES: Final = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".gif": "image/gif",
        ".webp": "image/webp",
        ".ico": "image/x-icon",
        ".woff": "font/woff",
        ".woff2": "font/woff2",
        ".ttf": "font/ttf",
        ".otf": "font/otf",
        ".eot": "application/vnd.ms-fontobject",
    }
)
TEXTS: Final = frozenset({".html", ".css", ".js", ".json", ".svg"})
DEPTH_MAX: Final = 8

# How files of these types begin.
_SIGNATURES: Final = MappingProxyType(
    {
        ".png": re.compile(rb"\x89PNG\r\n\x1a\n"),
        ".jpg": re.compile(rb"\xff\xd8\xff"),
        ".jpeg": re.compile(rb"\xff\xd8\xff"),
        ".gif": re.compile(rb"GIF8[79]a"),
        ".webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
        ".ico": re.compile(rb"\x00\x00\x01\x00"),
        ".woff": re.compile(rb"wOFF"),
        ".woff2": re.compile(rb"wOF2"),
        ".ttf": re.compile(rb"\x00\x01\x00\x00|true"),
        ".otf": re.compile(rb"OTTO|\x00\x01\x00\x00"),
        ".eot": re.compile(rb".{34}LP", re.DOTALL),
    }
)
# A part of a path begins with a letter, digit or underscore, which excludes `..`, hidden files and
# empty parts.
_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}")


def is_path(path: str) -> bool:
    """Whether a path is one that a file of a set may have."""
    parts = path.split("/")
    return len(parts) <= DEPTH_MAX and all(map(_PART.fullmatch, parts))


def is_relative(address: str) -> bool:
    """Whether an address has nothing but `.`, `..` and the parts of a path of a set.

    `https://host/../../a.png` is a path of the set once it is normalised, and another host for a
    browser.
    """
    return all(each in {".", ".."} or _PART.fullmatch(each) for each in address.split("/"))


def suffix_of(path: str) -> str:
    """The end of a file's name, in lower case: ".css"."""
    return PurePosixPath(path).suffix.lower()


def media_type_of(path: str) -> str | None:
    """The type under which a file besides the pages is served; None: it is not served."""
    return MEDIA_TYPES.get(suffix_of(path))


def is_of_its_type(path: str, content: bytes) -> bool:
    """Whether a picture or a font is what its name says."""
    signature = _SIGNATURES.get(suffix_of(path))
    return signature is None or signature.match(content) is not None
