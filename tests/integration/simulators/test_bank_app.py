"""The bank whose app confirms invoices: an answer counts once, and money moves once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from altyn.domain.action_codes import CANCELLED, NOT_ENOUGH_MONEY, SESSION_EXPIRED
from altyn.protocol.bank_invoices import InvoiceOperation, InvoiceState
from altyn.protocol.phone_messages import MessageAction, MessageKind
from altyn.protocol.test_phones import UNKNOWN_CLIENT
from altyn.simulators.bank_app.bank_app import REFUSED, KeyReusedError
from tests.integration.simulators.bank_app_client import BankAppClient

pytestmark = pytest.mark.slow

WAITING = InvoiceState.WAITING
APPROVED = InvoiceState.APPROVED
DECLINED = InvoiceState.DECLINED
NOT_SENT = InvoiceState.NOT_SENT
RACES = 30
BOTH = (MessageAction.CONFIRM, MessageAction.REFUSE)


async def test_invoice_is_pushed_and_confirmed(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice()
    assert (await bank_app.bank.handle(invoice)).state is WAITING
    (message,) = await bank_app.messages(invoice)
    assert (message.kind, message.actions, message.answer) == (MessageKind.PUSH, BOTH, None)
    assert (message.order_id, message.amount_minor) == (invoice.order_id, 1500_00)
    answered = await bank_app.confirm(invoice.key)
    assert answered is not None
    assert answered.state is APPROVED
    assert answered.rrn
    assert await bank_app.taken_minor(invoice.key) == 1500_00
    (message,) = await bank_app.messages(invoice)
    assert (message.actions, message.answer) == ((), MessageAction.CONFIRM)
    assert await bank_app.inquire(invoice.key) == answered


async def test_refused_invoice_moves_no_money(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    answered = await bank_app.refuse(invoice.key)
    assert answered is not None
    assert (answered.state, answered.action_code) == (DECLINED, REFUSED)
    assert bank_app.authorisations(invoice.key) == 0


@pytest.mark.parametrize("hold", [True, False])
async def test_hold_reserves_and_a_purchase_takes(bank_app: BankAppClient, *, hold: bool) -> None:
    invoice = bank_app.invoice(hold=hold)
    await bank_app.bank.handle(invoice)
    await bank_app.confirm(invoice.key)
    books = await bank_app.issuer.simulator.books(invoice.key)
    assert books is not None
    assert (books.held_minor, books.deposited_minor) == ((1500_00, 0) if hold else (0, 1500_00))


# ── A request that is repeated ────────────────────────────────────────────────────────────────────


async def test_repeated_invoice_is_answered_the_same_and_pushed_once(
    bank_app: BankAppClient,
) -> None:
    invoice = bank_app.invoice()
    first = await bank_app.bank.handle(invoice)
    again = await asyncio.gather(*(bank_app.another().handle(invoice) for _ in range(8)))
    assert set(again) == {first}
    assert len(await bank_app.messages(invoice)) == 1


async def test_repeated_invoice_does_not_undo_its_answer(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    confirmed = await bank_app.confirm(invoice.key)
    assert await bank_app.bank.handle(invoice) == confirmed
    assert bank_app.authorisations(invoice.key) == 1
    assert len(await bank_app.messages(invoice)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 1},
        {"phone": "79997776655"},
        {"hold": True},
        {"invoice_id": "0" * 32},
        {"expires_at": None},
        {"merchant": "another"},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_key_of_another_invoice_is_a_defect(
    bank_app: BankAppClient, changes: dict[str, object]
) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    with pytest.raises(KeyReusedError, match=next(iter(changes))):
        await bank_app.bank.handle(replace(invoice, **changes))  # type: ignore[arg-type]
    assert (await bank_app.inquire(invoice.key)).state is WAITING
    answered = await bank_app.confirm(invoice.key)
    assert answered is not None
    assert await bank_app.taken_minor(invoice.key) == 1500_00


@pytest.mark.parametrize("operation", [InvoiceOperation.INQUIRE, InvoiceOperation.CANCEL])
async def test_key_that_is_not_known_is_closed(
    bank_app: BankAppClient, operation: InvoiceOperation
) -> None:
    invoice = bank_app.invoice()
    assert (await bank_app.ask(invoice.key, operation)).state is NOT_SENT
    late = await bank_app.bank.handle(invoice)
    assert late.state is NOT_SENT, "a request that arrives after the inquiry is not carried out"
    assert await bank_app.confirm(invoice.key) is None
    assert not await bank_app.messages(invoice)
    assert bank_app.authorisations(invoice.key) == 0


async def test_invoice_and_its_inquiry_at_once_agree(bank_app: BankAppClient) -> None:
    for _ in range(RACES):
        invoice = bank_app.invoice()
        sent, asked = await asyncio.gather(
            bank_app.bank.handle(invoice),
            bank_app.another().handle(replace(invoice, operation=InvoiceOperation.INQUIRE)),
        )
        assert sent.state is asked.state
        pushed = len(await bank_app.messages(invoice))
        assert (sent.state, pushed) in {(WAITING, 1), (NOT_SENT, 0)}


async def test_push_of_a_killed_bank_is_sent_by_the_inquiry(
    bank_app: BankAppClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = bank_app.invoice()
    with monkeypatch.context() as killed:
        killed.setattr(bank_app.phones, "send", _dies)
        with pytest.raises(ConnectionResetError):
            await bank_app.bank.handle(invoice)
    assert not await bank_app.messages(invoice)
    assert (await bank_app.inquire(invoice.key)).state is WAITING
    assert len(await bank_app.messages(invoice)) == 1


# ── Answers of the payer ──────────────────────────────────────────────────────────────────────────


async def test_second_answer_has_no_effect(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    first = await bank_app.refuse(invoice.key)
    assert await bank_app.confirm(invoice.key) is None
    assert await bank_app.refuse(invoice.key) is None
    assert await bank_app.inquire(invoice.key) == first


async def test_answers_at_once_count_once(bank_app: BankAppClient) -> None:
    for _ in range(RACES):
        invoice = bank_app.invoice()
        await bank_app.bank.handle(invoice)
        answers = await asyncio.gather(
            *(bank_app.another().answer(invoice.key, action) for action in (*BOTH, *BOTH))
        )
        (counted,) = [each for each in answers if each is not None]
        assert await bank_app.inquire(invoice.key) == counted
        taken = await bank_app.taken_minor(invoice.key)
        assert taken == (1500_00 if counted.state is APPROVED else 0)


async def test_answer_after_the_expiry_has_no_effect(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    bank_app.now += timedelta(minutes=20)
    assert await bank_app.confirm(invoice.key) is None
    (message,) = await bank_app.messages(invoice)
    assert message.actions == ()
    over = await bank_app.inquire(invoice.key)
    assert (over.state, over.action_code) == (DECLINED, SESSION_EXPIRED)
    assert bank_app.authorisations(invoice.key) == 0


async def test_answer_in_the_last_second_counts(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    bank_app.now += timedelta(minutes=19, seconds=59)
    answered = await bank_app.confirm(invoice.key)
    assert answered is not None
    bank_app.now += timedelta(minutes=1)
    assert await bank_app.inquire(invoice.key) == answered
    assert answered.state is APPROVED


async def test_cancelled_invoice_cannot_be_confirmed(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    cancelled = await bank_app.ask(invoice.key, InvoiceOperation.CANCEL)
    assert (cancelled.state, cancelled.action_code) == (DECLINED, CANCELLED)
    assert await bank_app.confirm(invoice.key) is None
    (message,) = await bank_app.messages(invoice)
    assert (message.actions, message.answer) == ((), None)


async def test_cancellation_and_confirmation_at_once_agree(bank_app: BankAppClient) -> None:
    ends = Counter[InvoiceState]()
    for round_ in range(RACES):
        invoice = bank_app.invoice()
        await bank_app.bank.handle(invoice)
        cancel = replace(invoice, operation=InvoiceOperation.CANCEL)
        acts = [
            bank_app.another().answer(invoice.key, MessageAction.CONFIRM),
            bank_app.another().handle(cancel),
        ]
        if round_ % 2:
            acts.reverse()
        results = await asyncio.gather(*acts)
        confirmed, cancelled = reversed(results) if round_ % 2 else results
        assert cancelled is not None
        end = await bank_app.inquire(invoice.key)
        assert cancelled.state is end.state, "the canceller knows how the invoice has ended"
        assert (confirmed is not None) == (end.state is APPROVED)
        taken = await bank_app.taken_minor(invoice.key)
        assert taken == (1500_00 if end.state is APPROVED else 0)
        ends[end.state] += 1
    assert sum(ends.values()) == RACES


# ── Money ─────────────────────────────────────────────────────────────────────────────────────────


async def test_money_moves_once_while_answer_and_inquiries_run_together(
    bank_app: BankAppClient,
) -> None:
    for _ in range(RACES):
        invoice = bank_app.invoice()
        await bank_app.bank.handle(invoice)
        inquiry = replace(invoice, operation=InvoiceOperation.INQUIRE)
        answered, inquired = await asyncio.gather(
            bank_app.another().answer(invoice.key, MessageAction.CONFIRM),
            asyncio.gather(*(bank_app.another().handle(inquiry) for _ in range(5))),
        )
        assert answered is not None
        assert answered.state is APPROVED
        assert {each.state for each in inquired} <= {WAITING, APPROVED}
        assert {each.rrn for each in inquired if each.state is APPROVED} <= {answered.rrn}
        assert await bank_app.taken_minor(invoice.key) == 1500_00


async def test_confirmation_of_a_killed_process_is_carried_out_by_the_inquiry(
    bank_app: BankAppClient,
) -> None:
    invoice = bank_app.invoice()
    await bank_app.bank.handle(invoice)
    bank_app.issuer.lost = True
    with pytest.raises(ConnectionResetError):
        await bank_app.confirm(invoice.key)
    bank_app.issuer.lost = False
    assert await bank_app.confirm(invoice.key) is None, "it was stored"
    assert (await bank_app.inquire(invoice.key)).state is APPROVED
    assert await bank_app.taken_minor(invoice.key) == 1500_00
    (message,) = await bank_app.messages(invoice)
    assert message.answer is MessageAction.CONFIRM


# ── Phones that behave in a way of their own ──────────────────────────────────────────────────────


async def test_phone_without_the_app_gets_an_sms(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice("79990000001")
    await bank_app.bank.handle(invoice)
    (message,) = await bank_app.messages(invoice)
    assert message.kind is MessageKind.SMS


async def test_confirmed_payment_of_a_poor_payer_is_declined(bank_app: BankAppClient) -> None:
    invoice = bank_app.invoice("79990000002")
    await bank_app.bank.handle(invoice)
    answered = await bank_app.confirm(invoice.key)
    assert answered is not None
    assert (answered.state, answered.action_code) == (DECLINED, NOT_ENOUGH_MONEY)


async def test_payer_that_the_bank_does_not_know_is_declined_at_once(
    bank_app: BankAppClient,
) -> None:
    invoice = bank_app.invoice("79990000003")
    sent = await bank_app.bank.handle(invoice)
    assert (sent.state, sent.action_code) == (DECLINED, UNKNOWN_CLIENT)
    assert not await bank_app.messages(invoice)
    assert await bank_app.bank.handle(invoice) == sent


async def test_invoice_without_a_phone_is_found_by_its_id_and_paid_by_any(
    bank_app: BankAppClient,
) -> None:
    invoice = bank_app.invoice(phone="")
    await bank_app.bank.handle(invoice)
    found = await bank_app.bank.find(invoice.invoice_id)
    assert found is not None
    assert found["key"] == invoice.key
    answered = await bank_app.confirm(invoice.key, phone="79990000002")
    assert answered is not None
    assert answered.action_code == NOT_ENOUGH_MONEY, "the phone that confirms is the payer's"


async def _dies(*_: object, **__: object) -> None:
    raise ConnectionResetError("the process has died before it sent the push")
