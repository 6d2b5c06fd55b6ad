"""Opens the receipt handler with the fiscal providers of this gateway."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from altyn.domain.receipt.settings import FiscalProvider
from altyn.main.callback_handler import HandlerServices
from altyn.operations.fiscal import FiscalProviderPort
from altyn.outbound.receipts.handler import ReceiptHandler
from altyn.outbound.receipts.simulated import SimulatedProvider
from altyn.simulators.cash_register.register import CashRegisters
from altyn.storage.receipts import ReceiptStore


@asynccontextmanager
async def open_receipt_handler(services: HandlerServices) -> AsyncIterator[ReceiptHandler]:
    """The receipt handler, with connections to its providers."""
    yield ReceiptHandler(ReceiptStore(services.pool), _providers(services))


def _providers(services: HandlerServices) -> Mapping[str, FiscalProviderPort]:
    """The fiscal providers by name; the simulated one in the sandbox only."""
    providers: dict[str, FiscalProviderPort] = {}
    if services.settings.sandbox:
        registers = CashRegisters(services.pool, services.clock.now)
        providers[FiscalProvider.SIMULATED] = SimulatedProvider(registers, services.clock)
    return providers
