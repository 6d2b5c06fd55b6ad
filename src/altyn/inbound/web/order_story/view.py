"""The story of an order as texts: what its template shows, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from altyn.domain.action_codes import APPROVED
from altyn.domain.callback_history import CallbackSummary
from altyn.domain.ledger import Account
from altyn.domain.money import Money, canonical_currency
from altyn.domain.order import Attempt, Order
from altyn.domain.order_cart import cart_positions
from altyn.domain.outbox import EntryId
from altyn.domain.receipt.values import Receipt
from altyn.inbound.web.order_story import words
from altyn.inbound.web.order_story.card_facts import card_facts, three_ds_facts
from altyn.inbound.web.order_story.values import Story
from altyn.inbound.web.refusal_words import refusal_text
from altyn.look import Words
from altyn.look.cart_words import measure_text
from altyn.operations.order_history import OrderEvent
from altyn.operations.staff.resend_receipt import may_be_resent
from altyn.protocol.dialects.classic.order_statuses import status_on_wire
from altyn.protocol.dialects.classic.order_view import fee_minor
from altyn.protocol.dialects.classic.status_fields import view_of

DETAIL_CHARS_MAX: Final = 2000


@dataclass(frozen=True, slots=True)
class Toned:
    """A word with its tone: ok, warn, danger or plain."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the history. `facts` are what the change says about itself, name and value."""

    at: datetime
    text: str
    name: str
    actor: str
    address: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One movement of money, with its time; `due` is what the shop has after it."""

    text: str
    source: str
    destination: str
    amount: str
    at: datetime | None
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """One attempt, with what the connector answered.

    `facts` are about the answer and the card, `three_ds` about the holder's authentication: the key
    of a text, and a value.
    """

    number: int
    text: str
    state: Toned
    amount: str
    at: datetime
    facts: Sequence[tuple[str, str]]
    three_ds: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One receipt. `may_be_resent`: it has failed, and none was sent in its place."""

    id: UUID
    text: str
    state: Toned
    at: datetime
    path: str
    problem: str
    replaces: bool
    may_be_resent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackLine:
    """One callback."""

    id: EntryId
    operation: str
    state: Toned
    at: datetime
    receiver: str
    attempts: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """The whole story, ready to be shown. Texts are in the reader's language."""

    order: Order
    shop: str
    status: Toned
    wire_status: int
    amount: str
    stages: str
    amounts: Sequence[tuple[str, str]]
    payer: Sequence[tuple[str, str]]
    due: tuple[datetime, str] | None
    in_flight: bool
    page_path: str | None
    history: Sequence[EventLine]
    money: Sequence[MoneyLine]
    attempts: Sequence[AttemptLine]
    receipts: Sequence[ReceiptLine]
    callbacks: Sequence[CallbackLine]
    cart: Sequence[tuple[str, str, str]]
    params: Mapping[str, str]


def story_view(story: Story, language: str) -> StoryView:
    """The story in one language."""
    order = story.order
    return StoryView(
        order=order,
        shop=story.merchant.login,
        status=toned(words.STATUS_WORDS[order.status], language),
        wire_status=status_on_wire(order).number,
        amount=money_text(order.asked_minor, order.currency, language),
        stages=_stages(order),
        amounts=tuple(_amounts(story, language)),
        payer=tuple(_payer(order)),
        due=_due(order, language),
        in_flight=bool(order.in_flight()),
        page_path=_page_path(story) if order.payable else None,
        history=[_event(each, language) for each in story.events],
        money=tuple(_money(story, language)),
        attempts=[_attempt(each, story, language) for each in order.attempts],
        receipts=[_receipt(each, story, language) for each in story.receipts],
        callbacks=[_callback(each, language) for each in story.callbacks],
        cart=tuple(_cart(order, language)),
        params=order.params,
    )


def toned(row: tuple[Words, str], language: str) -> Toned:
    """A word of a table with its tone."""
    text, tone = row
    return Toned(text.text(language), tone)


def money_text(amount_minor: int, currency: str, language: str) -> str:
    """An amount with its sign; in minor units where the currency is not known."""
    known = canonical_currency(currency)
    return Money(amount_minor, known).human(language) if known else f"{amount_minor} / {currency}"


def _stages(order: Order) -> str:
    if order.checks_card_only:
        return "card_check"
    if order.is_payout:
        return "payout"
    return "two_stages" if order.two_phase else "one_stage"


def _amounts(story: Story, language: str) -> Iterator[tuple[str, str]]:
    order = story.order
    for key, minor in (
        ("fee", fee_minor(view_of(order, story.merchant, language))),
        ("approved", order.approved_minor),
        ("deposited", order.deposited_minor),
        ("refunded", order.refunded_minor),
        ("paid_out", order.paid_out_minor),
    ):
        if minor:
            yield key, money_text(minor, order.currency, language)
    if order.refunded_minor:
        yield "left", money_text(order.left_minor, order.currency, language)


def _payer(order: Order) -> Iterator[tuple[str, str]]:
    request = order.request
    for key, value in (
        ("client", request.client_id),
        ("email", request.email),
        ("phone", request.phone),
        ("address", order.payer_ip),
    ):
        if value:
            yield key, value


def _due(order: Order, language: str) -> tuple[datetime, str] | None:
    due = order.due()
    return None if due is None else (due[0], words.DUE_WORDS[due[1]].text(language))


def _page_path(story: Story) -> str:
    order = story.order
    page = f"payment_{order.request.language}.html"
    return f"/payment/merchants/{story.merchant.login}/{page}?mdOrder={order.order_id}"


def _event(event: OrderEvent, language: str) -> EventLine:
    return EventLine(
        event.at,
        words.event_words(event.event, language),
        event.event,
        event.actor,
        event.actor_ip,
        [(name, _shown(value)) for name, value in event.detail.items()],
    )


def _shown(value: Any) -> str:
    return str(value)[:DETAIL_CHARS_MAX]


def _money(story: Story, language: str) -> Iterator[MoneyLine]:
    """The movements with their times, and the sum that is due to the shop after each."""
    times = {each.version: each.at for each in story.events}
    currency, due_minor = story.order.currency, 0
    for booked in story.postings:
        posting = booked.posting
        due_minor += posting.amount_minor * (posting.destination is Account.MERCHANT)
        due_minor -= posting.amount_minor * (posting.source is Account.MERCHANT)
        yield MoneyLine(
            words.MOVEMENT_WORDS[posting.movement].text(language),
            words.ACCOUNT_WORDS[posting.source].text(language),
            words.ACCOUNT_WORDS[posting.destination].text(language),
            money_text(posting.amount_minor, currency, language),
            times.get(booked.version),
            money_text(due_minor, currency, language),
        )


def _attempt(attempt: Attempt, story: Story, language: str) -> AttemptLine:
    return AttemptLine(
        number=attempt.number,
        text=words.KIND_WORDS[attempt.kind].text(language),
        state=toned(words.ATTEMPT_WORDS[attempt.state], language),
        amount=money_text(attempt.amount_minor, story.order.currency, language),
        at=attempt.started_at,
        facts=tuple(_attempt_facts(attempt, language)),
        three_ds=tuple(three_ds_facts(attempt, story.merchant, language)),
    )


def _attempt_facts(attempt: Attempt, language: str) -> Iterator[tuple[str, str]]:
    for key, value in (
        ("way", attempt.payment_way),
        ("action_code", _action_code(attempt.action_code, language)),
        ("rrn", attempt.rrn),
        ("approval_code", attempt.approval_code),
    ):
        if value:
            yield key, value
    if attempt.card:
        yield from card_facts(attempt.card, language)


def _action_code(code: int | None, language: str) -> str:
    """The code and its meaning: "116: Not enough money on the card"."""
    if code is None:
        return ""
    text = words.APPROVED.text(language) if code == APPROVED else refusal_text(code, language)
    return f"{code}: {text}" if text else str(code)


def _receipt(receipt: Receipt, story: Story, language: str) -> ReceiptLine:
    return ReceiptLine(
        id=receipt.receipt_id,
        text=words.RECEIPT_KIND_WORDS[receipt.kind].text(language),
        state=toned(words.RECEIPT_STATE_WORDS[receipt.state], language),
        at=receipt.created_at,
        path=receipt.page_path,
        problem=receipt.problem or "",
        replaces=receipt.content.replaces is not None,
        may_be_resent=may_be_resent(receipt, story.receipts),
    )


def _callback(callback: CallbackSummary, language: str) -> CallbackLine:
    return CallbackLine(
        id=callback.id,
        operation=callback.operation,
        state=toned(words.ENTRY_WORDS[callback.state], language),
        at=callback.created_at,
        receiver=callback.receiver,
        attempts=callback.attempts,
        problem=callback.problem or "",
    )


def _cart(order: Order, language: str) -> Iterator[tuple[str, str, str]]:
    for position in cart_positions(order):
        amount = money_text(position.amount_minor, order.currency, language)
        measure = measure_text(position.quantity.measure, language)
        yield position.name, f"{position.quantity} {measure}".strip(), amount
