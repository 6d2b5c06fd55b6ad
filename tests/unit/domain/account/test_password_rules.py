"""Passwords that users choose keep the rules of the reference."""

import pytest

from altyn.domain.account.password_rules import broken_account_rules, broken_api_rules
from altyn.security.generated_secrets import new_account_password, new_password

NAMES = ("Coffee House", "coffee", "coffee-api", "ab")


@pytest.mark.parametrize(
    ("password", "rules"),
    [
        ("Str0ng!pass", []),
        ('A1b!"#;:?*()+=/\\<>,.[]{}', []),
        ("Aab1!xyz", []),
        ("Sh0rt!a", ["LENGTH"]),
        ("A1!" + "a" * 254, ["LENGTH"]),
        ("lowercase1!", ["UPPER"]),
        ("UPPERCASE1!", ["LOWER"]),
        ("No-digits!", ["CHARACTERS", "DIGIT"]),
        ("NoSpecial1", ["SPECIAL"]),
        ("Пароль12!Aa", ["CHARACTERS"]),
        ("Space 12!Aa", ["CHARACTERS"]),
        ("COFFEE!12ab", ["SHOP_NAME"]),
        ("", ["LENGTH", "UPPER", "LOWER", "DIGIT", "SPECIAL"]),
    ],
)
def test_account_password(password: str, rules: list[str]) -> None:
    assert [rule.name for rule in broken_account_rules(password, NAMES)] == rules


@pytest.mark.parametrize(
    ("password", "rules"),
    [
        ("abcdefghijklmnopQ1", []),
        ("a" * 28 + "Q1", []),
        ("abcdefghijklmnoQ1", ["API_LENGTH"]),
        ("a" * 29 + "Q1", ["API_LENGTH"]),
        ("abcdefghijklmnopq1", ["UPPER"]),
        ("abcdefghijklmnopqR", ["DIGIT"]),
        ("my-Coffee-password1", ["CHARACTERS", "SHOP_NAME"]),
    ],
)
def test_api_password(password: str, rules: list[str]) -> None:
    assert [rule.name for rule in broken_api_rules(password, NAMES)] == rules


def test_generated_passwords_keep_the_rules() -> None:
    for _ in range(200):
        assert broken_account_rules(new_account_password(), ()) == ()
        assert broken_api_rules(new_password(), ()) == ()
