"""Reads a form with files, as a browser sends it (multipart/form-data).

Requests of the API take no files; `multipart.py` reads those.
Source: RFC 7578.
"""

from collections.abc import Iterator
from typing import Final

from altyn.inbound.http.bodies import Pairs, Unreadable, header_parameters
from altyn.inbound.http.multipart import BOUNDARY_LENGTH_MAX, HEADERS_LENGTH_MAX

MULTIPART: Final = "multipart/form-data"
PARTS_MAX: Final = 100


def read_upload(body: bytes, content_type: str) -> tuple[Pairs, dict[str, bytes]]:
    """The fields, and the content of each file by the name of its field.

    A file that was not chosen is left out. Raises Unreadable: no boundary, too many parts, a part
    without an end.
    """
    boundary = header_parameters(content_type).get("boundary", "").encode("utf-8", "replace")
    if not 0 < len(boundary) <= BOUNDARY_LENGTH_MAX:
        raise Unreadable("multipart without a boundary")
    pairs: Pairs = []
    files: dict[str, bytes] = {}
    for head, content in _parts(body, b"\r\n--" + boundary):
        parameters = _disposition(head)
        name = parameters.get("name", "")
        if "filename" not in parameters:
            pairs.append((name, content.decode("utf-8", "replace")))
        elif parameters["filename"]:
            files[name] = content
    return pairs, files


def _parts(body: bytes, delimiter: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The headers and the content of each part."""
    _, *parts = (b"\r\n" + body).split(delimiter, PARTS_MAX + 1)
    for number, part in enumerate(parts):
        if part.startswith(b"--"):
            return
        if number == PARTS_MAX:
            raise Unreadable(f"more than {PARTS_MAX} parts")
        head, empty_line, content = part.partition(b"\r\n\r\n")
        if not empty_line or len(head) > HEADERS_LENGTH_MAX:
            raise Unreadable("multipart part whose headers have no end")
        yield head, content
    raise Unreadable("multipart without its closing boundary")


def _disposition(head: bytes) -> dict[str, str]:
    """The parameters of Content-Disposition."""
    for line in head.split(b"\r\n"):
        header, _, value = line.partition(b":")
        if header.strip().lower() == b"content-disposition":
            return header_parameters(value.decode("utf-8", "replace"))
    return {}
