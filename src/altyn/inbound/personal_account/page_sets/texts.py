"""The texts of the pages of page sets, in Russian and English; also what each finding means."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.domain.page_set import (
    ARCHIVE_BYTES_MAX,
    FILES_MAX,
    RATIO_MAX,
    SETS_MAX,
    TEXT_BYTES_MAX,
    TEXTS_BYTES_MAX,
    UNPACKED_BYTES_MAX,
    VALUES_MAX,
    Fault,
    PageSetState,
)
from altyn.inbound.personal_account.settings.texts import SETTINGS_TEXTS
from altyn.look import Words
from altyn.operations.page_sets import PageSetReason

_MIB: Final = 1024 * 1024
_TEXTS: Final = TEXTS_BYTES_MAX // _MIB
_ARCHIVE, _UNPACKED, _TEXT = (
    ARCHIVE_BYTES_MAX // _MIB,
    UNPACKED_BYTES_MAX // _MIB,
    TEXT_BYTES_MAX // 1024,
)

# fmt: off
FAULTS: Final = MappingProxyType({
    Fault.NOT_AN_ARCHIVE: Words("Это не архив ZIP, или он повреждён. Соберите архив заново.", "This is no ZIP archive, or it is damaged. Make it again."),
    Fault.ARCHIVE_TOO_LARGE: Words(f"Архив больше {_ARCHIVE} МБ. Уменьшите картинки.", f"The archive is larger than {_ARCHIVE} MB. Make the pictures smaller."),
    Fault.TOO_MANY_FILES: Words(f"В архиве больше {FILES_MAX} файлов. Оставьте нужные.", f"The archive has more than {FILES_MAX} files. Leave out what is not needed."),
    Fault.UNPACKED_TOO_LARGE: Words(f"Распакованные файлы больше {_UNPACKED} МБ. Уменьшите картинки.", f"The unpacked files are larger than {_UNPACKED} MB. Make the pictures smaller."),
    Fault.TEXTS_TOO_LARGE: Words(f"Страницы, стили, скрипты и SVG вместе больше {_TEXTS} МБ. Уберите лишнее.", f"Pages, styles, scripts and SVG together are larger than {_TEXTS} MB. Leave out what is not needed."),
    Fault.COMPRESSED_TOO_MUCH: Words(f"Файл сжат больше чем в {RATIO_MAX} раз. Обычные файлы так не сжимаются: замените его.", f"The file is compressed more than {RATIO_MAX} times. Ordinary files are not: replace it."),
    Fault.ENCRYPTED: Words("Файл в архиве под паролем. Соберите архив без пароля.", "The file has a password. Make the archive without one."),
    Fault.COMPRESSION: Words("Файл сжат незнакомым способом. Соберите обычный ZIP (Deflate).", "The file has an unknown compression. Make an ordinary ZIP (Deflate)."),
    Fault.DAMAGED: Words("Файл в архиве повреждён. Соберите архив заново.", "The file is damaged. Make the archive again."),
    Fault.LINK: Words("Это ссылка, а не файл. Положите сам файл.", "This is a link, not a file. Put in the file itself."),
    Fault.FILE_NAME: Words("Такое имя не подходит. В именах латинские буквы, цифры и знаки _ - . @, папок не больше семи.", "This name does not fit. Names have Latin letters, digits and _ - . @, and at most seven folders."),
    Fault.NAME_TWICE: Words("Файл с таким именем уже есть (большие и малые буквы не различаются). Переименуйте один.", "There is a file of this name already (upper and lower case count as the same). Rename one."),
    Fault.FILE_TOO_LARGE: Words(f"Файл слишком большой: страницы, стили, скрипты и SVG до {_TEXT} КБ, остальное до 5 МБ.", f"The file is too large: pages, styles, scripts and SVG have at most {_TEXT} kB, others 5 MB."),
    Fault.FILE_TYPE: Words("Файлы этого типа не показываются. Уберите его. Можно HTML, CSS, картинки и шрифты.", "Files of this type are not served. Remove it. HTML, CSS, pictures and fonts are."),
    Fault.OTHER_CONTENT: Words("Внутри не то, что обещает имя. Сохраните файл заново в этом формате.", "The content is not what the name says. Save the file in this format again."),
    Fault.ENCODING: Words("Текст не в UTF-8. Сохраните файл в UTF-8.", "The text is not in UTF-8. Save the file as UTF-8."),
    Fault.CONTROL_CHARACTER: Words("В тексте невидимый управляющий знак. Удалите его.", "The text has an invisible control character. Delete it."),
    Fault.PAGE_NAME: Words("Страницы с таким именем шлюз не показывает. Имена: payment_ru.html, errors_ru.html, mobile_payment_ru.html, finish.html.", "The gateway shows no page of this name. Names: payment_ru.html, errors_ru.html, mobile_payment_ru.html, finish.html."),
    Fault.NO_PAGE: Words("В наборе нет страницы оплаты. Добавьте payment_ru.html в корень архива.", "The set has no payment page. Add payment_ru.html at the top of the archive."),
    Fault.MISSING_FILE: Words("Этого файла в архиве нет. Добавьте его или уберите ссылку.", "The archive does not have this file. Add it, or remove the reference."),
    Fault.NO_CARD_FIELDS: Words("На странице нет полей $PAN, $CVC и $EXPIRY (или MM и YYYY) и нет кнопки paymentWay: заплатить нельзя. Добавьте их.", "The page has no fields $PAN, $CVC and $EXPIRY (or MM and YYYY), and no button paymentWay: nobody could pay. Add them."),
    Fault.ORDER_VALUE: Words('Так значение заказа не вставить. data-order: amount, orderNumber, description, shopName, payUntil, reason, внутри только текст; data-link="shop" у ссылки без href.', 'A value of the order cannot be filled in like this. data-order: amount, orderNumber, description, shopName, payUntil, reason, with a text inside only; data-link="shop" at a link without href.'),
    Fault.TOO_MANY_VALUES: Words(f"На странице больше {VALUES_MAX} значений заказа (data-order, data-link). Уберите лишние.", f"The page has more than {VALUES_MAX} values of the order (data-order, data-link). Remove some."),
    Fault.SCRIPT: Words("Свой скрипт. Без него страница тоже принимает карту: шлюз сам вставит сумму и примет форму.", "A script of its own. The page takes cards without it too: the gateway fills in the amount and reads the form."),
    Fault.EVENT: Words("Обработчик события — это скрипт. Уберите атрибут.", "An event handler is a script. Remove the attribute."),
    Fault.ELEMENT: Words("Такой элемент без одобрения не показывается. Уберите или замените его.", "This element is not shown without an approval. Remove or replace it."),
    Fault.ATTRIBUTE: Words("Такой атрибут или его значение без одобрения не показывается. Уберите его.", "This attribute, or its value, is not shown without an approval. Remove it."),
    Fault.ADDRESS: Words("Картинки, стили и шрифты берутся только из набора; ссылки — https:, mailto:, tel: или #. Положите файл в архив.", "Pictures, styles and fonts come from the set only; links are https:, mailto:, tel: or #. Put the file into the archive."),
    Fault.FIELD: Words('Такого поля шлюз не читает. Уберите его или исправьте name; type="password" только у $PAN и $CVC.', 'The gateway does not read this field. Remove it, or correct its name; type="password" is for $PAN and $CVC only.'),
    Fault.FORM_METHOD: Words('Без method="post" карта попала бы в адрес. Добавьте его.', 'Without method="post" the card would get into the address. Add it.'),
    Fault.MARKUP: Words("Непонятная разметка. Закройте тег; знак «<» в тексте пишется &lt;.", "This markup is not understood. Close the tag; in a text write &lt; for “<”."),
    Fault.STYLE: Words("Такое правило CSS без одобрения не показывается: @import, чужие функции, знаки \\ и < вне строк.", "This CSS is not shown without an approval: @import, other functions, \\ and < outside of strings."),
    Fault.PICTURE: Words("В SVG может быть только рисунок. Сохраните его без скриптов, ссылок и служебных данных.", "An SVG may have shapes only. Save it without scripts, links and data of the editor."),
})
REASONS: Final = MappingProxyType({
    PageSetReason.UNKNOWN: Words("Такого набора у магазина нет.", "The shop has no such page set."),
    PageSetReason.TOO_MANY: Words(f"Хранится не больше {SETS_MAX} наборов. Удалите ненужный и загрузите ещё раз.", f"At most {SETS_MAX} page sets are stored. Remove one, and upload again."),
    PageSetReason.NOT_READY: Words("Включить можно только готовый набор.", "Only a page set that is ready can be made active."),
    PageSetReason.IS_ACTIVE: Words("Набор включён. Сначала выключите его или включите другой.", "The page set is active. Make another one or the gateway's pages active first."),
    PageSetReason.NOT_ACTIVE: Words("Набор уже выключен.", "The page set is not active."),
    PageSetReason.CHANGED_MEANWHILE: Words("Наборы только что изменил кто-то другой. Посмотрите и повторите.", "Somebody else has just changed the page sets. Look, and repeat."),
})
_STATES: Final = {
    f"state_{PageSetState.READY}": Words("готов", "ready"),
    f"state_{PageSetState.WAITING}": Words("ждёт провайдера", "waits for the provider"),
    f"state_{PageSetState.REFUSED}": Words("отклонён", "refused"),
    f"state_{PageSetState.ACTIVE}": Words("работает", "active"),
}
_PAGES: Final = {
    "sets_title": Words("Свои страницы", "Own pages"),
    "sets_lead": Words("Страницы оплаты в оформлении магазина вместо страниц шлюза.", "Payment pages with the design of the shop, in place of the gateway's."),
    "sets_back": Words("Платёжная страница", "Payment page"),
    "sets_none": Words("Наборов пока нет", "There are no page sets yet"),
    "sets_none_help": Words("Сейчас покупатель видит страницы шлюза.", "Payers see the gateway's pages now."),
    "set_named": Words("Набор {number}", "Page set {number}"),
    "set_one": Words("Набор", "Page set"),
    "set_state": Words("Состояние", "State"),
    "set_by": Words("Загрузил", "Uploaded by"),
    "set_when": Words("Когда", "When"),
    "set_files": Words("Файлы", "Files"),
    "set_size": Words("{count} шт., {size} КБ", "{count} files, {size} kB"),
    "set_approved": Words("Одобрил провайдер", "Approved by the provider"),
    "set_reason": Words("Ответ провайдера", "The provider's answer"),
    "upload_title": Words("Загрузить набор", "Upload a page set"),
    "upload_file": Words("Архив ZIP", "ZIP archive"),
    "upload_help": Words(f"До {_ARCHIVE} МБ и {FILES_MAX} файлов: payment_ru.html, errors_ru.html, finish.html, для телефона mobile_payment_ru.html, рядом css и картинки. Загрузка ничего не меняет для покупателей: сначала посмотрите набор.", f"At most {_ARCHIVE} MB and {FILES_MAX} files: payment_ru.html, errors_ru.html, finish.html, for phones mobile_payment_ru.html, with css and pictures. An upload changes nothing for payers: look at the set first."),
    "upload_button": Words("Загрузить и проверить", "Upload and check"),
    "upload_no_file": Words("Выберите файл.", "Choose a file."),
    "upload_refused": Words("Набор не сохранён", "The page set is not stored"),
    "upload_refused_help": Words("Исправьте эти места и загрузите архив ещё раз.", "Correct these places, and upload the archive again."),
    "findings_title": Words("Почему нужен провайдер", "Why the provider is needed"),
    "findings_waiting": Words("В наборе есть то, что может выполняться в браузере, поэтому его посмотрит провайдер. До тех пор покупатель видит прежние страницы. Без этих мест набор можно включить сразу.", "The set has what a browser might run, so the provider looks at it first. Until then payers see the pages as before. Without these places the set can be made active at once."),
    "findings_more": Words("Показаны первые {count}.", "The first {count} are shown."),
    "finding_place": Words("Место", "Place"),
    "finding_what": Words("Что там и что сделать", "What it is, and what to do"),
    "finding_line": Words("{file}, строка {line}", "{file}, line {line}"),
    "preview_title": Words("Как это увидит покупатель", "What a payer sees"),
    "preview_lead": Words("Пример заказа на 1 500 ₽. Скрипты набора здесь не работают, форма не отправляется.", "A sample order of 1 500 ₽. Scripts of the set do not run here, and the form is not sent."),
    "preview_page": Words("Страница", "Page"),
    "preview_size": Words("Экран", "Screen"),
    "preview_desktop": Words("компьютер", "desktop"),
    "preview_phone": Words("телефон", "phone"),
    "preview_alone": Words("Открыть отдельно", "Open alone"),
    "activate": Words("Включить для покупателей", "Make it active"),
    "activate_lead": Words("Следующий покупатель увидит эти страницы.", "The next payer sees these pages."),
    "deactivate": Words("Вернуть страницы шлюза", "Use the gateway's pages"),
    "go_back": Words("Вернуть набор {number}", "Go back to page set {number}"),
    "remove": Words("Удалить набор", "Remove the page set"),
    "done_uploaded": Words("Набор сохранён. Покупатели его ещё не видят.", "The page set is stored. Payers do not see it yet."),
    "done_activated": Words("Набор включён.", "The page set is active."),
    "done_deactivated": Words("Покупатели снова видят страницы шлюза.", "Payers see the gateway's pages again."),
    "done_removed": Words("Набор удалён.", "The page set is removed."),
    "not_done": Words("Не получилось", "Not done"),
    "no_set": Words("Такого набора нет", "There is no such page set"),
    "no_set_help": Words("Возможно, его удалили.", "It may have been removed."),
}
# fmt: on
_ALL_TEXTS: Final = MappingProxyType({**SETTINGS_TEXTS, **_STATES, **_PAGES})


def page_set_text(key: str, *, language: str, **values: object) -> str:
    """A text of these pages. Raises KeyError for an unknown key or a missing value."""
    return _ALL_TEXTS[key].text(language, **values)


def fault_text(fault: Fault, language: str) -> str:
    """What is wrong, and what to do."""
    return FAULTS[fault].text(language)


def reason_text(reason: PageSetReason, language: str) -> str:
    """Why a change was refused, and what to do."""
    return REASONS[reason].text(language)
