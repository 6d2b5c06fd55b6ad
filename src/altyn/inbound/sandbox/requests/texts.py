"""The fixed sentences about a logged request, in Russian and English.

The API and the commands are in English; the console shows them in the reader's language.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.look import Words

# fmt: off
REQUEST_TEXTS: Final = MappingProxyType({
    "carried_out": Words("Запрос выполнен.", "The request was carried out."),
    "left_unanswered": Words("Клиент ушёл, не дождавшись ответа.", "The client left before it was answered."),
    "refused_with_error": Words("Отказ с кодом {code}: {text} ({reason})", "Refused with error {code}: {text} ({reason})"),
    "refused_with_http": Words("Запрос отклонён с кодом HTTP {status}.", "The request was refused with HTTP {status}."),
    "refused_in_answer": Words("В ответе — отказ.", "The answer is a refusal."),
    "rule_is": Words("Правило:", "The rule:"),
    "row_mandatory": Words("{name} — {notation}, обязательный:", "{name} is {notation}, mandatory:"),
    "row_or_permission": Words("{name} — {notation}, обязательный без разрешения {permission}:", "{name} is {notation}, mandatory without permission {permission}:"),
    "row_or_another": Words("{name} — {notation}, обязательный без {other}:", "{name} is {notation}, mandatory without {other}:"),
    "row_optional": Words("{name} — {notation}, необязательный:", "{name} is {notation}, optional:"),
    "read_on": Words("Читать дальше:", "Read on:"),
    "not_read": Words("HTTP-сервер прочитал только его начало", "the HTTP server has read only its beginning"),
    "no_endpoint": Words("по этому адресу никто не отвечает", "nothing answers at this address"),
    "login_in_header": Words("логин и пароль пришли в заголовке, а его журнал не хранит", "its login and password came in a header, which the log does not keep"),
    "no_body": Words("в журнале нет его тела: оно не прочитано, слишком длинное или содержит карту", "the log does not have its body: it was not read, is too long, or has a card"),
    "no_clear_value": Words("в журнале нет открытого значения {names}; возьмите текст curl и подставьте значения в переменные", "the log has no clear value of {names}; take the curl text, and put the values into its variables"),
    "many_masked": Words("в сообщении несколько скрытых значений; возьмите текст curl", "its message has several masked values; take the curl text"),
})
# fmt: on
