"""The pages of the ACS simulator: the 3-D Secure challenge, and the return to the gateway.

The pages have another look and other texts than the gateway's, because a real bank is another
party; they share only the style sheet's tokens. This module only renders: the caller decides which
code is correct.
Source: payment-page.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from altyn.domain.money import Money
from altyn.look import LOOK_STATIC, Words, load_static, page_environment, plural

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE: Final = Path(__file__).parent
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix("/simulators/acs/static")

# The challenge is posted to the bank itself, the last form to the gateway, which has any address.
# Any site may frame the page: a shop may show the payment page in a frame, and 3-D Secure lets a
# challenge be shown in one. The page moves no real money.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action https: http:; base-uri 'none'"
)

_ENVIRONMENT: Final[Environment] = page_environment(_HERE / "templates")


TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "bank": Words("Тестовый банк", "Test bank"),
        "title": Words("Подтвердите оплату", "Confirm the payment"),
        "shop": Words("Магазин", "Shop"),
        "amount": Words("Сумма", "Amount"),
        "card": Words("Карта", "Card"),
        "code": Words("Код из сообщения", "Code from the message"),
        "code_hint": Words(
            "Настоящий банк прислал бы код на телефон держателя карты.",
            "A real bank would send the code to the cardholder's phone.",
        ),
        "simulated": Words("Это не настоящий банк", "This is not a real bank"),
        "passes": Words("Подойдёт код", "The correct code is"),
        "wrong": Words("Код не подошёл.", "The code is not correct."),
        "left_one": Words("Осталась {count} попытка.", "{count} attempt left."),
        "left_few": Words("Осталось {count} попытки.", "{count} attempts left."),
        "left_many": Words("Осталось {count} попыток.", "{count} attempts left."),
        "confirm": Words("Подтвердить", "Confirm"),
        "cancel": Words("Отменить оплату", "Cancel the payment"),
        "back_title": Words("Возврат к оплате", "Back to your payment"),
        "back_confirmed": Words("Оплата подтверждена.", "The payment is confirmed."),
        "back_refused": Words("Оплата не подтверждена.", "The payment is not confirmed."),
        "back_go": Words("Продолжить", "Continue"),
    }
)
LANGUAGES: Final = ("ru", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengePageView:
    """A payment that its payer has to confirm.

    The form posts `fields`, `password` (the typed code) and `decision` (confirm or cancel) to
    `action`. The simulator shows the correct `code`; a real bank would not. `wrong`: the last
    code was not correct.
    """

    language: str
    shop_name: str
    amount: Money
    card: str
    action: str
    fields: Mapping[str, str]
    code: str
    attempts_left: int
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPageView:
    """The return to the gateway: the button posts `fields` (MD and PaRes, or cres) to `action`.

    With `autopost` a script posts the form, as real banks do.
    """

    language: str
    confirmed: bool
    action: str
    fields: Mapping[str, str]
    autopost: bool = False


def render_challenge_page(view: ChallengePageView) -> str:
    """The page that asks for the code."""
    return _render("challenge.html", view)


def render_return_page(view: ReturnPageView) -> str:
    """The page that returns the payer to the gateway."""
    return _render("return.html", view)


def text(key: str, language: str, **values: object) -> str:
    """A text of the bank's pages, in English or, for any other language, in Russian."""
    return TEXTS[key].text(language, **values)


def _render(template: str, view: ChallengePageView | ReturnPageView) -> str:
    language = view.language if view.language in LANGUAGES else "ru"
    return _ENVIRONMENT.get_template(template).render(
        view=view,
        language=language,
        static=STATIC_PREFIX,
        t=partial(text, language=language),
        plural=partial(plural, language=language),
    )
