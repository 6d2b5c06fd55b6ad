"""Settings are read once, each with its bounds, and production requires what real money needs."""

from pathlib import Path

import pytest

from altyn.settings import Mode, SettingsError, load

PRODUCTION = {
    "ALTYN_MODE": "production",
    "ALTYN_DATABASE_URL": "postgresql://altyn@db.example/altyn",
    "ALTYN_KEY_FILE": "/etc/altyn/keys.json",
    "ALTYN_PUBLIC_URL": "https://pay.example",
    "ALTYN_ACQUIRER_URL": "https://acquirer.example/altyn",
    "ALTYN_ACQUIRER_KEY": "k-1",
    "ALTYN_TLS_TERMINATED": "yes",
}


def test_sandbox_needs_no_settings() -> None:
    settings = load({})
    assert settings.mode is Mode.SANDBOX
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8080, 1)
    assert settings.home == Path.home() / ".altyn"
    assert settings.keys == settings.home / "keys.json"


def test_settings_are_read_from_the_environment() -> None:
    settings = load(
        {"ALTYN_PORT": "9090", "ALTYN_HOME": "/srv/altyn", "ALTYN_WORKERS": "4",
         "ALTYN_PUBLIC_URL": "https://pay.example/"}
    )  # fmt: skip
    assert (settings.port, settings.workers) == (9090, 4)
    assert settings.home == Path("/srv/altyn")
    assert settings.public_url == "https://pay.example", "links add their own slash"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALTYN_PORT", "eighty"),
        ("ALTYN_PORT", "65536"),
        ("ALTYN_PORT", "-1"),
        ("ALTYN_WORKERS", "0"),
        ("ALTYN_WORKERS", "٤"),
        ("ALTYN_MODE", "prod"),
        ("ALTYN_LOG_LEVEL", "loud"),
        ("ALTYN_BODY_MAX", "1e6"),
    ],
)
def test_wrong_value_is_refused_with_what_is_allowed(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({name: value})
    assert name in str(refused.value)
    assert value in str(refused.value)


def test_empty_value_means_unset() -> None:
    assert load({"ALTYN_PORT": "", "ALTYN_DATABASE_URL": " "}) == load({})


def test_production_starts_with_all_required_settings() -> None:
    assert not load(PRODUCTION).sandbox


@pytest.mark.parametrize("missing", [name for name in PRODUCTION if name != "ALTYN_MODE"])
def test_production_refuses_to_start_without(missing: str) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(SettingsError, match=missing):
        load(environment)


def test_production_requires_https_addresses() -> None:
    with pytest.raises(SettingsError, match="https://"):
        load({**PRODUCTION, "ALTYN_PUBLIC_URL": "http://pay.example"})


@pytest.mark.parametrize("url", ["http://bank.example/acq", "http://127.0.0.1.bank.example/"])
def test_production_sends_no_cards_over_plain_http(url: str) -> None:
    with pytest.raises(SettingsError, match="https://"):
        load({**PRODUCTION, "ALTYN_ACQUIRER_URL": url})


def test_connector_on_the_same_machine_needs_no_tls() -> None:
    near = "http://127.0.0.1:9000/acq"
    assert load({**PRODUCTION, "ALTYN_ACQUIRER_URL": near}).acquirer_url == near


@pytest.mark.parametrize("url", ["shop", "mysql://u:secret@host/db", "http://[", "host:5432"])
def test_database_url_of_another_kind_is_refused_by_name_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"ALTYN_DATABASE_URL \(--database-url\)") as refused:
        load({"ALTYN_DATABASE_URL": url})
    assert "secret" not in str(refused.value)
