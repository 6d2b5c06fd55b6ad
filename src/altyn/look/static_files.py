"""Static files below an address with a digest of their contents, so that browsers may cache them.

The digest covers all files of a bundle. One changed byte changes the address of each, so a page
never gets a style sheet or a script of another version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final

# Not taken from the system, whose table differs between machines: a script that is served as
# text/plain does not run together with `X-Content-Type-Options: nosniff`.
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_DIGEST_LENGTH: Final = 12  # hexadecimal digits: 48 bits identify a version; they are no protection

CACHE_CONTROL: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is served."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """A bundle of files in memory; `digest` identifies the contents of all of them."""

    digest: str
    files: Mapping[str, StaticFile]

    def prefix(self, base: str) -> str:
        """The address of the bundle below `base`: "/payment/static/3f2a91c04be7"."""
        return f"{base}/{self.digest}"

    def find(self, name: str) -> StaticFile | None:
        """A file by its name, or None. It is read from memory, so no path is opened."""
        return self.files.get(name)


def load_static(*folders: Path) -> StaticFiles:
    """Read the files of the folders; a later folder replaces files of an earlier one.

    Raises KeyError for a file of an unknown type.
    """
    paths = {path.name: path for folder in folders for path in folder.iterdir() if path.is_file()}
    files = {
        name: StaticFile(name, _minified(paths[name]), _MEDIA_TYPES[paths[name].suffix])
        for name in sorted(paths)
    }
    digest = sha256()
    for file in files.values():
        # The length separates a name from its contents, and one file from the next.
        digest.update(f"{file.name}:{len(file.content)}:".encode())
        digest.update(file.content)
    return StaticFiles(digest.hexdigest()[:_DIGEST_LENGTH], MappingProxyType(files))


def _minified(path: Path) -> bytes:
    """The file without indents, empty lines, and comments on lines of their own.

    It loads faster on a slow connection. Only whole lines are removed, so a script keeps its
    meaning as long as it has no string of several lines.
    """
    source = path.read_text("utf-8")
    if path.suffix == ".css":
        source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()
