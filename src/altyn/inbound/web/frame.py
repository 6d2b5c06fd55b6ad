"""The frame of every page of the console and the personal account: menu, band, language, reader.

A page is a template that extends `web/frame.html`. Each area (console, account) has its own folder
of templates and its own texts, and renders through one `WebPages`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from altyn.inbound.web.libraries import FOLDER
from altyn.inbound.web.problem_texts import problem_words
from altyn.inbound.web.texts import frame_text
from altyn.look import LANGUAGES, LOOK_STATIC, load_static, page_environment

_HERE: Final = Path(__file__).parent
STATIC_BASE: Final = "/web/static"
STATIC: Final = load_static(LOOK_STATIC, FOLDER, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix(STATIC_BASE)
_TEMPLATES: Final = _HERE / "templates"

FindText = Callable[..., str]
"""Finds a text by its key, with `language` and the values that are filled in."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the menu. `icon` is a name of look/icons.html; `name` the page that it opens."""

    name: str
    address: str
    icon: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFrame:
    """The values of the frame.

    `home` is where the mark leads to on a page without a menu. `here` is the name of the current
    menu item. `path` is the address of this page, for the language links. `reader` is who has
    logged in, empty in the console; `csrf` the token that each form sends back, empty where the
    origin of a request is checked instead.
    """

    language: str
    area: str
    home: str = "/"
    menu: Sequence[MenuItem] = ()
    here: str = ""
    path: str = "/"
    query: str = ""
    reader: str = ""
    shop_name: str = ""
    log_out: str = ""
    csrf: str = ""
    sandbox: bool = False

    def in_language(self, language: str) -> str:
        """The address of this page in another language."""
        kept = [piece for piece in self.query.split("&") if piece and not piece.startswith("lang=")]
        return f"{self.path}?{'&'.join([*kept, f'lang={language}'])}"


@dataclass(frozen=True, slots=True)
class WebPages:
    """The pages of one area: its templates and its texts."""

    folder: Path
    find_text: FindText
    filters: Mapping[str, Callable[..., object]] = field(default_factory=dict)

    def renderer(self) -> Callable[..., str]:
        """A function that renders a template with a frame; it is made once, when the area loads."""
        environment = page_environment(self.folder, _TEMPLATES)
        environment.filters |= {"problem_words": problem_words, **self.filters}

        def render(template: str, frame: WebFrame, **values: object) -> str:
            return environment.get_template(template).render(
                frame=frame,
                language=frame.language,
                languages=LANGUAGES,
                static=STATIC_PREFIX,
                t=partial(self.find_text, language=frame.language),
                w=partial(frame_text, language=frame.language),
                **values,
            )

        return render
