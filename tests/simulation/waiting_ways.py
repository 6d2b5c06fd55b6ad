"""The ways to pay whose payment waits for the payer, as the state machine acts in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from altyn.operations.connector import ConnectorResponse
from altyn.operations.ports import Actor
from altyn.outbound.sberpay import connector as sberpay_connector
from tests.ways import connector as wallet_connector
from tests.ways import sberpay
from tests.ways.registration import ACTOR, WALLET
from tests.ways.wallet import Wallet

OPEN_INVOICES = """
    SELECT key FROM simulators.bank_invoices WHERE state = 'waiting' AND expires_at > $1
"""


BY_LINK = "SBRF_SBOL by link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The action codes of a way: the payer refuses, waits too long, chooses another way, and the
    request was not sent."""

    refused: int
    expired: int
    withdrawn: int
    not_sent: int


class WaitingWay(Protocol):
    """One way: what its payer does, and what its other side sends.

    `key` is its name in the simulation, `name` that on the wire.
    """

    key: str
    name: str
    codes: Codes
    fields: Mapping[str, str]
    actor: Actor

    async def waiting_keys(self) -> set[str]:
        """The keys of the payments that wait for their payers."""
        ...

    async def answer(self, key: str, *, confirms: bool) -> ConnectorResponse:
        """The payer answers; what the other side then sends as a notification."""
        ...


class ByWallet:
    """The test wallet."""

    key = name = WALLET
    codes = Codes(refused=100, expired=100, withdrawn=100, not_sent=-1)
    fields: Mapping[str, str] = {}
    actor = ACTOR

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet

    async def waiting_keys(self) -> set[str]:
        return set(self._wallet.waiting_keys)

    async def answer(self, key: str, *, confirms: bool) -> ConnectorResponse:
        act = self._wallet.confirm if confirms else self._wallet.refuse
        assert act(key)
        return wallet_connector.connector_response(self._wallet.response_of(key))


class BySberPay:
    """SberPay, by a push message."""

    key = name = sberpay.WAY
    codes = Codes(refused=5, expired=-2007, withdrawn=-102, not_sent=151018)
    fields: Mapping[str, str] = {"sberPayPhone": sberpay.PHONE}
    actor = sberpay.BANK

    def __init__(self, payers: sberpay.Payers) -> None:
        self._payers = payers

    async def waiting_keys(self) -> set[str]:
        gateway = self._payers.gateway
        rows = await gateway.pool.fetch(OPEN_INVOICES, gateway.world.clock.now())
        return {row["key"] for row in rows}

    async def answer(self, key: str, *, confirms: bool) -> ConnectorResponse:
        action = sberpay.CONFIRM if confirms else sberpay.REFUSE
        response = await self._payers.bank.answer(key, action)
        assert response is not None
        return sberpay_connector.connector_response(response, None)


class ByLink(BySberPay):
    """SberPay by the link or the QR code, which a phone opens before it answers."""

    key = BY_LINK
    fields: Mapping[str, str] = {"sberPayBy": "link"}

    async def answer(self, key: str, *, confirms: bool) -> ConnectorResponse:
        bank = self._payers.bank
        invoice = await bank.invoice(key)
        assert invoice is not None
        opened = await bank.open(invoice.request.invoice_id, sberpay.PHONE)
        assert opened is not None
        assert opened.message_id is not None
        return await super().answer(key, confirms=confirms)
