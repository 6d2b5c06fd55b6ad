"""The columns of each report, in the order of its rows, with a title in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from altyn.look import Words
from altyn.operations.reports.jobs import ExportJob, ReportKind


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, and its width in characters in a spreadsheet."""

    title: Words
    width: int = 14


def _column(ru: str, en: str, width: int = 14) -> Column:
    return Column(Words(ru, en), width)


_DAY: Final = _column("Операционный день", "Business day")
_NUMBER: Final = _column("Номер заказа", "Order number", 22)
_ID: Final = _column("Id заказа", "Order id", 38)
_CURRENCY: Final = _column("Валюта", "Currency", 8)
_AMOUNT: Final = _column("Сумма", "Amount")
_SHOP: Final = _column("Магазин", "Shop", 20)
_PAYMENT: Final = (
    _column("Способ оплаты", "Way to pay"),
    _column("Карта", "Card", 20),
    _column("RRN оплаты", "RRN of the payment"),
)


def _compared(ru: str, en: str) -> tuple[Column, ...]:
    return (
        _column(f"{ru}: заказы", f"{en}: orders", 18),
        _column(f"{ru}: учёт", f"{en}: ledger", 18),
        _column(f"{ru}: разница", f"{en}: difference", 18),
    )


COLUMNS: Final[Mapping[ReportKind, Sequence[Column]]] = MappingProxyType(
    {
        ReportKind.OPERATIONS: (
            _DAY,
            _column("Время (МСК)", "Time (Moscow)", 20),
            _NUMBER,
            _ID,
            _column("Операция", "Operation", 24),
            _AMOUNT,
            _CURRENCY,
            _column("Откуда", "From"),
            _column("Куда", "To"),
            *_PAYMENT,
            _column("Кто", "Who", 20),
        ),
        ReportKind.REFUNDS: (
            _DAY,
            _column("Запрошен (МСК)", "Asked for (Moscow)", 20),
            _column("Ответ банка (МСК)", "The bank's answer (Moscow)", 20),
            _NUMBER,
            _ID,
            _AMOUNT,
            _CURRENCY,
            _column("Итог", "Result", 24),
            _column("Код ответа", "Action code"),
            _column("RRN возврата", "RRN of the refund"),
            _column("Id возврата у магазина", "The shop's id of the refund", 24),
            *_PAYMENT,
        ),
        ReportKind.RECEIPTS: (
            _DAY,
            _column("Создан (МСК)", "Made (Moscow)", 20),
            _NUMBER,
            _ID,
            _column("Чек", "Receipt", 28),
            _column("Состояние", "State"),
            _AMOUNT,
            _CURRENCY,
            _column("ФН", "Fiscal drive", 20),
            _column("ФД", "Fiscal document"),
            _column("ФПД", "Fiscal sign"),
            _column("Зарегистрирован (МСК)", "Registered (Moscow)", 20),
            _column("Касса", "Provider"),
            _column("Id чека", "Receipt id", 38),
            _column("Ошибка", "Problem", 30),
        ),
        ReportKind.RECONCILIATION: (
            _column("День регистрации", "Day of registration"),
            _NUMBER,
            _ID,
            _column("Заказов", "Orders"),
            _CURRENCY,
            *_compared("Одобрено", "Approved"),
            *_compared("Списано", "Deposited"),
            *_compared("Возвращено", "Refunded"),
            *_compared("Выплачено", "Paid out"),
            _column("Сверка", "Result", 16),
        ),
        ReportKind.ORDERS: (
            _column("Создан (МСК)", "Created (Moscow)", 20),
            _NUMBER,
            _ID,
            _column("Состояние", "Status", 20),
            _AMOUNT,
            _column("Одобрено", "Approved"),
            _column("Списано", "Deposited"),
            _column("Возвращено", "Refunded"),
            _CURRENCY,
            _column("Код ответа", "Action code"),
            _column("Описание", "Description", 40),
            _SHOP,
        ),
    }
)


def columns_of(job: ExportJob) -> Sequence[Column]:
    """The columns of a job's file; where it is about several shops, each row ends with its shop."""
    columns = COLUMNS[job.request.kind]
    names_shop = job.request.orders is None and len(job.merchant_ids) > 1
    return (*columns, _SHOP) if names_shop else columns
