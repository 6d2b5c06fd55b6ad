"""What the simulated bank shows a payer: its 3-D Secure page, and the step back to the shop.

It pretends to be another party, so it has its own plain look and its own words; only the tokens are
shared. Rendering only: which code passes and what follows is decided by the simulator. Source:
payment-page.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from altyn.domain.money import Money
from altyn.look import LOOK_STATIC, load_static, page_environment, plural

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE: Final = Path(__file__).parent
STATIC: Final = load_static(LOOK_STATIC, _HERE / "static")
STATIC_PREFIX: Final = STATIC.prefix("/simulators/acs/static")

# The form goes back to the bank itself; from the last step it goes to the gateway, wherever that
# is.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action https: http:; base-uri 'none'; frame-ancestors 'none'"
)

_ENVIRONMENT: Final[Environment] = page_environment(_HERE / "templates")


class _Words(NamedTuple):
    ru: str
    en: str


TEXTS: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "bank": _Words("Тестовый банк", "Test bank"),
        "title": _Words("Подтвердите оплату", "Confirm the payment"),
        "shop": _Words("Магазин", "Shop"),
        "amount": _Words("Сумма", "Amount"),
        "card": _Words("Карта", "Card"),
        "moment": _Words("Время", "Time"),
        "code": _Words("Код из сообщения", "Code from the message"),
        "code_hint": _Words(
            "Настоящий банк прислал бы код на телефон держателя карты.",
            "A real bank would send the code to the cardholder's phone.",
        ),
        "simulated": _Words("Это не настоящий банк", "This is not a real bank"),
        "passes": _Words("Подойдёт код", "The code that passes is"),
        "wrong": _Words("Код не подошёл.", "That code is not right."),
        "left_one": _Words("Осталась {count} попытка.", "{count} attempt left."),
        "left_few": _Words("Осталось {count} попытки.", "{count} attempts left."),
        "left_many": _Words("Осталось {count} попыток.", "{count} attempts left."),
        "confirm": _Words("Подтвердить", "Confirm"),
        "cancel": _Words("Отменить оплату", "Cancel the payment"),
        "languages": _Words("Язык страницы", "Page language"),
        "back_title": _Words("Возврат к оплате", "Back to your payment"),
        "back_confirmed": _Words("Оплата подтверждена.", "The payment is confirmed."),
        "back_refused": _Words("Оплата не подтверждена.", "The payment is not confirmed."),
        "back_go": _Words("Продолжить", "Continue"),
    }
)
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"ru": "Русский", "en": "English"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengePageView:
    """A payment waiting to be confirmed by its payer.

    The form posts `fields`, `password` (what was typed) and `decision` (confirm or cancel) to
    `action`. `code` is told only because the bank is pretended. `wrong` says that the last code did
    not pass.
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
    moment: datetime | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    static: str = STATIC_PREFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPageView:
    """The step back: `fields` (MD and PaRes, or cres) are posted to `action` by the payer's press.

    With `autopost` it goes by itself where scripts run, as real banks do it.
    """

    language: str
    confirmed: bool
    action: str
    fields: Mapping[str, str]
    autopost: bool = False
    languages: Mapping[str, str] = field(default_factory=dict)
    static: str = STATIC_PREFIX


def render_challenge_page(view: ChallengePageView) -> str:
    """The page that asks for the code."""
    return _render("challenge.html", view)


def render_return_page(view: ReturnPageView) -> str:
    """The page that takes the payer back."""
    return _render("return.html", view)


def text(key: str, language: str, **values: object) -> str:
    """One text of the bank; any language but English is answered in Russian."""
    words = TEXTS[key]
    return (words.en if language == "en" else words.ru).format(**values)


def _render(template: str, view: ChallengePageView | ReturnPageView) -> str:
    language = view.language if view.language in LANGUAGES else "ru"
    return _ENVIRONMENT.get_template(template).render(
        view=view,
        language=language,
        language_names=LANGUAGES,
        static=view.static,
        t=partial(text, language=language),
        plural=partial(plural, language=language),
    )
