"""Opens the receipt handler with the fiscal providers of this gateway."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from altyn.main.callback_handler import HandlerServices
from altyn.operations.fiscal import FiscalProviderPort
from altyn.outbound.receipts.handler import ReceiptHandler
from altyn.storage.receipts import ReceiptStore


@asynccontextmanager
async def open_receipt_handler(services: HandlerServices) -> AsyncIterator[ReceiptHandler]:
    """The receipt handler, with connections to its providers."""
    providers: Mapping[str, FiscalProviderPort] = {}
    yield ReceiptHandler(ReceiptStore(services.pool), providers)
