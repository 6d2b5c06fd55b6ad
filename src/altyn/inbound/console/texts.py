"""The texts of the console, in Russian and English. Names of the protocol are never translated."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.look import Words

# fmt: off
_MENU: Final = {
    "menu_start": Words("Начало", "Start"),
    "menu_requests": Words("Запросы", "Requests"),
    "menu_orders": Words("Заказы", "Orders"),
    "menu_callbacks": Words("Уведомления", "Callbacks"),
    "menu_phones": Words("Телефоны", "Phones"),
    "menu_mail": Words("Почта", "Mailbox"),
    "menu_account": Words("Личный кабинет", "Personal account"),
}
_START: Final = {
    "start_title": Words("Песочница Altyn", "Altyn sandbox"),
    "start_lead": Words("Всё, что нужно для первой тестовой оплаты.", "Everything a first test payment needs."),
    "access": Words("Доступ к API", "API access"),
    "access_user": Words("Пользователь", "User"),
    "access_password": Words("Пароль", "Password"),
    "access_token": Words("Токен вместо пароля", "Token instead of a password"),
    "access_key": Words("Ключ подписи уведомлений", "Key that signs callbacks"),
    "access_rest": Words("Адрес REST", "REST address"),
    "access_wsdl": Words("Адрес WSDL (SOAP)", "WSDL address (SOAP)"),
    "access_note": Words("Это демонстрационный магазин. Его пароли опубликованы, поэтому за пределы вашей машины он не выходит.", "This is the demo shop. Its passwords are public, so it stays on your machine."),
    "test_order": Words("Тестовый заказ", "Test order"),
    "test_order_lead": Words("Форма отправит показанный запрос через тот же API, что и ваш магазин.", "The form sends the request shown here through the same API as your shop."),
    "amount": Words("Сумма в рублях", "Amount in roubles"),
    "order_number": Words("Номер заказа", "Order number"),
    "order_number_hint": Words("Пусто: номер назначит шлюз", "Empty: the gateway makes one"),
    "description": Words("Описание", "Description"),
    "client_id": Words("Покупатель (clientId)", "Client (clientId)"),
    "client_id_hint": Words("С ним карту можно сохранить", "With it a card can be stored"),
    "email": Words("Почта покупателя", "Payer's email"),
    "two_stage": Words("Двухстадийная оплата: сначала холд", "Two stages: a hold first"),
    "cart": Words("Корзина с чеком", "A cart, so there is a receipt"),
    "callbacks_box": Words("Показывать уведомления здесь (dynamicCallbackUrl)", "Show callbacks here (dynamicCallbackUrl)"),
    "more": Words("Другие параметры, по одному на строке: имя=значение", "More parameters, one a line: name=value"),
    "more_hint": Words("Например: sessionTimeoutSecs=600 или features=FORCE_TDS", "For example: sessionTimeoutSecs=600 or features=FORCE_TDS"),
    "more_unread": Words("В этих строках нет «имя=значение», они не отправлены: {lines}", "These lines are no name=value and were not sent: {lines}"),
    "register": Words("Создать заказ", "Register the order"),
    "as_program": Words("Запрос как программа", "The request as a program"),
    "language_of_code": Words("Язык программы", "Language of the program"),
    "registered": Words("Заказ {number} создан", "Order {number} is registered"),
    "registered_lead": Words("Откройте платёжную страницу и оплатите тестовой картой.", "Open the payment page and pay with a test card."),
    "open_page": Words("Открыть платёжную страницу", "Open the payment page"),
    "not_registered": Words("Шлюз отказал: код {code}", "The gateway refused: code {code}"),
    "rule": Words("Нарушенное правило", "The broken rule"),
    "not_used": Words("На что шлюз обратил внимание", "What the gateway remarks"),
    "answer": Words("Ответ API", "The API's answer"),
    "cards": Words("Тестовые карты", "Test cards"),
    "cards_lead": Words("Итог для суммы 1 500 ₽. Другие карты сервер не примет.", "Results for 1 500 ₽. The sandbox takes no other cards."),
    "test_pays": Words("Оплата пройдёт", "The payment succeeds"),
    "test_asks": Words("Банк спросит код", "The bank asks for a code"),
    "test_declines": Words("Банк откажет", "The bank declines"),
    "card": Words("Карта", "Card"),
    "more_cards": Words("Показать ещё {count}", "Show {count} more"),
    "time": Words("Часы шлюза", "The gateway's clock"),
    "time_lead": Words("Переведите их вперёд, и всё, что должно случиться за это время, случится по порядку.", "Move it forward, and everything that is due on the way happens in its order."),
    "advance": Words("Вперёд на {step}", "Forward by {step}"),
    "step_20m": Words("20 минут", "20 minutes"),
    "step_1h": Words("час", "1 hour"),
    "step_1d": Words("сутки", "1 day"),
    "step_7d": Words("7 дней", "7 days"),
    "step_30d": Words("30 дней", "30 days"),
    "clock_refused": Words("Часы не переведены", "The clock was not moved"),
}
_RETURNED: Final = {
    "returned_title": Words("Покупатель вернулся в магазин", "The payer is back in the shop"),
    "returned_lead": Words("Так выглядит адрес returnUrl тестового заказа. Магазин узнаёт итог не по этой странице, а спрашивает статус.", "This is the returnUrl of a test order. A shop learns the result by asking for the status, not from this page."),
    "returned_no_order": Words("В адресе нет orderId", "The address has no orderId"),
    "returned_no_order_help": Words("Сюда попадают покупатели тестовых заказов. Создайте заказ на странице «Начало».", "Payers of test orders come here. Register one on the page Start."),
    "status_of": Words("Ответ getOrderStatusExtended.do", "The answer of getOrderStatusExtended.do"),
    "order_story": Words("История заказа", "The order's story"),
    "one_more": Words("Ещё один заказ", "Another order"),
}
_LISTS: Final = {
    "orders_lead": Words("Последние {count} заказов всех магазинов.", "The newest {count} orders of all shops."),
    "find_order": Words("Номер или id заказа", "Order number or id"),
    "status": Words("Состояние", "Status"),
    "registered_at": Words("Зарегистрирован", "Registered"),
    "shop": Words("Магазин", "Shop"),
    "sum": Words("Сумма", "Amount"),
    "order": Words("Заказ", "Order"),
    "order_not_found": Words("Заказа {number} нет", "There is no order {number}"),
    "order_not_found_help": Words("Проверьте номер: он отличается и регистром букв.", "Check the number: capital letters count."),
    "order_missing": Words("Такого заказа нет", "There is no such order"),
    "order_missing_what": Words("В этой песочнице нет заказа с таким id", "This sandbox has no order with this id"),
    "no_orders": Words("Заказов пока нет", "No orders yet"),
    "no_orders_help": Words("Создайте тестовый заказ на странице «Начало» или через API.", "Register a test order on the page Start, or through the API."),
    "no_orders_of_status": Words("Заказов в этом состоянии нет", "No order has this status"),
    "callbacks_lead": Words("Что шлюз сообщил магазинам: каждая попытка, подписанный текст, ответ.", "What the gateway told the shops: every attempt, the signed text, the answer."),
    "operation": Words("Событие", "Operation"),
    "created_at": Words("Создано", "Created"),
    "receiver": Words("Адрес", "Address"),
    "no_callbacks": Words("Уведомлений пока нет", "No callbacks yet"),
    "no_callbacks_help": Words("Укажите адрес в настройках магазина или dynamicCallbackUrl в заказе, затем оплатите заказ.", "Name an address in the shop's settings or dynamicCallbackUrl in an order, then pay the order."),
    "callback_title": Words("Уведомление {operation}", "Callback {operation}"),
    "callback_id": Words("Id уведомления", "Callback id"),
    "callback_missing": Words("Такого уведомления нет", "There is no such callback"),
    "callback_missing_what": Words("В этой песочнице нет уведомления с таким id", "This sandbox has no callback with this id"),
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
}
# fmt: on

CONSOLE_TEXTS: Final = MappingProxyType(_MENU | _START | _RETURNED | _LISTS)


def console_text(key: str, *, language: str, **values: object) -> str:
    """A text of the console. Raises KeyError for an unknown key or a missing value."""
    return CONSOLE_TEXTS[key].text(language, **values)
