"""The texts that payers read at a static link and a pay button, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.look import Words

# fmt: off
LINK_TEXTS: Final = MappingProxyType({
    "title": Words("Оплата: {shop}", "Payment: {shop}"),
    "lead": Words("Проверьте данные и перейдите к оплате.", "Check the details and go on to the payment."),
    "lead_typed": Words("Заполните поля и перейдите к оплате.", "Fill in the fields and go on to the payment."),
    "amount": Words("Сумма, ₽", "Amount in roubles"),
    "email": Words("Почта", "E-mail"),
    "phone": Words("Телефон", "Phone"),
    "description": Words("За что платите", "What you pay for"),
    "orderNumber": Words("Номер заказа", "Order number"),
    "hint_email": Words("Сюда придёт чек.", "The receipt is sent here."),
    "hint_amount": Words("Например, 1 500,00", "For example 1 500.00"),
    "go": Words("Перейти к оплате", "Go to the payment"),
    "go_amount": Words("Оплатить {amount}", "Pay {amount}"),
    "wrong": Words("Заказ не создан", "The order was not made"),
    "wrong_amount": Words("Введите сумму больше нуля, например 1 500,00.", "Type an amount above zero, for example 1 500.00."),
    "wrong_email": Words("Проверьте адрес, например anna@example.org.", "Check the address, for example anna@example.org."),
    "missing": Words("Заполните это поле.", "Fill in this field."),
    "too_often": Words("С этого адреса создано слишком много заказов. Повторите через десять минут.", "Too many orders were made from this address. Repeat in ten minutes."),
    "other_site": Words("Форма отправлена с другого сайта. Откройте ссылку заново и повторите.", "The form was sent from another site. Open the link again and repeat."),
    "no_shop": Words("Ссылка не работает", "The link does not work"),
    "no_shop_text": Words("Магазин отключил её, или адрес скопирован не полностью. Попросите у магазина новую ссылку.", "The shop has switched it off, or its address is incomplete. Ask the shop for a new link."),
    "currency": Words("Оплата по кнопке — только в рублях (RUB).", "The button takes roubles (RUB) only."),
    "bad_token": Words("Такого токена нет. Возьмите токен в личном кабинете, раздел «Доступ к API».", "There is no such token. Take it from the personal account, “API access”."),
    "no_order": Words("Заказ не найден.", "There is no such order."),
    "returned_title": Words("Возвращаемся в магазин", "Back to the shop"),
    "returned": Words("Это окно можно закрыть: магазин узнает результат сам.", "You can close this window: the shop gets the result."),
    "see_result": Words("Посмотреть результат", "See the result"),
    "sandbox": Words("Тестовая среда: деньги не движутся.", "Sandbox: no money moves."),
    "language": Words("Язык", "Language"),
})
# fmt: on


def link_text(key: str, *, language: str, **values: object) -> str:
    """A text of these pages. Raises KeyError for an unknown key or a missing value."""
    return LINK_TEXTS[key].text(language, **values)
