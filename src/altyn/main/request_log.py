"""The request log of a process: its writer, where the settings switch it on, and its cleaning."""

from collections.abc import Awaitable, Callable
from typing import Final

from altyn.inbound.request_log.recording import Recording
from altyn.operations.ports import Clock
from altyn.operations.request_log import RequestRecorder
from altyn.settings import Settings
from altyn.storage.database import Pool
from altyn.storage.request_log import RequestLogStore
from altyn.workers.request_log import RequestLogWriter
from altyn.workers.supervision import Supervisor

WORKER: Final = "request log"


def start_recorder(
    supervisor: Supervisor, pool: Pool, settings: Settings
) -> RequestRecorder | None:
    """Start the writer of the request log; None where the log is switched off."""
    if not settings.request_log:
        return None
    store = RequestLogStore(pool)
    writer = RequestLogWriter(store, days=settings.request_log_days, keep=settings.request_log_size)
    supervisor.start(WORKER, writer.run)
    return writer


def recording_of(
    recorder: RequestRecorder | None, clock: Clock, public_url: str | None
) -> Recording | None:
    """What records the requests of the router; None where the log is switched off."""
    return None if recorder is None else Recording(recorder, clock.now, public_url)


def purge_of(pool: Pool, settings: Settings) -> Callable[[], Awaitable[None]]:
    """Deletes old requests by the settings; also where the log was switched off."""
    store = RequestLogStore(pool)

    async def purge() -> None:
        await store.purge(days=settings.request_log_days, keep=settings.request_log_size)

    return purge
