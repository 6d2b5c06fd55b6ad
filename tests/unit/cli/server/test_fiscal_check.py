"""`altyn doctor` says which shops cannot send receipts to ATOL Online, and what to do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from altyn.cli.server.fiscal_check import examine_shops
from altyn.domain.merchant import Merchant
from altyn.domain.receipt.settings import FiscalProvider, FiscalSettings
from altyn.security.keys import KeyRing
from altyn.security.setting_secrets import SettingSecrets
from tests.builders import a_merchant

URL = "https://fiscal.example/possystem"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "keys.json")


def a_shop(ring: KeyRing, **changes: Any) -> Merchant:
    complete = FiscalSettings(
        provider=FiscalProvider.ATOL,
        login="login",
        group="group-1",
        inn="7700000007",
        payment_address="https://shop.example",
        company_email="shop@shop.example",
        password=SettingSecrets.of(ring).encrypt(1, "fiscal.password", "password"),
    )
    return a_merchant(fiscal=replace(complete, **changes))


def test_complete_shop_is_right(ring: KeyRing) -> None:
    assert examine_shops([a_shop(ring)], URL, ring) == (
        f"ATOL Online at {URL}; shops that use it: 1",
        "",
    )


def test_gateway_without_an_address_is_right_while_no_shop_needs_it(ring: KeyRing) -> None:
    found, remedy = examine_shops([a_merchant()], None, ring)
    assert "ALTYN_ATOL_URL is empty; no shop uses it" in found
    assert remedy == ""
    assert examine_shops([a_shop(ring)], None, ring)[1].startswith("Set ALTYN_ATOL_URL: ")


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"group": "", "inn": ""}, "`altyn merchant set demo` fiscal.inn=… fiscal.group=…"),
        ({"password": "encrypted1:AAAA"}, "`altyn merchant set demo fiscal.password=…`"),
    ],
)
def test_shop_with_wrong_settings_is_named(
    ring: KeyRing, changes: dict[str, str], remedy: str
) -> None:
    assert examine_shops([a_shop(ring, **changes)], URL, ring)[1].startswith(remedy)
