"""The texts of the application for a credit, in Russian and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.look import Words

_TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "band": Words(
            "Тестовый банк: кредит ненастоящий.", "A simulated bank: the credit is not real."
        ),
        "CREDIT": Words("Покупка в кредит", "Purchase on credit"),
        "INSTALLMENT": Words("Покупка в рассрочку", "Purchase by instalments"),
        "shop": Words("Магазин", "Shop"),
        "order": Words("Заказ", "Order"),
        "product": Words("Код продукта", "Product code"),
        "term": Words("Выберите срок", "Choose the term"),
        "months": Words("{count} мес.", "{count} months"),
        "a_month": Words("примерно {amount} в месяц", "about {amount} a month"),
        "approve": Words("Получить и перейти к оплате", "Take it and go to the payment"),
        "stop": Words("Получить, но оплатить позже", "Take it and pay later"),
        "refuse": Words("Банк откажет", "The bank refuses"),
        "issued": Words("Деньги зачислены", "The money is on your account"),
        "issued_hint": Words(
            "Заказ ещё не оплачен. Оплатите его картой.",
            "The order is not paid yet. Pay for it by card.",
        ),
        "pay": Words("Перейти к оплате", "Go to the payment"),
        "refused": Words("Банк отказал в кредите", "The bank refused the credit"),
        "refused_hint": Words(
            "Деньги не списаны, заказ не оплачен. Выберите в магазине другой способ оплаты.",
            "No money was taken, the order is not paid. Choose another way to pay in the shop.",
        ),
        "back": Words("Вернуться в магазин", "Back to the shop"),
        "over": Words("Заявку подать нельзя", "No application is possible"),
        "over_hint": Words(
            "Заказ оплачен, отменён, или его время вышло.",
            "The order is paid, cancelled or expired.",
        ),
        "missing": Words("Такого заказа нет", "There is no such order"),
        "missing_hint": Words(
            "Вернитесь в магазин и начните оплату ещё раз.",
            "Go back to the shop and start the payment again.",
        ),
    }
)


def text(key: str, language: str, **values: object) -> str:
    """A text in one of the two languages."""
    return _TEXTS[key].text(language, **values)
