"""Page sets of the shops: files in one folder per merchant, served unchanged.

A shop can use the page set that it has for another gateway of the family. No file outside the
shop's folder can be requested. Source: payment-page.md §1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from altyn.domain.page_set import FILE_BYTES_MAX
from altyn.inbound.page_sets.file_types import is_path, media_type_of


@dataclass(frozen=True, slots=True)
class ShopTemplates:
    """The folder of page sets; None when there is none. Reading blocks, so call it in a thread."""

    folder: Path | None

    def page(self, login: str, files: Iterable[str]) -> bytes | None:
        """The first of these pages that the shop has, else None."""
        found = (self.read(login, file) for file in files)
        return next((each for each in found if each is not None), None)

    def asset(self, login: str, path: str) -> tuple[bytes, str] | None:
        """A file that a page of the set uses, with its media type. Other types are not served."""
        media_type = media_type_of(path)
        content = self.read(login, path) if media_type else None
        return None if content is None or media_type is None else (content, media_type)

    def read(self, login: str, path: str) -> bytes | None:
        """A file of the shop's folder; None when it does not exist or links to the outside."""
        parts = path.split("/")
        if self.folder is None or not (is_path(path) and is_path(login)):
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
