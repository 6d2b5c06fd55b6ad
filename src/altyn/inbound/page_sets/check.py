"""Checks a whole page set: the archive, then every file by its type.

A set without a finding runs nothing of its own, so the shop makes it active itself. One with own
scripts, or with anything that the lists of allowed things do not have, needs the provider.
Source: personal-account.md §6; payment-page.md §1.
"""

import re
from collections.abc import Mapping
from typing import Final

from altyn.domain.page_set import FINDINGS_MAX, CheckedFiles, Fault, Finding
from altyn.inbound.page_sets.addresses import FileCheck, without_repeats
from altyn.inbound.page_sets.archive import read_archive
from altyn.inbound.page_sets.file_types import TEXTS, is_of_its_type, media_type_of, suffix_of
from altyn.inbound.page_sets.page_check import PageCheck
from altyn.inbound.page_sets.picture import check_picture
from altyn.inbound.page_sets.style import check_style
from altyn.inbound.payment_page.addresses import FINISH_FILE, Kind, read_page_name

PAGE: Final = ".html"
_SCRIPTS: Final = frozenset({".js", ".json"})
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_CARD: Final = frozenset({"$PAN", "$CVC"})
_EXPIRIES: Final = (frozenset({"$EXPIRY"}), frozenset({"MM", "YYYY"}))


def check_page_set(archive: bytes) -> CheckedFiles:
    """The files of a ZIP file as they are to be stored, with the findings. It takes a second for
    the largest sets, so call it in a thread."""
    files, faults = read_archive(archive)
    if faults:
        return CheckedFiles({}, tuple(faults[:FINDINGS_MAX]))
    if not any(is_payment_page(path) for path in files):
        faults.append(Finding(Fault.NO_PAGE, ""))
    written = dict[str, bytes]()
    for path, content in files.items():
        found, findings = _checked_file(path, content, files)
        written[path] = found
        faults += findings
    faults = without_repeats(faults)
    # What the shop has to mend comes first, since nothing is stored because of it.
    faults.sort(key=lambda each: each.needs_approval)
    if any(not each.needs_approval for each in faults):
        return CheckedFiles({}, tuple(faults[:FINDINGS_MAX]))
    return CheckedFiles(files if faults else written, tuple(faults[:FINDINGS_MAX]))


def is_payment_page(path: str) -> bool:
    """Whether a file has the name of a payment page."""
    name = read_page_name(path)
    return name is not None and name.kind is Kind.PAYMENT


def _checked_file(
    path: str, content: bytes, files: Mapping[str, bytes]
) -> tuple[bytes, list[Finding]]:
    """The file as it is served when nothing was found, and what was found."""
    suffix = suffix_of(path)
    if suffix == PAGE and read_page_name(path) is None and path != FINISH_FILE:
        return content, [Finding(Fault.PAGE_NAME, path)]
    if suffix != PAGE and media_type_of(path) is None:
        return content, [Finding(Fault.FILE_TYPE, path)]
    if suffix not in TEXTS:
        is_right = is_of_its_type(path, content)
        return content, [] if is_right else [Finding(Fault.OTHER_CONTENT, path)]
    text, fault = _text_of(path, content)
    if fault is not None:
        return content, [fault]
    check = FileCheck(path, files.keys())
    return _checked_text(suffix, text, check), check.findings


def _checked_text(suffix: str, text: str, check: FileCheck) -> bytes:
    if suffix in _SCRIPTS:
        check.report(Fault.SCRIPT, 0, check.path)
    elif suffix == PAGE:
        return _checked_page(text, check).encode()
    elif suffix == ".css":
        return check_style(text, check).encode()
    else:
        check_picture(text.encode(), check)
    return text.encode()


def _checked_page(text: str, check: FileCheck) -> str:
    page = PageCheck(check)
    written = page.written(text)
    if is_payment_page(check.path) and not check.findings and not _can_pay(page.fields):
        check.report(Fault.NO_CARD_FIELDS, 0)
    return written


def _can_pay(fields: set[str]) -> bool:
    by_card = fields >= _CARD and any(fields >= each for each in _EXPIRIES)
    return by_card or "paymentWay" in fields


def _text_of(path: str, content: bytes) -> tuple[str, Finding | None]:
    """A file as text in UTF-8, with line ends of one character."""
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        return "", Finding(Fault.ENCODING, path, content.count(b"\n", 0, error.start) + 1)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        detail = f"U+{ord(found[0]):04X}"
        return "", Finding(Fault.CONTROL_CHARACTER, path, line, detail)
    return text, None
