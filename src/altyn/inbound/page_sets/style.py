"""Checks CSS: which rules and functions it uses, and which files it loads.

A style sheet may name files of its set, and nothing of another host. What the list of functions and
rules does not have is a finding.
Source: personal-account.md §6.
"""

import re
from typing import Final

from altyn.domain.page_set import Fault
from altyn.inbound.page_sets.addresses import FileCheck
from altyn.inbound.page_sets.names import names

# Strings end at a line end, and CSS has three of them; an attribute gets them by `&#13;`, `&#12;`.
_TOKEN: Final = re.compile(
    r"""(?P<space>[\s\ufeff]++)
    |(?P<comment>/\*(?:[^*]|\*(?!/))*+\*/)
    |(?P<string>"(?:[^"\\\n\r\f]|\\[^\n\r\f])*+"|'(?:[^'\\\n\r\f]|\\[^\n\r\f])*+')
    |(?P<url>url\(\s*+(?:"(?P<double>[^"\\\n\r\f]*+)"|'(?P<single>[^'\\\n\r\f]*+)'
        |(?P<bare>[^\s"'()\\<>]++))\s*+\))
    |@(?P<rule>[\w-]++)
    |(?P<function>-?[A-Za-z_][\w-]*+)\(
    |(?P<word>[\w-]++)
    |(?P<sign>[^\\\w"'@/-]|/(?!\*))""",
    re.VERBOSE | re.IGNORECASE,
)
_FRAGMENT: Final = re.compile(r"#[\w-]+")
_RULES: Final = names(
    "charset media supports font-face keyframes -webkit-keyframes page layer container property"
    " counter-style"
)
_FUNCTIONS: Final = names(
    "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix calc min max clamp abs sign round"
    " mod rem var env attr counter counters format local tech"
    " linear-gradient radial-gradient conic-gradient repeating-linear-gradient"
    " repeating-radial-gradient repeating-conic-gradient -webkit-linear-gradient from to"
    " -webkit-gradient color-stop -moz-linear-gradient -o-linear-gradient"
    " translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d"
    " rotate rotatex rotatey rotatez rotate3d skew skewx skewy matrix matrix3d perspective"
    " blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia"
    " cubic-bezier steps linear minmax repeat fit-content inset circle ellipse polygon path rect"
    " not is where has matches any nth-child nth-last-child nth-of-type nth-last-of-type lang dir"
    " slotted host and or selector light-dark rect"
)


def check_style(text: str, check: FileCheck, line: int = 1) -> str:
    """The text with the addresses that `check` writes; what it finds is in `check.findings`."""
    written, position = list[str](), 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            check.report(Fault.STYLE, line, text[position:])
            break
        written.append(_checked(found, check, line))
        line += found[0].count("\n")
        position = found.end()
    return "".join(written)


def _checked(found: re.Match[str], check: FileCheck, line: int) -> str:
    """What is written for a token."""
    if found["comment"]:
        return " "
    if found["url"]:
        return _url(found["double"] or found["single"] or found["bare"] or "", check, line)
    if found["rule"] and found["rule"].lower() not in _RULES:
        check.report(Fault.STYLE, line, found[0])
        return "@media not all "
    if found["function"] and found["function"].lower() not in _FUNCTIONS:
        check.report(Fault.STYLE, line, found[0])
        return "var(--refused,"
    return found[0]


def _url(address: str, check: FileCheck, line: int) -> str:
    if _FRAGMENT.fullmatch(address.strip()):
        return f"url({address.strip()})"
    written = check.embedded(address, line)
    return f'url("{written}")' if written else "none"
