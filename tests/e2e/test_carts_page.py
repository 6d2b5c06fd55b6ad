"""The commands of docs/how-to/carts.md: pasted as a whole, they register, check, pay and refund."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.command import serving
from tests.e2e.page_commands import ROOT, run_page

PAGE: Final = ROOT / "docs" / "how-to" / "carts.md"


@pytest.mark.slow
def test_commands_of_the_page_end_in_partial_refunds(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as gateway:
        done = run_page(PAGE, gateway, tmp_path)
        assert done.code == 0, done.err
        order_id = json.loads(done.err)["orderId"]
        amounts = gateway.status(order_id)["paymentAmountInfo"]

    assert "The cart is right: 2 positions" in done.out
    assert done.out.count('"errorCode":"0"') == 3
    assert (amounts["depositedAmount"], amounts["refundedAmount"]) == (33336, 6668)
