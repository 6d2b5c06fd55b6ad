"""The kinds of effects: how each becomes outbox entries, and the handler that carries them out.

A new kind is a new row of `BUILT_IN`.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from altyn.domain.callback import CALLBACK, OrderNotification
from altyn.domain.effects import Effect, OutboxEntry
from altyn.domain.instalments import INSTALMENT, InstalmentDue
from altyn.domain.mail import MAIL, MailDue, mail_entries
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.receipt.values import RECEIPT, ReceiptMade, ReceiptState
from altyn.domain.sms import SMS, SmsDue, sms_entries
from altyn.main.callback_handler import HandlerServices, open_callback_handler
from altyn.main.instalment_handler import open_instalment_handler
from altyn.main.mails import BUILT_IN_MAILS, OpenMailHandler, RegisteredMail
from altyn.main.receipt_handler import open_receipt_handler
from altyn.main.sms import open_sms_handler
from altyn.protocol.dialects.classic.callbacks.parameters import order_callbacks
from altyn.workers.outbox_ports import OutboxHandler

Entries = Callable[[Effect, Order, Merchant, datetime], tuple[OutboxEntry, ...]]
OpenHandler = Callable[[HandlerServices], AbstractAsyncContextManager[OutboxHandler]]


@dataclass(frozen=True, slots=True)
class EffectKind:
    """One kind of effect; `name` is the kind of its rows in the outbox.

    `entries` makes the outbox entries of an effect. `open_handler` opens the handler that carries
    them out, for as long as the gateway runs.
    """

    name: str
    entries: Entries
    open_handler: OpenHandler


@dataclass(frozen=True, slots=True)
class EffectKinds:
    """Implements the port `EffectEntries` with the kinds of effects."""

    by_name: Mapping[str, EffectKind]

    @classmethod
    def of(cls, kinds: Iterable[EffectKind]) -> "EffectKinds":
        """These kinds by name. Raises ValueError if two kinds have the same name."""
        all_kinds = tuple(kinds)
        by_name = {kind.name: kind for kind in all_kinds}
        if len(by_name) != len(all_kinds):
            names = ", ".join(kind.name for kind in all_kinds)
            raise ValueError(f"two kinds of effects have the same name: {names}")
        return cls(by_name)

    def entries(
        self, effect: Effect, order: Order, merchant: Merchant, at: datetime
    ) -> tuple[OutboxEntry, ...]:
        """The entries of an effect. Raises KeyError for a kind that is not registered."""
        return self.by_name[effect.kind].entries(effect, order, merchant, at)


def _callback_entries(
    effect: Effect, order: Order, merchant: Merchant, at: datetime
) -> tuple[OutboxEntry, ...]:
    assert isinstance(effect, OrderNotification), "a callback is made from a notification only"
    return order_callbacks(order, merchant, effect, at)


def _receipt_entries(
    effect: Effect, _order: Order, _merchant: Merchant, _at: datetime
) -> tuple[OutboxEntry, ...]:
    assert isinstance(effect, ReceiptMade), "`made_effects` has made the receipt"
    receipt = effect.receipt
    if receipt.state is not ReceiptState.SENT:
        return ()
    return (
        OutboxEntry(
            kind=RECEIPT,
            operation=receipt.kind.value,
            receiver=receipt.provider,
            host=receipt.provider,
            parameters={"receipt": str(receipt.receipt_id)},
        ),
    )


def _mail_entries(
    effect: Effect, _order: Order, _merchant: Merchant, _at: datetime
) -> tuple[OutboxEntry, ...]:
    assert isinstance(effect, MailDue), "a mail is made from what a decision asks for"
    return mail_entries(effect)


def _instalment_entries(
    effect: Effect, _order: Order, _merchant: Merchant, at: datetime
) -> tuple[OutboxEntry, ...]:
    assert isinstance(effect, InstalmentDue), "a part is charged because its payment was approved"
    return (
        OutboxEntry(
            kind=INSTALMENT,
            operation="charge",
            receiver=INSTALMENT,
            host=INSTALMENT,
            parameters={"part": str(effect.number)},
            due_after=effect.due_after(at),
        ),
    )


def _sms_entries(
    effect: Effect, _order: Order, _merchant: Merchant, _at: datetime
) -> tuple[OutboxEntry, ...]:
    assert isinstance(effect, SmsDue), "a message is made from what a decision asks for"
    return sms_entries(effect)


def mail_kind(more_mails: Iterable[RegisteredMail] = ()) -> EffectKind:
    """The kind of mails, with further mails than the built-in ones.

    Raises ValueError if two mails have the same reason.
    """
    return EffectKind(
        MAIL, _mail_entries, OpenMailHandler.with_mails((*BUILT_IN_MAILS, *more_mails))
    )


BUILT_IN: Final = (
    EffectKind(CALLBACK, _callback_entries, open_callback_handler),
    EffectKind(RECEIPT, _receipt_entries, open_receipt_handler),
    EffectKind(INSTALMENT, _instalment_entries, open_instalment_handler),
    EffectKind(SMS, _sms_entries, open_sms_handler),
)
