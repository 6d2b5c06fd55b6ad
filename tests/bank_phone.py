"""A payer's phone with the bank's app, over the database of a running sandbox gateway."""

from __future__ import annotations

from uuid import UUID

from altyn.main import Gateway
from altyn.main.payer_phone import BANK, SimulatedPhone
from altyn.operations.paying.notification import settle_notification
from altyn.outbound.sberpay.connector import connector_response
from altyn.protocol.payment_ways import PaymentWay
from altyn.protocol.phone_messages import MessageAction
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.phones.phones import Phones


def _bank(gateway: Gateway) -> tuple[Phones, BankApp]:
    pool, now = gateway.pool, gateway.world.clock.now
    phones = Phones(pool, now)
    issuer = IssuerSimulator(pool, now, same_database=True)
    return phones, BankApp(pool, now, issuer=issuer, phones=phones)


async def answer_push(
    gateway: Gateway, phone: str, order_id: str, action: MessageAction = MessageAction.CONFIRM
) -> bool:
    """Answer the newest message about an order."""
    phones, bank = _bank(gateway)
    simulated = SimulatedPhone(phones, bank, gateway.world)
    return await simulated.answer(phone, UUID(order_id), action)


async def confirm_scanned(
    gateway: Gateway, payload: str, phone: str, *, notify: bool = True
) -> None:
    """Open the invoice of a QR code or a link in the app, and confirm it.

    Without `notify` the bank's notification is lost.
    """
    _, bank = _bank(gateway)
    invoice_id = payload.partition("bankInvoiceId=")[2].partition("&")[0]
    row = await bank.find(invoice_id)
    assert row is not None, "the QR code is of no invoice"
    response = await bank.answer(row["key"], MessageAction.CONFIRM, phone)
    assert response is not None, "the invoice waits for nobody"
    if notify:
        result = connector_response(response, None)
        way, key = PaymentWay.SBRF_SBOL.value, row["key"]
        await settle_notification(way, key, result, actor=BANK, world=gateway.world)
