"""Static files under an address that names their contents, so that a browser may keep them for
ever.

The digest covers every file of a bundle together: one changed byte gives all of them a new address,
and a page never meets a style sheet or a script of another version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final

# Named here and not asked of the system: its table differs between machines, and a script that is
# served as text/plain does not run beside `X-Content-Type-Options: nosniff`.
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_DIGEST_LENGTH: Final = 12  # hexadecimal digits: 48 bits name a version, they prove nothing

CACHE_CONTROL: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it goes over the wire."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """A bundle held in memory: `digest` names the contents of all its files."""

    digest: str
    files: Mapping[str, StaticFile]

    def prefix(self, base: str) -> str:
        """Where the bundle lives below `base`: "/payment/static" gives
        "/payment/static/3f2a91c04be7".
        """
        return f"{base}/{self.digest}"

    def find(self, name: str) -> StaticFile | None:
        """A file by its name; None when the bundle has no such file. No path is ever opened
        here.
        """
        return self.files.get(name)


def load_static(*folders: Path) -> StaticFiles:
    """Read every file of the folders, later folders over earlier ones. Raises KeyError for an
    unknown type.
    """
    paths = {path.name: path for folder in folders for path in folder.iterdir() if path.is_file()}
    files = {
        name: StaticFile(name, _lean(paths[name]), _MEDIA_TYPES[paths[name].suffix])
        for name in sorted(paths)
    }
    digest = sha256()
    for file in files.values():
        # The length separates a name from its contents and one file from the next.
        digest.update(f"{file.name}:{len(file.content)}:".encode())
        digest.update(file.content)
    return StaticFiles(digest.hexdigest()[:_DIGEST_LENGTH], MappingProxyType(files))


def _lean(path: Path) -> bytes:
    """The file without what only its authors read: indents, empty lines, comments on lines of their
    own.

    A payer on a slow line waits for every byte. Only whole lines go, so a script keeps its meaning
    as long as no text of it runs over several lines.
    """
    source = path.read_text("utf-8")
    if path.suffix == ".css":
        source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()
