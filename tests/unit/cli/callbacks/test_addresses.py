"""An address that this gateway would never call is refused when it is typed."""

import pytest

from altyn.cli.callbacks.addresses import refusal_of_address
from altyn.cli.merchants.commands import change
from altyn.cli.output import CommandError

PRODUCTION = {
    "ALTYN_MODE": "production",
    "ALTYN_DATABASE_URL": "postgresql://db.example/altyn?sslmode=require",
    "ALTYN_KEY_FILE": "/nowhere/keys.json",
    "ALTYN_PUBLIC_URL": "https://gw.example",
    "ALTYN_ACQUIRER_URL": "https://bank.example",
    "ALTYN_ACQUIRER_KEY": "test-key-of-the-acquirer",
    "ALTYN_TLS_TERMINATED": "yes",
}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


def test_the_sandbox_calls_this_machine() -> None:
    assert refusal_of_address("http://127.0.0.1:9090/cb") is None


@pytest.mark.parametrize(
    "address", ["http://shop.example/cb", "https://127.0.0.1/cb", "https://shop.example:9090/"]
)
def test_production_refuses_this_machine_before_any_change(production: None, address: str) -> None:
    assert refusal_of_address(address) is not None
    with pytest.raises(CommandError, match="cannot be called"):
        change("test", [f"callbacks.urls=https://shop.example/cb,{address}"])


def test_operator_chooses_the_allowed_ports(
    production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALTYN_CALLBACK_PORTS", "443, 9090")
    assert refusal_of_address("https://shop.example:9090/") is None
    assert refusal_of_address("https://shop.example:8443/") is not None
