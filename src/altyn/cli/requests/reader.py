"""Reads the request log: by the API of a sandbox, or, in production, from the database."""

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError
from altyn.cli.sandbox.client import NoGatewayError, SandboxRefusalError, ask_sandbox

if TYPE_CHECKING:
    from altyn.domain.request_log import RequestFilter
    from altyn.settings import Settings
    from altyn.storage.database import Pool

ANSWER_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.5
ABSENCE_STATUS: Final = 404

Members = dict[str, Any]


def find_requests(url: str | None, filters: Mapping[str, object]) -> list[Members]:
    """The newest requests, newest first; with `wait`, as soon as there is one.

    Refuses with CommandError: a malformed --url, no gateway, what the gateway refuses.
    """
    settings = read_settings()
    if settings.sandbox or url is not None:
        sent = {name: value for name, value in filters.items() if value not in {None, "", False}}
        found: list[Members] = _ask(settings, url, f"?{urlencode(sent)}")["requests"]
        return found
    return _from_database(settings, filters)


def load_request(url: str | None, request_id: int) -> Members:
    """One request with everything that was kept of it. Refuses as `find_requests`."""
    settings = read_settings()
    if settings.sandbox or url is not None:
        return _ask(settings, url, f"/{request_id}")
    return _one_from_database(settings, request_id)


def repeat_request(url: str | None, request_id: int) -> Members:
    """Have the gateway send a request again; its new answer. Refuses as `find_requests`."""
    settings = read_settings()
    if not settings.sandbox and url is None:
        raise CommandError("A request is sent again in a sandbox only; `show` prints it as curl.")
    return _ask(settings, url, f"/{request_id}/repeat", {})


def _ask(settings: "Settings", url: str | None, rest: str, body: Members | None = None) -> Members:
    base = gateway_address(settings, url)
    try:
        return ask_sandbox(f"{base}/sandbox/requests{rest}", body, seconds=ANSWER_SECONDS)
    except SandboxRefusalError as refusal:
        text = f"{refusal.text[:1].upper()}{refusal.text[1:]}." if refusal.text else None
        raise CommandError(text or _absence(base, refusal.status)) from None
    except NoGatewayError as reason:
        raise CommandError(
            f"No gateway answers at {base} ({reason}). Start it with `altyn serve`, or give "
            "another address with --url."
        ) from None


def _absence(base: str, status: int) -> str:
    return (
        f"The server at {base} has no request log to ask (HTTP {status}): it runs in production "
        "mode, or it is not an Altyn gateway. Give the address of a sandbox with --url."
    )


# ── Production: the database ──────────────────────────────────────────────────────────────────────


def _from_database(settings: "Settings", filters: Mapping[str, object]) -> list[Members]:
    from altyn.cli.database import with_pool

    found: list[Members] = []

    async def work(pool: "Pool") -> None:
        from altyn.inbound.sandbox.requests.members import line_members
        from altyn.storage.request_log import RequestLogStore

        store, wanted = RequestLogStore(pool), await _filter(pool, filters)
        deadline = time.monotonic() + float(str(filters.get("wait") or 0))
        while True:
            lines = await store.find(wanted, limit=int(str(filters["limit"])))
            if lines or time.monotonic() >= deadline:
                break
            await asyncio.sleep(PAUSE_SECONDS)
        found.extend(line_members(line) for line in lines)

    with_pool(settings, work)
    return found


async def _filter(pool: "Pool", filters: Mapping[str, object]) -> "RequestFilter":
    from altyn.cli.lookup import find_merchant_id
    from altyn.domain.request_log import RequestFilter

    shop, after = filters.get("shop"), filters.get("after")
    return RequestFilter(
        merchant_id=await find_merchant_id(pool, str(shop)) if shop else None,
        order=str(filters.get("order") or ""),
        method=str(filters.get("method") or "").removesuffix(".do"),
        refused_only=bool(filters.get("refused")),
        after=None if after is None else int(str(after)),
    )


def _one_from_database(settings: "Settings", request_id: int) -> Members:
    from altyn.cli.database import with_pool

    members: Members = {}

    async def work(pool: "Pool") -> None:
        from altyn.inbound.sandbox.requests.members import request_members
        from altyn.storage.request_log import RequestLogStore

        found = await RequestLogStore(pool).get(request_id)
        if found is None:
            raise CommandError(
                f"There is no request {request_id} in the log, or not any more. "
                "`altyn requests list` lists the newest."
            )
        members.update(request_members(found, "production sends no request again"))

    with_pool(settings, work)
    return members
