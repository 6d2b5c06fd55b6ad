"""Makes HTML of the screens of the simulated phone."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from altyn.domain.card.free_text import is_card_number_alone, mask_card_numbers
from altyn.domain.sberpay import app_link
from altyn.inbound.sandbox.phones.number import spaced
from altyn.inbound.sandbox.phones.ports import ShownPlan
from altyn.inbound.sandbox.phones.texts import TEXTS, text
from altyn.inbound.sandbox.phones.view import (
    PHONES_PATH,
    PhoneView,
    amount_of,
    charged_of,
    day_of,
    is_payment_page,
    outcome_of,
    return_url_of,
    screen_address,
    state_of,
)
from altyn.look import (
    LANGUAGES,
    LOOK_STATIC,
    clock_text,
    load_static,
    page_environment,
    weekday_text,
)
from altyn.protocol.payer_invoices import Invoice
from altyn.protocol.phone_messages import PhoneMessage
from altyn.protocol.test_phones import TEST_PHONES

_HERE: Final = Path(__file__).parent
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix(f"{PHONES_PATH}/static")
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TEST_NUMBERS: Final = tuple((f"7999888{each.ending}", each.ending) for each in TEST_PHONES)

_ENVIRONMENT: Final = page_environment(_HERE / "templates")
_ENVIRONMENT.filters |= {"clock": clock_text, "weekday": weekday_text, "spaced": spaced}
_ENVIRONMENT.globals |= {
    "amount_of": amount_of,
    "app_link": app_link,
    "charged_of": charged_of,
    "day_of": day_of,
    "is_payment_page": is_payment_page,
    "outcome_of": outcome_of,
    "return_url_of": return_url_of,
    "state_of": state_of,
}


def render_lock_screen(view: PhoneView) -> str:
    """The lock screen: clock, notifications, apps."""
    return _screen("lock.html", view)


def render_bank(view: PhoneView) -> str:
    """The first screen of the bank's app: payments."""
    return _screen("bank.html", view)


def render_plans(view: PhoneView, plans: Sequence[ShownPlan]) -> str:
    """The payments in parts, with their schedules."""
    return _screen("plans.html", view, plans=plans)


def render_thread(view: PhoneView) -> str:
    """The thread of SMS."""
    return _screen("thread.html", view)


def render_message(view: PhoneView, message: PhoneMessage) -> str:
    """A push, opened in the bank's app."""
    return _screen("message.html", view, message=message)


def render_missing_message(view: PhoneView) -> str:
    """The screen instead of a message that is not there."""
    return _screen("missing.html", view)


def render_scanner(
    view: PhoneView,
    codes: Sequence[Invoice],
    *,
    payload: str = "",
    problem: str = "",
    opens: str = "",
) -> str:
    """The scanner. `opens` is the page that the scanned code leads to."""
    shown = masked_code(payload)
    return _screen("scanner.html", view, codes=codes, payload=shown, problem=problem, opens=opens)


def render_numbers(
    language: str, recent: Sequence[str], *, typed: str = "", scan: str = "", problem: str = ""
) -> str:
    """The page to choose a phone."""
    return _render(
        "numbers.html",
        language,
        address=partial(screen_address, language),
        recent=recent,
        test_numbers=TEST_NUMBERS,
        typed=mask_card_numbers(typed),
        scan=masked_code(scan),
        problem=problem,
    )


def masked_code(payload: str) -> str:
    """The text of a code, with a card number masked. An id of an invoice may have as many digits,
    and letters between them."""
    return mask_card_numbers(payload) if is_card_number_alone(payload) else payload


def _screen(template: str, view: PhoneView, **values: object) -> str:
    return _render(template, view.language, view=view, address=view.href, **values)


def _render(template: str, language: str, **values: object) -> str:
    return _ENVIRONMENT.get_template(template).render(
        language=language,
        languages=LANGUAGES,
        static=STATIC_PREFIX,
        phones_path=PHONES_PATH,
        t=partial(_text, language),
        has_text=TEXTS.__contains__,
        **values,
    )


def _text(language: str, key: str, **values: object) -> str:
    return text(key, language, **values)
