"""Page sets of shops for tests: a set that needs no approval, and archives of any kind."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _picture(size: int) -> bytes:
    """A square PNG in one colour."""
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x00\x80\x80" * size) * size
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


PNG: Final = _picture(48)
FIELDS: Final = """<p><label for="pan">Card</label>
<input id="pan" name="$PAN" inputmode="numeric"></p>
<p><label for="until">Until</label> <input id="until" name="$EXPIRY" placeholder="MM/YY"></p>
<p><label for="cvc">CVC</label> <input id="cvc" name="$CVC" maxlength="4"></p>
<p><label for="who">Name</label> <input id="who" name="TEXT"></p>"""
PAYMENT: Final = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Shop & Co</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="css/page.css"></head>
<body><h1 class="own">Pay <b data-order="amount">0.00</b></h1>
<p>Order <span data-order="orderNumber">0</span> of <span data-order="shopName">shop</span></p>
<img src="images/logo.png" alt="Shop">
<form method="post">{FIELDS}
<button>Pay</button></form>
<a data-link="shop">Back to the shop</a></body></html>
"""
ERRORS: Final = """<!doctype html><html lang="en"><title>Not paid</title>
<h1 id="own-error">Not paid</h1><p data-order="reason">why</p></html>"""
STYLE: Final = """body { font: 16px sans-serif; margin: 1rem } .own { color: teal }
img { background: url("../images/logo.png") }"""
CHECKED_SET: Final[Mapping[str, str | bytes]] = {
    "payment_en.html": PAYMENT,
    "payment_ru.html": PAYMENT.replace('lang="en"', 'lang="ru"').replace("Pay ", "К оплате "),
    "errors_en.html": ERRORS,
    "mobile_payment_ru.html": PAYMENT,
    "css/page.css": STYLE,
    "images/logo.png": PNG,
}
SCRIPTED_SET: Final[Mapping[str, str | bytes]] = {
    **CHECKED_SET,
    "payment_ru.html": PAYMENT + "<script>document.title = 'own script'</script>",
    "js/page.js": "document.title = 'own script';",
}


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file with these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return written.getvalue()
