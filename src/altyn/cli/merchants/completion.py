"""Completes the words of `altyn merchant set` and `add` in the shell."""


def complete_change(incomplete: str) -> list[str | tuple[str, str]]:
    """The settings (`hold_days=`), the values of a setting, or the permissions after + or -.

    zsh and fish show what is allowed with the name of a setting.
    """
    from altyn.domain.merchant import Permission
    from altyn.operations.staff.setting_table import SETTINGS

    if incomplete[:1] in {"+", "-"}:
        return [f"{incomplete[0]}{each}" for each in sorted(Permission)]
    key, equals, _ = incomplete.partition("=")
    if equals:
        return [f"{key}={value}" for value in _values(key)]
    return [(f"{each.key}=", each.allowed) for each in SETTINGS if each.key != "permissions"]


def _values(key: str) -> list[str]:
    """The values of a setting that has only a few."""
    from altyn.operations.staff.setting_table import SETTINGS

    allowed = next((each.allowed for each in SETTINGS if each.key == key), "")
    if allowed.startswith("one of "):
        return allowed.removeprefix("one of ").split(", ")
    words = allowed.split(" or ")
    return words if all(word.isalnum() for word in words) else []
