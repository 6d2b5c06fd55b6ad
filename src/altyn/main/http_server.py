"""The HTTP server of a gateway: uvicorn with our connections, by the gateway's settings."""

from typing import Any, Final

from altyn.inbound.connections.bounds import KEEP_ALIVE_SECONDS, Bounds
from altyn.inbound.connections.buffered import BufferedConnection
from altyn.inbound.connections.descriptors import connections_allowed
from altyn.inbound.connections.server_config import ServerConfig
from altyn.settings import Settings

BACKLOG: Final = 2048
GRACE_SECONDS_MIN: Final = 10
QUESTIONS_TO_ACQUIRER: Final = 2
"""How often one request may ask the acquirer: the check of a card, then its payment."""


def shutdown_grace_seconds(settings: Settings) -> int:
    """How long requests in progress may take after a stop signal.

    A payment whose acquirer answers at the last moment still gets its answer.
    """
    asked = QUESTIONS_TO_ACQUIRER * settings.acquirer_timeout_seconds
    return round(asked) + GRACE_SECONDS_MIN


def connection_bounds(settings: Settings) -> Bounds:
    """The bounds of connections, within the limit of descriptors of this process."""
    bounds = Bounds(
        connections=settings.connections_max,
        per_address=settings.connections_per_address_max,
        trusted_proxies=settings.trusted_proxies,
    )
    return bounds.within(connections_allowed())


def server_config(app: Any, settings: Settings, **more: Any) -> ServerConfig:
    """uvicorn's configuration for an application, or for a factory with `factory=True`."""
    options: dict[str, Any] = {
        "workers": settings.workers,
        "loop": "uvloop",
        "http": BufferedConnection,
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "log_level": "debug" if settings.log_level == "debug" else "warning",
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "proxy_headers": True,
        "forwarded_allow_ips": settings.trusted_proxies,
        "backlog": BACKLOG,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": shutdown_grace_seconds(settings),
    }
    return ServerConfig(app, bounds=connection_bounds(settings), **{**options, **more})
