"""What this process has answered, for Prometheus; labels are bounded by the method table."""

from functools import cache
from typing import Final

from prometheus_client import Counter

REQUESTS: Final = Counter(
    "altyn_requests", "Requests of merchants, by method and error code.", ["method", "code"]
)


@cache
def _counter(method: str, code: int) -> Counter:
    return REQUESTS.labels(method=method, code=str(code))


def count_request(method: str, code: int) -> None:
    """One more request of this method was answered with this error code (0: served)."""
    _counter(method, code).inc()
