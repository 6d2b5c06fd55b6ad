"""The mails that this gateway writes, by their reasons, and the transport that sends them.

A further mail is one more row of `BUILT_IN_MAILS`, with its template in `altyn/mails/`.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from altyn.domain.payment_link import PAYMENT_LINK
from altyn.mails.payment import PaymentMail
from altyn.mails.payment_link import PaymentLinkMail
from altyn.mails.receipt import ReceiptMail
from altyn.main.callback_handler import HandlerServices
from altyn.operations.mails import MailTemplate
from altyn.operations.payer_mails import PAYMENT_MAIL
from altyn.operations.receipts import RECEIPT_MAIL
from altyn.outbound.mail.handler import MailHandler
from altyn.outbound.mail.smtp import SmtpTransport
from altyn.storage.mailbox import Mailbox
from altyn.storage.orders import OrderStore
from altyn.storage.receipts import ReceiptStore


@dataclass(frozen=True, slots=True)
class RegisteredMail:
    """One reason of mails, and how its template is built from the services of a gateway."""

    reason: str
    template: Callable[[HandlerServices], MailTemplate]


def _payment(services: HandlerServices) -> MailTemplate:
    return PaymentMail(OrderStore(services.pool))


def _receipt(services: HandlerServices) -> MailTemplate:
    pool, settings = services.pool, services.settings
    return ReceiptMail(ReceiptStore(pool), OrderStore(pool), settings.public_url or "")


def _payment_link(services: HandlerServices) -> MailTemplate:
    return PaymentLinkMail(OrderStore(services.pool))


BUILT_IN_MAILS: Final = (
    RegisteredMail(PAYMENT_MAIL, _payment),
    RegisteredMail(RECEIPT_MAIL, _receipt),
    RegisteredMail(PAYMENT_LINK, _payment_link),
)


@dataclass(frozen=True, slots=True)
class OpenMailHandler:
    """Opens the mail handler with these mails."""

    mails: tuple[RegisteredMail, ...]

    @classmethod
    def with_mails(cls, mails: Iterable[RegisteredMail]) -> "OpenMailHandler":
        """Raises ValueError if two mails have the same reason."""
        all_mails = tuple(mails)
        reasons = [each.reason for each in all_mails]
        if len(set(reasons)) != len(reasons):
            raise ValueError(f"two mails have the same reason: {', '.join(reasons)}")
        return cls(all_mails)

    @asynccontextmanager
    async def __call__(self, services: HandlerServices) -> AsyncIterator[MailHandler]:
        """The mail handler: over SMTP where a server is set, in the sandbox into the mailbox."""
        templates = {each.reason: each.template(services) for each in self.mails}
        settings, clock = services.settings, services.clock
        server = settings.smtp_server
        if server is None:
            mailbox = Mailbox(services.pool, settings.mail_sender) if settings.sandbox else None
            yield MailHandler(templates, mailbox, clock)
            return
        transport = SmtpTransport(server, settings.mail_sender)
        try:
            yield MailHandler(templates, transport, clock)
        finally:
            transport.close()
