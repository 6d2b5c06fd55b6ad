"""The libraries of the pages: files of others, unchanged, which this gateway serves itself.

A page loads nothing from another host, so what runs in the browser is what is listed here. To
take a newer version: replace the file by the one of the npm package, and its row.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "vendor"
LICENSES: Final = Path(__file__).parent / "licenses"


@dataclass(frozen=True, slots=True)
class Library:
    """One file, and where it is from: a file of an npm package.

    A test compares it with that package, which `requirements/npm` locks.
    """

    file: str
    package: str
    version: str
    source: str
    license: str


HTMX: Final = Library(
    "htmx.js",
    "htmx.org",
    "4.0.1",
    "dist/htmx.min.js",
    "0BSD",
)
UPLOT: Final = Library(
    "uplot.js",
    "uplot",
    "1.6.32",
    "dist/uPlot.iife.min.js",
    "MIT",
)
UPLOT_STYLE: Final = Library(
    "uplot.css",
    "uplot",
    "1.6.32",
    "dist/uPlot.min.css",
    "MIT",
)
LIBRARIES: Final = (HTMX, UPLOT, UPLOT_STYLE)
