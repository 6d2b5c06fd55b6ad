"""Opens the fiscal provider ATOL Online with its connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from altyn.inbound.receipt_results import RESULTS_PATH
from altyn.main.callback_handler import HandlerServices
from altyn.operations.fiscal import FiscalProviderPort
from altyn.security.keys import KeyRing
from altyn.security.result_addresses import ResultAddresses
from altyn.security.setting_secrets import SettingSecrets
from altyn.settings import Settings


def result_addresses(settings: Settings, keys: KeyRing) -> ResultAddresses:
    """The addresses at which this gateway takes reports; none without a public address."""
    url = settings.public_url
    return ResultAddresses.of(keys, f"{url}{RESULTS_PATH}" if url else None)


@asynccontextmanager
async def open_atol(services: HandlerServices, url: str) -> AsyncIterator[FiscalProviderPort]:
    """The provider at this address. The HTTP library is loaded in a thread, as for callbacks."""
    module = await asyncio.to_thread(import_module, "altyn.outbound.receipts.atol.provider")
    opened = module.AtolProvider.opened(
        url,
        clock=services.clock,
        reveal=SettingSecrets.of(services.keys).reveal,
        result_address=result_addresses(services.settings, services.keys).address,
    )
    async with opened as provider:
        yield provider
