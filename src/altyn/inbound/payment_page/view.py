"""The values that a payer's pages show, and the pure functions that make HTML of them.

The endpoint fills these values. Nothing here reads the store or waits, so a test can render every
page without a server. Source: payment-page.md §1, §3, §4, §6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from altyn.domain.card.values import Expiry
from altyn.domain.money import Money
from altyn.domain.moscow import to_moscow
from altyn.domain.page import HolderField
from altyn.inbound.payment_page.bnpl.summary import PartsSummary
from altyn.inbound.payment_page.bnpl.texts import parts_text
from altyn.inbound.payment_page.cart_view import CartView
from altyn.inbound.payment_page.frame import PageFrame, render_page
from altyn.inbound.payment_page.qr import is_app_link, qr_svg
from altyn.inbound.payment_page.stored_cards.view import StoredCards
from altyn.inbound.payment_page.texts import (
    counted_text,
    known_language,
    script_texts,
)

if TYPE_CHECKING:
    from markupsafe import Markup


# For the response's header. Forms may go to any web address: the ACS and the shop are not known in
# advance, and browsers apply the same list to redirects after a POST. Scripts, styles and calls
# stay on our origin.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src https: http:; form-action https: http:; base-uri 'none'; frame-ancestors 'none'"
)


class Problem(StrEnum):
    """Why the order cannot be paid. The errors page has a text for each."""

    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    DECLINED = "declined"
    ATTEMPTS = "attempts"
    NO_WAY = "no_way"
    UNAVAILABLE = "unavailable"


class Result(StrEnum):
    """The result of a payment."""

    PAID = "paid"
    HELD = "held"
    FAILED = "failed"


class PayerAction(StrEnum):
    """What the payer has to do outside the page, so that a payment gets its result."""

    CONFIRM_ON_PHONE = "confirm_on_phone"
    SCAN_QR = "scan_qr"
    ENTER_CODE = "enter_code"


@dataclass(frozen=True, slots=True)
class OfferedWay:
    """A tile: a way to pay besides the card, by the wire's paymentWay.

    `line` is a short text below the title, or empty. Pressed, it starts the payment at once, or
    opens a page of its own (`opens_step`). Source: payment-page.md §3.2, §8.
    """

    way: str
    title: str
    line: str = ""
    icon: str = "wallet"
    opens_step: bool = False


@dataclass(frozen=True, slots=True)
class TestCard:
    """A test card that a click fills in: `expiry` is MM/YY, `cvc` may be empty.

    `does` is what happens at a payment with it, in the language of the page.
    """

    __test__ = False  # pytest collects classes whose names begin with Test

    pan: str
    expiry: str
    cvc: str
    does: str


@dataclass(frozen=True, slots=True)
class TestCardGroup:
    """The test cards of one result; `title_key` is the key of its text."""

    __test__ = False  # as above

    title_key: str
    cards: tuple[TestCard, ...]


@dataclass(frozen=True, slots=True)
class TypedValues:
    """The values that stay in the form after an error. It has no field for a PAN or a CVC."""

    holder: str = ""
    expiry: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPageView(PageFrame):
    """An order that the payer may pay.

    `now` and `expires_at` are aware; `now` is the gateway's clock, by which the script checks a
    card's expiry. `cvc_required` False hides the CVC. `logo` is an address, or empty.
    `field_errors` are texts by wire name. `decline_text` is the reason of the last decline,
    `advice` what the payer can do; `cancelled`: the payer has cancelled it. With `declined_card`
    False that was not a payment by card, so the page does not ask to type a card again. `ways` are
    offered above the card form, or alone where `takes_card` is False. Without scripts the form is
    posted to `form_action`, with the expiry as typed (see `read_expiry`). `asks_contact`: the page
    asks where the receipt goes. With `parts` the card pays the first part. `stored` are the cards
    that the payer may choose instead of typing one. `terms` are the later charges that the payer
    agrees to by letting the shop keep the card, in words.
    """

    order_number: str
    order_id: str
    amount: Money
    now: datetime
    form_action: str
    remaining_seconds: int
    expires_at: datetime | None = None
    description: str = ""
    cart: CartView | None = None
    asks_contact: bool = False
    attempts_left: int
    attempts_max: int = 3
    ways: tuple[OfferedWay, ...] = ()
    takes_card: bool = True
    cvc_required: bool = True
    holder: HolderField = HolderField.REQUIRED
    logo: str = ""
    test_cards: Sequence[TestCardGroup] = ()
    field_errors: Mapping[str, str] = field(default_factory=dict)
    decline_text: str = ""
    advice: str = ""
    cancelled: bool = False
    declined_card: bool = True
    typed_values: TypedValues = field(default_factory=TypedValues)
    parts: PartsSummary | None = None
    stored: StoredCards = field(default_factory=StoredCards)
    terms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsPageView(PageFrame):
    """Why the order cannot be paid, and what the payer can do.

    `retry_url` and `advice` are there only while attempts are left. `means` is what the problem
    means here, in place of its usual text.
    """

    problem: Problem
    means: str = ""
    order_number: str = ""
    amount: Money | None = None
    reason: str = ""
    advice: str = ""
    retry_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishPageView(PageFrame):
    """The result of a payment, for orders whose shop gave no return address. `card` is masked."""

    result: Result
    order_number: str
    amount: Money
    moment: datetime | None = None
    card: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSchemeView(PageFrame):
    """A payer whose shop gave an address without a scheme: `address`, in `parameter`."""

    result: Result
    order_number: str
    amount: Money
    parameter: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectPageView(PageFrame):
    """A form that the browser posts to the ACS: PaReq, MD, TermUrl or creq, threeDSSessionData."""

    action: str
    fields: Mapping[str, str]
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodPageView(PageFrame):
    """The 3-D Secure method step.

    The page posts `method_data` to `method_url` in a hidden frame, then `fields` and
    `threeDSCompInd` to `continue_url`. Without scripts the payer presses the button, which posts U.
    """

    method_url: str
    method_data: str
    continue_url: str
    fields: Mapping[str, str]
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPageView(PageFrame):
    """A payment without a result yet; `refresh_url` is this page, for browsers without scripts.

    `payer_action` is shown as a sentence; None when the payer only has to wait for the bank. The
    code is posted to `refresh_url` with the name of the way. `app_url` is what the QR code holds,
    `opened_url` what a button on a phone opens. `phone` got the message. `cancellable`: the payer
    may still choose another way; with `last_attempt` the order then ends.
    `simulated_phone` is the address of the sandbox's phone.
    """

    order_id: str
    refresh_url: str
    order_number: str = ""
    amount: Money | None = None
    payer_action: PayerAction | None = None
    way: str = ""
    app_url: str = ""
    opened_url: str = ""
    phone: str = ""
    code_refused: bool = False
    remaining_seconds: int = 0
    expires_at: datetime | None = None
    cancellable: bool = False
    last_attempt: bool = False
    simulated_phone: str = ""

    @property
    def qr(self) -> Markup | None:
        """The QR code as inline SVG."""
        return qr_svg(self.app_url) if self.app_url else None

    @property
    def app_link(self) -> str:
        """The link that opens the app; empty for an address that a browser would run."""
        return self.opened_url if is_app_link(self.opened_url) else ""


def render_payment_page(view: PaymentPageView) -> str:
    """The page with the card form, or with the choice of the ways where no card is taken."""
    language = known_language(view.language)
    left = counted_text("attempts", view.attempts_left, language)
    more = view.cart.more if view.cart else 0
    return render_page(
        "payment.html" if view.takes_card else "ways_only.html",
        view,
        attempts=left if view.attempts_left < view.attempts_max else "",
        more_positions=counted_text("more", more, language),
        today=f"{to_moscow(view.now):%Y-%m}",
        texts=script_texts(language),
        parts_t=partial(parts_text, language=language),
    )


def render_errors_page(view: ErrorsPageView) -> str:
    """The page with the reason why the order cannot be paid."""
    return render_page("errors.html", view)


def render_finish_page(view: FinishPageView) -> str:
    """The page with the result of a payment."""
    return render_page("finish.html", view)


def render_no_scheme(view: NoSchemeView) -> str:
    """The sandbox's page for a return address without a scheme."""
    return render_page("no_scheme.html", view)


def render_three_ds_redirect(view: RedirectPageView) -> str:
    """The page that posts the browser to the ACS: by a script, or by its button."""
    return render_page("three_ds_redirect.html", view)


def render_three_ds_method(view: MethodPageView) -> str:
    """The 3-D Secure method step in a hidden frame."""
    return render_page("three_ds_method.html", view)


def render_waiting_page(view: WaitingPageView) -> str:
    """The page that waits for the result of a payment, and goes on when it is known."""
    return render_page("waiting.html", view)


def read_expiry(typed: str) -> Expiry | None:
    """The expiry as a payer types it: "12 / 28", "1228", "12/2028", also "202812" of the wire.

    None when it is not a month of a year. Six digits that begin with 20 are read as YYYYMM.
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
