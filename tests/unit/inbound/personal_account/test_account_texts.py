"""Every refusal, rule, role and right has a text in both languages."""

import pytest

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.password_rules import PasswordRule
from altyn.domain.account.roles import AccountRole, Action
from altyn.inbound.personal_account.texts import (
    ACCOUNT_TEXTS,
    account_text,
    audit_action_text,
    reason_text,
)
from altyn.operations.account.errors import AccountError, PasswordRulesError, Reason


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_refusal_has_a_text(language: str) -> None:
    for reason in Reason:
        error = AccountError(reason, Action.REFUND)
        assert reason_text(error, language)
    text = reason_text(PasswordRulesError(tuple(PasswordRule)), language)
    assert text.count(";") == len(PasswordRule) - 1


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_role_and_right_has_a_name(language: str) -> None:
    for key in (*(f"role_{role}" for role in AccountRole), *(f"action_{each}" for each in Action)):
        assert account_text(key, language=language)


def test_every_action_of_the_log_has_a_name() -> None:
    for action in AuditAction:
        assert audit_action_text(action, "ru") != action
        assert audit_action_text(action, "en") == action
    assert audit_action_text("of a newer version", "ru") == "of a newer version"


def test_hint_of_the_password_names_the_signs() -> None:
    assert "[]{}" in ACCOUNT_TEXTS["password_hint"].text("en")
