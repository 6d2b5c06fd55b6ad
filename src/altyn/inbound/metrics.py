"""What this process has answered, for Prometheus; labels are bounded by the method table."""

from functools import cache
from typing import Final

from prometheus_client import Counter

REQUESTS: Final = Counter(
    "altyn_requests", "Requests of merchants, by method and error code.", ["method", "code"]
)

FAULTS: Final = Counter("altyn_soap_faults", "SOAP faults told to merchants, by code.", ["code"])


@cache
def _counter(method: str, code: int) -> Counter:
    return REQUESTS.labels(method=method, code=str(code))


SERVED: Final = 0
"""Counted in place of an error code when a request was served."""


def count_request(method: str, code: int) -> None:
    """One more request of this method was answered with this error code, or `SERVED`."""
    _counter(method, code).inc()


def count_fault(code: str) -> None:
    """One more message was answered with a SOAP fault of this code."""
    FAULTS.labels(code=code).inc()
