"""The texts of the payment page, in Russian and English.

Both languages are in one row, so that no translation is missing. A value is inserted at {name}.
Source of the facts in the texts: payment-page.md §2 to §6.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from altyn.domain.language import text_language
from altyn.inbound.payment_page.stored_cards.texts import STORED_CARD_TEXTS
from altyn.look import Words, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

# fmt: off
_PAGE: Final = {
    "title": Words("Оплата {amount} · {shop}", "Payment of {amount} · {shop}"),
    "title_declined": Words("Оплата не прошла · {shop}", "Payment declined · {shop}"),
    "title_errors": Words("Проверьте данные · {shop}", "Check the details · {shop}"),
    "amount": Words("К оплате", "Amount to pay"),
    "order": Words("Заказ {number}", "Order {number}"),
    "pay_until": Words("оплатите до {moment}", "pay by {moment}"),
    "time_left": Words("осталось {time}", "{time} left"),
    "time_short": Words("Осталось меньше двух минут", "Less than two minutes left"),
    "time_short_help": Words(
        "Если не успеете, оформите заказ в магазине заново: деньги не спишутся.",
        "If time runs out, order again in the shop: nothing will be charged.",
    ),
    "description": Words("Что в заказе", "What is in the order"),
    "more_one": Words("Ещё {count} позиция", "{count} more item"),
    "more_few": Words("Ещё {count} позиции", "{count} more items"),
    "more_many": Words("Ещё {count} позиций", "{count} more items"),
    "left_out": Words("Остальные позиции ({count}) смотрите в магазине.", "See the other {count} items in the shop."),
    "discount": Words("скидка {value}", "discount {value}"),
    "contact": Words("Почта или телефон", "Email or phone"),
    "contact_hint": Words("Сюда придёт кассовый чек", "The receipt will be sent here"),
    "ways": Words("Способы оплаты", "Ways to pay"),
    "or_by_card": Words("или картой", "or by card"),
    "cancelled": Words("Вы отменили оплату", "You cancelled the payment"),
    "choose_way": Words("Выберите, как заплатить", "Choose how to pay"),
    "pan": Words("Номер карты", "Card number"),
    "expiry": Words("Срок, ММ / ГГ", "Expiry, MM / YY"),
    "cvc": Words("CVC", "CVC"),
    "cvc_hint": Words("3 цифры на обороте", "3 digits on the back"),
    "cvc_hint_front": Words("4 цифры на лицевой стороне", "4 digits on the front"),
    "cvc_hint_optional": Words("3 цифры на обороте, если есть", "3 digits on the back, if any"),
    "holder": Words("Имя и фамилия", "Cardholder name"),
    "holder_optional": Words("Имя и фамилия, если хотите", "Cardholder name, if you like"),
    "holder_hint": Words("Латинскими буквами, как на карте", "In Latin letters, as on the card"),
    "pay": Words("Оплатить {amount}", "Pay {amount}"),
    "paying": Words("Ждём ответ банка", "Waiting for the bank"),
    "data_title": Words("Что будет с моими данными?", "What happens to my data?"),
    "data_card": Words(
        "Данные карты уходят по защищённому соединению в банк и нужны только для этой оплаты. Магазин их не видит.",
        "Card details travel over a secure connection to the bank, for this payment only. The shop never sees them.",
    ),
    "data_cvc": Words(
        "Код CVC не хранится нигде.", "The CVC is never stored.",
    ),
    "data_contact": Words(
        "Почту или телефон узнает магазин: на них придёт чек.",
        "The shop learns your email or phone: the receipt is sent there.",
    ),
    "data_bank": Words(
        "Банк может попросить подтвердить оплату кодом: так он убеждается, что платите именно вы.",
        "Your bank may ask for a code: this is how it makes sure that it is you who pays.",
    ),
    "languages": Words("Язык страницы", "Page language"),
    "back": Words("Вернуться в магазин", "Back to the shop"),
    "back_named": Words("Вернуться в «{name}»", "Back to {name}"),
    "sandbox": Words("Тест: деньги не списываются", "Test: no money moves"),
    "test_cards": Words("Тестовые карты", "Test cards"),
    "test_cards_short": Words("Карты", "Cards"),
    "test_help": Words("Нажмите на карту, и форма заполнится.", "Press a card, and the form is filled in."),
    "test_pays": Words("Оплата пройдёт", "The payment goes through"),
    "test_asks": Words("Банк спросит код", "The bank asks for a code"),
    "test_declines": Words("Отказ", "The payment is declined"),
    "schemes": Words("Платёжные системы", "Payment systems"),
    "test_any_cvc": Words("без CVC", "no CVC"),
}

# The bank's own text follows these titles, and then what the payer can do.
_PROBLEMS: Final = {
    "declined": Words("Оплата не прошла", "The payment did not go through"),
    "attempts_one": Words("Осталась {count} попытка.", "{count} attempt left."),
    "attempts_few": Words("Осталось {count} попытки.", "{count} attempts left."),
    "attempts_many": Words("Осталось {count} попыток.", "{count} attempts left."),
    "type_again": Words(
        "Номер карты и CVC введите ещё раз: страница их не хранит.",
        "Enter the card number and CVC again: the page does not keep them.",
    ),
    "check_fields": Words("Исправьте отмеченные поля", "Correct the marked fields"),
    "network": Words("Связь прервалась", "The connection was lost"),
    "network_checking": Words(
        "Проверяем, дошла ли оплата до банка. Данные на странице сохранены.",
        "Checking whether the payment reached the bank. What you typed is kept.",
    ),
    "network_retry": Words(
        "Оплата не началась, данные на странице сохранены. Можно нажать кнопку ещё раз.",
        "The payment did not start and what you typed is kept. You can press the button again.",
    ),
    "network_offline": Words(
        "Данные на странице сохранены. Когда связь вернётся, нажмите кнопку ещё раз: сначала мы проверим, "
        "не прошла ли оплата, и дважды деньги не спишутся.",
        "What you typed is kept. When you are online again, press the button: we first check whether the payment "
        "went through, so you are never charged twice.",
    ),
    "unavailable": Words("Страница не смогла начать оплату", "The page could not start the payment"),
    "unavailable_help": Words(
        "Деньги не списаны. Попробуйте ещё раз через минуту.", "Nothing was charged. Try again in a minute.",
    ),
    "waiting_long": Words(
        "Банк отвечает дольше обычного. Не закрывайте страницу и не платите повторно.",
        "The bank is taking longer than usual. Keep this page open and do not pay again.",
    ),
    "redirecting": Words("Переходим дальше.", "Taking you onwards."),
    "continue": Words("Продолжить", "Continue"),
}

_FIELDS: Final = {
    "pan_empty": Words("Введите номер карты", "Enter the card number"),
    "pan_short": Words("Номер слишком короткий: проверьте, все ли цифры на месте", "The number is too short: check for missing digits"),
    "pan_long": Words("В номере не больше 19 цифр", "A card number has at most 19 digits"),
    "pan_luhn": Words("В номере опечатка: сверьте его с картой", "There is a typo in the number: compare it with the card"),
    "pan_not_test": Words("Здесь принимаются только тестовые карты", "Only test cards are accepted here"),
    "expiry_empty": Words("Введите месяц и год", "Enter the month and year"),
    "expiry_format": Words("Введите две цифры месяца и две цифры года", "Enter two digits for the month and two for the year"),
    "expiry_month": Words("Месяц бывает от 01 до 12", "The month is from 01 to 12"),
    "expiry_past": Words("Срок этой карты истёк: возьмите другую", "This card has expired: use another one"),
    "expiry_far": Words("Проверьте год: такого срока у карт не бывает", "Check the year: cards do not last that long"),
    "cvc_empty": Words("Введите код с карты", "Enter the code from the card"),
    "cvc_length": Words("В коде {count} цифры", "The code has {count} digits"),
    "holder_empty": Words("Введите имя и фамилию, как на карте", "Enter the name as on the card"),
    "holder_letters": Words("Только латинские буквы, например IVAN PETROV", "Latin letters only, for example IVAN PETROV"),
    "contact_empty": Words("Укажите почту или телефон: на них придёт чек", "Enter an email or a phone number for the receipt"),
    "contact_format": Words(
        "Введите адрес вида name@example.ru или телефон, например +7 900 000-00-00",
        "Enter an address such as name@example.com or a number such as +44 20 0000 0000",
    ),
    "email_empty": Words("Введите адрес почты", "Enter an email address"),
    "email_format": Words("Проверьте адрес: нужен вид name@example.ru", "Check the address: it should look like name@example.com"),
    "email_long": Words("Адрес длиннее 64 знаков в чек не поместится: укажите другой или телефон", "A receipt has room for 64 characters: enter another address or a phone number"),
    "phone_empty": Words("Введите номер телефона", "Enter a phone number"),
    "phone_russian": Words("Введите российский номер: десять цифр после +7", "Enter a Russian number: ten digits after +7"),
    "phone_format": Words("Введите номер с кодом страны, например +7 900 000-00-00", "Enter the number with its country code, for example +44 20 0000 0000"),
}

_STEPS: Final = {
    "acs_title": Words("Подтверждение в банке", "Confirm with your bank"),
    "acs_help": Words(
        "Сейчас откроется страница банка, выпустившего карту. Там вы подтвердите оплату.",
        "The page of the bank that issued your card opens next. Confirm the payment there.",
    ),
    "acs_go": Words("Перейти на страницу банка", "Go to the bank's page"),
    "method_title": Words("Связываемся с банком", "Contacting your bank"),
    "method_help": Words(
        "Обычно это занимает несколько секунд. Если страница не сменилась, нажмите «Продолжить».",
        "This usually takes a few seconds. If the page does not change, press “Continue”.",
    ),
    "method_frame": Words("Проверка устройства банком", "The bank checks the device"),
    "waiting_title": Words("Ждём ответ банка", "Waiting for the bank"),
    "waiting_help": Words(
        "Не закрывайте страницу и не платите повторно. Как только банк ответит, мы покажем результат.",
        "Keep this page open and do not pay again. We show the result as soon as the bank answers.",
    ),
    "waiting_refresh": Words("Обновить", "Refresh"),
    "time_short_wait": Words(
        "Подтвердите оплату до конца этого времени: потом заказ не оплатить, деньги не спишутся.",
        "Confirm in this time: later the order cannot be paid, and nothing is charged.",
    ),
    "waiting_action_title": Words("Подтвердите оплату", "Confirm the payment"),
    "waiting_sent_to": Words("Уведомление отправлено на номер", "A notification was sent to"),
    "waiting_in_app": Words("Откройте приложение и подтвердите оплату.", "Open the app and confirm the payment."),
    "waiting_qr_other": Words(
        "Если приложение на другом телефоне или не открывается, отсканируйте код.",
        "If the app is on another phone or does not open, scan the code.",
    ),
    "waiting_qr": Words("QR-код для оплаты", "QR code of the payment"),
    "waiting_cancel": Words("Выбрать другой способ", "Choose another way"),
    "waiting_cancel_last": Words("Отменить оплату", "Cancel the payment"),
    "waiting_cancel_last_hint": Words(
        "Это была последняя попытка: после отмены заказ не оплатить.", "This was the last attempt: once you cancel, the order cannot be paid.",
    ),
    "waiting_simulated_phone": Words("Открыть телефон", "Open the phone"),
    "waiting_confirm_on_phone": Words("Подтвердите оплату на телефоне.", "Confirm the payment on your phone."),
    "waiting_scan_qr": Words("Отсканируйте QR-код телефоном и подтвердите оплату.", "Scan the QR code with your phone and confirm the payment."),
    "waiting_enter_code": Words("Введите код, который вам прислали.", "Enter the code that was sent to you."),
    "waiting_open_app": Words("Открыть приложение", "Open the app"),
    "code": Words("Код из сообщения", "Code from the message"),
    "code_refused": Words("Код не принят. Проверьте его и введите ещё раз.", "The code was not accepted. Check it and enter it again."),
    "code_send": Words("Подтвердить", "Confirm"),
}

# The errors page: a title, its meaning, and what to do.
_ERRORS: Final = {
    "error_not_found": Words("Заказ не найден", "Order not found"),
    "error_not_found_means": Words(
        "Ссылка на оплату неполная, устарела или содержит ошибку. Деньги не списаны.",
        "The payment link is incomplete, outdated or mistyped. Nothing was charged.",
    ),
    "error_not_found_do": Words(
        "Вернитесь в магазин и перейдите к оплате ещё раз.", "Go back to the shop and start the payment again.",
    ),
    "error_expired": Words("Время на оплату истекло", "Time to pay has run out"),
    "error_expired_means": Words("Заказ не оплачен, деньги не списаны.", "The order is not paid and nothing was charged."),
    "error_expired_do": Words(
        "Если покупка ещё нужна, оформите заказ в магазине заново.", "If you still want it, order again in the shop.",
    ),
    "error_declined": Words("Оплата не прошла", "The payment did not go through"),
    "error_declined_means": Words("Заказ не оплачен, деньги не списаны.", "The order is not paid and nothing was charged."),
    "error_declined_do": Words("Вернитесь в магазин.", "Go back to the shop."),
    "error_attempts": Words("Попытки оплаты закончились", "No attempts left"),
    "error_attempts_means": Words(
        "Ни одна попытка не прошла. Заказ не оплачен, деньги не списаны.",
        "No attempt went through. The order is not paid and nothing was charged.",
    ),
    "error_attempts_do": Words(
        "Вернитесь в магазин: если покупка ещё нужна, её оформляют там.",
        "Go back to the shop: if you still want it, order there.",
    ),
    "attempts_over": Words("Попытки закончились.", "No attempts are left."),
    "going_to_shop": Words("Сейчас вы вернётесь в магазин.", "You are going back to the shop now."),
    "going_to_result": Words("Сейчас откроется итог оплаты.", "The result opens now."),
    "way_parts_only": Words("Этот заказ оплачивают частями.", "This order is paid in parts."),
    "way_parts_steps": Words(
        "Пройдите шаги оплаты частями, карту введёте на последнем.",
        "Go through the steps of payment in parts; the card is typed in the last one.",
    ),
    "way_wrong": Words("Этот заказ таким способом не оплатить.", "This order cannot be paid in this way."),
    "way_choose": Words("Выберите другой способ оплаты.", "Choose another way to pay."),
    "error_no_way": Words("Этот заказ сейчас не оплатить", "This order cannot be paid now"),
    "error_no_way_means": Words(
        "Ни один способ оплаты этого магазина не подходит для заказа. Деньги не списаны.",
        "None of the shop's ways to pay is possible for this order. Nothing was charged.",
    ),
    "error_no_way_do": Words("Обратитесь в магазин.", "Contact the shop."),
    "error_unavailable": Words("Страница оплаты временно недоступна", "The payment page is unavailable"),
    "error_unavailable_means": Words(
        "Неполадка на нашей стороне. Новая оплата не началась.", "Something is wrong on our side. No new payment was started.",
    ),
    "error_unavailable_do": Words(
        "Подождите минуту и откройте страницу ещё раз.", "Wait a minute and open the page again.",
    ),
    "reason": Words("Причина", "Reason"),
    "retry": Words("Попробовать ещё раз", "Try again"),
}

_FINISH: Final = {
    "finish_paid": Words("Оплачено", "Paid"),
    "finish_paid_next": Words(
        "Магазин узнает об оплате сам. Эту страницу можно закрыть.", "The shop is told automatically. You can close this page.",
    ),
    "finish_held": Words("Сумма заблокирована", "Amount on hold"),
    "finish_held_next": Words(
        "Банк придержал сумму на карте. Магазин спишет её, когда подтвердит заказ, или вернёт.",
        "The bank holds this amount on your card. The shop takes it when it confirms the order, or lets it go.",
    ),
    "finish_failed": Words("Не оплачено", "Not paid"),
    "finish_failed_next": Words(
        "Деньги не списаны. Вернитесь в магазин: если покупка ещё нужна, её оформляют там.",
        "Nothing was charged. Go back to the shop: if you still want it, order there.",
    ),
    "fact_shop": Words("Магазин", "Shop"),
    "fact_order": Words("Заказ", "Order"),
    "fact_card": Words("Карта", "Card"),
    "fact_moment": Words("Время", "Time"),
    "fact_amount": Words("Сумма", "Amount"),
    "fact_result": Words("Результат", "Result"),
}

_NO_SCHEME: Final = {
    "no_scheme": Words("Магазин указал неполный адрес", "The shop gave an incomplete address"),
    "no_scheme_means": Words(
        "Магазин передал в {parameter} адрес «{address}» без http:// или https://. Такой адрес относится к самому шлюзу, поэтому вместо сайта магазина открылась эта страница.",
        "The shop sent the address “{address}” in {parameter}, without http:// or https://. Such an address belongs to the gateway itself, so this page opened instead of the shop's site.",
    ),
    "no_scheme_do": Words(
        "Разработчику магазина: передавайте в {parameter} полный адрес, например https://shop.example/ok. Эта страница есть только в песочнице.",
        "For the shop's developer: send a complete address in {parameter}, such as https://shop.example/ok. Only the sandbox has this page.",
    ),
}
# fmt: on

TEXTS: Final[Mapping[str, Words]] = MappingProxyType(
    _PAGE | _PROBLEMS | _FIELDS | _STEPS | _ERRORS | _FINISH | _NO_SCHEME | STORED_CARD_TEXTS
)

# What only the gateway finds out.
_NOT_IN_SCRIPTS: Final = ("_not_test", "email_empty", "phone_empty", "phone_russian")

# The texts that scripts show. All others are on the page or in an answer of the gateway.
SCRIPT_TEXTS: Final = (
    *(key for key in _PROBLEMS if key != "type_again"),
    *(key for key in _FIELDS if not key.endswith(_NOT_IN_SCRIPTS)),
    "cvc_hint",
    "cvc_hint_front",
    "cvc_hint_optional",
    "time_left",
    "time_short",
    "time_short_help",
    "paying",
)


def known_language(language: str) -> str:
    """The language if the page has it, else Russian. Source: payment-page.md §1."""
    return text_language(language)


def words_in(words: Words, language: str) -> str:
    """A text in a language; in Russian for a language that the page does not have."""
    return words.ru if known_language(language) == "ru" else words.en


def text(key: str, language: str, **values: object) -> str:
    """One text with its values filled in. Raises KeyError for an unknown key or a missing value."""
    return words_in(TEXTS[key], language).format(**values)


def counted_text(family: str, count: int, language: str) -> str:
    """The text of a family in its plural form for a count: "Осталось 2 попытки."."""
    return text(f"{family}_{plural(count, known_language(language))}", language, count=count)


def script_texts(language: str) -> str:
    """The texts of the scripts without their values, one `key=text` a line.

    In an attribute this is shorter than JSON, whose quotation marks are all escaped.
    """
    chosen = ((key, TEXTS[key]) for key in SCRIPT_TEXTS)
    return "\n".join(f"{key}={words.ru if language == 'ru' else words.en}" for key, words in chosen)
