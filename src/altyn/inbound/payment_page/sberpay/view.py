"""The values that the step of SberPay shows, and the function that makes HTML of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from altyn.domain.money import Money
from altyn.inbound.payment_page.frame import PageFrame, render_page
from altyn.inbound.payment_page.sberpay.texts import sberpay_text
from altyn.inbound.payment_page.texts import counted_text, known_language


@dataclass(frozen=True, slots=True, kw_only=True)
class SberPayView(PageFrame):
    """The step before a payment in the bank's app: the payer chooses the app, a QR code or a push.

    `app_link` opens the bank's app; with `opens_app` a phone opens it without a press. `phone` is
    as the shop or the payer has typed it. `field_errors` are texts by wire name. `decline_text`,
    `advice` and `cancelled` are about the attempt before. `other_way_url` leads to the other ways
    to pay; None where there are none.
    """

    order_id: str
    order_number: str
    amount: Money
    logo: str
    form_action: str
    app_link: str
    opens_app: bool
    remaining_seconds: int
    expires_at: datetime
    attempts_left: int
    attempts_max: int
    phone: str = ""
    asks_contact: bool = False
    contact: str = ""
    field_errors: Mapping[str, str] = field(default_factory=dict)
    decline_text: str = ""
    advice: str = ""
    cancelled: bool = False
    other_way_url: str | None = None


def render_step(view: SberPayView) -> str:
    """The page of the step."""
    language = known_language(view.language)
    left = counted_text("attempts", view.attempts_left, language)
    return render_page(
        "sberpay/step.html",
        view,
        find_text=sberpay_text,
        attempts=left if view.attempts_left < view.attempts_max else "",
    )
