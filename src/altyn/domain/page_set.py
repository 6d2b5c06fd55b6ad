"""A shop's own set of payment pages, as it was uploaded: its state, and what its check has found.

Source: payment-page.md §1; personal-account.md §6.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

ARCHIVE_BYTES_MAX: Final = 5 * 1024 * 1024
UNPACKED_BYTES_MAX: Final = 10 * 1024 * 1024
FILE_BYTES_MAX: Final = 5 * 1024 * 1024
TEXT_BYTES_MAX: Final = 512 * 1024
"""Pages, styles and SVG pictures: their whole text is read by the check."""

TEXTS_BYTES_MAX: Final = 2 * 1024 * 1024
"""All pages, styles and SVG pictures of a set together."""

FILES_MAX: Final = 200
RATIO_MAX: Final = 100
"""How many times larger a file may become when it is unpacked, above RATIO_FREE_BYTES."""

RATIO_FREE_BYTES: Final = 64 * 1024
FINDINGS_MAX: Final = 100
VALUES_MAX: Final = 100
"""Values of the order on one page: it is filled in for each payer, and a description is long."""

SETS_MAX: Final = 10
"""Stored sets of one merchant."""


class PageSetState(StrEnum):
    """READY can be made active; WAITING needs the provider, who makes it READY or REFUSED."""

    READY = "ready"
    WAITING = "waiting"
    REFUSED = "refused"
    ACTIVE = "active"


class Fault(StrEnum):
    """What is wrong with a file. The value is stored with the set."""

    # The shop has to mend these: nothing is stored.
    NOT_AN_ARCHIVE = "not an archive"
    ARCHIVE_TOO_LARGE = "archive too large"
    TOO_MANY_FILES = "too many files"
    UNPACKED_TOO_LARGE = "unpacked too large"
    TEXTS_TOO_LARGE = "texts too large"
    COMPRESSED_TOO_MUCH = "compressed too much"
    ENCRYPTED = "encrypted"
    COMPRESSION = "unknown compression"
    DAMAGED = "damaged"
    LINK = "link"
    FILE_NAME = "file name"
    NAME_TWICE = "name twice"
    FILE_TOO_LARGE = "file too large"
    FILE_TYPE = "file type"
    OTHER_CONTENT = "other content"
    ENCODING = "encoding"
    CONTROL_CHARACTER = "control character"
    PAGE_NAME = "page name"
    NO_PAGE = "no page"
    MISSING_FILE = "missing file"
    NO_CARD_FIELDS = "no card fields"
    ORDER_VALUE = "order value"
    TOO_MANY_VALUES = "too many values"
    # The provider may approve these.
    SCRIPT = "script"
    EVENT = "event attribute"
    ELEMENT = "element"
    ATTRIBUTE = "attribute"
    ADDRESS = "address"
    FIELD = "field"
    FORM_METHOD = "form method"
    MARKUP = "markup"
    STYLE = "style"
    PICTURE = "picture"


NEED_APPROVAL: Final = frozenset(
    {
        Fault.SCRIPT,
        Fault.EVENT,
        Fault.ELEMENT,
        Fault.ATTRIBUTE,
        Fault.ADDRESS,
        Fault.FIELD,
        Fault.FORM_METHOD,
        Fault.MARKUP,
        Fault.STYLE,
        Fault.PICTURE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: in which file, at which line (0: the whole file), and what stands there."""

    fault: Fault
    file: str
    line: int = 0
    detail: str = ""

    @property
    def needs_approval(self) -> bool:
        """Whether the provider may approve it; else the shop has to mend it."""
        return self.fault in NEED_APPROVAL


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """The files of an uploaded set, and what their check has found.

    Without a finding the pages are as the check has written them; with one that needs an approval
    all files are as they were uploaded; with any other one there are none.
    """

    files: dict[str, bytes]
    findings: Sequence[Finding]

    @property
    def storable(self) -> bool:
        """Whether the set can be stored, to be made active or to wait for the provider."""
        return bool(self.files) and all(each.needs_approval for each in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSet:
    """A stored set of a merchant; numbers begin with 1. Times are UTC.

    `approved_by` is empty for a set that needed no approval. `reason` is the provider's, for the
    shop. `activated_at` is the last time that it was made active.
    """

    merchant_id: int
    number: int
    state: PageSetState
    uploaded_at: datetime
    uploaded_by: str
    files: Sequence[str]
    size_bytes: int
    findings: Sequence[Finding] = field(default=())
    approved_by: str = ""
    reason: str = ""
    activated_at: datetime | None = None

    @property
    def pages(self) -> tuple[str, ...]:
        """Its HTML pages, by name."""
        return tuple(sorted(each for each in self.files if each.endswith(".html")))


def previous_of(sets: Sequence[PageSet]) -> PageSet | None:
    """The set that was active before the one that is active now, where it is still stored."""
    usable = [
        each for each in sets if each.state is PageSetState.READY and each.activated_at is not None
    ]
    return max(usable, key=lambda each: (each.activated_at, each.number), default=None)
