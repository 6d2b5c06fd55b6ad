"""Why an action in the personal account is refused. Each text says what is wrong and what to do."""

from collections.abc import Sequence
from enum import StrEnum

from altyn.domain.account.password_rules import PasswordRule


class Reason(StrEnum):
    """Why, by a name for the pages; the value is the text of the command line and the log."""

    LOGIN_EMPTY = "the login is empty: type it"
    PASSWORD_EMPTY = "the password is empty: type it"  # noqa: S105 - a text
    WRONG_LOGIN = (
        "the login or the password is wrong; ten failed logins lock a login for 30 minutes: check "
        "both, or ask an owner of the shop for a new password"
    )
    USER_BLOCKED = "the user is blocked: an owner of the shop can unblock it"
    MERCHANT_BLOCKED = "the shop is blocked: ask the provider"
    WRONG_CODE = "the one-time code is wrong or was used before: type the newest one"
    PASSKEY_REFUSED = (
        "the passkey is refused; ten failed logins lock a login for 30 minutes: log in with the "
        "password"
    )
    PASSKEY_UNKNOWN = "the passkey is not known here: log in with the password"
    PASSKEY_TOO_LATE = "more than five minutes have passed, or this was done before: begin again"
    PASSKEY_NOT_CREATED = "the device's answer cannot be used: begin again, or use another device"
    PASSKEY_NAME = "a passkey's name has 1 to 40 characters: change the name"
    PASSKEY_NAME_TAKEN = "one of the user's passkeys has this name: choose another name"
    PASSKEY_KNOWN = "this passkey was added before: remove it first, or use another device"
    PASSKEY_GONE = "the user has no such passkey: load the page again"
    TOO_MANY_PASSKEYS = "the user has 20 passkeys: remove one first"
    NO_PASSKEYS_HERE = "browsers allow passkeys at https:// addresses and at localhost only"
    SESSION_OVER = "the session has ended: log in again"
    PASSWORD_IS_ONE_TIME = "the password is a one-time password: change it first"  # noqa: S105
    NOT_PERMITTED = "the user does not have this right: an owner of the shop can switch it on"
    FORM_OUTDATED = "the form is not from this session: load the page again"
    WRONG_PASSWORD = "the present password is wrong: type it again"  # noqa: S105 - a text
    PASSWORD_RULES = "the new password breaks rules"  # noqa: S105 - a text
    LOGIN_MALFORMED = "this is not a login"
    LOGIN_TAKEN = "the login is taken: choose another one"
    USER_UNKNOWN = "the shop has no such user"
    OWN_USER = "this cannot be changed of one's own user: another owner can do it"
    NOT_SWITCHABLE = "the role has this right always, or never"
    API_USER_UNKNOWN = "the shop has no such user of the API"
    SHOP_UNKNOWN = "there is no such shop among the shops that the user may see"
    NOTHING_TO_RESTORE = "there is nothing to restore: five minutes have passed, or nothing changed"


class AccountError(Exception):
    """The action was refused, and nothing was saved."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}{f': {detail}' if detail else ''}")
        self.reason = reason
        self.detail = detail


class PasswordRulesError(AccountError):
    """A new password breaks these rules."""

    def __init__(self, rules: Sequence[PasswordRule]) -> None:
        super().__init__(Reason.PASSWORD_RULES, "; ".join(rules))
        self.rules = tuple(rules)
