"""Who acts as staff, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from altyn.operations.staff.errors import NotPermittedError


class Right(StrEnum):
    """One thing that staff may do; the value completes "X may not …"."""

    SEE_MERCHANTS = "see merchants"
    ADD_MERCHANTS = "add merchants"
    BLOCK_MERCHANTS = "block merchants"
    MANAGE_USERS = "manage users"
    MANAGE_TOKENS = "manage tokens"
    RESEND_RECEIPTS = "send receipts again"
    CHANGE_SETTINGS = "change settings"
    CHANGE_CALLBACK_SETTINGS = "change settings of callbacks"
    CHANGE_SHOP_SETTINGS = "change the settings that are the shop's own"


class StaffRole(StrEnum):
    """The role of an actor."""

    OPERATOR = "operator"
    """The provider's staff, at the command line."""

    SHOP_USER = "shop user"
    """An API user of a shop, through the plugin of its CMS."""

    ACCOUNT_USER = "user of the personal account"
    """A user of a shop, who has the right for it in the account."""


RIGHTS: Final = {
    StaffRole.OPERATOR: frozenset(Right),
    StaffRole.SHOP_USER: frozenset({Right.CHANGE_CALLBACK_SETTINGS}),
    StaffRole.ACCOUNT_USER: frozenset(
        {Right.CHANGE_CALLBACK_SETTINGS, Right.CHANGE_SHOP_SETTINGS, Right.RESEND_RECEIPTS}
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActor:
    """Who makes a change. `name` and `address` (an IP address, empty at the command line) are kept
    in the audit log, the name in the history of settings too.

    `merchant_id` is the only merchant that the actor may act for; None: every merchant.
    """

    name: str
    role: StaffRole
    merchant_id: int | None = None
    address: str = ""

    def require(self, right: Right, merchant_id: int | None = None) -> None:
        """Raise NotPermittedError unless the actor has this right for the merchant.

        `merchant_id` is None for what concerns all merchants.
        """
        if right not in RIGHTS[self.role]:
            raise NotPermittedError(f"{self.name} ({self.role}) may not {right}")
        if self.merchant_id is not None and self.merchant_id != merchant_id:
            raise NotPermittedError(f"{self.name} ({self.role}) may not {right} of other merchants")
