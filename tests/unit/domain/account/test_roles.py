"""The table of roles and actions: what each role may do, and what can be switched for one user."""

from dataclasses import replace

import pytest

from altyn.domain.account.roles import (
    GRANTS,
    PERMISSIONS,
    AccountRole,
    Action,
    Grant,
    RightNotSwitchableError,
    Rights,
)
from altyn.domain.account.user import AccountUser

PAIRS = [(role, action) for role in AccountRole for action in Action]


def test_table_names_every_action_once() -> None:
    assert [action for action, *_ in PERMISSIONS] == list(Action)


@pytest.mark.parametrize(("role", "action"), PAIRS)
def test_role_has_the_rights_of_the_table(role: AccountRole, action: Action) -> None:
    expected = GRANTS[role, action] in {Grant.ALWAYS, Grant.ON}
    assert Rights(role).allow(action) is expected
    assert (action in Rights(role).actions) is expected


@pytest.mark.parametrize(("role", "action"), PAIRS)
def test_right_is_switched_where_the_table_allows_it(role: AccountRole, action: Action) -> None:
    rights, grant = Rights(role), GRANTS[role, action]
    if grant in {Grant.ALWAYS, Grant.NEVER}:
        for changes in ({"grant": [action], "revoke": []}, {"grant": [], "revoke": [action]}):
            with pytest.raises(RightNotSwitchableError, match=role):
                rights.changed(**changes)
        return
    on = rights.changed(grant=[action], revoke=[])
    off = rights.changed(grant=[], revoke=[action])
    assert on.allow(action)
    assert not off.allow(action)
    assert off.changed(grant=[action], revoke=[]).allow(action)
    assert not on.changed(grant=[], revoke=[action]).allow(action)


@pytest.mark.parametrize(("role", "action"), PAIRS)
def test_stored_switch_gives_no_right_that_the_role_cannot_have(
    role: AccountRole, action: Action
) -> None:
    everything, nothing = frozenset(Action), frozenset[Action]()
    grant = GRANTS[role, action]
    assert Rights(role, granted=everything).allow(action) is (grant is not Grant.NEVER)
    assert Rights(role, nothing, revoked=everything).allow(action) is (grant is Grant.ALWAYS)


@pytest.mark.parametrize("action", Action)
def test_user_with_a_one_time_password_or_a_block_has_no_right(action: Action) -> None:
    owner = AccountUser(
        merchant_id=1, login="u", password_hash="", rights=Rights(AccountRole.OWNER)
    )
    assert owner.may(action)
    assert not replace(owner, must_change_password=True).may(action)
    assert not replace(owner, blocked=True).may(action)
