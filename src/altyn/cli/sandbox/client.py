"""Asks a running gateway by the API of its sandbox.

The gateway carries out what a command asks for, so that commands, pages and a shop's test suite use
the same code.
"""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class NoGatewayError(Exception):
    """Nothing answers at the address, or not in JSON; the text says why."""


class SandboxRefusalError(Exception):
    """The gateway refuses. `text` is its reason; None for a server without this API."""

    def __init__(self, text: str | None, status: int) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def ask_sandbox(
    address: str, members: dict[str, Any] | None = None, *, seconds: float
) -> dict[str, Any]:
    """Get the address, or post members to it; the members of the answer within `seconds`.

    Raises NoGatewayError, SandboxRefusalError.
    """
    body = None if members is None else json.dumps(members).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    try:
        request = Request(address, body, headers)  # noqa: S310 - the gateway's address
        with urlopen(request, timeout=seconds) as response:  # noqa: S310 - as above
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        with error:
            raise SandboxRefusalError(_reason(error), error.code) from None
    except (OSError, ValueError) as error:
        raise NoGatewayError(str(getattr(error, "reason", error))) from None
    return answer


def _reason(error: HTTPError) -> str | None:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError):
        return None
