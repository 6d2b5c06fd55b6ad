"""The values that the page of a receipt shows, and the function that makes HTML of them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import segno
from jinja2 import Environment
from markupsafe import Markup

from altyn.domain.merchant import Merchant
from altyn.domain.money import CURRENCIES, Money
from altyn.domain.receipt.qr import qr_text
from altyn.domain.receipt.values import Receipt, ReceiptLine, ReceiptState
from altyn.look import (
    LANGUAGES,
    LOOK_STATIC,
    cart_words,
    load_static,
    page_environment,
    receipt_words,
)

_HERE: Final = Path(__file__).parent
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix("/receipts/static")
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)

_ENVIRONMENT: Final[Environment] = page_environment(_HERE / "templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A receipt with its shop and its order number."""

    receipt: Receipt
    merchant: Merchant
    order_number: str
    sandbox: bool

    @property
    def kind(self) -> str:
        """The name of the text for the kind of receipt."""
        return receipt_words.kind_name(self.receipt.kind)

    @property
    def inn(self) -> str:
        """The shop's taxpayer number."""
        return self.merchant.settings.fiscal.inn

    @property
    def lines(self) -> tuple[ReceiptLine, ...]:
        """The lines, in their order."""
        return self.receipt.content.lines

    @property
    def total(self) -> Money:
        """The sum of the receipt."""
        content, fiscal = self.receipt.content, self.receipt.fiscal
        minor = content.amount_minor if fiscal is None else fiscal.amount_minor
        return self.money(minor)

    @property
    def waits(self) -> bool:
        """Whether the cash register has not registered it yet."""
        return self.receipt.state is ReceiptState.SENT

    @property
    def failed(self) -> bool:
        """Whether it will not be registered."""
        return self.receipt.state is ReceiptState.FAILED

    def money(self, minor: int) -> Money:
        """A sum in the currency of the receipt."""
        return Money(minor, CURRENCIES[self.receipt.content.currency])

    @property
    def qr(self) -> Markup | None:
        """The QR code as inline SVG, once the receipt is registered."""
        fiscal = self.receipt.fiscal
        if fiscal is None:
            return None
        code = segno.make(qr_text(fiscal, self.receipt.kind), micro=False, error="m")
        svg = code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)
        return Markup(svg)  # noqa: S704 - drawn by the library; the text is not in it


def render_receipt(view: ReceiptView, language: str) -> str:
    """The page of a receipt, printable on paper of 80 mm."""
    return _render("receipt.html", language, view=view, sandbox=view.sandbox)


def render_missing(language: str, *, sandbox: bool) -> str:
    """The page for a link that leads to no receipt."""
    return _render("missing.html", language, sandbox=sandbox)


def _render(template: str, language: str, **values: object) -> str:
    return _ENVIRONMENT.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        static=STATIC_PREFIX,
        t=partial(receipt_words.text, language=language),
        tax=cart_words.tax_text,
        tax_system=cart_words.tax_systems(language).__getitem__,
        subject=partial(cart_words.subject_text, language=language),
        measure=partial(cart_words.measure_text, language=language),
        **values,
    )
