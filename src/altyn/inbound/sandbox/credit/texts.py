"""The texts of the application for a credit, in Russian and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class _Text(NamedTuple):
    ru: str
    en: str


_TEXTS: Final[Mapping[str, _Text]] = MappingProxyType(
    {
        "band": _Text(
            "Тестовый банк: кредит ненастоящий.", "A simulated bank: the credit is not real."
        ),
        "CREDIT": _Text("Покупка в кредит", "Purchase on credit"),
        "INSTALLMENT": _Text("Покупка в рассрочку", "Purchase by instalments"),
        "shop": _Text("Магазин", "Shop"),
        "order": _Text("Заказ", "Order"),
        "product": _Text("Код продукта", "Product code"),
        "term": _Text("Выберите срок", "Choose the term"),
        "months": _Text("{count} мес.", "{count} months"),
        "a_month": _Text("примерно {amount} в месяц", "about {amount} a month"),
        "approve": _Text("Получить и перейти к оплате", "Take it and go to the payment"),
        "stop": _Text("Получить, но оплатить позже", "Take it and pay later"),
        "refuse": _Text("Банк откажет", "The bank refuses"),
        "issued": _Text("Деньги зачислены", "The money is on your account"),
        "issued_hint": _Text(
            "Заказ ещё не оплачен. Оплатите его картой.",
            "The order is not paid yet. Pay for it by card.",
        ),
        "pay": _Text("Перейти к оплате", "Go to the payment"),
        "refused": _Text("Банк отказал в кредите", "The bank refused the credit"),
        "refused_hint": _Text(
            "Деньги не списаны, заказ не оплачен. Выберите в магазине другой способ оплаты.",
            "No money was taken, the order is not paid. Choose another way to pay in the shop.",
        ),
        "back": _Text("Вернуться в магазин", "Back to the shop"),
        "over": _Text("Заявку подать нельзя", "No application is possible"),
        "over_hint": _Text(
            "Заказ оплачен, отменён, или его время вышло.",
            "The order is paid, cancelled or expired.",
        ),
        "missing": _Text("Такого заказа нет", "There is no such order"),
        "missing_hint": _Text(
            "Вернитесь в магазин и начните оплату ещё раз.",
            "Go back to the shop and start the payment again.",
        ),
    }
)


def text(key: str, language: str, **values: object) -> str:
    """A text in one of the two languages."""
    both = _TEXTS[key]
    return (both.en if language == "en" else both.ru).format(**values)
