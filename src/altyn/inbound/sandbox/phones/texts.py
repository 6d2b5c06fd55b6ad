"""The texts of the simulated phone's pages, in Russian and English.

Messages themselves come from the bank and stay in its language. A value is inserted at {name}.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from typing import Final

from altyn.inbound.payment_page.texts import words_in
from altyn.inbound.sandbox.phones.refusals import PhoneRefusal
from altyn.look import Words

# fmt: off
TEXTS: Final[Mapping[str, Words]] = {
    "title": Words("Телефон {number}", "Phone {number}"),
    "title_any": Words("Телефоны песочницы", "Phones of the sandbox"),
    "sandbox": Words("Песочница", "Sandbox"),
    "sandbox_more": Words(": телефон не настоящий, деньги не движутся", ": a simulated phone, no money moves"),
    "other_number": Words("Другой номер", "Other number"),
    "home": Words("На главный экран", "Home screen"),
    "back": Words("Назад", "Back"),
    "bank": Words("Банк", "Bank"),
    "sms": Words("Сообщения", "Messages"),
    "scan": Words("Сканер", "Scanner"),
    "apps": Words("Приложения", "Apps"),
    "notifications": Words("Уведомления", "Notifications"),
    "quiet": Words("Новых уведомлений нет", "No notifications"),
    "quiet_help": Words("Push и SMS появятся здесь сами: страницу обновлять не нужно.", "Pushes and SMS appear here on their own, without a reload."),
    "arrived": Words("Новое уведомление", "New notification"),
    "count_waiting": Words("ждут ответа: {count}", "waiting for an answer: {count}"),
    "disconnected": Words("Нет связи с шлюзом. Экран обновится, когда она появится.", "No connection to the gateway. The screen is updated when it is back."),

    "state_waits": Words("Ждёт ответа", "Waiting for you"),
    "state_confirmed": Words("Подтверждено", "Confirmed"),
    "state_refused": Words("Вы отказались", "Refused"),
    "state_expired": Words("Время вышло", "Expired"),
    "state_closed": Words("Закрыто", "Closed"),

    "payments": Words("Платежи", "Payments"),
    "payments_none": Words("Платежей пока нет", "No payments yet"),
    "payments_help": Words("Счёт придёт сюда, когда вы укажете этот номер на странице оплаты или отсканируете QR-код.", "An invoice comes here when you give this number on a payment page, or scan a QR code."),
    "from_bank": Words("Сообщение банка", "Message from the bank"),
    "to_pay": Words("К оплате", "Amount to pay"),
    "shop": Words("Магазин", "Shop"),
    "order": Words("Заказ", "Order"),
    "what": Words("За что", "For"),
    "pay_until": Words("Оплатить до", "Pay by"),
    "hold": Words("Деньги будут зарезервированы, магазин спишет их позже.", "The money will be held; the shop takes it later."),
    "confirm": Words("Подтвердить", "Confirm"),
    "confirm_amount": Words("Заплатить {amount}", "Pay {amount}"),
    "refuse": Words("Отказаться", "Refuse"),
    "paid": Words("Оплачено", "Paid"),
    "held": Words("Деньги зарезервированы", "The money is held"),
    "processing": Words("Банк проводит платёж", "The bank is processing the payment"),
    "processing_help": Words("Вы подтвердили платёж. Результат появится здесь.", "You have confirmed the payment. The result will appear here."),
    "declined": Words("Банк отклонил платёж", "The bank declined the payment"),
    "declined_help": Words("Деньги не списаны.", "No money was taken."),
    "decline_116": Words("На счёте не хватает денег.", "There is not enough money on the account."),
    "decline_120": Words("Банк не нашёл вас среди своих клиентов.", "The bank does not know you as a client."),
    "refused": Words("Вы отказались от оплаты", "You refused the payment"),
    "expired": Words("Время на\u00a0оплату вышло", "The time to pay is over"),
    "expired_help": Words("Деньги не списаны. Оформите заказ в магазине ещё раз.", "No money was taken. Place the order in the shop again."),
    "closed": Words("Счёт больше не ждёт оплаты", "This invoice is closed"),
    "closed_help": Words("На него уже ответили, или оплату отозвали.", "It was answered, or the payment was withdrawn."),
    "elsewhere_help": Words("На него ответили с другого телефона.", "It was answered on another phone."),
    "withdrawn_help": Words("Вы выбрали другой способ оплаты.", "You chose another way to pay."),
    "cancelled_help": Words("Магазин отменил заказ. Деньги не списаны.", "The shop cancelled the order. No money was taken."),
    "to_shop": Words("Вернуться в магазин", "Back to the shop"),
    "to_page": Words("Вернуться на страницу оплаты", "Back to the payment page"),
    "return_app": Words("Банк вернёт вас в приложение магазина:", "The bank takes you back to the shop's app:"),

    "plans": Words("Оплата частями", "Payment in parts"),
    "plans_none": Words("Оплаты частями нет", "No payments in parts"),
    "plans_help": Words("Здесь будет график, когда вы оплатите заказ частями.", "The schedule will be here when you pay an order in parts."),
    "plan_order": Words("Заказ {number}", "Order {number}"),
    "plan_charged": Words("Списано {charged} из {total}", "{charged} of {total} charged"),
    "plan_card": Words("Карта {card}", "Card {card}"),
    "plan_part": Words("Часть {number}", "Part {number}"),
    "plan_returned": Words("вернули {amount}", "{amount} returned"),
    "part_planned": Words("Спишется", "Planned"),
    "part_charged": Words("Списано", "Charged"),
    "part_overdue": Words("Не списано", "Not charged"),
    "part_ended": Words("Отменено", "Cancelled"),

    "sms_none": Words("Сообщений пока нет", "No messages yet"),
    "sms_help": Words("Сюда придут коды и ссылки на оплату.", "Codes and payment links come here."),
    "sender": Words("Банк", "Bank"),
    "reply_confirm": Words("Да", "Yes"),
    "reply_refuse": Words("Нет", "No"),
    "reply": Words("Ответить на SMS", "Reply to the SMS"),
    "your_reply": Words("Ваш ответ", "Your reply"),
    "open_link": Words("Открыть ссылку", "Open the link"),

    "scan_title": Words("Сканер QR-кода", "QR scanner"),
    "scan_label": Words("Текст QR-кода или ссылка", "Text of the QR code, or a link"),
    "scan_hint": Words("Вставьте ссылку sberpay://… или адрес страницы оплаты", "Paste a sberpay://… link or the address of a payment page"),
    "scan_open": Words("Открыть", "Open"),
    "scan_codes": Words("Сейчас на экранах", "On screens now"),
    "scan_codes_help": Words("Счета песочницы, которые ждут сканирования", "Invoices of the sandbox that wait for a scan"),
    "scan_page": Words("В коде ссылка на страницу оплаты", "The code is a link to a payment page"),
    "scan_page_open": Words("Открыть страницу оплаты", "Open the payment page"),

    "number_title": Words("Телефоны песочницы", "Phones of the sandbox"),
    "number_help": Words("Откройте телефон покупателя: на него приходят push и SMS, и на нём подтверждают оплату. Несколько телефонов открывайте в отдельных вкладках.", "Open a payer's phone: it gets pushes and SMS, and payments are confirmed on it. Open several phones in separate tabs."),
    "number_label": Words("Номер телефона", "Phone number"),
    "number_hint": Words("Десять цифр, можно с +7, 7 или\u00a08", "Ten digits, also with +7, 7 or\u00a08"),
    "number_open": Words("Открыть телефон", "Open the phone"),
    "number_scan": Words("Этот телефон откроет отсканированный код.", "This phone will open the scanned code."),
    "number_recent": Words("Недавние", "Recent"),
    "number_tests": Words("Особые номера", "Special numbers"),
    "number_tests_help": Words("Решают последние четыре цифры, остальные номера платят без ошибок.", "The last four digits decide; all other numbers pay without errors."),
    "ending_0000": Words("Оплата частями и кредит: банк откажет", "Payment in parts, credit: the bank refuses"),
    "ending_0001": Words("Нет приложения банка: вместо push придёт SMS", "No bank app: an SMS comes instead of a push"),
    "ending_0002": Words("SberPay: не хватит денег", "SberPay: not enough money"),
    "ending_0003": Words("SberPay: банк не знает клиента", "SberPay: the bank does not know the client"),
    "ending_0004": Words("Оплата частями: первые списания не пройдут", "Payment in parts: the first charges fail"),
    "ending_0005": Words("Кредит: банк решит через 10 минут", "Credit: the bank decides after 10 minutes"),

    "missing": Words("Такого сообщения нет", "There is no such message"),
    "missing_help": Words("Возможно, оно пришло на другой номер.", "It may have come to another number."),
}

REFUSALS: Final[Mapping[PhoneRefusal, Words]] = {
    PhoneRefusal.NOT_A_PHONE: Words("Это не номер телефона. Введите десять цифр, можно с +7, 7 или 8.", "This is not a phone number. Type ten digits, also with +7, 7 or 8."),
    PhoneRefusal.UNREADABLE_CODE: Words("Это не код для оплаты. Скопируйте ссылку sberpay://… или адрес страницы оплаты целиком.", "This is not a code for a payment. Copy the whole sberpay://… link, or the address of the payment page."),
    PhoneRefusal.OTHER_SITE: Words("Это адрес другого сайта. Нужен адрес страницы оплаты этого шлюза.", "This is an address of another site. It has to be a payment page of this gateway."),
    PhoneRefusal.NO_ORDER: Words("В ссылке нет заказа этого шлюза. Проверьте, что она скопирована целиком.", "The link names no order of this gateway. Check that it is complete."),
    PhoneRefusal.NO_INVOICE: Words("У банка нет такого счёта. Выберите SberPay на странице оплаты и отсканируйте новый код.", "The bank has no such invoice. Choose SberPay on the payment page and scan the new code."),
    PhoneRefusal.INVOICE_OVER: Words("Этот счёт уже не ждёт оплаты. Начните оплату ещё раз.", "This invoice no longer waits for a payment. Begin the payment again."),
    PhoneRefusal.NO_APP: Words("На этом телефоне нет приложения банка (номер на 0001). Отсканируйте другим.", "This phone has no bank app (its number ends with 0001). Scan with another one."),
}
# fmt: on


def text(key: str, language: str, **values: object) -> str:
    """One text with its values. Raises KeyError for an unknown key or a missing value."""
    return words_in(TEXTS[key], language).format(**values)


def refusal_text(refusal: PhoneRefusal, language: str) -> str:
    """A refusal in words for a person with a phone; KeyError for one that no page shows."""
    return words_in(REFUSALS[refusal], language)
