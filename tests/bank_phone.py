"""A payer's phone with the bank's app, at a running sandbox gateway."""

from __future__ import annotations

import json
from typing import Any

from altyn.main import Gateway
from altyn.protocol.phone_messages import MessageAction
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.phones.phones import Phones
from tests.asgi_client import AsgiClient


async def answer_push(
    gateway: Gateway, phone: str, order_id: str, action: MessageAction = MessageAction.CONFIRM
) -> bool:
    """Answer the newest message about an order; False when none can be answered."""
    http, path = AsgiClient(gateway.router), f"/sandbox/phones/{phone}/messages"
    messages = (await http.get(path)).json()["messages"]
    found = [each for each in messages if each["orderId"] == order_id and each["actions"]]
    if not found:
        return False
    await _post(http, f"{path}/{found[-1]['id']}", {"action": action.value})
    return True


async def confirm_scanned(gateway: Gateway, payload: str, phone: str) -> None:
    """Open the invoice of a QR code or a link in the app, and confirm it."""
    http, path = AsgiClient(gateway.router), f"/sandbox/phones/{phone}"
    opened = await _post(http, f"{path}/scan", {"payload": payload})
    await _post(http, f"{path}/messages/{opened['message']['id']}", {"action": "confirm"})


async def confirm_unnoticed(gateway: Gateway, payload: str, phone: str) -> None:
    """Confirm the invoice of a link while the bank's notification is lost."""
    pool, now = gateway.pool, gateway.world.clock.now
    issuer = IssuerSimulator(pool, now, same_database=True)
    bank = BankApp(pool, now, issuer=issuer, phones=Phones(pool, now))
    row = await bank.find(payload.partition("bankInvoiceId=")[2].partition("&")[0])
    assert row is not None, "the link is of no invoice"
    assert await bank.answer(row["key"], MessageAction.CONFIRM, phone) is not None


async def _post(http: AsgiClient, path: str, members: dict[str, str]) -> Any:
    answer = await http.post(path, body=json.dumps(members).encode())
    assert answer.status == 200, answer.text
    return answer.json()
