"""Callbacks' schedule, addresses and hosts (callbacks.md §1, §2, §5)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from altyn.domain.callback import (
    Callback,
    CallbackId,
    CallbackMode,
    CallbackOperation,
    CallbackSettings,
    Outcome,
    Reply,
    after_try,
    origin_of,
)
from altyn.domain.merchant import Permission
from altyn.domain.order import OrderRequest
from tests.builders import a_merchant, an_order

STATIC = ("https://shop.example/cb", "https://other.example/cb")
OWN = "https://own.example/cb"
SUBJECT = UUID("01a1fdfa-4600-8000-87c0-b0723ad2dd34")


def seconds(settings: CallbackSettings) -> list[float | None]:
    pauses = [settings.pause_after(failures) for failures in range(1, settings.attempts + 1)]
    return [pause.total_seconds() if pause is not None else None for pause in pauses]


def test_three_tries_half_a_minute_apart_unless_somebody_says_otherwise() -> None:
    assert seconds(CallbackSettings()) == [30, 30, None]


def test_pauses_may_grow_with_the_failures() -> None:
    growing = CallbackSettings(attempts=6, interval_seconds=600, growing=True)
    assert seconds(growing) == [600, 1200, 1800, 2400, 3000, None]


@pytest.mark.parametrize(
    ("reply", "failures", "outcome"),
    [
        (Reply(status=200), 0, Outcome.DELIVERED),
        (Reply(status=200), 2, Outcome.DELIVERED),
        (Reply(status=201), 0, Outcome.WAITING),
        (Reply(status=302), 1, Outcome.WAITING),
        (Reply(status=500), 2, Outcome.DEAD),
        (Reply(problem="no answer"), 0, Outcome.WAITING),
        (Reply(problem="no answer"), 2, Outcome.DEAD),
        (Reply(problem="may not be called", refused=True), 0, Outcome.DEAD),
    ],
)
def test_what_a_try_leads_to(reply: Reply, failures: int, outcome: Outcome) -> None:
    callback = Callback(
        id=CallbackId(7, SUBJECT, 3, 1),
        operation="deposited",
        receiver=STATIC[0],
        parameters={},
        created_at=datetime(2026, 11, 21, tzinfo=UTC),
        failures=failures,
    )
    assert after_try(callback, reply, CallbackSettings()) is outcome
    assert timedelta(0) < (CallbackSettings().pause_after(1) or timedelta(0))


@pytest.mark.parametrize(
    ("mode", "permitted", "own", "addresses"),
    [
        (CallbackMode.STATIC, True, OWN, STATIC),
        (CallbackMode.DYNAMIC, True, OWN, (OWN,)),
        (CallbackMode.DYNAMIC, True, None, STATIC),
        (CallbackMode.DYNAMIC, False, OWN, STATIC),
    ],
)
def test_an_orders_own_address_needs_mode_and_permission(
    mode: CallbackMode,
    permitted: bool,  # noqa: FBT001 - a column of the table above
    own: str | None,
    addresses: tuple[str, ...],
) -> None:
    merchant = a_merchant(
        permissions=frozenset({Permission.DYNAMIC_CALLBACK} if permitted else ()),
        callbacks=CallbackSettings(urls=STATIC, mode=mode),
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
def test_a_merchant_chooses_what_it_hears(
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
    assert origin_of(url) == origin
