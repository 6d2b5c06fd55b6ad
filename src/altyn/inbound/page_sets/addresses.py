"""What the files of a page set refer to: other files of the set, data in the address, or more.

Source: payment-page.md §1.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.page_set import FINDINGS_MAX, NEED_APPROVAL, Fault, Finding
from altyn.inbound.page_sets.file_types import is_path, is_relative, media_type_of, suffix_of
from altyn.inbound.page_sets.markup import shown

Address = Callable[[str, str], str]
"""What is written for an address: of the address as it stands, and the path of its file."""

_DATA: Final = re.compile(
    r"data:(?:image/[a-z0-9.+-]+|font/[a-z0-9]+|application/(?:x-)?font-woff2?)"
    r"(?:;charset=utf-?8)?(?:;base64)?,[^\s\"'<>\\]*",
    re.IGNORECASE,
)
_FRAGMENT: Final = re.compile(r"#[\w.-]*")
_LINK: Final = re.compile(r"(?:https://[^\s\"'<>\\]+|mailto:[^\s\"'<>\\]+|tel:[+0-9().-]+)")
_STYLES: Final = frozenset({".css"})
_EMBEDDED: Final = frozenset(
    {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico"}
    | {".woff", ".woff2", ".ttf", ".otf", ".eot"}
)


def unchanged(address: str, path: str) -> str:  # noqa: ARG001 - an `Address`
    """The address as it stands."""
    return address


@dataclass
class FileCheck:
    """The check of one file: its path, the paths of the set, and the findings so far.

    Of those that need an approval, and of the others, the first FINDINGS_MAX are kept.
    """

    path: str
    paths: Collection[str]
    address: Address = unchanged
    findings: list[Finding] = field(default_factory=list)
    _counts: Counter[bool] = field(default_factory=Counter)

    def report(self, fault: Fault, line: int, detail: str = "") -> None:
        """Keep a finding."""
        kind = fault in NEED_APPROVAL
        self._counts[kind] += 1
        if self._counts[kind] <= FINDINGS_MAX:
            self.findings.append(Finding(fault, self.path, line, shown(detail)))

    def embedded(self, address: str, line: int) -> str | None:
        """What is written for a picture or a font; None and a finding where it is not allowed."""
        plain = address.strip()
        if _DATA.fullmatch(plain):
            return plain
        return self._file(plain, line, _EMBEDDED)

    def style(self, address: str, line: int) -> str | None:
        """What is written for a style sheet; None and a finding where it is not allowed."""
        return self._file(address.strip(), line, _STYLES)

    def link(self, address: str, line: int) -> str | None:
        """What is written for a link that a payer follows."""
        plain = address.strip()
        if _LINK.fullmatch(plain) or _FRAGMENT.fullmatch(plain):
            return plain
        self.report(Fault.ADDRESS, line, plain)
        return None

    def _file(self, address: str, line: int, kinds: Collection[str]) -> str | None:
        plain = re.split("[?#]", address, maxsplit=1)[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), plain))
        inside = is_relative(plain) and is_path(path)
        if not inside or suffix_of(path) not in kinds or media_type_of(path) is None:
            self.report(Fault.ADDRESS, line, address)
            return None
        if path not in self.paths:
            self.report(Fault.MISSING_FILE, line, path)
            return None
        return self.address(plain, path)


def without_repeats(findings: Sequence[Finding]) -> list[Finding]:
    """Each finding once, in order."""
    return list(dict.fromkeys(findings))
