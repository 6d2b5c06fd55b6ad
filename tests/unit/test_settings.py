"""Settings are read once, each with its bounds, and production requires what real money needs."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from altyn.domain.card.attempt_limits import PRODUCTION_LIMITS, SANDBOX_LIMITS
from altyn.settings import Mode, SettingsError, load

PRODUCTION = {
    "ALTYN_MODE": "production",
    "ALTYN_DATABASE_URL": "postgresql://altyn@db.example/altyn?sslmode=verify-full",
    "ALTYN_KEY_FILE": "/etc/altyn/keys.json",
    "ALTYN_PUBLIC_URL": "https://pay.example",
    "ALTYN_ACQUIRER_URL": "https://acquirer.example/altyn",
    "ALTYN_ACQUIRER_KEY": "test-key-of-the-acquirer",
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


def test_request_log_is_on_in_the_sandbox_and_off_in_production() -> None:
    assert load({}).request_log
    assert not load({"ALTYN_REQUEST_LOG": "no"}).request_log
    assert not load(PRODUCTION).request_log
    assert load({**PRODUCTION, "ALTYN_REQUEST_LOG": "yes"}).request_log


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


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("ALTYN_TRUSTED_PROXIES", "*", "trusts every sender"),
        ("ALTYN_TRUSTED_PROXIES", "0.0.0.0/0", "trusts every sender"),
        ("ALTYN_TRUSTED_PROXIES", "::ffff:0.0.0.0/96", "trusts every sender"),
        ("ALTYN_TRUSTED_PROXIES", "2a00::/12", "trusts every sender"),
        ("ALTYN_TRUSTED_PROXIES", "127.0.0.1,0.0.0.0/1,128.0.0.0/1", "0.0.0.0/1 trusts every"),
        ("ALTYN_TRUSTED_PROXIES", "::/0", "trusts every sender"),
        ("ALTYN_TRUSTED_PROXIES", "2000::/3", "trusts every sender"),
        ("ALTYN_TRUSTED_PROXIES", "proxy.example", "no IP address or network"),
        ("ALTYN_TRUSTED_PROXIES", "10.0.0.5/8", "no IP address or network"),
        ("ALTYN_TRUSTED_PROXIES", "10.0.0.5,,", "no IP address or network"),
        ("ALTYN_TRUSTED_PROXIES", "10.0.0.5 10.0.0.6", "no IP address or network"),
        ("ALTYN_ACQUIRER_URL", "https://", "no valid host"),
        ("ALTYN_ACQUIRER_URL", "https:///acq", "no valid host"),
        ("ALTYN_ACQUIRER_URL", "https://:443/acq", "no valid host"),
        ("ALTYN_ACQUIRER_URL", "https://bank.example:port/", "no address"),
        ("ALTYN_ACQUIRER_URL", "https://bank.example:0/", "port 0"),
        ("ALTYN_ACQUIRER_URL", "https://bank.example/acq?way=1", "must not contain"),
        ("ALTYN_ACQUIRER_URL", "https://user:pa55@bank.example/", "a user or a password"),
        ("ALTYN_ACQUIRER_URL", "bank.example", "must begin with"),
        ("ALTYN_PUBLIC_URL", "https://user@pay.example", "a user or a password"),
        ("ALTYN_PUBLIC_URL", "https://pay.example/?a=1", "must not contain"),
        ("ALTYN_PUBLIC_URL", "https://pay.example/#top", "must not contain"),
        ("ALTYN_PUBLIC_URL", "https://pay.example/<b>", "its path may contain"),
        ("ALTYN_PUBLIC_URL", 'https://pay.example/"onload', "its path may contain"),
        ("ALTYN_PUBLIC_URL", "https://pay<.example", "no valid host"),
        ("ALTYN_PUBLIC_URL", "https://оплата.example", "xn--"),
        ("ALTYN_PUBLIC_URL", "ftp://pay.example", "must begin with"),
        ("ALTYN_ACQUIRER_KEY", "k", "at least 16"),
        ("ALTYN_ACQUIRER_KEY", "a key with some blanks", "without blanks"),
        ("ALTYN_ACQUIRER_KEY", "ключ-нашего-эквайера", "ASCII"),
        ("ALTYN_CALLBACK_PORTS", "443,22", "22: servers of other protocols"),
        ("ALTYN_CALLBACK_PORTS", "25,22,443", "22, 25: servers of other protocols"),
        ("ALTYN_CALLBACK_PORTS", "5432", "5432: servers of other protocols"),
        ("ALTYN_DATABASE_URL", "postgresql://altyn@db.example/altyn", "sslmode=verify-full"),
        ("ALTYN_DATABASE_URL", "postgresql://altyn@db.example/altyn?sslmode=prefer", "sslmode"),
        ("ALTYN_DATABASE_URL", "postgresql://a@127.0.0.1:5432,10.0.0.2:5432/altyn", "10.0.0.2 is"),
        ("ALTYN_DATABASE_URL", "postgresql://altyn@/altyn?host=db.example", "db.example is"),
        ("ALTYN_DATABASE_URL", "postgresql://altyn@[2001:db8::1]:5432/altyn", "2001:db8::1 is"),
        ("ALTYN_TLS_TERMINATED", "ture", "yes or no, not 'ture'"),
        ("ALTYN_SERVE_BANK", "yes", "only a sandbox simulates a bank"),
    ],
)
def test_production_refuses_by_name_with_what_to_do(name: str, value: str, what: str) -> None:
    with pytest.raises(SettingsError, match=what) as refused:
        load({**PRODUCTION, name: value})
    assert name in str(refused.value)
    assert "pa55" not in str(refused.value), "the password of an address is not repeated"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALTYN_TRUSTED_PROXIES", "10.0.0.5, 10.1.0.0/16,fd00::/8"),
        ("ALTYN_TRUSTED_PROXIES", "104.16.0.0/13,2400:cb00::/32"),
        ("ALTYN_ACQUIRER_URL", "https://bank.example:8443/acq/v1"),
        ("ALTYN_ACQUIRER_URL", "https://[2001:db8::1]/acq"),
        ("ALTYN_PUBLIC_URL", "https://pay.example/shop"),
        ("ALTYN_CALLBACK_PORTS", "443,444,8443,9443"),
        ("ALTYN_DATABASE_URL", "postgresql://altyn@127.0.0.1:5432/altyn"),
        ("ALTYN_DATABASE_URL", "postgresql://altyn@[::1]/altyn"),
        ("ALTYN_DATABASE_URL", "postgresql://altyn@/altyn?host=/var/run/postgresql"),
        ("ALTYN_DATABASE_URL", "postgresql://a@db1.example,db2.example/altyn?sslmode=require"),
        ("ALTYN_TLS_TERMINATED", "ON"),
    ],
)
def test_production_accepts(name: str, value: str) -> None:
    assert not load({**PRODUCTION, name: value}).sandbox


@pytest.mark.parametrize("word", ["ture", "ja", "2", "да"])
def test_boolean_with_an_unknown_word_is_refused(word: str) -> None:
    with pytest.raises(
        SettingsError, match=f"ALTYN_TLS_TERMINATED must be yes or no, not '{word}'"
    ):
        load({"ALTYN_TLS_TERMINATED": word})


@pytest.mark.parametrize(("word", "value"), [("No", False), ("0", False), ("off", False),
                                             ("YES", True), ("1", True), ("", False)])  # fmt: skip
def test_boolean_words(word: str, *, value: bool) -> None:
    assert load({"ALTYN_TLS_TERMINATED": word}).tls_terminated is value


def test_all_problems_of_production_are_named_at_once() -> None:
    wrong = {**PRODUCTION, "ALTYN_ACQUIRER_KEY": "k", "ALTYN_CALLBACK_PORTS": "22"}
    del wrong["ALTYN_KEY_FILE"]
    with pytest.raises(SettingsError) as refused:
        load(wrong)
    lines = str(refused.value).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == [
        "ALTYN_KEY_FILE",
        "ALTYN_ACQUIRER_KEY",
        "ALTYN_CALLBACK_PORTS",
    ]


def test_bank_is_served_with_a_key_only() -> None:
    assert not load({}).serve_bank
    assert load({"ALTYN_SERVE_BANK": "yes", "ALTYN_ACQUIRER_KEY": "k-1"}).serve_bank
    with pytest.raises(SettingsError, match="needs ALTYN_ACQUIRER_KEY"):
        load({"ALTYN_SERVE_BANK": "yes"})


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("https://fiscal.example/possystem/v5", "leave out the version"),
        ("https://fiscal.example/possystem/v4/", "leave out the version"),
        ("fiscal.example", "must begin with"),
    ],
)
def test_address_of_atol_online_has_no_version(url: str, remedy: str) -> None:
    with pytest.raises(SettingsError, match=f"ALTYN_ATOL_URL: .*{remedy}"):
        load({"ALTYN_ATOL_URL": url})
    assert load({}).atol_url is None


def test_production_sends_passwords_of_shops_over_tls_only() -> None:
    with pytest.raises(SettingsError, match="ALTYN_ATOL_URL"):
        load({**PRODUCTION, "ALTYN_ATOL_URL": "http://fiscal.example/possystem"})
    secure = load({**PRODUCTION, "ALTYN_ATOL_URL": "https://fiscal.example/possystem/"})
    assert secure.atol_url == "https://fiscal.example/possystem"


def test_each_mode_has_its_limits_against_card_testing() -> None:
    assert load({}).limits == SANDBOX_LIMITS
    assert load(PRODUCTION).limits == PRODUCTION_LIMITS
    own = load({**PRODUCTION, "ALTYN_CARD_ATTEMPTS_DAY": "7", "ALTYN_REFUSALS_PERCENT": "60"})
    assert own.limits == replace(PRODUCTION_LIMITS, card_attempts_day=7, refusals_percent=60)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALTYN_CARD_ATTEMPTS_DAY", "0"),
        ("ALTYN_ADDRESS_ATTEMPTS_HOUR", "-1"),
        ("ALTYN_REFUSALS_COUNT", "1000001"),
        ("ALTYN_REFUSALS_PERCENT", "101"),
    ],
)
def test_limits_outside_their_range_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be a whole number from 1 to"):
        load({name: value})


KEY = base64.b64encode(bytes(range(32))).decode()
TRANSIT = {
    "ALTYN_TRANSIT_URL": "https://vault.example:8200/",
    "ALTYN_TRANSIT_KEY": "altyn",
    "ALTYN_TRANSIT_TOKEN": "hvs.token",
}


def test_key_service_is_read_and_prints_no_secret() -> None:
    transit = load(TRANSIT).key_service.transit
    assert transit is not None
    assert (transit.url, transit.mount) == ("https://vault.example:8200", "transit")
    by_key = load({"ALTYN_KEY_ENCRYPTION_KEY": KEY})
    assert by_key.key_service.key == bytes(range(32))
    shown = f"{load(TRANSIT)}{by_key}"
    assert "hvs.token" not in shown
    assert str(bytes(range(32)))[2:-1] not in shown


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({**TRANSIT, "ALTYN_KEY_ENCRYPTION_KEY": KEY}, "one of ALTYN_KEY_ENCRYPTION_KEY"),
        ({"ALTYN_TRANSIT_KEY": "altyn"}, "ALTYN_TRANSIT_KEY has no effect without"),
        ({"ALTYN_TRANSIT_NAMESPACE": "a"}, "ALTYN_TRANSIT_NAMESPACE has no effect without"),
        ({**TRANSIT, "ALTYN_TRANSIT_URL": "vault.example"}, "ALTYN_TRANSIT_URL: .*https://"),
        ({**TRANSIT, "ALTYN_TRANSIT_KEY": "../sys"}, "ALTYN_TRANSIT_KEY: write the name"),
        ({**TRANSIT, "ALTYN_TRANSIT_MOUNT": "a//b"}, "ALTYN_TRANSIT_MOUNT: write the name"),
        ({**TRANSIT, "ALTYN_TRANSIT_TOKEN": "a\nb"}, "ALTYN_TRANSIT_TOKEN: it may contain"),
        ({**TRANSIT, "ALTYN_TRANSIT_TOKEN": ""}, "set either ALTYN_TRANSIT_TOKEN_FILE or"),
        ({**TRANSIT, "ALTYN_TRANSIT_TOKEN_FILE": "/t"}, "set either ALTYN_TRANSIT_TOKEN_FILE or"),
        ({**TRANSIT, "ALTYN_TRANSIT_CA_FILE": "/none/ca"}, "there is no file /none/ca"),
        ({"ALTYN_KEY_ENCRYPTION_KEY": "c2hvcnQ="}, "ALTYN_KEY_ENCRYPTION_KEY: it must be 32"),
        ({"ALTYN_UNUSED_CARD_DAYS": "-1"}, "ALTYN_UNUSED_CARD_DAYS must be a whole number"),
    ],
)
def test_unusable_key_service_is_refused(environment: dict[str, str], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as refused:
        load(environment)
    assert KEY not in str(refused.value)


def test_production_asks_a_transit_engine_over_tls_only() -> None:
    with pytest.raises(SettingsError, match=r"ALTYN_TRANSIT_URL: it must begin with https://"):
        load({**PRODUCTION, **TRANSIT, "ALTYN_TRANSIT_URL": "http://vault.example:8200"})
    assert load({**PRODUCTION, **TRANSIT}).key_service.transit is not None
