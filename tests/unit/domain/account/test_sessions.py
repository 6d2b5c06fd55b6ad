"""A session ends after inactivity and at its age; its token names the merchant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from altyn.domain.account.sessions import (
    AccountSession,
    SessionRules,
    SessionStage,
    form_token,
    is_form_token,
    merchant_of_token,
    session_token,
)

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
RULES = SessionRules(idle=timedelta(minutes=10), lifetime=timedelta(hours=1))


def test_session_ends_after_inactivity_and_at_its_age() -> None:
    session = AccountSession(
        merchant_id=1,
        token_hash=b"",
        login="u",
        stage=SessionStage.OPEN,
        created_at=NOW,
        last_request_at=NOW,
        ends_at=NOW + RULES.lifetime,
    )
    minute, second = timedelta(minutes=1), timedelta(seconds=1)
    assert not session.is_over(NOW + 10 * minute - second, RULES)
    assert session.is_over(NOW + 10 * minute, RULES)
    active = replace(session, last_request_at=NOW + 59 * minute)
    assert not active.is_over(NOW + 60 * minute - second, RULES)
    assert active.is_over(NOW + 60 * minute, RULES)


def test_token_names_its_merchant() -> None:
    assert merchant_of_token(session_token(42, "secret")) == 42


@pytest.mark.parametrize(
    "text", ["", ".", "1.", ".x", "x.y", "-1.x", "²." + "x", "1234567890.x", "1." + "x" * 200, "1"]
)
def test_text_that_is_no_token_names_no_merchant(text: str) -> None:
    assert merchant_of_token(text) is None


def test_form_token_belongs_to_one_session() -> None:
    assert is_form_token(form_token("1.a"), "1.a")
    assert not is_form_token(form_token("1.a"), "1.b")
    assert not is_form_token("", "1.a")
    assert not is_form_token("\ud800", "1.a")
