"""Health of this process: whether it runs, whether it can serve, and its metrics (Prometheus)."""

from collections.abc import Callable, Sequence

import asyncpg
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route


def routes(
    pool: "asyncpg.Pool[asyncpg.Record]", workers_down: Callable[[], Sequence[str]]
) -> list[BaseRoute]:
    """`/health` (alive), `/ready` (the database answers and all workers run), `/metrics`."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(_: Request) -> Response:
        if not await _answers(pool):
            return JSONResponse({"status": "the database does not answer"}, 503)
        if down := workers_down():
            return JSONResponse({"status": f"workers are down: {', '.join(down)}"}, 503)
        return JSONResponse({"status": "ready"})

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/health", health, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]


async def _answers(pool: "asyncpg.Pool[asyncpg.Record]") -> bool:
    """Whether the database answers within two seconds."""
    try:
        await pool.fetchval("SELECT 1", timeout=2)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        return False
    return True
