"""The frame that all pages of the payment page share (`frame.html`): its values, and rendering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from altyn.inbound.payment_page.texts import known_language, text
from altyn.look import LANGUAGES, LOOK_STATIC, load_static, page_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

_HERE: Final = Path(__file__).parent
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix("/payment/static")
REST_BASE: Final = "../../rest/"  # relative to the page, as published templates have it

_ENVIRONMENT: Final[Environment] = page_environment(_HERE / "templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """The values of every page: its language, its shop, the addresses of its files and of others.

    `page_view` is DESKTOP, MOBILE or the shop's own prefix. `languages` maps language codes to the
    address of this page in that language. `shop_name` is empty when the shop is not known.
    """

    language: str
    page_view: str = "DESKTOP"
    merchant_login: str = ""
    shop_name: str = ""
    back_url: str | None = None
    back_name: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    sandbox: bool = False
    static: str = STATIC_PREFIX
    rest: str = REST_BASE


def render_page(
    template: str, view: PageFrame, *, find_text: Callable[..., str] = text, **more: object
) -> str:
    """The HTML of a page. `find_text` finds its texts, by a key and the `language`."""
    language = known_language(view.language)
    return _ENVIRONMENT.get_template(template).render(
        view=view,
        language=language,
        static=view.static,
        language_names=LANGUAGES,
        t=partial(find_text, language=language),
        **more,
    )
