"""Connects the simulated phones of the sandbox with the bank of the app and with the gateway."""

from collections.abc import Sequence

import structlog
from starlette.routing import BaseRoute

from altyn.inbound.sandbox.phones.endpoint import phone_api_routes
from altyn.inbound.sandbox.phones.pages import phone_page_routes
from altyn.inbound.sandbox.phones.ports import INVOICE, AnswerSender, PhoneServices
from altyn.inbound.sandbox.phones.status_notification import status_notification_routes
from altyn.main.connectors import Connectors
from altyn.operations.decisions import Refused
from altyn.operations.paying.notification import settle_notification
from altyn.operations.ports import Actor, Overloaded, ResultUnknown, World
from altyn.outbound.sberpay.connector import connector_response
from altyn.protocol.bank_invoices import InvoiceResponse
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.phone_messages import MessageAction
from altyn.simulators.bank_app.bank_app import BankApp

BANK: Actor = Actor(name="bank's app")
log = structlog.get_logger("altyn.phones")


def phone_services(
    connectors: Connectors, world: World, public_url: str | None
) -> PhoneServices | None:
    """What the phones use; None without simulated phones, as in production."""
    if connectors.phones is None or connectors.bank_app is None:
        return None
    return PhoneServices(
        phones=connectors.phones,
        bank=connectors.bank_app,
        senders={INVOICE: _bank_with_notification(connectors.bank_app, world)},
        world=world,
        public_url=public_url,
        plans=connectors.plans,
    )


def routes_of_phones(
    connectors: Connectors, world: World, public_url: str | None
) -> Sequence[BaseRoute]:
    """The API and the pages of the phones, and the stub of the bank's notification.

    None without simulated phones, as in production.
    """
    services = phone_services(connectors, world, public_url)
    if services is None:
        return ()
    return (
        *phone_api_routes(services),
        *phone_page_routes(services),
        *status_notification_routes(services),
    )


def _bank_with_notification(bank: BankApp, world: World) -> AnswerSender:
    """The bank, which notifies the gateway of the result of each answer."""

    async def answer(key: str, action: MessageAction, phone: str) -> InvoiceResponse | None:
        response = await bank.answer(key, action, phone)
        if response is not None:
            await _notify_gateway(key, response, world)
        return response

    return answer


async def _notify_gateway(key: str, response: InvoiceResponse, world: World) -> None:
    """A notification that is lost is made up for by reconciliation: the bank has the answer."""
    result = connector_response(response, None)
    way = PaymentWay.SBRF_SBOL.value
    try:
        decision = await settle_notification(way, key, result, actor=BANK, world=world)
    except (Overloaded, ResultUnknown) as error:
        log.warning("notification_lost", key=key, reason=str(error))
        return
    if isinstance(decision, Refused):
        log.warning("notification_lost", key=key, reason=decision.rule)
