"""The texts of callbacks in lists and one by one, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.look import Words

# fmt: off
CALLBACK_TEXTS: Final[Mapping[str, Words]] = MappingProxyType({
    "status": Words("Состояние", "Status"),
    "shop": Words("Магазин", "Shop"),
    "order": Words("Заказ", "Order"),
    "operation": Words("Событие", "Operation"),
    "created_at": Words("Создано", "Created"),
    "receiver": Words("Адрес", "Address"),
    "order_number": Words("Номер заказа", "Order number"),
    "none_found": Words("Таких уведомлений нет", "There are no such callbacks"),
    "none_found_help": Words("Измените фильтр или сбросьте его.", "Change the filter, or clear it."),
    "reached": Words("Просмотрены уведомления до {moment}. Старше ещё есть.", "Callbacks are searched back to {moment}. There are older ones."),
    "reached_none": Words("Среди них подходящих нет.", "None of them matches."),
    "no_callbacks": Words("Уведомлений пока нет", "No callbacks yet"),
    "no_callbacks_help": Words("Укажите адрес в настройках магазина или dynamicCallbackUrl в заказе, затем оплатите заказ.", "Name an address in the shop's settings or dynamicCallbackUrl in an order, then pay the order."),
    "callback_title": Words("Уведомление {operation}", "Callback {operation}"),
    "callback_id": Words("Id уведомления", "Callback id"),
    "callback_missing": Words("Такого уведомления нет", "There is no such callback"),
    "resend": Words("Отправить ещё раз", "Send again"),
    "resent": Words("Уведомление отправляется ещё раз. Обновите страницу, чтобы увидеть ответ.", "The callback is being sent again. Reload the page to see the answer."),
    "resend_busy": Words("Уведомление отправляется прямо сейчас. Повторите, когда станет известен ответ.", "The callback is on its way at this moment. Repeat it when its answer is known."),
    "next_attempt": Words("следующая попытка {moment}", "next attempt {moment}"),
    "attempt": Words("Попытка {number}", "Attempt {number}"),
    "attempt_delivered": Words("доставлено", "delivered"),
    "attempt_status": Words("ответ {status}, нужен 200", "answered {status}, 200 is needed"),
    "took": Words("{ms} мс", "{ms} ms"),
    "request": Words("Запрос", "Request"),
    "signed": Words("Подписанный текст", "Signed text"),
    "signed_help": Words("Параметры по алфавиту через точку с запятой. От этого текста считается checksum.", "The parameters in alphabetical order, separated by semicolons. checksum is computed from this text."),
    "response": Words("Ответ магазина", "The shop's answer"),
    "no_attempts": Words("Попыток ещё не было", "There were no attempts yet"),
})
# fmt: on
