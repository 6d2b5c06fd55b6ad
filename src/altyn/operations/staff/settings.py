"""Change a merchant's settings; the old ones stay as history."""

from collections.abc import Iterable, Mapping
from functools import partial

from altyn.domain.merchant import MerchantSettings
from altyn.operations.staff.actors import Right, StaffRole
from altyn.operations.staff.errors import SettingsChangedError, UnknownMerchantNumberError
from altyn.operations.staff.ports import SettingsUpdate, StaffContext
from altyn.operations.staff.setting_table import (
    changed_settings,
    check_changes,
    encrypted_changes,
    is_callback_setting,
)
from altyn.operations.staff.shop_settings import are_of_shop, refuse_unopened


async def change_settings(
    merchant_id: int,
    changes: Mapping[str, object],
    context: StaffContext,
    *,
    version: int | None = None,
) -> MerchantSettings:
    """Change some settings, by the keys of `SETTINGS`; return those that are then in force.

    Values are as in `check_changes`. When two changes meet, the second one is checked again on top
    of the first, unless it is meant for one `version` only: the one that a person has seen.
    Refuses: an actor who may not, an unknown merchant, SettingsChangedError, then
    SettingRefusedError.
    """
    context.actor.require(_needed(changes), merchant_id)
    while True:
        current = await context.store.settings_in_force(merchant_id)
        if current is None:
            raise UnknownMerchantNumberError(merchant_id)
        if version not in {None, current.version}:
            raise SettingsChangedError(current.version)
        if context.actor.role is StaffRole.ACCOUNT_USER:
            refuse_unopened(changes, current.settings)
        checked = encrypted_changes(check_changes(changes), partial(context.encrypt, merchant_id))
        settings = changed_settings(current.settings, checked)
        update = SettingsUpdate(
            merchant_id=merchant_id,
            version=current.version + 1,
            changes=checked,
            changed_at=context.clock.now(),
            changed_by=context.actor.name,
        )
        if await context.store.add_settings(update):
            return settings


def _needed(keys: Iterable[str]) -> Right:
    """The right that a change of these settings needs."""
    changed = list(keys)
    if all(map(is_callback_setting, changed)):
        return Right.CHANGE_CALLBACK_SETTINGS
    return Right.CHANGE_SHOP_SETTINGS if are_of_shop(changed) else Right.CHANGE_SETTINGS
