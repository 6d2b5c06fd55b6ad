"""Counts the answers of this process for Prometheus; the method tables bound the labels."""

from functools import cache
from typing import Final

from prometheus_client import Counter

REQUESTS: Final = Counter(
    "altyn_requests", "Requests of merchants, by method and error code.", ["method", "code"]
)

FAULTS: Final = Counter("altyn_soap_faults", "SOAP faults to merchants, by code.", ["code"])


@cache
def _counter(method: str, code: int) -> Counter:
    return REQUESTS.labels(method=method, code=str(code))


SERVED: Final = 0
"""Counted in place of an error code when a request was served."""


def count_request(method: str, code: int) -> None:
    """Count a request of this method, with its error code or `SERVED`."""
    _counter(method, code).inc()


def count_fault(code: str) -> None:
    """Count a message that was answered with a SOAP fault of this code."""
    FAULTS.labels(code=code).inc()
