"""QR codes: as SVG, as PNG, and as text for a terminal. One place draws them for all pages.

A code has error correction M, and a quiet zone of four modules around it, as scanners demand.
"""

import io
from typing import Final

import segno

QUIET_ZONE: Final = 4


def qr_svg(text: str, *, side: int) -> bytes:
    """The code as an SVG document; `side` is its width and height in pixels."""
    code = _code(text)
    modules = code.symbol_size(border=QUIET_ZONE)[0]
    out = io.BytesIO()
    code.save(
        out, kind="svg", scale=side / modules, border=QUIET_ZONE, light="white", lineclass=None
    )
    return out.getvalue()


def qr_png(text: str, *, side: int) -> bytes:
    """The code as a black and white PNG of at most `side` pixels.

    Each module is a whole number of pixels, so that printers draw sharp edges. A `side` that is too
    small gives one pixel per module.
    """
    code = _code(text)
    scale = max(1, side // code.symbol_size(border=QUIET_ZONE)[0])
    out = io.BytesIO()
    code.save(out, kind="png", scale=scale, border=QUIET_ZONE)
    return out.getvalue()


def qr_lines(text: str) -> tuple[str, ...]:
    """The code in half blocks, two rows of modules in a line. Dark modules are drawn."""
    rows = [[bool(module) for module in row] for row in _code(text).matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return tuple(
        "".join(_BLOCKS[pair] for pair in zip(above, below, strict=True))
        for above, below in zip(rows[::2], rows[1::2], strict=True)
    )


_BLOCKS: Final = {
    (False, False): " ",
    (True, False): "\N{UPPER HALF BLOCK}",
    (False, True): "\N{LOWER HALF BLOCK}",
    (True, True): "\N{FULL BLOCK}",
}


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m")
