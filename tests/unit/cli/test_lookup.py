"""Orders as users name them on the command line."""

from datetime import UTC, datetime
from uuid import uuid4

from altyn.cli.lookup import read_order_id
from altyn.domain.order_id import new_order_id


def test_order_id_contains_its_merchant() -> None:
    order_id = new_order_id(datetime(2026, 11, 21, 12, tzinfo=UTC), 7)

    key = read_order_id(str(order_id))

    assert key is not None
    assert (key.merchant_id, key.order_id) == (7, order_id)
    assert read_order_id("A-1") is None
    assert read_order_id(str(uuid4())) is None
