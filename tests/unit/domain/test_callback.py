"""Callbacks' schedule, addresses and hosts (callbacks.md §1, §2, §5)."""

from datetime import timedelta

import pytest

from altyn.domain.callback import (
    CallbackOperation,
    CallbackResponse,
    CallbackSettings,
    host_of,
)
from altyn.domain.merchant import Permission
from altyn.domain.order import OrderRequest
from altyn.domain.outbox import AttemptResult, EntryState, settlement_of
from tests.builders import a_merchant, an_order
from tests.callbacks import a_claimed_callback

STATIC = ("https://shop.example/cb", "https://other.example/cb")
OWN = "https://own.example/cb"


def seconds(settings: CallbackSettings) -> list[float | None]:
    pauses = [settings.pause_after(failures) for failures in range(1, settings.attempts + 1)]
    return [pause.total_seconds() if pause is not None else None for pause in pauses]


def test_default_schedule_is_three_attempts_thirty_seconds_apart() -> None:
    assert seconds(CallbackSettings()) == [30, 30, None]


def test_pauses_may_grow_with_the_failures() -> None:
    growing = CallbackSettings(attempts=6, interval_seconds=600, growing=True)
    assert seconds(growing) == [600, 1200, 1800, 2400, 3000, None]


@pytest.mark.parametrize(
    ("response", "failures", "state"),
    [
        (CallbackResponse(status=200), 0, EntryState.DELIVERED),
        (CallbackResponse(status=200), 2, EntryState.DELIVERED),
        (CallbackResponse(status=201), 0, EntryState.WAITING),
        (CallbackResponse(status=302), 1, EntryState.WAITING),
        (CallbackResponse(status=500), 2, EntryState.DEAD),
        (CallbackResponse(problem="no answer"), 0, EntryState.WAITING),
        (CallbackResponse(problem="no answer"), 2, EntryState.DEAD),
        (CallbackResponse(problem="may not be called", refused=True), 0, EntryState.DEAD),
    ],
)
def test_state_after_a_delivery(
    response: CallbackResponse, failures: int, state: EntryState
) -> None:
    callback = a_claimed_callback(STATIC[0], {}, failures=failures)
    pause = CallbackSettings().pause_after(callback.failures + 1)
    result = AttemptResult(verdict=response.verdict)
    assert settlement_of(callback, result, pause=pause, at=callback.created_at).state is state
    assert timedelta(0) < (CallbackSettings().pause_after(1) or timedelta(0))


@pytest.mark.parametrize(
    ("permitted", "own", "addresses"),
    [(True, OWN, (OWN,)), (True, None, STATIC), (False, OWN, STATIC), (False, None, STATIC)],
)
def test_an_orders_own_address_needs_the_permission(
    permitted: bool,  # noqa: FBT001 - a column of the table above
    own: str | None,
    addresses: tuple[str, ...],
) -> None:
    merchant = a_merchant(
        permissions=frozenset({Permission.DYNAMIC_CALLBACK} if permitted else ()),
        callbacks=CallbackSettings(urls=STATIC),
    )
    order = an_order(request=OrderRequest(dynamic_callback_url=own))
    assert merchant.addresses_for(order) == addresses


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (CallbackSettings(), True),
        (CallbackSettings(operations=("deposited", "refunded")), True),
        (CallbackSettings(operations=("approved",)), False),
        (CallbackSettings(enabled=False), False),
    ],
)
def test_merchant_chooses_the_operations(
    settings: CallbackSettings,
    wanted: bool,  # noqa: FBT001 - as above
) -> None:
    assert a_merchant(callbacks=settings).wants(CallbackOperation.DEPOSITED) is wanted


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.Example/cb?x=1", "https://shop.example:443"),
        ("http://shop.example", "http://shop.example:80"),
        ("http://shop.example:8080/", "http://shop.example:8080"),
        ("http://[::1]:9090/cb", "http://::1:9090"),
        ("http://shop.example:99999/", "http://shop.example:99999/"),
        ("nonsense", "://:0"),
    ],
)
def test_the_host_of_an_address(url: str, origin: str) -> None:
    assert host_of(url) == origin
