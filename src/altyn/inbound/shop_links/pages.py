"""Renders the pages of static links and of the pay button."""

from functools import partial
from pathlib import Path
from typing import Final

from altyn.inbound.shop_links.texts import link_text
from altyn.inbound.web.frame import STATIC_PREFIX
from altyn.look import LANGUAGES, page_environment

_ENVIRONMENT: Final = page_environment(Path(__file__).parent / "templates")


def render(template: str, language: str, **values: object) -> str:
    """A page in a language. Each value is escaped."""
    return _ENVIRONMENT.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        static=STATIC_PREFIX,
        t=partial(link_text, language=language),
        **values,
    )
