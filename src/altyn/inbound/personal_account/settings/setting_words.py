"""What each setting is called, and what it changes in the API and on the pages, in both languages.

`allowed` says in Russian what the setting may be; in English the refusal's own text says it.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from altyn.look import Words


class RemovalWords(NamedTuple):
    """The words of the box that removes a value, and what that changes."""

    label: Words
    effect: Words

    def texts(self, language: str) -> tuple[str, str]:
        """Both in one language."""
        return self.label.text(language), self.effect.text(language)


class SettingWords(NamedTuple):
    """The words of one setting."""

    label: Words
    effect: Words
    allowed: str = "другое значение"
    removal: RemovalWords | None = None


_W = SettingWords
_YES_NO: Final = "да или нет"
_SUM: Final = "сумма в рублях; наименьшая не больше наибольшей"

# fmt: off
_GENERAL: Final = {
    "show_final_page": _W(Words("Показывать итог на странице шлюза", "Show the final page"), Words("После оплаты покупатель видит страницу итога шлюза и не возвращается сразу на returnUrl.", "After the payment the payer sees the gateway's result page, and is not sent to returnUrl at once."), _YES_NO),
    "default_language": _W(Words("Язык по умолчанию", "Default language"), Words("Язык текстов API и платёжной страницы, если в запросе нет language.", "The language of the API's texts and of the payment page where a request has no language."), "код языка из двух латинских букв, например ru"),
    "session_timeout_seconds": _W(Words("Срок заказа, секунд", "Session timeout, seconds"), Words("Сколько времени заказ можно оплатить. sessionTimeoutSecs и expirationDate в register.do важнее.", "How long an order can be paid; sessionTimeoutSecs and expirationDate in register.do come first."), "от 1 до 999999999 секунд; нужно разрешение «Нестандартная продолжительность сессии»"),
    "payer_email_notify": _W(Words("Письмо покупателю об оплате", "E-mail to the payer"), Words("Покупатель получает письмо об оплате. Тогда register.do требует email, а features=SKIP_PAYER_EMAIL_NOTIFY отменяет письмо.", "The payer gets an e-mail about the payment. Then register.do demands email; features=SKIP_PAYER_EMAIL_NOTIFY leaves it out."), _YES_NO),
    "return_query_before_fragment": _W(Words("Параметры возврата перед #", "Return parameters before the #"), Words("Где в returnUrl с # стоят orderId и lang: перед ним или за ним.", "Where orderId and lang stand in a returnUrl with a #: before it, or behind it."), _YES_NO),
    "cart_faults_in_answer": _W(Words("Ошибки корзины в ответе", "Faults of the cart in the answer"), Words("Отказ из-за корзины содержит cartFaults со всеми ошибками сразу.", "An answer that refuses a cart has cartFaults with every fault."), _YES_NO),
    "ip_allow_list": _W(Words("Адреса серверов магазина", "Addresses of the shop's servers"), Words("API отвечает только этим адресам, остальным — код 5. Пустой список разрешает все.", "The API answers these addresses only, all others get code 5. An empty list allows all."), "по одному адресу или сети в строке, например 192.0.2.7 или 192.0.2.0/24"),
    "default_currency": _W(Words("Валюта по умолчанию", "Default currency"), Words("Валюта заказа без currency.", "The currency of an order without currency.")),
    "currencies": _W(Words("Валюты", "Currencies"), Words("Какие значения currency принимает register.do.", "The values of currency that register.do accepts.")),
    "amount_min_minor": _W(Words("Наименьшая сумма заказа", "Smallest amount of an order"), Words("Меньшую сумму register.do не принимает.", "register.do refuses a smaller amount.")),
    "amount_max_minor": _W(Words("Наибольшая сумма заказа", "Largest amount of an order"), Words("Большую сумму register.do не принимает.", "register.do refuses a larger amount.")),
    "payment_attempts": _W(Words("Попыток оплаты", "Attempts to pay"), Words("Сколько раз покупатель может попробовать оплатить один заказ.", "How often a payer may try to pay one order.")),
    "hold_days": _W(Words("Срок удержания, дней", "Days of a hold"), Words("Через сколько дней незавершённое удержание снимается.", "After how many days a hold that is not completed is released.")),
    "status_version": _W(Words("Версия ответа о статусе", "Version of the status answer"), Words("Какие поля показывает getOrderStatusExtended.do.", "Which members getOrderStatusExtended.do shows.")),
}
_CALLBACKS: Final = {
    "callbacks.enabled": _W(Words("Отправлять уведомления", "Send callbacks"), Words("Выключите, и шлюз не отправит ни одного уведомления, даже на dynamicCallbackUrl.", "Switched off, no callback is sent, not even to a dynamicCallbackUrl."), _YES_NO),
    "callbacks.urls": _W(Words("Адреса", "Addresses"), Words("Каждое уведомление уходит на все адреса. dynamicCallbackUrl заказа заменяет их для событий оплаты.", "Each callback goes to all of them. An order's dynamicCallbackUrl replaces them for its payments."), "по одному адресу http или https в строке, не больше 10, без пробелов, логина и #"),
    "callbacks.method": _W(Words("Способ", "Method"), Words("Параметры в адресе (GET), в форме (POST) или объектом JSON.", "The parameters are in the query (GET), in a form (POST) or in an object (JSON)."), "GET, POST или JSON"),
    "callbacks.operations": _W(Words("События", "Operations"), Words("О каких событиях сообщать. Ничего не отмечено — обо всех.", "Which operations are sent. None chosen: all of them."), "события из списка"),
    "callbacks.checksum": _W(Words("Подпись checksum", "Checksum"), Words("Чем уведомление доказывает, что его отправил шлюз.", "How a callback proves that the gateway sent it."), "вид подписи из списка"),
    "callbacks.key": _W(Words("Свой ключ подписи", "Your own key"), Words("Ключ симметричной подписи. Пустое поле оставляет нынешний.", "The key of the symmetric checksum. An empty field keeps the present one."), "от 8 до 256 печатных знаков", RemovalWords(Words("Удалить ключ", "Remove the key"), Words("Уведомления с общим ключом станут приходить без checksum, и магазин не сможет убедиться, что их отправил шлюз.", "Callbacks with the shared key are sent without checksum, and the shop cannot verify who has sent them."))),
    "callbacks.parameters": _W(Words("Дополнительные параметры", "Extra parameters"), Words("Что добавить в уведомление: amount, paymentWay, ip и другие, а также свои параметры заказа из jsonParams.", "What a callback has beside the usual: amount, paymentWay, ip and others, and an order's own jsonParams."), "по одному имени в строке: до 64 латинских букв, цифр, точек и подчёркиваний, первой — буква"),
    "callbacks.payer_parameters": _W(Words("Параметры от покупателя", "Parameters of the payer"), Words("Имена из jsonParams платёжной страницы. Их значения пишет покупатель: не доверяйте им.", "Names in jsonParams of the payment page. The payer writes their values: do not trust them."), "по одному имени в строке, как в дополнительных параметрах"),
    "callbacks.headers": _W(Words("Свои заголовки", "Custom headers"), Words("Добавляются к каждому уведомлению. Сохранённые значения скрыты: строка с ••• оставляет прежнее.", "Added to every callback. Stored values are hidden: a line with ••• keeps the one that is stored."), "Имя=значение, по одному в строке, не больше 20; без Host, Content-Length и других служебных"),
    "callbacks.attempts": _W(Words("Попыток", "Attempts"), Words("Сколько раз отправить уведомление, на которое не ответили 200.", "How often a callback is sent that is not answered with 200."), "от 1 до 20"),
    "callbacks.interval_seconds": _W(Words("Пауза, секунд", "Pause, seconds"), Words("Через сколько повторить после неудачи.", "How long after a failure it is sent again."), "от 1 до 86400 секунд"),
    "callbacks.growing": _W(Words("Пауза растёт", "The pause grows"), Words("Пауза умножается на число неудач.", "The pause is multiplied by the number of failures."), _YES_NO),
    "callbacks.timeout_seconds": _W(Words("Ждать ответа, секунд", "Wait for an answer, seconds"), Words("Дольше шлюз не ждёт, и попытка неудачна.", "After that the attempt has failed."), "от 1 до 60 секунд"),
}
_FISCAL: Final = {
    "fiscal.provider": _W(Words("Касса", "Provider"), Words("Кто регистрирует чеки заказов. Без кассы чеков нет, и getReceiptStatus.do их не знает.", "Who registers the receipts of orders. Without one there are none, and getReceiptStatus.do knows none."), "касса из списка; для ATOL заполните вместе с ней ИНН, группу касс, логин, пароль, место расчётов и почту компании"),
    "fiscal.ffd": _W(Words("Версия ФФД", "FFD version"), Words("Какие поля корзины обязательны в register.do: в 1.2 у позиции нужна мера.", "Which fields of a cart register.do demands: with 1.2 a position has a measure."), "1.05 или 1.2"),
    "fiscal.inn": _W(Words("ИНН", "INN"), Words("ИНН продавца в чеке.", "The seller's taxpayer number on a receipt."), "10 или 12 цифр"),
    "fiscal.group": _W(Words("Группа касс", "Group of cash registers"), Words("Код группы в кабинете кассы.", "The code of the group at the provider."), "не больше 255 печатных знаков"),
    "fiscal.login": _W(Words("Логин у кассы", "Login at the provider"), Words("С ним шлюз обращается к кассе.", "The gateway calls the provider with it."), "не больше 255 печатных знаков"),
    "fiscal.password": _W(Words("Пароль у кассы", "Password at the provider"), Words("Хранится зашифрованным и не показывается. Пустое поле оставляет нынешний.", "Stored encrypted and never shown. An empty field keeps the present one."), "не больше 100 печатных знаков", RemovalWords(Words("Удалить пароль", "Remove the password"), Words("Шлюз не сможет обращаться к кассе. Пока выбрана АТОЛ Онлайн, пароль не удалить: сначала выберите другую кассу.", "The gateway cannot call the provider any more. While ATOL Online is chosen, the password stays: choose another provider first."))),
    "fiscal.payment_address": _W(Words("Место расчётов", "Place of settlement"), Words("Адрес сайта в чеке.", "The address of the site on a receipt."), "не больше 256 печатных знаков, например https://shop.example"),
    "fiscal.company_email": _W(Words("Почта компании", "Company's e-mail"), Words("От кого покупатель получает чек.", "The sender of a receipt."), "адрес почты до 64 знаков"),
    "fiscal.tax_system": _W(Words("Система налогообложения", "Taxation system"), Words("Для заказа без taxSystem.", "Of an order without taxSystem."), "система из списка"),
    "fiscal.tax_type": _W(Words("Ставка НДС", "VAT rate"), Words("Для позиции без tax.taxType.", "Of a position without tax.taxType."), "ставка из списка"),
    "fiscal.payment_method": _W(Words("Признак способа расчёта", "Method of payment"), Words("Для строки по умолчанию.", "Of the default line."), "признак из списка"),
    "fiscal.payment_object": _W(Words("Признак предмета расчёта", "Object of payment"), Words("Для строки по умолчанию.", "Of the default line."), "признак из списка"),
    "fiscal.product_name": _W(Words("Название строки по умолчанию", "Name of the default line"), Words("Что написано в чеке заказа без корзины.", "What the receipt of an order without a cart says."), "от 1 до 128 печатных знаков"),
    "fiscal.default_line": _W(Words("Чек без корзины", "Receipt without a cart"), Words("Заказ без orderBundle получает чек с одной строкой.", "An order without orderBundle gets a receipt with one line."), _YES_NO),
    "fiscal.mail": _W(Words("Чек на почту", "Receipt by e-mail"), Words("Покупатель получает каждый чек письмом.", "The payer gets each receipt by e-mail."), _YES_NO),
    "fiscal.strict_payer_identity": _W(Words("Полные данные покупателя", "Identified payer"), Words("register.do отказывает, если покупатель назван, но не указаны его документы.", "register.do refuses a payer who is named but not identified."), _YES_NO),
    "fiscal.answer_version": _W(Words("Версия ответа о чеках", "Version of the receipt answer"), Words("Какие поля показывает getReceiptStatus.do.", "Which members getReceiptStatus.do shows."), "от 1 до 5"),
}
_PAGE: Final = {
    "page_names": _W(Words("Название магазина", "Name of the shop"), Words("Как магазин назван на платёжной странице на этом языке. Пусто — как в договоре.", "How the payment page names the shop in this language. Empty: as in the contract."), "от 1 до 100 печатных знаков"),
    "page_logo": _W(Words("Адрес логотипа", "Address of the logo"), Words("Картинка на платёжной странице. Сервер по этому адресу видит адреса покупателей.", "The picture on the payment page. The server of the address sees the addresses of payers."), "адрес https до 512 знаков латиницей или картинка PNG, JPEG, WebP до 16 КиБ"),
    "page_holder": _W(Words("Имя на карте", "Name on the card"), Words("Спрашивает ли платёжная страница имя владельца карты.", "Whether the payment page asks for the card holder's name."), "значение из списка"),
    "page_frame_origins": _W(Words("Сайты с окном оплаты", "Sites with a payment frame"), Words("Каким сайтам можно показывать платёжную страницу во фрейме. Пусто — никаким.", "Which sites may show the payment page in a frame. Empty: none."), "по одному сайту в строке, например https://shop.example, без пути, не больше 20"),
}
_WAYS: Final = {
    "allowed_payment_ways": _W(Words("Способы оплаты", "Ways to pay"), Words("Что предлагает платёжная страница. Ничего не отмечено — всё, что разрешено магазину.", "What the payment page offers. None chosen: all that the shop may take."), "способы из списка"),
    "sberpay.amount_min_minor": _W(Words("SberPay: от, ₽", "SberPay: from, ₽"), Words("При меньшей сумме SberPay не предлагается.", "SberPay is not offered below this sum."), _SUM),
    "sberpay.amount_max_minor": _W(Words("SberPay: до, ₽", "SberPay: up to, ₽"), Words("При большей сумме SberPay не предлагается.", "SberPay is not offered above this sum."), _SUM),
    "bnpl.amount_min_minor": _W(Words("Частями: от, ₽", "In parts: from, ₽"), Words("При меньшей сумме оплата частями не предлагается.", "Payment in parts is not offered below this sum."), _SUM),
    "bnpl.amount_max_minor": _W(Words("Частями: до, ₽", "In parts: up to, ₽"), Words("При большей сумме оплата частями не предлагается.", "Payment in parts is not offered above this sum."), _SUM),
    "credit.amount_min_minor": _W(Words("Кредит: от, ₽", "Credit: from, ₽"), Words("Меньшую сумму методы /sbercredit/ не принимают.", "The methods below /sbercredit/ refuse a smaller sum."), _SUM),
    "credit.amount_max_minor": _W(Words("Кредит: до, ₽", "Credit: up to, ₽"), Words("Большую сумму методы /sbercredit/ не принимают.", "The methods below /sbercredit/ refuse a larger sum."), _SUM),
    "bnpl.only": _W(Words("Только оплата частями", "Payment in parts only"), Words("Других способов на платёжной странице нет.", "The payment page has no other way.")),
    "credit.product_ids": _W(Words("Кредитные продукты", "Credit products"), Words("Какие productID можно передать. Пусто — любые.", "Which productIDs may be sent. Empty: any.")),
}
# fmt: on
SETTING_WORDS: Final[Mapping[str, SettingWords]] = MappingProxyType(
    _GENERAL | _CALLBACKS | _FISCAL | _PAGE | _WAYS
)
