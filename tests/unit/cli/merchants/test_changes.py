"""Changes of a shop as they are typed: settings, permissions, and mistakes."""

import pytest

from altyn.cli.merchants.changes import read_changes
from altyn.cli.output import CommandError
from altyn.domain.merchant import Permission


def test_words_are_read_as_changes() -> None:
    changes = read_changes(
        ["hold_days=5", "+refund", "-two_phase", "callbacks.urls=https://a/?x=1"]
    )

    assert changes.applied_to({Permission.TWO_PHASE, Permission.VERIFY}) == {
        "hold_days": "5",
        "callbacks.urls": "https://a/?x=1",
        "permissions": ["refund", "verify"],
    }


def test_permissions_that_are_not_named_stay_unchanged() -> None:
    assert read_changes(["mcc=5411"]).applied_to({Permission.REFUND}) == {"mcc": "5411"}


@pytest.mark.parametrize("word", ["hold_days=", "hold_days=default"])
def test_empty_value_restores_the_default(word: str) -> None:
    assert read_changes([word]).settings == {"hold_days": None}


@pytest.mark.parametrize("word", ["refund", "=5", "+refunds", "-h"])
def test_word_that_is_not_a_change_is_refused(word: str) -> None:
    with pytest.raises(CommandError):
        read_changes([word])


def test_permission_both_granted_and_revoked_is_refused() -> None:
    with pytest.raises(CommandError, match="refund"):
        read_changes(["+refund", "-refund"])
