"""The terms of later charges that a payer agrees to by letting the shop keep the card, in words.

Source: 004 (recurring payments); rest-orders.md §7; docs/decisions/0015-stored-cards.md.
"""

from collections.abc import Iterator
from datetime import date

from altyn.domain.money import Money
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.texts import counted_text, known_language, text
from altyn.look import amount_text, day_text, plural
from altyn.operations.bindings.terms import instalment_terms, recurring_terms


def begins_terms(page_order: PageOrder) -> bool:
    """Whether a payment of the order may begin recurring payments or instalments."""
    order, merchant = page_order.order, page_order.merchant
    return bool(recurring_terms(order, merchant) or instalment_terms(order, merchant))


def terms_text(page_order: PageOrder, language: str) -> str:
    """How often, until when, and which sums the shop may charge; empty for an order without terms.

    Source: docs/decisions/0015-stored-cards.md.
    """
    return " ".join(_sentences(page_order, language))


def _sentences(page_order: PageOrder, language: str) -> Iterator[str]:
    order, merchant = page_order.order, page_order.merchant
    recurring, parts = recurring_terms(order, merchant), instalment_terms(order, merchant)
    if parts:
        payments, total_minor = parts
        key = f"terms_parts_{plural(payments, known_language(language))}"
        total = Money(total_minor, page_order.amount.currency)
        shown = amount_text(total, known_language(language))
        yield text(key, language, count=payments, total=shown)
        if not order.checks_card_only:
            yield text("terms_this_counts", language)
    if recurring:
        days, last = recurring
        until = day_text(date.fromisoformat(last), known_language(language))
        key = "terms_days" if parts else "terms_recurring"
        yield text(key, language, often=_often(days, language), until=until)


def _often(days: int, language: str) -> str:
    if days == 1:
        return text("terms_often_daily", language)
    return counted_text("terms_often", days, language)
