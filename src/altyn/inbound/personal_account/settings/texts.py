"""The texts of the settings pages, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.inbound.personal_account.texts import ACCOUNT_TEXTS
from altyn.inbound.web.callbacks.check_texts import CHECK_TEXTS
from altyn.inbound.web.callbacks.texts import CALLBACK_TEXTS
from altyn.look import Words

# fmt: off
_SETTINGS: Final = {
    "section_general": Words("Основные", "General"),
    "section_callbacks": Words("Уведомления", "Callbacks"),
    "section_fiscal": Words("Чеки", "Fiscal"),
    "section_page": Words("Платёжная страница", "Payment page"),
    "section_ways": Words("Способы оплаты", "Ways to pay"),
    "section_sessions": Words("Сеансы", "Sessions"),
    "lead_general": Words("Как шлюз ведёт заказы магазина.", "How the gateway treats the orders of the shop."),
    "lead_callbacks": Words("Куда и как шлюз сообщает об оплате.", "Where and how the gateway tells about payments."),
    "lead_fiscal": Words("Кто регистрирует чеки и что в них по умолчанию.", "Who registers the receipts, and what they have by default."),
    "lead_page": Words("Как магазин выглядит для покупателя.", "How the shop looks to a payer."),
    "lead_ways": Words("Чем покупатель может заплатить.", "How a payer can pay."),
    "lead_sessions": Words("Кто сейчас вошёл в кабинет магазина.", "Who is logged in to the account of the shop."),
    "sections": Words("Разделы настроек", "Sections of the settings"),
    "save": Words("Сохранить", "Save"),
    "done_saved": Words("Сохранено. Новые заказы уже идут по этим настройкам.", "Saved. New orders follow these settings."),
    "done_same": Words("Ничего не изменилось.", "Nothing has changed."),
    "done_key": Words("Новый ключ действует. Замените его у себя.", "The new key is in force. Replace it in your shop."),
    "done_certificate": Words("Новый сертификат действует.", "The new certificate is in force."),
    "done_ended": Words("Сеанс завершён.", "The session has ended."),
    "done_gone": Words("Этот сеанс уже закончился.", "That session was already over."),
    "not_saved": Words("Не сохранено", "Not saved"),
    "not_saved_help": Words("Исправьте отмеченные поля. Остальное осталось, как вы ввели.", "Correct the marked fields. The rest is as you typed it."),
    "conflict": Words("Настройки уже изменил кто-то другой", "Somebody else has changed the settings"),
    "conflict_help": Words("Ниже то, что ввели вы, и рядом то, что сохранено сейчас. Сохраните ещё раз, если ваше верно.", "Below is what you typed, and beside it what is stored now. Save again if yours is right."),
    "outdated": Words("Эта форма уже отправлена, или настройки с тех пор изменились", "This form was sent already, or the settings have changed since"),
    "outdated_help": Words("Сейчас ничего не изменилось. Ниже то, что действует; если нужно, нажмите ещё раз.", "Nothing was changed now. Below is what is in force; press again if you need to."),
    "stored_now": Words("Сейчас сохранено: {value}", "Stored now: {value}"),
    "refused": Words("Не подходит. Нужно: {allowed}.", "This does not fit."),
    "by_provider": Words("Меняет служба поддержки", "Changed by the support"),
    "by_provider_lead": Words("Эти настройки магазин видит, а меняет их провайдер по заявке.", "The shop sees these settings; the provider changes them on request."),
    "needs_permission": Words("Чтобы менять это, магазину нужно разрешение {name}: обратитесь в поддержку.", "To change this the shop needs the permission {name}: ask the support."),
    "yes": Words("да", "yes"),
    "no": Words("нет", "no"),
    "all": Words("все", "all"),
    "empty_value": Words("пусто", "empty"),
    "secret_set": Words("задан", "set"),
    "secret_unset": Words("не задан", "not set"),
    "remove_or_set": Words("Или удалите значение, или введите новое: вместе нельзя.", "Either remove the value or type a new one, not both."),
    "language_ru": Words("по-русски", "in Russian"),
    "language_en": Words("по-английски", "in English"),
}
_CHOICES: Final = {
    "callbacks.checksum=none": Words("без подписи", "none"),
    "callbacks.checksum=symmetric": Words("общим ключом (HMAC-SHA256)", "shared key (HMAC-SHA256)"),
    "callbacks.checksum=asymmetric": Words("сертификатом (RSA, SHA-512)", "certificate (RSA, SHA-512)"),
    "fiscal.provider=none": Words("нет, чеков не будет", "none, no receipts"),
    "fiscal.provider=simulated": Words("учебная касса", "simulated cash register"),
    "fiscal.provider=atol": Words("АТОЛ Онлайн", "ATOL Online"),
    "page_holder=required": Words("обязательно", "required"),
    "page_holder=optional": Words("по желанию", "optional"),
    "page_holder=off": Words("не спрашивать", "not asked for"),
    "allowed_payment_ways=CARD": Words("Карта", "Card"),
    "allowed_payment_ways=SBRF_SBOL": Words("SberPay", "SberPay"),
    "allowed_payment_ways=BNPL": Words("Частями", "In parts"),
}
_CALLBACK_TOOLS: Final = {
    "key_title": Words("Ключ подписи", "The key"),
    "key_show": Words("Показать ключ", "Show the key"),
    "key_none": Words("Ключа нет, поэтому симметричной подписи у уведомлений нет.", "There is no key, so callbacks have no symmetric checksum."),
    "key_rotate": Words("Создать новый ключ", "Make a new key"),
    "key_rotate_lead": Words("Прежний перестанет действовать сразу: уведомления подписываются новым.", "The present one ends at once: callbacks are signed with the new one."),
    "test_title": Words("Тестовое уведомление", "Test callback"),
    "test_lead": Words("Шлюз отправит на ваш адрес настоящий подписанный запрос о заказе TEST-CALLBACK, которого нет. Действуют сохранённые настройки.", "The gateway sends a real, signed request about the order TEST-CALLBACK, which does not exist, to your address. It uses the stored settings."),
    "test_send": Words("Отправить тест", "Send a test"),
    "test_no_address": Words("Сначала сохраните адрес.", "Save an address first."),
    "test_address": Words("Куда", "Address"),
    "test_unknown_address": Words("Такого адреса в настройках нет. Сохраните его и повторите.", "The settings have no such address. Save it and repeat."),
    "test_busy": Words("Сейчас отправляется слишком много тестов. Повторите через несколько секунд.", "Too many tests are being sent. Repeat it in a few seconds."),
    "example_title": Words("Как считается checksum", "How checksum is computed"),
    "example_lead": Words("На примере тестового уведомления с вашими настройками.", "On the test callback, with your settings."),
    "example_received": Words("1. Пришёл запрос", "1. The request arrives"),
    "example_sorted": Words("2. Параметры без checksum и sign_alias, по алфавиту", "2. The parameters without checksum and sign_alias, in alphabetical order"),
    "example_own": Words("Параметры вашего адреса не подписываются: {names}.", "The parameters of your own address are not signed: {names}."),
    "example_joined": Words("3. Имена и значения через точку с запятой", "3. Names and values joined by semicolons"),
    "example_key": Words("4. HMAC-SHA256 этого текста с ключом, в верхнем регистре", "4. HMAC-SHA256 of this text with the key, in upper case"),
    "example_result": Words("5. Результат равен checksum из запроса", "5. The result equals checksum of the request"),
    "example_certificate": Words("Подпись сертификатом: проверьте checksum открытым ключом из сертификата, RSA с SHA-512, от текста из шага 3.", "With a certificate: verify checksum by the public key of the certificate, RSA with SHA-512, over the text of step 3."),
    "example_unsigned": Words("Сейчас уведомления не подписываются: выберите подпись и задайте ключ.", "Callbacks are not signed now: choose a checksum and make a key."),
    "parameter": Words("Параметр", "Parameter"),
    "value": Words("Значение", "Value"),
    "certificates_title": Words("Сертификаты", "Certificates"),
    "certificates_lead": Words("Подписывает самый новый; прежними проверяют старые уведомления. Имя приходит в sign_alias.", "The newest one signs; older ones check older callbacks. The name comes in sign_alias."),
    "certificates_none": Words("Сертификатов нет. Создайте, если выбрали подпись сертификатом.", "There are none. Make one if you have chosen the certificate."),
    "certificate_new": Words("Создать сертификат", "Make a certificate"),
    "deliveries_title": Words("Последние уведомления", "The newest callbacks"),
    "deliveries_all": Words("Все уведомления", "All callbacks"),
}
_LOGO: Final = {
    "own_pages": Words("Свои страницы", "Own pages"),
    "own_pages_lead": Words("Набор страниц в оформлении магазина: загрузить архив, посмотреть и включить.", "A set of pages with the design of the shop: upload an archive, look at it, make it active."),
    "own_pages_open": Words("Открыть наборы страниц", "Open the page sets"),
    "logo_title": Words("Логотип", "Logo"),
    "logo_now": Words("Логотип сейчас", "The logo now"),
    "logo_none": Words("Логотипа нет.", "There is no logo."),
    "logo_file": Words("Картинка", "Picture"),
    "logo_file_help": Words("PNG, JPEG или WebP до 16 КиБ.", "PNG, JPEG or WebP of at most 16 KiB."),
    "logo_upload": Words("Загрузить", "Upload"),
    "logo_remove": Words("Убрать логотип", "Remove the logo"),
    "logo_no_file": Words("Выберите файл.", "Choose a file."),
    "logo_wrong": Words("Это не картинка PNG, JPEG или WebP до 16 КиБ.", "This is no PNG, JPEG or WebP picture of at most 16 KiB."),
}
_SESSIONS: Final = {
    "session_user": Words("Пользователь", "User"),
    "session_from": Words("Адрес", "Address"),
    "session_began": Words("Вошёл", "Logged in"),
    "session_last": Words("Последнее действие", "Latest action"),
    "session_end": Words("Завершить", "End"),
    "session_own": Words("это вы", "this is you"),
    "session_code": Words("ждёт одноразовый код", "waits for a one-time code"),
}
_CALLBACK_PAGES: Final = {
    "callbacks_lead": Words("Что шлюз сообщил магазину: каждая попытка, подписанный текст, ответ.", "What the gateway told the shop: every attempt, the signed text, the answer."),
    "callback_missing_what": Words("В магазине нет уведомления с таким id", "The shop has no callback with this id"),
}
# fmt: on
SETTINGS_TEXTS: Final = MappingProxyType(
    {
        **ACCOUNT_TEXTS,
        **CALLBACK_TEXTS,
        **CHECK_TEXTS,
        **_SETTINGS,
        **_CHOICES,
        **_CALLBACK_TOOLS,
        **_LOGO,
        **_SESSIONS,
        **_CALLBACK_PAGES,
    }
)


def settings_text(key: str, *, language: str, **values: object) -> str:
    """A text of the settings pages. Raises KeyError for an unknown key or a missing value."""
    return SETTINGS_TEXTS[key].text(language, **values)
