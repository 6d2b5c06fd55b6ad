"""Archives of page sets: what is refused before a file is looked at."""

from __future__ import annotations

import io
import os
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.page_set import ARCHIVE_BYTES_MAX, FILES_MAX, Fault
from altyn.inbound.page_sets.archive import read_archive
from altyn.inbound.page_sets.check import check_page_set
from tests.page_sets import CHECKED_SET, PAYMENT, packed


def faults(archive: bytes) -> set[Fault]:
    return {each.fault for each in check_page_set(archive).findings}


def with_entry(entry: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("payment_ru.html", PAYMENT)
        archive.writestr(entry, content)
    return written.getvalue()


def test_files_are_read_and_a_common_folder_is_left_out() -> None:
    in_folder = {f"shop/{path}": content for path, content in CHECKED_SET.items()}
    files, findings = read_archive(packed({**in_folder, "__MACOSX/shop/._payment_ru.html": "x"}))
    assert not findings
    assert set(files) == set(CHECKED_SET)


@pytest.mark.parametrize(
    "path",
    [
        "../payment_ru.html",
        "css/../../a.css",
        "/etc/a.css",
        "C:\\a.css",
        "css\\a.css",
        "css//a.css",
        ".htaccess",
        "a/b/c/d/e/f/g/h/i.css",
        "картинка.png",
        "a b.png",
        "css/",
        "%2e%2e/a.css",
        "a\n.css",
        "x" * 101 + ".css",
    ],
)
def test_paths_that_leave_the_set_are_refused(path: str) -> None:
    found = faults(packed({**CHECKED_SET, path: "x"}))
    assert found <= {Fault.FILE_NAME}
    assert found or path == "css/", "an empty folder is nothing"


def test_symbolic_links_and_devices_are_refused() -> None:
    for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO):
        entry = zipfile.ZipInfo("css/a.css")
        entry.external_attr = (kind | 0o777) << 16
        assert faults(with_entry(entry, b"/etc/passwd")) == {Fault.LINK}


def test_bombs_are_refused_without_being_unpacked_as_a_whole() -> None:
    bomb = packed({**CHECKED_SET, "images/a.png": b"\x89PNG\r\n\x1a\n" + bytes(200_000_000)})
    assert len(bomb) < ARCHIVE_BYTES_MAX
    assert Fault.COMPRESSED_TOO_MUCH in faults(bomb)
    many = {f"images/{number}.png": os.urandom(20_000) * 30 for number in range(20)}
    assert Fault.UNPACKED_TOO_LARGE in faults(packed({**CHECKED_SET, **many}))
    assert faults(packed({f"{n}.png": b"x" for n in range(FILES_MAX + 1)})) == {
        Fault.TOO_MANY_FILES
    }
    assert faults(bytes(ARCHIVE_BYTES_MAX + 1)) == {Fault.ARCHIVE_TOO_LARGE}
    texts = {f"css/{number}.css": os.urandom(200_000).hex() for number in range(6)}
    assert faults(packed({**CHECKED_SET, **texts})) == {Fault.TEXTS_TOO_LARGE}
    large = {**CHECKED_SET, "css/a.css": os.urandom(300_000).hex()}
    assert faults(packed(large)) == {Fault.FILE_TOO_LARGE}


def test_size_in_the_directory_is_not_believed() -> None:
    archive = packed({"payment_ru.html": PAYMENT, "a.png": b"\x89PNG\r\n\x1a\n" + bytes(5000)})
    lying = archive.replace((5008).to_bytes(4, "little"), (8).to_bytes(4, "little"))
    assert lying != archive
    assert faults(lying) <= {Fault.DAMAGED, Fault.NOT_AN_ARCHIVE}
    assert faults(lying)


def test_other_archives_are_refused() -> None:
    assert faults(b"") == faults(b"PK\x03\x04") == faults(b"MZ" * 100) == {Fault.NOT_AN_ARCHIVE}
    entry = zipfile.ZipInfo("css/a.css")
    entry.compress_type = zipfile.ZIP_BZIP2
    assert faults(with_entry(entry)) == {Fault.COMPRESSION}
    packed_set = packed(CHECKED_SET)
    encrypted = bytearray(packed_set)
    at = packed_set.index(b"PK\x01\x02")
    encrypted[at + 8] |= 1
    assert faults(bytes(encrypted)) == {Fault.ENCRYPTED}


def test_name_that_differs_in_case_only_is_refused() -> None:
    assert faults(packed({**CHECKED_SET, "CSS/PAGE.css": "x"})) == {Fault.NAME_TWICE}


@given(st.data())
def test_damaged_archives_get_findings_and_no_exception(data: st.DataObject) -> None:
    archive = bytearray(packed(CHECKED_SET))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(archive) - 1))
        archive[at] = data.draw(st.integers(0, 255))
    checked = check_page_set(bytes(archive))
    assert not checked.files or checked.storable


@given(st.binary(max_size=300))
def test_any_bytes_get_findings_and_no_exception(content: bytes) -> None:
    assert not check_page_set(content).files
