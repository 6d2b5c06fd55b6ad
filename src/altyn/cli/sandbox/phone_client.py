"""Asks a running gateway for the messages of a simulated phone, and answers them.

The gateway itself carries an answer out (`POST /sandbox/phones/{phone}/messages/{id}`), so that
this command, the phone's page and a shop's test suite use the same code.
"""

import json
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError

TIMEOUT_SECONDS: Final = 60.0


class PhoneClient:
    """The API of one phone.

    Every method refuses with CommandError: a malformed --url, no gateway answers, it has no
    simulated phones, and what the gateway refuses.
    """

    def __init__(self, number: str, url: str | None) -> None:
        self._base = gateway_address(read_settings(), url)
        self._messages = f"{self._base}/sandbox/phones/{quote(number, safe='')}/messages"

    def messages(self) -> dict[str, Any]:
        """The number in its normal form, and its messages, the newest last."""
        return self._ask(Request(self._messages))  # noqa: S310 - the gateway's address

    def answer(self, message_id: str, action: str) -> dict[str, Any]:
        """Answer a message; the message as it is then, and the result."""
        body = json.dumps({"action": action}).encode()
        address = f"{self._messages}/{quote(message_id, safe='')}"
        return self._ask(Request(address, body))  # noqa: S310 - the gateway's address

    def _ask(self, request: Request) -> dict[str, Any]:
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - as above
                members: dict[str, Any] = json.load(response)
        except HTTPError as error:
            with error:
                raise CommandError(self._refusal(error)) from None
        except (URLError, OSError, ValueError) as error:
            raise CommandError(
                f"No gateway answers at {self._base} ({getattr(error, 'reason', error)}). Start it "
                "with `altyn serve`, or give another address with --url."
            ) from None
        return members

    def _refusal(self, error: HTTPError) -> str:
        try:
            return str(json.load(error)["error"])
        except (ValueError, KeyError, TypeError):
            return (
                f"The server at {self._base} has no simulated phones (HTTP {error.code}): it runs "
                "in production mode, or it is not an Altyn gateway. Give the address of a sandbox "
                "with --url."
            )
