"""The SMS that this gateway writes, and the service that sends them: the sandbox's phones.

Production has no SMS service until an adapter of `SmsSender` is added here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from altyn.domain.payment_link import PAYMENT_LINK, Channel
from altyn.mails.payment_link import PaymentLinkSms
from altyn.main.callback_handler import HandlerServices
from altyn.operations.sms import SmsSender
from altyn.outbound.sms.handler import SmsHandler
from altyn.outbound.sms.phones import PhoneSms
from altyn.settings import Settings
from altyn.simulators.phones.phones import Phones
from altyn.storage.orders import OrderStore


@asynccontextmanager
async def open_sms_handler(services: HandlerServices) -> AsyncIterator[SmsHandler]:
    """The SMS handler: in the sandbox to the simulated phones, in production to none."""
    sender: SmsSender | None = None
    if services.settings.sandbox:
        sender = PhoneSms(Phones(services.pool, services.clock.now))
    templates = {PAYMENT_LINK: PaymentLinkSms(OrderStore(services.pool))}
    yield SmsHandler(templates, sender, services.clock)


def channels_of(settings: Settings) -> frozenset[Channel]:
    """How this gateway reaches payers: the sandbox by both, production over its SMTP server."""
    mails = settings.sandbox or settings.smtp_server is not None
    return frozenset(
        channel for channel, has in ((Channel.SMS, settings.sandbox), (Channel.EMAIL, mails)) if has
    )
