"""Documents of about a million bytes that attack a reader's memory, and a measure of it.

Started with a document on its standard input, it prints by how many bytes its peak grew; with
`remembered`, what many documents leave behind. A peak can only be measured in a process that did
nothing else. Linux only, because the value comes from /proc.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from altyn.inbound.soap.faults import MessageRefusedError
from altyn.inbound.soap.parser import parse_xml

_MANY: Final = 19_900  # just within the limit of tags
_DOCUMENTS: Final = 25
_LAUGHS: Final = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


def _each(count: int, text: str) -> str:
    """The text so many times, `#` replaced by a number of its own."""
    return "".join(text.replace("#", str(number)) for number in range(count))


# by what each is after
BOMBS: Final[dict[str, Callable[[], str]]] = {
    "laughs": lambda: f'<!DOCTYPE a [<!ENTITY e0 "ha">{_LAUGHS}]><a>{"&e9;" * 9}</a>',
    "quadratic": lambda: f'<!DOCTYPE a [<!ENTITY e "{"x" * 500_000}">]><a>{"&e;" * 150_000}</a>',
    "depth": lambda: "<a>" * _MANY,
    "as many elements as may be": lambda: f"<a>{'<b/>' * _MANY}</a>",
    "elements": lambda: f"<a>{'<b/>' * 250_000}</a>",
    "attributes of one": lambda: f"<a {_each(90_000, 'a#=**')}/>".replace("*", '"'),
    "attributes, parted": lambda: f"<a {_each(90_000, 'a#=** ')}/>".replace("*", '"'),
    "attributes in all": lambda: f"<a>{_each(_MANY, '<b c=** d=** e=**/>')}</a>".replace("*", '"'),
    "namespaces": lambda: f"<a {_each(49_000, 'xmlns:a#=*u#* ')}/>".replace("*", '"'),
    "namespaces, nested": lambda: _each(_MANY, "<a#:a xmlns:a#='#'>"),
    "a namespace, multiplied": lambda: (
        f"<x:a xmlns:x='{'u' * 500_000}'>{_each(_MANY, '<x:a#/>')}</x:a>"
    ),
    "a namespace, multiplied by attributes": lambda: (
        f"<a xmlns:x='{'u' * 400_000}' {_each(5_000, 'x:b#=** ')}/>".replace("*", '"')
    ),
    "a short namespace, multiplied by attributes": lambda: (
        f"<a xmlns:x='{'u' * 512}' {_each(40_000, 'x:b#=** ')}/>".replace("*", '"')
    ),
    "a namespace in pieces": lambda: (
        f"<a xmlns:x='{'&#117;' * 60_000}' {_each(900, 'x:b#=** ')}/>".replace("*", '"')
    ),
    "an attribute": lambda: f"<a b='{'x' * 1_000_000}'/>",
    "a text": lambda: f"<a>{'x' * 1_000_000}</a>",
    "a text of references": lambda: f"<a>{'&#65;' * 200_000}</a>",
    "a name": lambda: f"<a{'b' * 1_000_000}/>",
    "a comment": lambda: f"<a><!--{'x' * 1_000_000}--></a>",
    "names": lambda: f"<a>{_each(100_000, '<n#/>')}</a>",
}


def grown_by(document: bytes) -> int:
    """Bytes that reading a document adds to the most that this process ever had."""
    before = _status("VmHWM")
    _read(document)
    return _status("VmHWM") - before


def remembered() -> int:
    """Bytes that many documents of thousands of long names, all different, leave behind."""
    _read(_named(""))
    before = _status("VmRSS")
    for number in range(_DOCUMENTS):
        _read(_named(f"{number}x"))
    return _status("VmRSS") - before


def _named(part: str) -> bytes:
    """A document of names that no document with another part has."""
    tag = f"<{'n' * 40}{part}#/>"
    return f"<a>{_each(_MANY, tag)}</a>".encode()


def _read(document: bytes) -> None:
    with contextlib.suppress(MessageRefusedError):
        parse_xml(document)


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    _read(b"<a/>")  # what is made once is not the bomb's
    printed = remembered() if "remembered" in sys.argv else grown_by(sys.stdin.buffer.read())
    sys.stdout.write(str(printed))
