"""Calls the gateway's own API as a shop would, without a socket, and reads the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from altyn.inbound.sandbox.payer.browser import Browser

REST = "/payment/rest/"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """The answer of a method: its members, and how they look indented."""

    members: Mapping[str, Any]
    rule: str

    @property
    def code(self) -> str:
        """The error code; "0" for a request that was carried out."""
        return str(self.members.get("errorCode", "0"))

    @property
    def text(self) -> str:
        """The answer as a person reads it."""
        return json.dumps(self.members, ensure_ascii=False, indent=2)


async def call_api(
    request: Request, base_url: str, method: str, fields: Mapping[str, str]
) -> ApiAnswer:
    """Call a method by the gateway's own door. Raises PayerError: the answer is no JSON object."""
    browser = Browser(request.app.state.router, request.scope, base_url)
    answer = await browser.post(f"{base_url}{REST}{method}", fields)
    return ApiAnswer(answer.members(), answer.headers.get("x-altyn-rule", ""))
