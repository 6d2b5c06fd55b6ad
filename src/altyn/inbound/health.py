"""Health of this process: whether it runs, whether it can serve, and its metrics (Prometheus)."""

from collections.abc import Awaitable, Callable, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

DatabaseProblem = Callable[[], Awaitable[str | None]]
"""Why the database takes no writes; None when it does."""


def routes(
    database_problem: DatabaseProblem, workers_down: Callable[[], Sequence[str]]
) -> list[BaseRoute]:
    """`/health` (alive), `/ready` (the database takes writes, all workers run), `/metrics`."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(_: Request) -> Response:
        if problem := await database_problem():
            return JSONResponse({"status": problem}, 503)
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
