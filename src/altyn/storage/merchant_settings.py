"""A merchant's settings as they are stored: one JSON object per version.

Only settings that differ from the default are stored, so a new default takes effect everywhere. A
setting that a newer version of Altyn has stored is kept and ignored, so that old and new code run
side by side. Source: merchant-settings.md.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final, get_type_hints

import msgspec

from altyn.domain.merchant import MerchantSettings, Permission
from altyn.operations.staff.ports import SettingChange
from altyn.operations.staff.setting_table import GROUPS, group_of

NOTHING_STORED: Final = "{}"


def _words_by_name(settings: type) -> dict[str, frozenset[str]]:
    """The words that each setting of a class may be, for the settings that are one word."""
    return {
        name: frozenset(map(str, kind))
        for name, kind in get_type_hints(settings).items()
        if isinstance(kind, type) and issubclass(kind, StrEnum)
    }


_WORDS: Final = _words_by_name(MerchantSettings)
_WORDS_BY_GROUP: Final = {group: _words_by_name(kind) for group, kind in GROUPS.items()}
_KNOWN_PERMISSIONS: Final = frozenset(map(str, Permission))


def read_settings(stored: str) -> MerchantSettings:
    """The settings of a stored row, without keys, permissions and words of newer versions."""
    members: dict[str, Any] = msgspec.json.decode(stored)
    _drop_unknown_words(members, _WORDS)
    for group, words in _WORDS_BY_GROUP.items():
        _drop_unknown_words(members.get(group, {}), words)
    if "permissions" in members:
        members["permissions"] = [
            name for name in members["permissions"] if name in _KNOWN_PERMISSIONS
        ]
    return msgspec.convert(members, MerchantSettings)


def _drop_unknown_words(members: dict[str, Any], words_by_name: dict[str, frozenset[str]]) -> None:
    for name, words in words_by_name.items():
        if members.get(name) not in words:
            members.pop(name, None)


def merge_changes(stored: str, changes: Iterable[SettingChange]) -> str:
    """The row to store after checked changes; everything else in it stays as it is."""
    members: dict[str, Any] = msgspec.json.decode(stored)
    for change in changes:
        group, name = group_of(change.key)
        owner = members.setdefault(group, {}) if group else members
        if change.value is None:
            owner.pop(name, None)
        else:
            owner[name] = _as_json(change.value)
    return msgspec.json.encode(members, order="sorted").decode()


def _as_json(value: object) -> object:
    kept = msgspec.to_builtins(value)
    return sorted(kept) if isinstance(value, frozenset) else kept
