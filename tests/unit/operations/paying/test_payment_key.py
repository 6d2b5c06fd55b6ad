"""The idempotency keys of attempts: written and read back, and other texts are not keys."""

from __future__ import annotations

from uuid import UUID

import pytest

from altyn.domain.order_id import merchant_of
from altyn.operations.connector import payment_key, read_payment_key

ORDER_ID = UUID("01a1fb67-1800-8000-87be-f90abb4a8237")


def test_key_is_read_back() -> None:
    assert read_payment_key(payment_key(ORDER_ID, 12)) == (merchant_of(ORDER_ID), ORDER_ID, 12)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "-",
        ORDER_ID.hex,
        f"{ORDER_ID.hex}-",
        f"{ORDER_ID.hex}-x",
        f"{ORDER_ID.hex}-" + "9" * 5000,
    ],
)
def test_other_text_is_not_a_key(key: str) -> None:
    assert read_payment_key(key) is None
