"""Which addresses may have passkeys, names of passkeys, and challenges."""

from datetime import UTC, datetime, timedelta

import pytest

from altyn.domain.account.challenges import Challenges, Purpose
from altyn.domain.account.passkeys import (
    CHALLENGE_TIME,
    PasskeySite,
    SiteFault,
    is_passkey_name,
    passkey_site,
)
from altyn.domain.account.sessions import merchant_of_token

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CHALLENGES = Challenges(b"k" * 32)


@pytest.mark.parametrize(
    ("address", "origin", "rp_id"),
    [
        ("https://pay.example.org", "https://pay.example.org", "pay.example.org"),
        ("https://Pay.Example.org:443/base", "https://pay.example.org", "pay.example.org"),
        ("https://pay.example.org:8443", "https://pay.example.org:8443", "pay.example.org"),
        ("http://localhost:8080", "http://localhost:8080", "localhost"),
        ("http://shop.localhost", "http://shop.localhost", "shop.localhost"),
        ("https://Пример.рф", "https://xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_site_is_the_origin_and_the_name_of_the_public_address(
    address: str, origin: str, rp_id: str
) -> None:
    assert passkey_site(address) == PasskeySite(origin, rp_id)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://pay.example.org", SiteFault.INSECURE),
        ("http://192.0.2.1:8080", SiteFault.INSECURE),
        ("http://localhost:99999", SiteFault.ADDRESS),
        ("http://[:::]", SiteFault.ADDRESS),
        ("https://a..b", SiteFault.ADDRESS),
        ("http://notlocalhost", SiteFault.INSECURE),
        ("https://192.0.2.1", SiteFault.ADDRESS),
        ("http://127.0.0.1:8080", SiteFault.ADDRESS),
        ("http://[::1]:8080", SiteFault.ADDRESS),
    ],
)
def test_address_that_browsers_refuse_is_no_site(address: str, fault: SiteFault) -> None:
    assert passkey_site(address) is fault


def test_name_of_a_passkey_can_be_printed() -> None:
    assert is_passkey_name("Рабочий ноутбук")
    for name in ("", " phone", "phone ", "a\nb", "x" * 41):
        assert not is_passkey_name(name)


def test_challenge_is_found_by_its_browser_for_five_minutes() -> None:
    made = CHALLENGES.new(Purpose.ADD, "session", "secret", NOW)
    found = CHALLENGES.found(made.token, Purpose.ADD, "session", NOW)
    assert found == made
    assert made.ends_at == NOW + CHALLENGE_TIME
    last = made.ends_at - timedelta(seconds=1)
    assert CHALLENGES.found(made.token, Purpose.ADD, "session", last) == made
    assert CHALLENGES.found(made.token, Purpose.ADD, "session", made.ends_at) is None


def test_challenge_belongs_to_its_purpose_session_and_gateway() -> None:
    made = CHALLENGES.new(Purpose.ADD, "session", "secret", NOW)
    for key, purpose, session in (
        (CHALLENGES, Purpose.LOG_IN, "session"),
        (CHALLENGES, Purpose.ADD, "other session"),
        (Challenges(b"x" * 32), Purpose.ADD, "session"),
    ):
        other = key.found(made.token, purpose, session, NOW)
        assert other is not None
        assert other.value != made.value


@pytest.mark.parametrize(
    "token", ["", ".", "x", "1.x", "99999999999.x", "9" * 200 + ".x", "-5.x", "\u0661.x", "1." * 90]
)
def test_text_that_is_no_token_has_no_challenge(token: str) -> None:
    assert CHALLENGES.found(token, Purpose.LOG_IN, "", NOW) is None


def test_user_handle_names_the_merchant_and_hides_the_login() -> None:
    handle = CHALLENGES.user_handle(7, "shop-owner")
    assert handle == CHALLENGES.user_handle(7, "shop-owner")
    assert handle != CHALLENGES.user_handle(7, "shop-operator")
    assert merchant_of_token(handle) == 7
    assert "owner" not in handle
    assert len(handle) <= 64
