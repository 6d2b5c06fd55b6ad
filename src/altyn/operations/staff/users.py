"""Users of the API: add them. Users of the API and of the personal account: passwords, blocks."""

from altyn.domain.credentials import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN
from altyn.domain.similar_names import did_you_mean
from altyn.operations.staff.actors import Right
from altyn.operations.staff.errors import LoginTakenError, PasswordLengthError, UnknownLoginError
from altyn.operations.staff.merchants import merchant_of, refuse_malformed_login
from altyn.operations.staff.ports import NewUser, StaffContext


async def add_api_user(
    merchant: str, login: str, password: str, context: StaffContext, *, must_change: bool = False
) -> None:
    """Add a user of the API to the merchant of a login.

    `must_change`: the password is good for one login only.
    Refuses: a malformed login, an unknown merchant, a password outside its bounds, a taken login.
    """
    context.actor.require(Right.MANAGE_USERS)
    refuse_malformed_login(login)
    user = NewUser(
        merchant_id=(await merchant_of(merchant, context)).merchant_id,
        login=login,
        password_hash=await _hashed(password, context),
        must_change_password=must_change,
    )
    if not await context.store.add_user(user):
        raise LoginTakenError(login)


async def set_password(
    login: str, password: str, context: StaffContext, *, must_change: bool
) -> None:
    """Give a user of the API or of the personal account a new password.

    `must_change`: the password is good for one login only.

    Refuses: a password outside its bounds, an unknown login.
    """
    context.actor.require(Right.MANAGE_USERS)
    password_hash = await _hashed(password, context)
    if not await context.store.set_password(login, password_hash, must_change=must_change):
        raise await unknown_user(login, context)


async def block_user(login: str, context: StaffContext, *, blocked: bool) -> None:
    """Block a user of the API or of the personal account with its tokens, or unblock it.

    Raises UnknownLoginError.
    """
    context.actor.require(Right.MANAGE_USERS)
    if not await context.store.block_user(login, blocked=blocked):
        raise await unknown_user(login, context)


async def _hashed(password: str, context: StaffContext) -> str:
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise PasswordLengthError
    return await context.hash_password(password)


async def unknown_user(login: str, context: StaffContext) -> UnknownLoginError:
    """The refusal of a login that no user has, with the login that was probably meant."""
    meant = did_you_mean(login, await context.store.user_logins())
    return UnknownLoginError(f"no user has the login {login}.{meant}")
