"""The options of `altyn order`: how orders are selected."""

from datetime import timedelta

import pytest

from altyn.cli.orders.commands import read_last, read_statuses
from altyn.cli.output import CommandError
from altyn.domain.lifecycle import OrderStatus


def test_statuses_are_read_by_name_or_number() -> None:
    assert read_statuses(["2", "Declined"]) == (OrderStatus.DEPOSITED, OrderStatus.DECLINED)
    assert set(read_statuses([])) == set(OrderStatus)
    with pytest.raises(CommandError, match=r"deposited \(2\)"):
        read_statuses(["paid"])


def test_last_is_a_duration_and_a_number_is_sent_to_limit() -> None:
    assert read_last(None) is None
    assert read_last("7d") == timedelta(days=7)
    with pytest.raises(CommandError, match="--limit 50"):
        read_last("50")
    with pytest.raises(CommandError, match="at most 36500d"):
        read_last("999999w")
