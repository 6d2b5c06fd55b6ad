"""The texts of the steps of payment in parts, in Russian and English. Source: bnpl.md §4, §5."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from altyn.inbound.payment_page.texts import TEXTS, words_in
from altyn.look import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

# fmt: off
PARTS_TEXTS: Final[Mapping[str, Words]] = MappingProxyType({
    "parts_title": Words("Оплата частями", "Payment in parts"),
    "parts_line": Words(
        "Сегодня {first}, остальное тремя платежами", "{first} today, the rest in three payments"
    ),
    "parts_step": Words("Шаг {step} из 4", "Step {step} of 4"),
    "parts_how": Words(
        "Сегодня вы платите четверть суммы, остальное спишется с карты тремя частями раз в две недели. Без переплаты.",
        "You pay a quarter today. The rest is charged to your card in three parts, every two weeks. No extra cost.",
    ),
    "parts_phone": Words("Номер телефона", "Phone number"),
    "parts_phone_hint": Words("На него придёт СМС с кодом", "A code will be sent to it by SMS"),
    "parts_get_code": Words("Получить код", "Get the code"),
    "parts_phone_wrong": Words(
        "Введите российский номер: десять цифр после +7", "Enter a Russian number: ten digits after +7"
    ),
    "parts_code_sent": Words("Код отправлен на {phone}.", "The code was sent to {phone}."),
    "parts_code": Words("Код из СМС", "Code from the SMS"),
    "parts_code_hint": Words("4 цифры", "4 digits"),
    "parts_code_test": Words("В тесте код всегда {code}.", "In the test the code is always {code}."),
    "parts_confirm": Words("Подтвердить", "Confirm"),
    "parts_code_missing": Words("Введите код из СМС", "Type the code from the SMS"),
    "parts_code_wrong_one": Words("Код не подошёл. Осталась {count} попытка.", "Wrong code. {count} try left."),
    "parts_code_wrong_few": Words("Код не подошёл. Осталось {count} попытки.", "Wrong code. {count} tries left."),
    "parts_code_wrong_many": Words("Код не подошёл. Осталось {count} попыток.", "Wrong code. {count} tries left."),
    "parts_code_over": Words(
        "Попытки ввести этот код закончились. Получите новый код.", "No tries are left for this code. Get a new one."
    ),
    "parts_resend": Words("Получить новый код", "Get a new code"),
    "parts_resend_wait": Words("Новый код можно получить через {seconds}\u00a0с.", "You can get a new code in {seconds}\u00a0s."),
    "parts_other_phone": Words("Указать другой номер", "Use another number"),
    "parts_plan": Words("График платежей", "Payment schedule"),
    "parts_date": Words("Дата", "Date"),
    "parts_sum": Words("Сумма", "Sum"),
    "parts_today": Words("сегодня", "today"),
    "parts_total": Words("Всего", "Total"),
    "parts_consent": Words(
        "Согласен с графиком и с тем, что эти суммы спишутся с моей карты",
        "I agree to the schedule, and to these sums being charged to my card",
    ),
    "parts_consent_missing": Words("Отметьте согласие, чтобы продолжить", "Tick the box to continue"),
    "parts_to_card": Words("Перейти к оплате", "Continue to payment"),
    "parts_first": Words("Первая часть из четырёх", "The first of four parts"),
    "parts_later": Words("Остальные части спишутся с этой карты:", "The other parts will be charged to this card:"),
    "parts_refused": Words("Сервис не одобрил оплату частями", "Payment in parts was not approved"),
    "parts_refused_means": Words(
        "Такое решение сервис принимает автоматически, причину он не сообщает. Деньги не списаны.",
        "The service decides this automatically and gives no reason. Nothing was charged.",
    ),
    "parts_unavailable": Words("Этот заказ нельзя оплатить частями", "This order cannot be paid in parts"),
    "parts_unavailable_means": Words(
        "Частями можно оплатить рублёвый заказ на сумму от {smallest} до {largest}.",
        "An order in roubles can be paid in parts if its sum is between {smallest} and {largest}.",
    ),
    "parts_silent": Words("Сервис оплаты частями не отвечает", "The service for payment in parts does not answer"),
    "parts_silent_means": Words(
        "Деньги не списаны. Попробуйте ещё раз через минуту.", "Nothing was charged. Try again in a minute."
    ),
    "parts_retry": Words("Попробовать ещё раз", "Try again"),
    "parts_other_way": Words("Выбрать другой способ оплаты", "Choose another way to pay"),
    "parts_ask_shop": Words("Вернитесь в магазин: там подскажут, как оплатить заказ.", "Go back to the shop, and ask how to pay for the order."),
})
# fmt: on


def parts_text(key: str, language: str, **values: object) -> str:
    """One text of these steps or of the payment page, with its values filled in.

    Raises KeyError for an unknown key or a missing value.
    """
    words = PARTS_TEXTS.get(key) or TEXTS[key]
    return words_in(words, language).format(**values)
