"""The options of `altyn order`: how orders are selected."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from altyn.cli.orders.commands import LIST_SIZE_MAX, read_last, read_order_id, read_statuses
from altyn.cli.output import CommandError
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order_id import new_order_id


def test_statuses_are_read_by_name_or_number() -> None:
    assert read_statuses(["2", "Declined"]) == (OrderStatus.DEPOSITED, OrderStatus.DECLINED)
    assert set(read_statuses([])) == set(OrderStatus)
    with pytest.raises(CommandError, match=r"deposited \(2\)"):
        read_statuses(["paid"])


def test_last_is_a_number_or_a_duration() -> None:
    assert read_last("50") == (50, None)
    assert read_last("7d") == (LIST_SIZE_MAX, timedelta(days=7))
    with pytest.raises(CommandError, match="1000"):
        read_last("0")


def test_order_id_contains_its_merchant() -> None:
    order_id = new_order_id(datetime(2026, 11, 21, 12, tzinfo=UTC), 7)

    key = read_order_id(str(order_id))

    assert key is not None
    assert (key.merchant_id, key.order_id) == (7, order_id)
    assert read_order_id("A-1") is None
    assert read_order_id(str(uuid4())) is None
