"""Checks SVG pictures: shapes and colours only, no script, no other file.

Source: personal-account.md §6.
"""

import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from altyn.domain.page_set import Fault
from altyn.inbound.page_sets.addresses import FileCheck
from altyn.inbound.page_sets.names import names
from altyn.inbound.page_sets.style import check_style

_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_ELEMENTS: Final = names(
    "svg g defs symbol use title desc metadata path rect circle ellipse line polyline polygon text"
    " tspan linearGradient radialGradient stop clipPath mask pattern filter feGaussianBlur feOffset"
    " feBlend feFlood feComposite feColorMatrix feMerge feMergeNode style switch marker"
)
_ATTRIBUTES: Final = names(
    "id class style lang space version viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx"
    " cy r rx ry fx fy d points transform fill fill-rule fill-opacity stroke stroke-width"
    " stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset"
    " stroke-opacity opacity color clip-path clip-rule mask filter offset stop-color stop-opacity"
    " gradientUnits gradientTransform spreadMethod patternUnits patternTransform"
    " patternContentUnits maskUnits maskContentUnits clipPathUnits filterUnits stdDeviation in in2"
    " result dx dy mode values type operator k1 k2 k3 k4 flood-color flood-opacity"
    " color-interpolation-filters font-family font-size font-weight font-style text-anchor"
    " letter-spacing display visibility overflow enable-background baseProfile role focusable"
    " aria-hidden aria-label aria-labelledby markerWidth markerHeight orient refX refY"
    " marker-end marker-start marker-mid shape-rendering paint-order vector-effect data-name"
    " isolation mix-blend-mode systemLanguage dominant-baseline"
)
_ENTITY: Final = re.compile(rb"<!ENTITY")
_NAMESPACES: Final = frozenset({"", _XML})
# expat repeats a namespace in the name of each attribute, so its length is bounded before.
_LONG_NAMESPACE: Final = re.compile(rb"""xmlns[^\s=<>]*+\s*+=\s*+(?:"[^"<]{257}|'[^'<]{257})""")
_REFERENCE: Final = re.compile(r"#[\w.-]+")


@dataclass
class _Reader:
    """The handlers of one parse."""

    check: FileCheck
    parser: expat.XMLParserType
    in_style: bool = False
    style: str = ""

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace != _SVG or local not in _ELEMENTS or self.in_style:
            # The text after an element inside of <style> would be a style too.
            self.check.report(Fault.PICTURE, self.line, f"<{local}>")
        self.in_style, self.style = local == "style", ""
        for each, value in attributes.items():
            self._attribute(*each.rpartition(" ")[::2], value)

    def end(self, _: str) -> None:
        if self.in_style:
            check_style(self.style, self.check, self.line)
        self.in_style = False

    def text(self, data: str) -> None:
        if self.in_style:
            self.style += data

    def doctype(self, *_: object) -> None:
        self.check.report(Fault.PICTURE, self.line, "<!DOCTYPE")

    def instruction(self, target: str, _: str) -> None:
        self.check.report(Fault.PICTURE, self.line, f"<?{target}")

    def _attribute(self, namespace: str, name: str, value: str) -> None:
        if name == "href" and namespace in {"", _XLINK} and _REFERENCE.fullmatch(value):
            return
        if namespace not in _NAMESPACES or name not in _ATTRIBUTES:
            self.check.report(Fault.PICTURE, self.line, f'{name}="{value}"')
            return
        check_style(value, self.check, self.line)


def check_picture(content: bytes, check: FileCheck) -> None:
    """Check a picture; what it finds is in `check.findings`. Entities are not read."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    reader = _Reader(check, parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.ProcessingInstructionHandler = reader.instruction
    for refused in (_ENTITY, _LONG_NAMESPACE):
        if found := refused.search(content):
            line = content.count(b"\n", 0, found.start()) + 1
            check.report(Fault.PICTURE, line, found[0].decode("utf-8", "replace"))
            return
    try:
        parser.Parse(content, True)  # noqa: FBT003 - the parameter of expat
    except expat.ExpatError as error:
        check.report(Fault.PICTURE, error.lineno, str(error))
