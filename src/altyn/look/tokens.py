"""The colours of the style sheet as values, for what cannot load it: mails.

Mail programs read no custom properties and no files, so a mail has the colours in its own rules.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from altyn.look.pages import LOOK_STATIC

_ROOT: Final = re.compile(r":root \{(.*?)\}", re.DOTALL)
_COLOUR: Final = re.compile(r"--([a-z-]+): (#[0-9A-F]{6});")


class Colours(NamedTuple):
    """The colours of the light and the dark form, by their names with underscores: `on_action`."""

    light: Mapping[str, str]
    dark: Mapping[str, str]


@cache
def colours() -> Colours:
    """The colours of look.css."""
    light, dark = _ROOT.findall((LOOK_STATIC / "look.css").read_text("utf-8"))
    return Colours(_colours(light), _colours(dark))


def _colours(rules: str) -> Mapping[str, str]:
    return {name.replace("-", "_"): value for name, value in _COLOUR.findall(rules)}
