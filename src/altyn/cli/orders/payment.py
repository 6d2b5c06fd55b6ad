"""Asks the gateway's simulated payer to pay an order; the exit code of each result.

The gateway itself opens the pages (`POST /sandbox/orders/{orderId}/pay`).
"""

from typing import Any, Final
from urllib.parse import quote, urlsplit

from altyn.cli.output import CommandError

TIMEOUT_SECONDS: Final = 120  # the gateway waits for its bank for at most a minute
STOPPED: Final = 1  # also the exit code of every error
EXIT_CODES: Final = {
    "PAID": 0,
    "HELD": 0,
    "VERIFIED": 0,
    "DECLINED": 3,
    "EXPIRED": 4,
    "PAID_BEFORE": 5,
    "REFUNDED": 6,
    "REVERSED": 7,
    "WAITING": 8,
    "REFUSED": 9,
}


def request_payment(base_url: str, order_id: str, members: dict[str, Any]) -> dict[str, Any]:
    """Have the order paid; the members of the gateway's answer. Members that are None are left out.

    Refuses with CommandError: an address without http, no server answers, the server has no
    sandbox, and what the gateway itself refuses, such as an unknown order.
    """
    from altyn.cli.sandbox.client import NoGatewayError, SandboxRefusalError, ask_sandbox
    from altyn.domain.card.free_text import mask_card_numbers

    if urlsplit(base_url).scheme not in {"http", "https"}:
        raise CommandError(
            f"{base_url} is not the address of a gateway. It begins with http:// or https://, for "
            "example http://127.0.0.1:8080."
        )
    sent = {name: value for name, value in members.items() if value is not None}
    address = f"{base_url}/sandbox/orders/{quote(order_id, safe='')}/pay"
    try:
        return ask_sandbox(address, sent, seconds=TIMEOUT_SECONDS)
    except SandboxRefusalError as refusal:
        text = f"Order {mask_card_numbers(order_id)}: {refusal.text}"
        raise CommandError(text if refusal.text else _absence(base_url, refusal.status)) from None
    except NoGatewayError as reason:
        raise CommandError(
            f"No gateway answers at {base_url} ({reason}). Start it with `altyn serve`, or give "
            "another address with --url."
        ) from None


def exit_code_of(result: str) -> int:
    """The exit code of a result; STOPPED for a result of a newer gateway."""
    return EXIT_CODES.get(result, STOPPED)


def _absence(base_url: str, status: int) -> str:
    return (
        f"The server at {base_url} has no simulated payer (HTTP {status}): it runs in production "
        "mode, or it is not an Altyn gateway. Give the address of a sandbox with --url."
    )
