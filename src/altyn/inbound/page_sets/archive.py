"""Unpacks the ZIP file of a page set, within bounds, into memory.

Nothing is written to the disk, and no size that the archive names is believed.
Source: personal-account.md §6.
"""

import stat
import struct
import zipfile
import zlib
from io import BytesIO
from typing import Final

from altyn.domain.page_set import (
    ARCHIVE_BYTES_MAX,
    FILE_BYTES_MAX,
    FILES_MAX,
    RATIO_FREE_BYTES,
    RATIO_MAX,
    TEXT_BYTES_MAX,
    TEXTS_BYTES_MAX,
    UNPACKED_BYTES_MAX,
    Fault,
    Finding,
)
from altyn.inbound.page_sets.file_types import TEXTS, is_path, suffix_of

_KNOWN_COMPRESSIONS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 1
# What operating systems add to an archive when a person makes it.
_OF_SYSTEMS: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_SYSTEM_FOLDER: Final = "__MACOSX"
# What `zipfile` raises for archives that are damaged, or made to be.
_DAMAGES: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(RuntimeError, ValueError, OverflowError),
)
NAME_SHOWN_MAX: Final = 120


def read_archive(content: bytes) -> tuple[dict[str, bytes], list[Finding]]:
    """The files by their paths, and what is wrong. With a finding there are no files.

    A folder that all files are in is left out of their paths; files that operating systems add are
    left out.
    """
    if len(content) > ARCHIVE_BYTES_MAX:
        return {}, [Finding(Fault.ARCHIVE_TOO_LARGE, "")]
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if _is_of_the_set(each)]
            findings = _faults_of_entries(entries)
            files = {} if findings else _unpacked(archive, entries, findings)
    except _DAMAGES:
        return {}, [Finding(Fault.NOT_AN_ARCHIVE, "")]
    if sum(len(each) for path, each in files.items() if suffix_of(path) in TEXTS) > TEXTS_BYTES_MAX:
        findings.append(Finding(Fault.TEXTS_TOO_LARGE, ""))
    return ({}, findings) if findings else (_without_common_folder(files), [])


def _is_of_the_set(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.split("/")
    of_system = parts[-1] in _OF_SYSTEMS or parts[0] == _SYSTEM_FOLDER
    return not (of_system or (entry.is_dir() and is_path(entry.filename.rstrip("/"))))


def _faults_of_entries(entries: list[zipfile.ZipInfo]) -> list[Finding]:
    """What the list of the archive's files shows, before any of them is unpacked."""
    if len(entries) > FILES_MAX:
        return [Finding(Fault.TOO_MANY_FILES, "", detail=str(len(entries)))]
    findings, names = list[Finding](), set[str]()
    for entry in entries:
        fault = _fault_of(entry, names)
        names.add(entry.filename.lower())
        if fault is not None:
            findings.append(Finding(fault, _shown(entry.filename)))
    return findings


def _fault_of(entry: zipfile.ZipInfo, names: set[str]) -> Fault | None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        return Fault.LINK
    if not is_path(entry.filename):
        return Fault.FILE_NAME
    if entry.filename.lower() in names:
        return Fault.NAME_TWICE
    if entry.flag_bits & _ENCRYPTED:
        return Fault.ENCRYPTED
    return None if entry.compress_type in _KNOWN_COMPRESSIONS else Fault.COMPRESSION


def _unpacked(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], findings: list[Finding]
) -> dict[str, bytes]:
    files, left = dict[str, bytes](), UNPACKED_BYTES_MAX
    for entry in entries:
        bytes_max = TEXT_BYTES_MAX if suffix_of(entry.filename) in TEXTS else FILE_BYTES_MAX
        try:
            with archive.open(entry) as packed:
                found = packed.read(min(bytes_max, left) + 1)
        except _DAMAGES:
            findings.append(Finding(Fault.DAMAGED, entry.filename))
            continue
        left -= len(found)
        size = max(len(found), entry.file_size)  # no more than `bytes_max` was read
        if fault := _fault_of_size(size, entry.compress_size, bytes_max, left):
            findings.append(Finding(fault, entry.filename))
        if left < 0:
            break
        files[entry.filename] = found
    return files


def _fault_of_size(size: int, packed: int, bytes_max: int, left: int) -> Fault | None:
    if size > RATIO_FREE_BYTES and size > RATIO_MAX * max(packed, 1):
        return Fault.COMPRESSED_TOO_MUCH
    if size > bytes_max:
        return Fault.FILE_TOO_LARGE
    return Fault.UNPACKED_TOO_LARGE if left < 0 else None


def _without_common_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    folders = {path.partition("/")[0] for path in files if "/" in path}
    if len(folders) != 1 or any("/" not in path for path in files):
        return files
    return {path.partition("/")[2]: content for path, content in files.items()}


def _shown(name: str) -> str:
    """A name that may be anything, for a message."""
    return "".join(each if each.isprintable() else "?" for each in name[:NAME_SHOWN_MAX])
