"""The texts of the frame, in Russian and English. Each area adds its own."""

from types import MappingProxyType
from typing import Final

from altyn.look import Words

FRAME_TEXTS: Final = MappingProxyType(
    {
        "skip": Words("К содержанию", "Skip to content"),
        "menu": Words("Меню", "Menu"),
        "sandbox": Words("Тестовая среда: деньги не движутся.", "Sandbox: no money moves."),
        "log_out": Words("Выйти", "Log out"),
        "copy": Words("Скопировать", "Copy"),
        "copied": Words("Скопировано", "Copied"),
        "language": Words("Язык", "Language"),
        "newest": Words("К новым", "Newest"),
        "look_further": Words("Искать дальше", "Look further"),
        "older": Words("Старше", "Older"),
        "pages": Words("Страницы списка", "Pages of the list"),
        "cancel": Words("Отмена", "Cancel"),
        "close": Words("Закрыть", "Close"),
        "all": Words("Все", "All"),
        "show": Words("Показать", "Show"),
        "clear": Words("Сбросить", "Clear"),
        "none": Words("нет", "none"),
        "shop": Words("Магазин", "Shop"),
        "page_missing": Words("Такой страницы нет", "There is no such page"),
        "page_missing_help": Words(
            "Проверьте адрес или начните с первой страницы.",
            "Check the address, or begin at the first page.",
        ),
        "page_failed": Words("Шлюз не смог ответить", "The gateway could not answer"),
        "page_failed_help": Words(
            "Ошибка записана в журнал шлюза. Повторите позже или напишите в поддержку.",
            "The error is in the log of the gateway. Try again later, or write to the support.",
        ),
        "to_start": Words("На первую страницу", "To the first page"),
        "all_shops": Words("Все магазины", "All shops"),
    }
)


def frame_text(key: str, *, language: str, **values: object) -> str:
    """A text of the frame. Raises KeyError for an unknown key or a missing value."""
    return FRAME_TEXTS[key].text(language, **values)
