"""The options of `altyn order`: how orders are selected."""

from datetime import timedelta

import pytest

from altyn.cli.orders.commands import LIST_SIZE_MAX, read_last, read_statuses
from altyn.cli.output import CommandError
from altyn.domain.lifecycle import OrderStatus


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
