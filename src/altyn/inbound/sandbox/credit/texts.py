"""The texts of the application for a credit, in Russian and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.look import Words, plural

_TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "band": Words(
            "Тестовый банк: кредит ненастоящий", "A simulated bank: the credit is not real"
        ),
        "numbers": Words(
            "Решение зависит от номера. На 0000 — отказ, на 0005 — одобрение через 10 минут, "
            "любой другой — одобрение сразу.",
            "The number decides. 0000 at its end is refused, 0005 is granted after 10 minutes, any "
            "other number is granted at once.",
        ),
        "CREDIT": Words("Покупка в кредит", "Purchase on credit"),
        "INSTALLMENT": Words("Покупка в рассрочку", "Purchase by instalments"),
        "shop": Words("Магазин", "Shop"),
        "order": Words("Заказ", "Order"),
        "chosen": Words("Срок", "Term"),
        "term": Words("Выберите срок", "Choose the term"),
        "months_few": Words("{count} месяца", "{count} months"),
        "months_many": Words("{count} месяцев", "{count} months"),
        "a_month": Words("примерно {amount} в месяц", "about {amount} a month"),
        "months_wrong": Words("Выберите один из сроков", "Choose one of the terms"),
        "phone": Words("Мобильный телефон", "Mobile phone"),
        "phone_hint": Words("Банк найдёт вас по этому номеру", "The bank finds you by this number"),
        "phone_wrong": Words(
            "Введите российский номер: +7 и ещё 10 цифр",
            "Type a Russian number: +7 and 10 more digits",
        ),
        "apply": Words("Отправить заявку", "Send the application"),
        "considered": Words("Банк рассматривает заявку", "The bank considers the application"),
        "considered_until": Words("Ответ будет в\u00a0{moment}.", "The answer comes at {moment}."),
        "considered_hint": Words(
            "Страница обновляется сама. Её можно закрыть и открыть позже.",
            "This page refreshes itself. You can close it and open it later.",
        ),
        "valid_until": Words(
            "Заказ действует до {moment}. Потом заявка закроется.",
            "The order is valid until {moment}. Then the application is closed.",
        ),
        "refresh": Words("Обновить", "Refresh"),
        "issued": Words("Кредит одобрен", "The credit is granted"),
        "issued_hint": Words(
            "Деньги зачислены на ваш счёт. Заказ ещё не оплачен: оплатите его картой.",
            "The money is on your account. The order is not paid yet: pay for it by card.",
        ),
        "pay_until": Words("Оплатите до {moment}.", "Pay until {moment}."),
        "pay": Words("Перейти к оплате", "Go to the payment"),
        "refused": Words("Банк отказал в кредите", "The bank refused the credit"),
        "refused_hint": Words(
            "Деньги не списаны, заказ не оплачен. Выберите в магазине другой способ оплаты.",
            "No money was taken, the order is not paid. Choose another way to pay in the shop.",
        ),
        "refused_hint_pay": Words(
            "Деньги не списаны, заказ не оплачен. Его можно оплатить другим способом.",
            "No money was taken, the order is not paid. You can pay for it in another way.",
        ),
        "pay_otherwise": Words("Оплатить другим способом", "Pay in another way"),
        "silent": Words("Банк не отвечает", "The bank does not answer"),
        "silent_hint": Words(
            "Мы не знаем, дошла ли заявка. Откройте страницу ещё раз: вторая заявка не создастся.",
            "We do not know whether the application has arrived. Open the page again: no second "
            "application is made.",
        ),
        "again": Words("Открыть ещё раз", "Open it again"),
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


def months_text(count: int, language: str) -> str:
    """A term: "3 месяца", "12 месяцев", "3 months". No product has a term of one month."""
    return text(f"months_{plural(count, language)}", language, count=count)


def text(key: str, language: str, **values: object) -> str:
    """A text in one of the two languages."""
    return _TEXTS[key].text(language, **values)
