"""Asks the gateway's simulated payer to pay an order; the exit code of each result.

The pages are opened by the gateway itself (`POST /sandbox/orders/{orderId}/pay`), so that this
command and a shop's test suite use the same code.
"""

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from altyn.cli.output import CommandError

if TYPE_CHECKING:
    from urllib.error import HTTPError

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
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    if urlsplit(base_url).scheme not in {"http", "https"}:
        raise CommandError(
            f"{base_url} is not the address of a gateway. It begins with http:// or https://, for "
            "example http://127.0.0.1:8080."
        )
    body = json.dumps({name: value for name, value in members.items() if value is not None})
    address = f"{base_url}/sandbox/orders/{quote(order_id, safe='')}/pay"
    headers = {"Content-Type": "application/json"}
    try:
        request = Request(address, body.encode(), headers)  # noqa: S310 - the scheme is checked
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - as above
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        with error:
            raise CommandError(_refusal(base_url, order_id, error)) from None
    except (URLError, OSError, ValueError) as error:
        raise CommandError(
            f"No gateway answers at {base_url} ({getattr(error, 'reason', error)}). Start it with "
            "`altyn serve`, or give another address with --url."
        ) from None
    return answer


def exit_code_of(result: str) -> int:
    """The exit code of a result; STOPPED for a result of a newer gateway."""
    return EXIT_CODES.get(result, STOPPED)


def _refusal(base_url: str, order_id: str, error: "HTTPError") -> str:
    try:
        return f"Order {order_id}: {json.load(error)['error']}"
    except (ValueError, KeyError, TypeError):
        return (
            f"The server at {base_url} has no simulated payer (HTTP {error.code}): it runs in "
            "production mode, or it is not an Altyn gateway. Give the address of a sandbox with "
            "--url."
        )
