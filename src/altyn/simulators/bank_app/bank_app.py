"""The bank whose app confirms invoices: it sends pushes, and moves the payer's money.

A confirmation is stored before its money moves, so a confirmation that the phone has acknowledged
is carried out even when the process is killed: the next inquiry goes on with it. The money moves at
the simulated issuer, by an authorisation with the key of the invoice.
Source: sberpay.md §2, §4, §6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import NAMESPACE_URL, uuid5

from altyn.domain import action_codes as codes
from altyn.domain.money import CURRENCIES, RUB, Money
from altyn.protocol.acquiring import AcquirerOutcome, AcquirerRequest, AcquirerResponse
from altyn.protocol.bank_invoices import (
    InvoiceOperation,
    InvoiceRequest,
    InvoiceResponse,
    InvoiceState,
)
from altyn.protocol.payer_invoices import Invoice, OpenedInvoice
from altyn.protocol.phone_messages import MessageAction, MessageEnd, MessageKind, NewMessage
from altyn.protocol.test_phones import behaviour_of
from altyn.simulators.database import Pool, apply_schema, statements
from altyn.simulators.issuer.app_payment import authorisation_by_app
from altyn.simulators.phones.phones import Phones

SUBJECT: Final = "invoice"
REFUSED: Final = 5
"""The action code of an invoice that the payer has refused in the app."""

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = statements(_HERE / "queries.sql")
_BOTH: Final = (MessageAction.CONFIRM, MessageAction.REFUSE)


class KeyReusedError(ValueError):
    """A key names one invoice; its sender has used it for another one, which is a defect."""


class Issuer(Protocol):
    """The bank behind the app, where the payer's money is."""

    async def handle(self, request: AcquirerRequest) -> AcquirerResponse: ...


class BankApp:
    """One bank for all payers. Its state is the database, so processes may share it.

    `clock_now` returns aware UTC.
    """

    def __init__(
        self, pool: Pool, clock_now: Callable[[], datetime], *, issuer: Issuer, phones: Phones
    ) -> None:
        self._pool = pool
        self._clock_now = clock_now
        self._issuer = issuer
        self._phones = phones

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the table if it is missing; safe for concurrent processes."""
        await apply_schema(pool, _SCHEMA)

    async def handle(self, request: InvoiceRequest) -> InvoiceResponse:
        """Carry out a request of the gateway; a repeated one changes nothing.

        Raises KeyReusedError for an invoice with the key of another one.
        """
        match request.operation:
            case InvoiceOperation.SEND:
                return await self._send(request)
            case InvoiceOperation.CANCEL:
                return await self._cancel(request.key, by_shop=request.by_shop)
            case InvoiceOperation.INQUIRE:
                return await self._outcome(request.key)

    async def find(self, invoice_id: str) -> Any | None:
        """The newest invoice with this id, as its row; None when there is none."""
        return await self._pool.fetchrow(_SQL["find"], invoice_id)

    async def invoice(self, key: str) -> Invoice | None:
        """An invoice by its key, as it is now; None when there is none."""
        row = await self._pool.fetchrow(_SQL["invoice"], key)
        return None if row is None else Invoice(request=_request(row), response=_response(row))

    async def codes(self, limit: int) -> Sequence[Invoice]:
        """The newest invoices that wait for a phone to scan their code, at most `limit`."""
        rows = await self._pool.fetch(_SQL["codes"], self._clock_now(), limit)
        return [Invoice(request=_request(row), response=_response(row)) for row in rows]

    async def open(self, invoice_id: str, phone: str, return_url: str = "") -> OpenedInvoice | None:
        """A phone opens an invoice by its link or QR code; None when there is no such invoice.

        `return_url` is the way back that the link has; empty: that of the invoice. An invoice that
        waits appears as a message on the phone, once. A phone without the app, and an invoice that
        waits no more, get no message.
        """
        row = await self.find(invoice_id)
        if row is None or row["state"] == "closed":
            return None
        response = await self._outcome(row["key"])
        request = _request(row)
        opened = None
        if response.state is InvoiceState.WAITING and behaviour_of(phone).has_app:
            message = _on_phone(request, phone, return_url)
            await self._phones.send(message)
            opened = message.message_id
        invoice = Invoice(request=request, response=response)
        return OpenedInvoice(invoice=invoice, message_id=opened)

    async def answer(
        self, key: str, action: MessageAction, phone: str = ""
    ) -> InvoiceResponse | None:
        """What the payer does with an invoice, with the phone that answers.

        None when the invoice does not wait (any more): it is unknown, answered, cancelled or over.
        The result is PROCESSING where the bank has not moved the money yet.
        """
        confirms = action is MessageAction.CONFIRM
        state, code = ("confirmed", 0) if confirms else ("declined", REFUSED)
        row = await self._decide(key, state, code, phone)
        if row is None:
            await self._close_late(key)
            return None
        await self._close(row, action)
        return await self._outcome(key)

    async def _send(self, request: InvoiceRequest) -> InvoiceResponse:
        behaviour = behaviour_of(request.phone)
        known = behaviour.knows_client
        now = self._clock_now()
        await self._pool.execute(
            _SQL["receive"],
            request.key,
            "waiting" if known else "declined",
            request.invoice_id,
            request.merchant,
            request.shop_name,
            request.terminal,
            request.amount_minor,
            request.currency,
            request.order_id,
            request.order_number,
            request.description,
            request.phone,
            request.hold,
            request.return_url,
            request.expires_at,
            0 if known else behaviour.action_code,
            now,
        )
        stored = await self._read(request.key)
        if stored["state"] != "closed":
            _must_be_same(_request(stored), request)
        return await self._outcome(request.key)

    async def _cancel(self, key: str, *, by_shop: bool) -> InvoiceResponse:
        row = await self._decide(key, "declined", codes.CANCELLED, "", by_shop=by_shop)
        if row is not None:
            await self._close(row)
        return await self._outcome(key)

    async def _decide(
        self, key: str, state: str, code: int, phone: str, *, by_shop: bool = False
    ) -> Any | None:
        values = (key, state, code, self._clock_now(), phone, by_shop)
        return await self._pool.fetchrow(_SQL["decide"], *values)

    async def _close(self, row: Any, answer: MessageAction | None = None) -> None:
        """Close the messages about an invoice; each shows why it cannot be answered any more."""
        subject, end = f"{SUBJECT}:{row['key']}", _end(row)
        await self._phones.close(subject, answer, row["payer"] if answer else "", end=end)

    async def _outcome(self, key: str) -> InvoiceResponse:
        """What has become of a key; a confirmed invoice gets its money moved first."""
        now = self._clock_now()
        row = await self._read(key)
        if row["state"] == "waiting" and row["expires_at"] and row["expires_at"] <= now:
            expired = await self._pool.fetchrow(_SQL["expire"], key, now, codes.SESSION_EXPIRED)
            if expired is not None:
                await self._close(expired)
            row = await self._read(key)
        if row["state"] == "waiting" and row["phone"]:
            # The store of the phone keeps a message once; a killed process may have sent none.
            has_app = behaviour_of(row["phone"]).has_app
            await self._phones.send(_message(_request(row), has_app=has_app))
        if row["state"] == "confirmed":
            row = await self._move_money(row) or await self._read(key)
        return _response(row)

    async def _close_late(self, key: str) -> None:
        """Close the messages of an invoice that waits no more: a killed process may not have."""
        row = await self._pool.fetchrow(_SQL["invoice"], key)
        if row is not None and row["state"] != "waiting":
            await self._close(row, _answer(row))

    async def _read(self, key: str) -> Any:
        """The row of a key; one that is not known is closed.

        A row that another connection has just added is not in the snapshot of the statement that
        waited for it, so an empty result is read again.
        """
        while True:
            if row := await self._pool.fetchrow(_SQL["inquire"], key, self._clock_now()):
                return row

    async def _move_money(self, row: Any) -> Any | None:
        """Authorise at the issuer, once; None while its answer is not final."""
        answered = await self._issuer.handle(_authorisation(row))
        if answered.outcome is AcquirerOutcome.APPROVED:
            values = ("approved", 0, answered.rrn, answered.approval_code)
        elif answered.outcome is AcquirerOutcome.DECLINED:
            values = ("declined", answered.action_code, None, None)
        else:
            return None
        settled = await self._pool.fetchrow(_SQL["settle"], row["key"], *values)
        await self._close(row, MessageAction.CONFIRM)
        return settled


def _authorisation(row: Any) -> AcquirerRequest:
    """It is approved, or declined as the payer's phone number says."""
    return authorisation_by_app(
        key=row["key"],
        merchant=row["merchant"],
        terminal=row["terminal"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        hold=row["hold"],
        order_number=row["order_number"],
        action_code=behaviour_of(row["payer"] or row["phone"]).action_code,
    )


def _message(request: InvoiceRequest, *, has_app: bool) -> NewMessage:
    amount = Money(request.amount_minor, CURRENCIES.get(request.currency, RUB)).human()
    kind = MessageKind.PUSH if has_app else MessageKind.SMS
    return NewMessage(
        message_id=uuid5(NAMESPACE_URL, f"{SUBJECT}:{request.key}"),
        phone=request.phone,
        kind=kind,
        text=f"{request.shop_name}: оплатить {amount}, заказ {request.order_number}?",
        subject=f"{SUBJECT}:{request.key}",
        order_id=request.order_id,
        amount_minor=request.amount_minor,
        currency=request.currency,
        return_url=request.return_url,
        actions=_BOTH,
        open_until=request.expires_at,
    )


def _request(row: Any) -> InvoiceRequest:
    """The request that brought an invoice."""
    return InvoiceRequest(
        key=row["key"],
        operation=InvoiceOperation.SEND,
        invoice_id=row["invoice_id"],
        merchant=row["merchant"],
        shop_name=row["shop_name"],
        terminal=row["terminal"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        order_id=row["order_id"],
        order_number=row["order_number"],
        description=row["description"],
        phone=row["phone"],
        hold=row["hold"],
        expires_at=row["expires_at"],
        return_url=row["return_url"],
    )


def _must_be_same(stored: InvoiceRequest, sent: InvoiceRequest) -> None:
    """Raise KeyReusedError when a request differs from the one that came first with its key."""
    names = [field.name for field in fields(sent)]
    changed = [name for name in names if getattr(stored, name) != getattr(sent, name)]
    if changed:
        raise KeyReusedError(f"{sent.key} was sent with another {', '.join(changed)}")


_STATES: Final = {
    "waiting": InvoiceState.WAITING,
    "confirmed": InvoiceState.PROCESSING,
    "approved": InvoiceState.APPROVED,
    "declined": InvoiceState.DECLINED,
    "closed": InvoiceState.NOT_SENT,
}


def _response(row: Any) -> InvoiceResponse:
    return InvoiceResponse(
        state=_STATES[row["state"]],
        action_code=row["action_code"],
        rrn=row["rrn"],
        approval_code=row["approval_code"],
        decided_at=row["decided_at"],
        phone=row["phone"],
    )


def _on_phone(request: InvoiceRequest, phone: str, return_url: str) -> NewMessage:
    """The message about an invoice on the phone that has opened it by a link or a QR code.

    The phone that the invoice was sent to has its message already.
    """
    message = _message(request, has_app=True)
    message = replace(message, return_url=return_url or message.return_url)
    if phone == request.phone:
        return message
    message_id = uuid5(NAMESPACE_URL, f"{message.subject}:{phone}")
    return replace(message, message_id=message_id, phone=phone)


def _end(row: Any) -> MessageEnd:
    """Why an invoice cannot be answered any more, on a phone that has not answered it."""
    match row["action_code"]:
        case codes.SESSION_EXPIRED:
            return MessageEnd.EXPIRED
        case codes.CANCELLED:
            return MessageEnd.CANCELLED if row["by_shop"] else MessageEnd.WITHDRAWN
        case _:
            return MessageEnd.ELSEWHERE


def _answer(row: Any) -> MessageAction | None:
    """What the payer has answered to an invoice that waits no more."""
    if row["state"] in {"confirmed", "approved"}:
        return MessageAction.CONFIRM
    return MessageAction.REFUSE if row["action_code"] == REFUSED else None
