"""The texts of the console, in Russian and English. Names of the protocol are never translated."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.inbound.web.callbacks.check_texts import CHECK_TEXTS
from altyn.inbound.web.callbacks.texts import CALLBACK_TEXTS
from altyn.look import Words

# fmt: off
_MENU: Final = {
    "menu_start": Words("Начало", "Start"),
    "menu_requests": Words("Запросы", "Requests"),
    "menu_orders": Words("Заказы", "Orders"),
    "menu_callbacks": Words("Уведомления", "Callbacks"),
    "menu_phones": Words("Телефоны", "Phones"),
    "menu_mail": Words("Почта", "Mailbox"),
    "menu_reference": Words("Справочник", "Reference"),
    "menu_account": Words("Личный кабинет", "Personal account"),
}
_REFUSED: Final = {
    "request_refused": Words("Запрос не принят", "The request was not taken"),
    "request_refused_what": Words("Консоль не может его прочитать.", "The console cannot read it."),
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
    "reference_link": Words("Справочник методов: параметры и отказы", "Reference of the methods: parameters and refusals"),
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
    "due": Words("Что произойдёт дальше", "What happens next"),
    "due_order": Words("Заказ {number}", "Order {number}"),
    "due_problem": Words("В прошлый раз:", "Last time:"),
    "due_move": Words("Перевести часы сюда", "Move the clock to this"),
    "due_now": Words("сейчас", "now"),
    "due_more": Words("Показать ещё {count}", "Show {count} more"),
    "due_nothing": Words("Ничего не запланировано. Здесь появятся сроки заказов, уведомления, чеки и письма.", "Nothing is planned. Terms of orders, callbacks, receipts and mails appear here."),
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
    "registered_at": Words("Зарегистрирован", "Registered"),
    "sum": Words("Сумма", "Amount"),
    "order_not_found": Words("Заказа {number} нет", "There is no order {number}"),
    "order_not_found_help": Words("Проверьте номер: он отличается и регистром букв.", "Check the number: capital letters count."),
    "order_missing": Words("Такого заказа нет", "There is no such order"),
    "order_missing_what": Words("В этой песочнице нет заказа с таким id", "This sandbox has no order with this id"),
    "no_orders": Words("Заказов пока нет", "No orders yet"),
    "no_orders_help": Words("Создайте тестовый заказ на странице «Начало» или через API.", "Register a test order on the page Start, or through the API."),
    "no_orders_of_status": Words("Заказов в этом состоянии нет", "No order has this status"),
    "callbacks_lead": Words("Что шлюз сообщил магазинам: каждая попытка, подписанный текст, ответ.", "What the gateway told the shops: every attempt, the signed text, the answer."),
    "callback_missing_what": Words("В этой песочнице нет уведомления с таким id", "This sandbox has no callback with this id"),
}
_REQUESTS: Final = {
    "requests_lead": Words("Каждый вызов шлюза: что пришло, что он ответил и почему.", "Every call of the gateway: what came, what it answered, and why."),
    "order_or_id": Words("Номер или id заказа", "Order number or id"),
    "method": Words("Метод", "Method"),
    "refused_only": Words("Только отказы", "Refused only"),
    "time_of_day": Words("Время (МСК)", "Time (Moscow)"),
    "result": Words("Итог", "Result"),
    "ms": Words("мс", "ms"),
    "code_is": Words("код {code}", "code {code}"),
    "client_left": Words("клиент ушёл", "the client left"),
    "done": Words("выполнен", "carried out"),
    "requests_off": Words("Журнал запросов выключен", "The request log is switched off"),
    "requests_off_help": Words("Запустите шлюз без ALTYN_REQUEST_LOG=no, и запросы с этого момента появятся здесь.", "Start the gateway without ALTYN_REQUEST_LOG=no; the requests from then on are shown here."),
    "requests_lost": Words("Не записано запросов: {count}", "Requests that were not recorded: {count}"),
    "requests_lost_help": Words("Их было больше, чем журнал успевает записать, не задерживая шлюз.", "There were more than the log can write without slowing the gateway."),
    "no_shop": Words("Магазина {shop} нет", "There is no shop {shop}"),
    "no_requests": Words("Таких запросов нет", "There are no such requests"),
    "no_requests_help": Words("Журнал хранит последние запросы. Создайте тестовый заказ, и запрос появится здесь.", "The log keeps the newest requests. Register a test order, and its request appears here."),
    "request_missing": Words("Такого запроса нет", "There is no such request"),
    "request_missing_what": Words("Журнал не хранит запрос с этим номером", "The log has no request with this number"),
    "request_missing_help": Words("Старые запросы удаляются.", "Old requests are deleted."),
    "what_happened": Words("Что произошло", "What happened"),
    "ignored": Words("Не использовано", "Not used"),
    "parameters": Words("Параметры, как они пришли", "Parameters as received"),
    "no_parameters": Words("Параметров не было.", "There were no parameters."),
    "masked": Words("скрыто", "masked"),
    "cut": Words("обрезано", "cut"),
    "as_curl": Words("Тот же запрос в curl", "The same request with curl"),
    "not_repeatable": Words("Отсюда его нельзя отправить ещё раз:", "It cannot be sent again from here:"),
    "send_again": Words("Отправить ещё раз", "Send again"),
    "new_answer": Words("Новый ответ, HTTP {status}", "New answer, HTTP {status}"),
}
_REFERENCE: Final = {
    "reference_lead": Words("Методы API, как их читает этот шлюз: параметры и отказы по порядку.", "The methods of the API as this gateway reads them: parameters, and refusals in their order."),
    "address": Words("Адрес", "Address"),
    "what_it_does": Words("Что делает", "What it does"),
    "name_in_soap": Words("Имя в SOAP", "Name in SOAP"),
    "needs_permission": Words("Нужно разрешение", "Needs the permission"),
    "sent_requests": Words("Ваши вызовы", "Your calls"),
    "method_parameters": Words("Параметры", "Parameters"),
    "credentials_too": Words("И всегда userName с password либо token.", "And always userName with password, or token."),
    "parameter": Words("Параметр", "Parameter"),
    "type": Words("Тип", "Type"),
    "mandatory": Words("Обязателен", "Mandatory"),
    "yes": Words("да", "yes"),
    "what_it_means": Words("Что означает", "What it means"),
    "refusals": Words("Отказы", "Refusals"),
    "refusals_lead": Words("По порядку: если верно несколько, в ответе первый.", "In their order: if several are true, the answer is the first."),
    "error_code": Words("Код", "Code"),
    "error_text": Words("Текст", "Text"),
    "reason": Words("Причина", "Reason"),
    "method_missing": Words("Такого метода нет", "There is no such method"),
    "method_missing_what": Words("Этот шлюз не знает метода с таким именем", "This gateway knows no method with this name"),
    "method_missing_help": Words("Имя пишется как в адресе, без .do.", "A name is written as in the address, without .do."),
}
# fmt: on

CONSOLE_TEXTS: Final = MappingProxyType(
    {
        **CALLBACK_TEXTS,
        **CHECK_TEXTS,
        **_MENU,
        **_REFUSED,
        **_START,
        **_RETURNED,
        **_LISTS,
        **_REQUESTS,
        **_REFERENCE,
    }
)


def console_text(key: str, *, language: str, **values: object) -> str:
    """A text of the console. Raises KeyError for an unknown key or a missing value."""
    return CONSOLE_TEXTS[key].text(language, **values)
