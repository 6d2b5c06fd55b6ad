"""Why a change by staff is refused; each text says what is wrong and what is allowed."""

from altyn.domain.credentials import (
    LOGIN_FORM,
    PASSWORD_LENGTH_MAX,
    PASSWORD_LENGTH_MIN,
    TOKEN_LENGTH_MAX,
    TOKEN_LENGTH_MIN,
)


class StaffError(Exception):
    """The change was refused, and nothing was saved."""


class NotPermittedError(StaffError):
    """The actor's role does not allow this, or not for this merchant."""


class UnknownLoginError(StaffError):
    """No merchant or user has this login."""


class UnknownMerchantNumberError(StaffError):
    """No merchant has this number."""

    def __init__(self, merchant_id: int) -> None:
        super().__init__(f"no merchant has the number {merchant_id}")


class LoginMalformedError(StaffError):
    """The login does not have the form of a login."""

    def __init__(self) -> None:
        super().__init__(f"a login has {LOGIN_FORM}")


class NameMalformedError(StaffError):
    """The name of a merchant is empty, or has control characters."""

    def __init__(self) -> None:
        super().__init__("a shop's name has at least one character, and no control characters")


class LoginTakenError(StaffError):
    """Another merchant or user has this login: a login names one merchant or user only."""

    def __init__(self, login: str) -> None:
        super().__init__(f"the login {login} is taken: choose another one")


class PasswordLengthError(StaffError):
    """The password is too short or too long."""

    def __init__(self) -> None:
        bounds = f"{PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX}"
        super().__init__(f"a password has {bounds} characters")


class TokenLengthError(StaffError):
    """The token is too short or too long."""

    def __init__(self) -> None:
        super().__init__(f"a token has {TOKEN_LENGTH_MIN} to {TOKEN_LENGTH_MAX} characters")


class TokenTakenError(StaffError):
    """Another user has this token."""

    def __init__(self) -> None:
        super().__init__("another user has this token: choose another one")


class SettingRefusedError(StaffError):
    """A setting cannot have this value; the text names the setting and what is allowed."""

    def __init__(self, key: str, allowed: str) -> None:
        super().__init__(f"{key}: {allowed}")
        self.key = key
        self.allowed = allowed


class SettingsChangedError(StaffError):
    """The settings have a newer version than the one that the change was made for."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the settings were changed meanwhile: version {version} is in force")
        self.version = version
