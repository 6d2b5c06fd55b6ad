"""Whether a merchant may act for another one: only a parent for its child (merchantLogin)."""

from altyn.domain.merchant import Merchant
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.protocol.table import Method


def refuse_owner(caller: Merchant, owner: Merchant, method: Method) -> Refused | None:
    """Why the caller may not call a method about an order of this owner; None where it may.

    The caller itself is not looked at. Refuses: ACCESS_DENIED for an owner that is no child of the
    caller, is blocked, or lacks a permission of the method. Source: rest-orders.md §1.2.
    """
    if owner.merchant_id == caller.merchant_id:
        return None
    if owner.parent_id != caller.merchant_id or owner.blocked:
        return Refused(Refusal.ACCESS_DENIED, f"{owner.login} is not a child of the caller")
    for needs in method.permissions:
        if not owner.may(needs):
            return Refused(Refusal.ACCESS_DENIED, f"permission {needs} is off for {owner.login}")
    return None
