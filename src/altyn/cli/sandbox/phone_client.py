"""Asks a running gateway for the messages of a simulated phone, and answers them."""

from typing import Any, Final
from urllib.parse import quote

from altyn.cli.environment import gateway_address, read_settings
from altyn.cli.output import CommandError
from altyn.cli.sandbox.client import NoGatewayError, SandboxRefusalError, ask_sandbox

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
        return self._ask(self._messages)

    def answer(self, message_id: str, action: str) -> dict[str, Any]:
        """Answer a message; the message as it is then, and the result."""
        return self._ask(f"{self._messages}/{quote(message_id, safe='')}", {"action": action})

    def _ask(self, address: str, members: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            return ask_sandbox(address, members, seconds=TIMEOUT_SECONDS)
        except SandboxRefusalError as refusal:
            raise CommandError(refusal.text or self._absence(refusal.status)) from None
        except NoGatewayError as reason:
            raise CommandError(
                f"No gateway answers at {self._base} ({reason}). Start it with `altyn serve`, or "
                "give another address with --url."
            ) from None

    def _absence(self, status: int) -> str:
        return (
            f"The server at {self._base} has no simulated phones (HTTP {status}): it runs in "
            "production mode, or it is not an Altyn gateway. Give the address of a sandbox with "
            "--url."
        )
