"""Page sets of the shops: files in one folder per merchant, served unchanged.

A shop can use the page set that it has for another gateway of the family. No file outside the
shop's folder can be requested. Source: payment-page.md §1.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from altyn.inbound.payment_page.addresses import PageName

FILE_BYTES_MAX: Final = 5_242_880
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
# A part of a path begins with a letter, digit or underscore, which excludes `..`, hidden files and
# empty parts.
_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}")
_DEPTH_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class ShopTemplates:
    """The folder of page sets; None when there is none. Reading blocks, so call it in a thread."""

    folder: Path | None

    def page(self, login: str, name: PageName, *languages: str) -> bytes | None:
        """The shop's own page in the first of these languages that it has, else None."""
        for language in dict.fromkeys(languages):
            for file in name.spellings(language):
                found = self.read(login, file)
                if found is not None:
                    return found
        return None

    def asset(self, login: str, path: str) -> tuple[bytes, str] | None:
        """A file that a page of the set uses, with its media type. Other types are not served."""
        media_type = MEDIA_TYPES.get(Path(path).suffix.lower())
        content = self.read(login, path) if media_type else None
        return None if content is None or media_type is None else (content, media_type)

    def read(self, login: str, path: str) -> bytes | None:
        """A file of the shop's folder; None when it does not exist or links to the outside."""
        parts = path.split("/")
        spelled = len(parts) <= _DEPTH_MAX and all(_PART.fullmatch(p) for p in (login, *parts))
        if self.folder is None or not spelled:
            return None
        try:
            home = self.folder.resolve() / login
            file = home.joinpath(*parts).resolve(strict=True)
            if not (file.is_relative_to(home) and file.is_file()):
                return None
            if file.stat().st_size > FILE_BYTES_MAX:
                return None
            return file.read_bytes()
        except OSError:
            return None
