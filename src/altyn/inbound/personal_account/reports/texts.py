"""The texts of the reports' page, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.inbound.personal_account.texts import account_text
from altyn.look import Words
from altyn.operations.reports.jobs import (
    DAYS_MAX,
    KEPT_DAYS,
    ROWS_MAX,
    WAITING_MAX,
    Problem,
    ReportKind,
    ReportRefusal,
)
from altyn.operations.reports.reconciliation import Agreement

# fmt: off
REPORT_TEXTS: Final[Mapping[str, Words]] = MappingProxyType({
    "reports_lead": Words(f"Отчёт собирается в фоне и хранится {KEPT_DAYS} дней. Сутки — московские.", f"A report is built in the background and kept for {KEPT_DAYS} days. Days are Moscow days."),
    "exports_lead": Words(f"Список заказов в файл собирается со страницы заказов и хранится {KEPT_DAYS} дней.", f"A list of orders is built into a file from the page of orders, and kept for {KEPT_DAYS} days."),
    "new_report": Words("Новый отчёт", "New report"),
    "kind": Words("Отчёт", "Report"),
    "kind_operations": Words("Реестр операций", "Register of operations"),
    "kind_operations_help": Words("каждое движение денег за операционный день", "every movement of money of a business day"),
    "kind_refunds": Words("Возвраты", "Refunds"),
    "kind_refunds_help": Words("каждый запрошенный возврат и его итог", "every refund that was asked for, and its result"),
    "kind_receipts": Words("Чеки", "Receipts"),
    "kind_receipts_help": Words("каждый чек с фискальными данными", "every receipt with its fiscal data"),
    "kind_reconciliation": Words("Сверка заказов с учётом", "Orders against the ledger"),
    "kind_reconciliation_help": Words("суммы заказов и проводок по дням, расхождения по заказам", "sums of orders and of postings by day, and each order that differs"),
    "kind_orders": Words("Список заказов", "List of orders"),
    "some_shops": Words("магазинов: {count}", "{count} shops"),
    "first_day": Words("С", "From"),
    "last_day": Words("По", "To"),
    "format": Words("Формат", "Format"),
    "format_hint": Words(f"До {ROWS_MAX:,} строк в файле.".replace(",", " "), f"Up to {ROWS_MAX:,} rows in a file."),
    "build": Words("Собрать отчёт", "Build the report"),
    "list_title": Words("Готовые и ожидающие", "Ready and waiting"),
    "asked_at": Words("Запрошен", "Asked for"),
    "asked_by": Words("Кем", "By"),
    "report_state": Words("Состояние", "State"),
    "state_waiting": Words("в очереди", "waiting"),
    "state_running": Words("собирается: {percent} %, строк {rows}", "being built: {percent}%, {rows} rows"),
    "state_ready": Words("готов, строк {rows}", "ready, {rows} rows"),
    "state_failed": Words("не собран", "failed"),
    "file": Words("Файл", "File"),
    "download": Words("Скачать", "Download"),
    "size": Words("{format}, {size}\u00a0КБ", "{format}, {size}\u00a0KB"),
    "no_reports": Words("Отчётов пока нет", "There are no reports yet"),
    "no_reports_help": Words("Выберите отчёт и период, и он появится здесь.", "Choose a report and a period, and it appears here."),
    "export_kind": Words("Выгрузка", "Export"),
    "no_exports": Words("Выгрузок пока нет", "There are no exports yet"),
    "no_exports_help": Words("Соберите файл на странице заказов, и он появится здесь.", "Have a file built on the page of orders, and it appears here."),
    "export_asked": Words("Файл заказан: он появится в списке ниже", "The file is asked for: it appears in the list below"),
    "asked": Words("Отчёт заказан: он появится в списке ниже", "The report is asked for: it appears in the list below"),
    "no_file": Words("Такого отчёта нет: он ещё не собран, или прошло больше {days} дней. Закажите его снова.", "There is no such report: it is not built yet, or more than {days} days have passed. Ask for it again."),
    "bad_days": Words("Укажите обе даты в виде ГГГГ-ММ-ДД.", "Name both dates as YYYY-MM-DD."),
    "unknown_kind": Words("Такого отчёта нет. Выберите один из списка.", "There is no such report. Choose one of the list."),
    "unknown_format": Words("Такого формата нет. Выберите XLSX или CSV.", "There is no such format. Choose XLSX or CSV."),
    "all_orders": Words("по фильтру списка", "by a filter of the list"),
})
_REFUSALS: Final[Mapping[ReportRefusal, Words]] = MappingProxyType({
    ReportRefusal.PERIOD_REVERSED: Words("Период кончается раньше, чем начинается: поменяйте даты.", "The period ends before it begins: swap the dates."),
    ReportRefusal.PERIOD_TOO_LONG: Words(f"Период длиннее {DAYS_MAX} дней: разделите его.", f"The period is longer than {DAYS_MAX} days: divide it."),
    ReportRefusal.PERIOD_IN_FUTURE: Words("Период ещё не начался: выберите прошедшие дни.", "The period has not begun yet: choose days that have passed."),
    ReportRefusal.FORM_USED: Words("По этой форме отчёт уже заказан. Проверьте выбор и отправьте её ещё раз.", "This form has asked for a report already. Check what you chose and send it again."),
    ReportRefusal.TOO_MANY_WAITING: Words(f"Уже ждут {WAITING_MAX} отчётов: дождитесь одного из них.", f"{WAITING_MAX} reports are waiting already: wait until one of them is ready."),
})
_PROBLEMS: Final[Mapping[str, Words]] = MappingProxyType({
    Problem.TOO_MANY_ROWS: Words(f"Больше {ROWS_MAX:,} строк: выберите период короче или фильтр строже.".replace(",", " "), f"More than {ROWS_MAX:,} rows: choose a shorter period or a stricter filter."),
    Problem.INTERRUPTED: Words("Сборка прерывалась несколько раз: закажите отчёт снова.", "It was interrupted several times: ask for the report again."),
    Problem.ERROR: Words("Ошибка шлюза, она записана в журнал: закажите отчёт снова или напишите в поддержку.", "An error of the gateway, which is logged: ask for the report again, or write to the support."),
})
AGREEMENT_WORDS: Final[Mapping[Agreement, Words]] = MappingProxyType({
    Agreement.AGREES: Words("сходится", "agrees"),
    Agreement.DIFFERS: Words("РАСХОЖДЕНИЕ", "DIFFERS"),
})
# fmt: on


def report_text(key: str, *, language: str, **values: object) -> str:
    """A text of the page or of the account. Raises KeyError for an unknown key."""
    if key in REPORT_TEXTS:
        return REPORT_TEXTS[key].text(language, **values)
    return account_text(key, language=language, **values)


def refusal_text(refusal: ReportRefusal, language: str) -> str:
    """Why a report is refused, and what to do."""
    return _REFUSALS[refusal].text(language)


def problem_text(problem: str, language: str) -> str:
    """Why a report has failed, and what to do; one of a newer version by its stored text."""
    words = _PROBLEMS.get(problem)
    return words.text(language) if words else problem


def kind_text(kind: ReportKind, language: str) -> str:
    """The name of a report."""
    return report_text(f"kind_{kind}", language=language)
