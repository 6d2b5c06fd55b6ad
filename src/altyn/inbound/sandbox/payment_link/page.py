"""The page with the payment link: its values, and the function that makes HTML of them.

It has no scripts. On paper only the code, the amount and the order are left.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from altyn.domain.payment_link import Channel
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.sandbox.payment_link.texts import text
from altyn.look import LANGUAGES, LOOK_STATIC, load_static, page_environment

_HERE: Final = Path(__file__).parent
STATIC_PATH: Final = "/sandbox/link-page/static"
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_ENVIRONMENT: Final = page_environment(_HERE / "templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """The link of an order that can be paid.

    `left`: so many messages may be sent now. `sent_to` is the receiver of the message that was just
    sent. `problem` is the key of a text about the field of `channel`, `typed` what it holds,
    `until` when a message more is possible.
    """

    page_order: PageOrder
    link: str
    qr: str
    left: int
    sent_to: str = ""
    channel: Channel | None = None
    problem: str = ""
    typed: str = ""
    until: datetime | None = None

    def typed_in(self, name: str) -> str:
        """What the field of this channel holds."""
        return self.typed if name == self.channel else ""

    def problem_of(self, name: str) -> str:
        """The key of the text about this channel's field, or nothing."""
        return self.problem if name == self.channel else ""


def render_link(view: LinkView, language: str) -> str:
    """The page of a link that takes a payment."""
    return _render("link.html", language, view=view)


def render_over(language: str) -> str:
    """The page of an order that takes no payment."""
    return _render("ended.html", language, title="over", hint="over_hint")


def render_missing(language: str) -> str:
    """The page for an id that no order has."""
    return _render("ended.html", language, title="missing", hint="missing_hint")


def _render(template: str, language: str, **values: object) -> str:
    return _ENVIRONMENT.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        static=STATIC.prefix(STATIC_PATH),
        t=partial(text, language=language),
        **values,
    )
