"""Opens the receipt handler with the fiscal providers of this gateway."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from altyn.domain.receipt.settings import FiscalProvider
from altyn.main.atol import open_atol
from altyn.main.callback_handler import HandlerServices
from altyn.operations.fiscal import FiscalProviderPort
from altyn.outbound.receipts.handler import ReceiptHandler
from altyn.outbound.receipts.simulated import SimulatedProvider
from altyn.simulators.cash_register.register import CashRegisters
from altyn.storage.receipts import ReceiptStore


@asynccontextmanager
async def open_receipt_handler(services: HandlerServices) -> AsyncIterator[ReceiptHandler]:
    """The receipt handler, with connections to its providers."""
    async with AsyncExitStack() as stack:
        providers = await _providers(services, stack)
        yield ReceiptHandler(ReceiptStore(services.pool), providers)


async def _providers(
    services: HandlerServices, stack: AsyncExitStack
) -> Mapping[str, FiscalProviderPort]:
    """The fiscal providers by name; the simulated one in the sandbox only."""
    providers: dict[str, FiscalProviderPort] = {}
    if services.settings.sandbox:
        registers = CashRegisters(services.pool, services.clock.now)
        providers[FiscalProvider.SIMULATED] = SimulatedProvider(registers, services.clock)
    if services.settings.atol_url:
        opened = open_atol(services, services.settings.atol_url)
        providers[FiscalProvider.ATOL] = await stack.enter_async_context(opened)
    return providers
