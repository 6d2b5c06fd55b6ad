"""A filter as one sentence that people read: "Paid, last 2 days, over 10 000 ₽"."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from altyn.domain.money import (
    CURRENCIES,
    NO_BREAK_SPACE,
    RUB,
    THIN_SPACE,
    Currency,
    canonical_currency,
)
from altyn.domain.moscow import to_moscow
from altyn.inbound.personal_account.orders.filters import AskedFilter
from altyn.inbound.personal_account.orders.issuer_filter import issuer_name
from altyn.inbound.personal_account.orders.texts import (
    DATE_NAMES,
    RECEIPT_NAMES,
    STATUS_NAMES,
    orders_text,
    way_name,
)
from altyn.look.words import clock_text, day_text
from altyn.operations.order_list import OrderDate, OrderFilter


def sentence_of(asked: AskedFilter, currencies: Collection[str], language: str) -> str:
    """The filter in words, in the order in which people say them.

    `currencies` are those of the shops that are listed: amounts are of each order's own currency.
    """
    parts = ", ".join(_parts(asked, currencies, language))
    return f"{parts[:1].upper()}{parts[1:]}"


def _parts(asked: AskedFilter, currencies: Collection[str], language: str) -> Iterator[str]:
    wanted = asked.wanted
    names = [STATUS_NAMES[each].text(language) for each in wanted.statuses]
    yield orders_text("say_or", language=language).join(names) or _part("all", language)
    yield _period(asked, language)
    yield from _amounts(wanted, currencies, language)
    for name in ("number", "id", "card", "holder", "approval", "email", "code", "shop"):
        if name in asked.texts and name not in asked.faults:
            yield _part(name, language, text=asked.texts[name])
    if wanted.issuer:
        yield _part("bank", language, text=issuer_name(asked.texts["bank"], language))
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


def _amounts(wanted: OrderFilter, currencies: Collection[str], language: str) -> Iterator[str]:
    """The currency, and the bounds of the amounts, with its sign where there is only one."""
    if wanted.currency:
        currencies = {wanted.currency}
        yield _part("currency", language, text=CURRENCIES[wanted.currency].alpha)
    [only] = {canonical_currency(each) for each in currencies} if len(currencies) == 1 else {None}
    bounds = {"low": wanted.amount_from, "high": wanted.amount_to}
    texts = {
        name: _amount(each, only, language) for name, each in bounds.items() if each is not None
    }
    if not texts:
        return
    key = "range" if len(texts) > 1 else "from" if "low" in texts else "to"
    text = _part(key, language, **texts)
    yield text if only else _part("each_currency", language, amounts=text)


def _amount(amount: Decimal, currency: Currency | None, language: str) -> str:
    """An amount in whole units, without a fraction where there is none: "10 000 ₽"."""
    typed = -int(amount.normalize().as_tuple().exponent)
    least = currency.exponent if currency else RUB.exponent
    digits = 0 if amount == amount.to_integral_value() else max(typed, least)
    major, _, fraction = f"{amount:,.{digits}f}".partition(".")
    text = major.replace(",", THIN_SPACE)
    if fraction:
        text += f"{'.' if language == 'en' else ','}{fraction}"
    return f"{text}{NO_BREAK_SPACE}{currency.symbol}" if currency else text


def _moment(moment: datetime, language: str) -> str:
    return f"{day_text(to_moscow(moment).date(), language)}, {clock_text(moment)}"


def _part(key: str, language: str, **values: object) -> str:
    return orders_text(f"say_{key}", language=language, **values)
