"""The texts of the form that checks a callback, in Russian and English; the reasons in Russian.

The English reasons are those of `diagnostics.checksum_mistakes`, which the API and the command
print too.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from altyn.look import Words


class Reason(NamedTuple):
    """Why a checksum is wrong: what happened, what to do, and what changed it in transit."""

    happened: str
    remedy: str
    altered: str = ""


# fmt: off
CHECK_TEXTS: Final[Mapping[str, Words]] = MappingProxyType({
    "check_title": Words("Проверить полученное уведомление", "Check a received callback"),
    "check_lead": Words("Вставьте адрес или тело запроса, как его получил магазин: шлюз покажет подписанный текст, верную подпись и найдёт ошибку. Проверка ничего не меняет и не сохраняется.", "Paste the address or the body as your shop received it: the gateway shows the signed text and the right checksum, and finds the mistake. The check changes nothing and is not stored."),
    "check_received": Words("Адрес или тело запроса", "Address or body of the request"),
    "check_received_hint": Words("Целиком: адрес с параметрами, строка журнала, тело формы или JSON.", "All of it: the address with its parameters, a line of a log, a form body, or JSON."),
    "check_computed": Words("Подпись, которую посчитал ваш код", "Checksum that your code computed"),
    "check_computed_hint": Words("Можно не указывать. Шлюз назовёт ошибку и в ней.", "Optional. The gateway names the mistake in it too."),
    "check_shop": Words("Магазин", "Shop"),
    "check_do": Words("Проверить", "Check"),
    "check_right": Words("Подпись верна", "The checksum is right"),
    "check_wrong": Words("Подпись неверна", "The checksum is wrong"),
    "check_parameters": Words("Параметры", "Parameters"),
    "check_parameter": Words("Параметр", "Parameter"),
    "check_value": Words("Значение", "Value"),
    "check_signed": Words("Подписывается", "Signed"),
    "check_yes": Words("да", "yes"),
    "check_no": Words("нет", "no"),
    "check_own": Words("нет, это параметр вашего адреса", "no, it is a parameter of your own address"),
    "check_text": Words("Текст, который подписывается", "The text that is signed"),
    "check_expected": Words("Верная подпись этого текста", "The right checksum of this text"),
    "check_of_callback": Words("Подпись в уведомлении", "The checksum in the callback"),
    "check_of_code": Words("Подпись из вашего кода", "The checksum of your code"),
    "check_made_of": Words("Она посчитана от текста", "It was made of the text"),
    "check_unreadable": Words("Это не уведомление", "This is not a callback"),
    "check_no_key": Words("Проверить нечем: у магазина нет ключа подписи", "There is no key to check with: the shop has none"),
    "check_no_key_help": Words("Создайте ключ в настройках уведомлений.", "Make a key in the settings of callbacks."),
    "check_alias": Words("Такого сертификата у магазина нет", "The shop has no such certificate"),
    "check_alias_help": Words("Уведомление подписано ключом, которого sign_alias не находит среди ключей магазина. Возможно, оно другого магазина или изменено.", "sign_alias names no key of this shop. The callback may be another shop's, or it was altered."),
    "check_no_computed": Words("Уведомление подписано сертификатом: посчитать подпись сам магазин не может. Оставьте это поле пустым.", "The callback is signed by a certificate: a shop cannot compute its checksum. Leave this field empty."),
    "check_no_shop": Words("Магазина {shop} нет", "There is no shop {shop}"),
})

REASONS: Final[Mapping[str, Reason]] = MappingProxyType({
    "own_query_left_in": Reason("Подписаны и параметры вашего собственного адреса.", "Подписывайте только то, что добавил шлюз, без параметров, которые уже были в адресе."),
    "checksum_left_in": Reason("Подписан и сам параметр checksum.", "Уберите checksum до сортировки."),
    "sign_alias_left_in": Reason("Подписан параметр sign_alias.", "Уберите и его, как checksum."),
    "order_received": Reason("Имена стоят в порядке получения.", "Отсортируйте имена перед склейкой."),
    "sorted_ignoring_case": Reason("Имена отсортированы без учёта регистра.", "Сортируйте по байтам, заглавные раньше строчных: sorted(names) в Python, ksort($names, SORT_STRING) в PHP."),
    "names_lower_cased": Reason("Имена переведены в нижний регистр, так делают некоторые фреймворки.", "Берите имена из исходного запроса, как они пришли.", "Регистр имён изменился после подписи."),
    "operation_lower_cased": Reason("Значение operation переведено в нижний регистр.", "Подписывайте значения как есть: в declinedByTimeout две заглавные буквы.", "Значение operation после подписи перевели в нижний регистр."),
    "last_semicolon_missing": Reason("Нет точки с запятой в самом конце.", "Ставьте «;» после каждого значения, и после последнего."),
    "other_separators": Reason("Имена и значения склеены не точкой с запятой.", "Пишите «имя;значение;» для каждого параметра, без знаков между параметрами."),
    "values_only": Reason("Склеены только значения, без имён.", "Пишите «имя;значение;» для каждого параметра."),
    "core_only": Reason("Подписаны только mdOrder, operation, orderNumber и status.", "Подписывайте каждый полученный параметр: какие приходят, решает настройка магазина.", "После подписи добавлены параметры: подписаны только четыре обязательных."),
    "additional_params_not_flattened": Reason("Члены additionalParams пропущены или подписаны одним значением.", "Подписывайте каждый член additionalParams как отдельный параметр."),
    "empty_dropped": Reason("Пропущены параметры с пустым значением.", "Подписывайте и их: пустое значение даёт «имя;;».", "После подписи добавлен пустой параметр."),
    "first_of_equal_names": Reason("Из двух параметров с одним именем подписан первый.", "Подписывайте последний: шлюз добавляет свои параметры после ваших. Лучше уберите это имя из адреса."),
    "plus_and_space": Reason("В значении перепутаны «+» и пробел.", "Декодируйте один раз, как форму: «+» это пробел, «%2B» это плюс.", "В пути «+» превратился в пробел или пробел в «+»."),
    "still_encoded": Reason("Значения подписаны в процентной кодировке.", "Декодируйте каждое значение перед подписью.", "Этот текст скопирован уже декодированным."),
    "decoded_twice": Reason("Значения декодированы дважды.", "Декодируйте один раз: обычно фреймворк уже сделал это до вашего кода.", "В пути значения закодировали второй раз."),
    "values_trimmed": Reason("У значения убраны пробелы по краям.", "Подписывайте значения как есть: фреймворк не должен их обрезать.", "После подписи вокруг значения появились пробелы."),
    "other_words_for_yes": Reason("true и false записаны так, как их пишет ваш язык программирования.", "Подписывайте слова true и false строчными, как в уведомлении."),
    "other_charset": Reason("Текст прочитан или подписан не в UTF-8.", "Используйте UTF-8 для значений, текста и ключа.", "Значения отправлены не в UTF-8."),
    "key_white_space": Reason("Вокруг ключа пробел, перевод строки или кавычка.", "Уберите их там, где читается ключ: часто это файл или переменная окружения."),
    "key_decoded": Reason("Ключ декодирован из hex или base64, или закодирован.", "Берите символы ключа без изменений, в UTF-8."),
    "key_other_case": Reason("Изменён регистр ключа.", "Берите ключ точно таким, как он задан в шлюзе."),
    "key_empty": Reason("Ключ пустой.", "Проверьте, что код читает настройку с ключом."),
    "no_hmac": Reason("Вместо HMAC взят обычный хеш.", "Используйте HMAC с SHA-256: hash_hmac('sha256', $text, $key) в PHP."),
    "key_and_text_exchanged": Reason("Перепутаны ключ и текст.", "Проверьте, какой аргумент вашей функции HMAC принимает ключ."),
    "other_hash": Reason("Взята другая хеш-функция.", "С общим ключом нужна SHA-256, с сертификатом SHA-512."),
    "base64": Reason("Подпись записана в base64.", "Пишите её в шестнадцатеричном виде, заглавными."),
    "unknown_left_out": Reason("Пропущены параметры, имён которых ваш код не знает.", "Подписывайте каждый полученный параметр: среди них бывают параметры самого заказа.", "После подписи добавлены параметры не от шлюза."),
    "one_left_out": Reason("Пропущен один параметр.", "Подписывайте все параметры, кроме checksum и sign_alias.", "После подписи добавлен один параметр."),
    "result_changed": Reason("После подписи изменены operation или status.", "Не верьте уведомлению: оно изменено. Узнайте статус заказа через getOrderStatusExtended.do."),
    "not_found_in_time": Reason("Подпись неверна. Поиск причины остановлен, он занял слишком много времени: в уведомлении очень много параметров.", "Сравните текст, который подписал ваш код, с показанным здесь."),
    "lower_case": Reason("Подпись записана строчными буквами.", "Переведите её в верхний регистр перед сравнением или сравнивайте байты.", "В пути подпись перевели в нижний регистр: шлюз пишет заглавными."),
    "no_checksum": Reason("В уведомлении нет checksum.", "Включите подпись в настройках уведомлений. Без неё такое уведомление может прислать кто угодно."),
    "not_hex": Reason("Подпись не шестнадцатеричное число; возможно, скопирована не вся.", "Скопируйте её целиком: 64 цифры с общим ключом, 512 с сертификатом на 2048 бит."),
    "needs_certificate": Reason("Подпись длиннее, чем бывает с общим ключом: она сделана закрытым ключом.", "Проверяйте её сертификатом, который называет sign_alias, а не общим ключом."),
    "needs_key": Reason("В подписи 64 цифры: она сделана общим ключом.", "Проверяйте её ключом магазина, а не сертификатом."),
    "unexplained": Reason("Подпись сделана другим ключом или от других значений.", "Сравните ключи посимвольно, затем сравните текст, который подписал ваш код, с показанным здесь.", "Подпись сделана другим ключом, или после подписи изменили значение."),
})
# fmt: on
