"""Forms with files, as a browser sends them."""

from __future__ import annotations

import pytest

from altyn.inbound.http.bodies import Unreadable
from altyn.inbound.http.uploads import PARTS_MAX, read_upload

KIND = "multipart/form-data; boundary=xx"
FIELD = b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xd1\x8f\r\n'
FILE = (
    b'--xx\r\nContent-Disposition: form-data; name="f"; filename="x.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\r\n\x00\r\n"
)
NO_FILE = b'--xx\r\nContent-Disposition: form-data; name="g"; filename=""\r\n\r\n\r\n'


def test_fields_are_text_and_files_are_bytes() -> None:
    body = FIELD + FILE + NO_FILE + b"--xx--\r\n"
    assert read_upload(body, KIND) == ([("a", "я")], {"f": b"\x89PNG\r\n\r\n\x00"})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FIELD, KIND),
        (FIELD + b"--xx--", "multipart/form-data"),
        (b"", KIND),
        (b"--xx\r\nno end of headers", KIND),
        (FIELD * (PARTS_MAX + 1) + b"--xx--", KIND),
    ],
)
def test_broken_forms_are_refused(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        read_upload(body, kind)
