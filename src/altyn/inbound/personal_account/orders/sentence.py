"""A filter as one sentence that people read: "Paid, last 2 days, over 10 000 ₽"."""

from collections.abc import Iterator
from datetime import datetime

from altyn.domain.money import RUB, Money
from altyn.domain.moscow import to_moscow
from altyn.inbound.personal_account.orders.filters import AskedFilter
from altyn.inbound.personal_account.orders.texts import (
    DATE_NAMES,
    RECEIPT_NAMES,
    STATUS_NAMES,
    orders_text,
    way_name,
)
from altyn.look.words import clock_text, day_text
from altyn.operations.order_list import OrderDate, OrderFilter


def sentence_of(asked: AskedFilter, language: str) -> str:
    """The filter in words, in the order in which people say them."""
    parts = ", ".join(_parts(asked, language))
    return f"{parts[:1].upper()}{parts[1:]}"


def _parts(asked: AskedFilter, language: str) -> Iterator[str]:
    wanted = asked.wanted
    names = [STATUS_NAMES[each].text(language) for each in wanted.statuses]
    yield orders_text("say_or", language=language).join(names) or _part("all", language)
    yield _period(asked, language)
    yield from _amounts(wanted, language)
    for name in ("number", "id", "card", "email", "code", "shop"):
        if name in asked.texts and name not in asked.faults:
            yield _part(name, language, text=asked.texts[name])
    if wanted.payment_way:
        yield _part("way", language, text=way_name(wanted.payment_way, language))
    if wanted.receipt_state:
        state = RECEIPT_NAMES[wanted.receipt_state].text(language)
        yield _part("receipt", language, text=state)


def _period(asked: AskedFilter, language: str) -> str:
    wanted = asked.wanted
    if asked.period:
        known = "period" not in asked.faults
        text = orders_text(f"period_{asked.period if known else '2'}", language=language)
    elif wanted.since and wanted.until:
        since, until = _moment(wanted.since, language), _moment(wanted.until, language)
        text = _part("between", language, since=since, until=until)
    elif wanted.since:
        text = _part("since", language, since=_moment(wanted.since, language))
    elif wanted.until:
        text = _part("until", language, until=_moment(wanted.until, language))
    else:
        text = orders_text("period_ever", language=language)
    if wanted.date is OrderDate.CREATED:
        return text
    return f"{DATE_NAMES[wanted.date].text(language).lower()} {text}"


def _amounts(wanted: OrderFilter, language: str) -> Iterator[str]:
    low, high = wanted.amount_from_minor, wanted.amount_to_minor
    if low is not None and high is not None:
        low_text, high_text = _roubles(low, language), _roubles(high, language)
        yield _part("range", language, low=low_text, high=high_text)
    elif low is not None:
        yield _part("from", language, low=_roubles(low, language))
    elif high is not None:
        yield _part("to", language, high=_roubles(high, language))


def _roubles(amount_minor: int, language: str) -> str:
    """An amount, without kopecks where there are none: "10 000 ₽"."""
    text = Money(amount_minor, RUB).human(language)
    return text if amount_minor % 100 else text.replace(",00", "").replace(".00", "")


def _moment(moment: datetime, language: str) -> str:
    return f"{day_text(to_moscow(moment).date(), language)}, {clock_text(moment)}"


def _part(key: str, language: str, **values: object) -> str:
    return orders_text(f"say_{key}", language=language, **values)
