"""Who may do what in the personal account: roles, actions, and the one table of both.

Source: personal-account.md §2 (roles; rights are switched on per user).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final


class AccountRole(StrEnum):
    """What a user of the personal account is in the shop."""

    OWNER = "owner"
    OPERATOR = "operator"
    ACCOUNTANT = "accountant"
    SUPPORT = "support"


class Action(StrEnum):
    """One thing that a user may do; the value is its name at the command line and in the log."""

    ORDERS = "orders"
    EXPORT = "export"
    COMPLETION = "completion"
    REVERSAL = "reversal"
    REFUND = "refund"
    DECLINE = "decline"
    RECEIPTS = "receipts"
    CALLBACKS = "callbacks"
    INVOICES = "invoices"
    REPORTS = "reports"
    SETTINGS = "settings"
    API_CREDENTIALS = "api"
    USERS = "users"
    AUDIT = "audit"


class Grant(Enum):
    """What a role has of an action."""

    ALWAYS = "always"
    ON = "on, can be switched off for a user"
    OFF = "off, can be switched on for a user"
    NEVER = "never"


_YES, _ON, _OFF, _NO = Grant.ALWAYS, Grant.ON, Grant.OFF, Grant.NEVER

ROLES: Final = tuple(AccountRole)
PERMISSIONS: Final = (
    # action                 owner  operator accountant support
    (Action.ORDERS,          _YES, _YES, _YES, _YES),
    (Action.EXPORT,          _YES, _ON,  _ON,  _OFF),
    (Action.COMPLETION,      _YES, _ON,  _NO,  _NO),
    (Action.REVERSAL,        _YES, _ON,  _NO,  _NO),
    (Action.REFUND,          _YES, _ON,  _OFF, _NO),
    (Action.DECLINE,         _YES, _ON,  _NO,  _NO),
    (Action.RECEIPTS,        _YES, _ON,  _OFF, _NO),
    (Action.CALLBACKS,       _YES, _ON,  _NO,  _OFF),
    (Action.INVOICES,        _YES, _ON,  _OFF, _NO),
    (Action.REPORTS,         _YES, _OFF, _YES, _NO),
    (Action.SETTINGS,        _YES, _OFF, _NO,  _NO),
    (Action.API_CREDENTIALS, _YES, _OFF, _NO,  _NO),
    (Action.USERS,           _YES, _NO,  _NO,  _NO),
    (Action.AUDIT,           _YES, _NO,  _OFF, _NO),
)  # fmt: skip
GRANTS: Final = {
    (role, action): grant
    for action, *grants in PERMISSIONS
    for role, grant in zip(ROLES, grants, strict=True)
}


class RightNotSwitchableError(Exception):
    """A role has this right always, or never; it cannot be switched for one user."""

    def __init__(self, role: AccountRole, action: Action) -> None:
        grant = GRANTS[role, action]
        text = "always has" if grant is Grant.ALWAYS else "cannot have"
        super().__init__(f"the role {role} {text} the right {action}")
        self.role, self.action, self.grant = role, action, grant


@dataclass(frozen=True, slots=True)
class Rights:
    """The role of a user, and how its rights differ from those of the role."""

    role: AccountRole
    granted: frozenset[Action] = frozenset()
    revoked: frozenset[Action] = frozenset()

    def allow(self, action: Action) -> bool:
        """Whether the user may do this. The table limits what is switched on or off."""
        grant = GRANTS[self.role, action]
        if grant is Grant.OFF:
            return action in self.granted
        return grant is Grant.ALWAYS or (grant is Grant.ON and action not in self.revoked)

    @property
    def actions(self) -> tuple[Action, ...]:
        """Everything that the user may do, in the order of the table."""
        return tuple(action for action in Action if self.allow(action))

    def changed(self, *, grant: Collection[Action], revoke: Collection[Action]) -> "Rights":
        """The rights after some are switched on and others off. Raises RightNotSwitchableError."""
        for action in (*grant, *revoke):
            if GRANTS[self.role, action] not in {Grant.ON, Grant.OFF}:
                raise RightNotSwitchableError(self.role, action)
        return Rights(
            self.role,
            granted=(self.granted - frozenset(revoke)) | frozenset(grant),
            revoked=(self.revoked - frozenset(grant)) | frozenset(revoke),
        )
