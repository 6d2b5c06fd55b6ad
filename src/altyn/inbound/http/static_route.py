"""The address of a page's static files."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from altyn.look.static_files import CACHE_CONTROL, StaticFiles


def static_route(base: str, files: StaticFiles) -> Route:
    """Serves the files below `base`. Browsers keep them, since a change gives a new address."""

    async def serve(request: Request) -> Response:
        file = files.find(request.path_params["name"])
        if file is None or request.path_params["digest"] != files.digest:
            return PlainTextResponse("not found\n", 404)
        headers = {"Cache-Control": CACHE_CONTROL, "X-Content-Type-Options": "nosniff"}
        return Response(file.content, headers=headers, media_type=file.media_type)

    return Route(f"{base}/{{digest}}/{{name}}", serve, methods=["GET"])
