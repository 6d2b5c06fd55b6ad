"""The addresses of static links and of the pay button: pages, calls, scripts and their style.

The addresses of the scripts are published and do not change with their content, so browsers ask
each time whether they have changed. Source: personal-account.md §5.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.shop_links.pay_button import ORDERS_PATH, RETURN_PATH, STATUS_PATH, PayButton
from altyn.inbound.shop_links.payer_form import PayerForm
from altyn.inbound.shop_links.registering import LinkRegistration
from altyn.inbound.shop_links.static_link import FOLDER, FORM_PATH
from altyn.look import load_static

FILES: Final = load_static(Path(__file__).parent / "static").files
_KINDS: Final = frozenset({"js", "css"})


def shop_link_routes(
    registration: LinkRegistration, *, public_url: str | None, sandbox: bool
) -> list[BaseRoute]:
    """The addresses below `/demopayment/docsite/`."""
    form = PayerForm(registration=registration, public_url=public_url, sandbox=sandbox)
    button = PayButton(registration=registration, public_url=public_url, sandbox=sandbox)
    return [
        Route(FORM_PATH, form.show, methods=["GET"]),
        Route(FORM_PATH, form.post, methods=["POST"]),
        Route(ORDERS_PATH, button.register, methods=["POST"]),
        Route(STATUS_PATH, button.status, methods=["POST"]),
        Route(RETURN_PATH, button.returned, methods=["GET"]),
        Route(f"{FOLDER}/assets/{{kind}}/{{name}}", serve_file, methods=["GET"]),
    ]


async def serve_file(request: Request) -> Response:
    """A script or the style sheet, for pages of any site."""
    name, kind = request.path_params["name"], request.path_params["kind"]
    file = FILES.get(name)
    if file is None or kind not in _KINDS or not name.endswith(f".{kind}"):
        return PlainTextResponse("not found\n", 404)
    tag = f'"{sha256(file.content).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": "public, no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",  # for a page that names the digest (integrity)
        "X-Content-Type-Options": "nosniff",
        "ETag": tag,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)
