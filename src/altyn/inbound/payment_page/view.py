"""What a payer's pages show, and the pure functions that turn it into HTML.

The doors behind decide what is true of an order and fill these values; nothing here asks, stores or
waits, so every page can be rendered, read and tested without a server. Source: payment-page.md §1,
§3, §4, §6.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from altyn.domain.card.values import Expiry
from altyn.domain.money import Money
from altyn.domain.moscow import to_moscow
from altyn.inbound.payment_page.texts import (
    LANGUAGES,
    attempts_text,
    known_language,
    script_texts,
    text,
)
from altyn.look import LOOK_STATIC, load_static, page_environment

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE: Final = Path(__file__).parent
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix("/payment/static")
REST_BASE: Final = "../../rest/"  # relative to the page, as published templates have it

# For the answer's header. Forms may go anywhere, since the payer's bank and the shop are not known
# beforehand and browsers hold redirects after a POST to the same list; scripts, styles and calls
# stay with us.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src https: http:; form-action https: http:; base-uri 'none'; frame-ancestors 'none'"
)

_ENVIRONMENT: Final[Environment] = page_environment(_HERE / "templates")


class Wanted(StrEnum):
    """Whether the page asks for a contact."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Trouble(StrEnum):
    """Why there is nothing to pay; each has its state, its meaning and its advice."""

    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    DECLINED = "declined"
    ATTEMPTS = "attempts"
    UNAVAILABLE = "unavailable"


class Result(StrEnum):
    """How a payment ended."""

    PAID = "paid"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WayToPay:
    """A way to pay which the order allows; `kind` is the wire's paymentWay, CARD is the form
    itself.
    """

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A binding of the client: its id and what the payer knows it by, e.g. "411111**1111 12/28"."""

    binding_id: str
    label: str


@dataclass(frozen=True, slots=True)
class TestCard:
    """A sandbox card one click away; `expiry` is MM/YY, `cvc` may be empty, `does` is in the page's
    language.
    """

    __test__ = False  # pytest: a card, not a test

    pan: str
    expiry: str
    cvc: str
    does: str


@dataclass(frozen=True, slots=True)
class TypedValues:
    """What stays in the form after an error. There is no place here for a PAN or a CVC, on
    purpose.
    """

    holder: str = ""
    expiry: str = ""
    email: str = ""
    phone: str = ""
    binding_id: str = ""
    remember: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What every page needs: its language, whose it is, where its files and its neighbours are.

    `page_view` is DESKTOP, MOBILE or the shop's own prefix; `languages` maps language codes to this
    page's address in them; `shop_name` may be empty where the shop is not known.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPageView(PageFrame):
    """An order waiting for its payer.

    `now` and `expires_at` are aware; `now` is the gateway's clock, so that a card's expiry is
    judged by it. `cvc_required` False hides the CVC. `binding_only`: the order names one binding
    and takes no other card. `field_errors` are texts by wire name: $PAN, $EXPIRY, $CVC, TEXT,
    email, phone. `decline_text` is what the bank said. `form_action` takes the form without
    scripts; there the expiry comes as typed, `read_expiry` reads it, and `bindingNotNeeded` comes
    twice when the box is ticked: the last value counts.
    """

    order_number: str
    order_id: str
    amount: Money
    now: datetime
    form_action: str
    remaining_seconds: int
    expires_at: datetime | None = None
    description: str = ""
    attempts_left: int
    attempts_max: int = 3
    ways: Sequence[WayToPay] = ()
    binding_enabled: bool = False
    binding_only: bool = False
    bindings: Sequence[SavedCard] = ()
    cvc_required: bool = True
    email: Wanted = Wanted.NO
    phone: Wanted = Wanted.NO
    test_cards: Sequence[TestCard] = ()
    field_errors: Mapping[str, str] = field(default_factory=dict)
    decline_text: str = ""
    typed: TypedValues = field(default_factory=TypedValues)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsPageView(PageFrame):
    """There is nothing to pay: why, and what the payer can do. `retry_url` only while attempts are
    left.
    """

    trouble: Trouble
    order_number: str = ""
    amount: Money | None = None
    bank_text: str = ""
    retry_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishPageView(PageFrame):
    """How it ended, for orders whose shop gave no address to return to. `card` is masked."""

    result: Result
    order_number: str
    amount: Money
    moment: datetime | None = None
    card: str = ""
    bank_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectPageView(PageFrame):
    """A form to be posted to the payer's bank: PaReq, MD, TermUrl or creq, threeDSSessionData."""

    action: str
    fields: Mapping[str, str]
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodPageView(PageFrame):
    """The 3-D Secure method step: `method_data` goes to `method_url` in a hidden frame, then the
    page posts `fields` and `threeDSCompInd` to `continue_url`. Without scripts the payer's press
    continues with U.
    """

    method_url: str
    method_data: str
    continue_url: str
    fields: Mapping[str, str]
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPageView(PageFrame):
    """The bank has not answered yet; `refresh_url` is this page, for browsers without scripts."""

    order_id: str
    refresh_url: str
    order_number: str = ""
    amount: Money | None = None


def render_payment_page(view: PaymentPageView) -> str:
    """The page with the card form."""
    language = known_language(view.language)
    left = attempts_text(view.attempts_left, language)
    return _render(
        "payment.html",
        view,
        attempts=left if view.attempts_left < view.attempts_max else "",
        today=f"{to_moscow(view.now):%Y-%m}",
        texts=script_texts(language),
    )


def render_errors_page(view: ErrorsPageView) -> str:
    """The page that says why nothing can be paid."""
    return _render("errors.html", view)


def render_finish_page(view: FinishPageView) -> str:
    """The page that says how it ended."""
    return _render("finish.html", view)


def render_three_ds_redirect(view: RedirectPageView) -> str:
    """The step to the payer's bank: goes by itself with scripts, by its button without."""
    return _render("three_ds_redirect.html", view)


def render_three_ds_method(view: MethodPageView) -> str:
    """The 3-D Secure method step in a hidden frame."""
    return _render("three_ds_method.html", view)


def render_waiting_page(view: WaitingPageView) -> str:
    """The page that waits for the bank's answer and moves on when it is known."""
    return _render("waiting.html", view)


def read_expiry(typed: str) -> Expiry | None:
    """Read what the expiry field posts without scripts: "12 / 28", "1228", "12/2028", also the
    wire's "202812".

    None when it is no month of a year. Six digits beginning with 20 and ending in a month are
    YYYYMM.
    """
    digits = "".join(character for character in typed if character in "0123456789")
    if len(digits) == len("1228"):
        month, year = digits[:2], f"20{digits[2:]}"
    elif len(digits) == len("202812"):
        wire = digits.startswith("20")
        month, year = (digits[4:], digits[:4]) if wire else (digits[:2], digits[2:])
    else:
        return None
    try:
        return Expiry(int(year), int(month))
    except ValueError:
        return None


def session_data(order_id: str) -> str:
    """threeDSSessionData of a challenge: base64url of the order id, unpadded. payment-page.md §4.2,
    step 4b.
    """
    return base64.urlsafe_b64encode(order_id.encode()).decode().rstrip("=")


def _render(template: str, view: PageFrame, **more: object) -> str:
    language = known_language(view.language)
    return _ENVIRONMENT.get_template(template).render(
        view=view,
        language=language,
        static=view.static,
        language_names=LANGUAGES,
        t=partial(text, language=language),
        **more,
    )
