"""The connector to the test wallet, in this process and over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import aiohttp
import msgspec

from altyn.domain.waiting import AnyWaiting, ConfirmOnPhone, EnterCode, ScanQr
from altyn.operations.connector import ConnectorResponse, Outcome, Payment
from tests.ways.wallet import (
    Asks,
    Operation,
    State,
    Wallet,
    WalletRequest,
    WalletResponse,
    WalletUnreachableError,
)

TIMEOUT_SECONDS: Final = 1.0
OUTCOMES: Final = {
    State.WAITING: Outcome.PENDING,
    State.PROCESSING: Outcome.PENDING,
    State.APPROVED: Outcome.APPROVED,
    State.DECLINED: Outcome.DECLINED,
    State.CLOSED: Outcome.NOT_SENT,
}

AskWallet = Callable[[WalletRequest], Awaitable[WalletResponse]]
"""Send a request. Raises WalletUnreachableError when no connection was made, or TimeoutError."""


@dataclass(frozen=True, slots=True)
class WalletDetails:
    """What the wallet needs to begin a payment: the payer's phone, or the code sent to it."""

    phone: str = ""
    code: str = ""


class WalletConnector:
    """The port `Connector` over a wallet."""

    def __init__(self, ask: AskWallet) -> None:
        self.ask = ask

    async def begin(self, payment: Payment, details: object | None) -> ConnectorResponse:
        """Begin a payment, or bring the code that it waits for."""
        assert isinstance(details, WalletDetails)
        return await self._ask(payment, Operation.PAY, details)

    async def inquire(self, payment: Payment) -> ConnectorResponse:
        """What became of the request with this key."""
        return await self._ask(payment, Operation.INQUIRE)

    async def cancel(self, payment: Payment) -> ConnectorResponse:
        """Withdraw a payment that waits for its payer."""
        return await self._ask(payment, Operation.CANCEL)

    async def deposit(self, payment: Payment) -> ConnectorResponse:
        """Take a held sum."""
        return await self._ask(payment, Operation.DEPOSIT)

    async def reverse(self, payment: Payment) -> ConnectorResponse:
        """Give back a sum that is held, or was taken today."""
        return await self._ask(payment, Operation.REVERSE)

    async def refund(self, payment: Payment) -> ConnectorResponse:
        """Give back a sum that was taken."""
        return await self._ask(payment, Operation.REFUND)

    async def _ask(
        self, payment: Payment, operation: Operation, details: WalletDetails | None = None
    ) -> ConnectorResponse:
        approved = payment.approved
        request = WalletRequest(
            key=payment.key,
            operation=operation,
            amount_minor=payment.attempt.amount_minor,
            original_key=payment.approved_key,
            original_reference=approved.details["reference"] if approved else "",
            hold=payment.order.two_phase,
            expires_at=payment.order.expires_at if operation is Operation.PAY else None,
            phone=details.phone if details else "",
            code=details.code if details else "",
        )
        try:
            response = await self.ask(request)
        except WalletUnreachableError:
            inquiry = operation is Operation.INQUIRE
            return ConnectorResponse(outcome=Outcome.UNKNOWN if inquiry else Outcome.NOT_SENT)
        except TimeoutError:
            return ConnectorResponse(outcome=Outcome.UNKNOWN)
        return connector_response(response)


def connector_response(response: WalletResponse) -> ConnectorResponse:
    """A response or a notification of the wallet in the words of the port."""
    return ConnectorResponse(
        outcome=OUTCOMES[response.state],
        action_code=response.action_code,
        rrn=response.reference or None,
        approved_at=response.confirmed_at,
        waiting=_waiting(response),
        details={"reference": response.reference} if response.reference else {},
    )


def _waiting(response: WalletResponse) -> AnyWaiting | None:
    match response.asks:
        case Asks.CONFIRMATION:
            return ConfirmOnPhone(phone=response.phone)
        case Asks.QR:
            return ScanQr(payload=f"https://wallet.example/pay/{response.reference}")
        case Asks.CODE:
            return EnterCode(phone=response.phone)
        case None:
            return None


def in_process(wallet: Wallet) -> AskWallet:
    """Ask a wallet of this process."""

    async def ask(request: WalletRequest) -> WalletResponse:
        return wallet.respond(request)

    return ask


def over_http(url: str) -> AskWallet:
    """Ask a wallet at an address."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)

    async def ask(request: WalletRequest) -> WalletResponse:
        body = msgspec.json.encode(request)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=body) as answer,
            ):
                answer.raise_for_status()
                return msgspec.json.decode(await answer.read(), type=WalletResponse)
        except aiohttp.ClientConnectorError as error:
            raise WalletUnreachableError from error
        except (aiohttp.ClientError, msgspec.DecodeError) as error:
            raise TimeoutError from error

    return ask
