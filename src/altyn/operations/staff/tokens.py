"""Tokens, which an API user may send instead of its login and password."""

from altyn.domain.credentials import TOKEN_LENGTH_MAX, TOKEN_LENGTH_MIN
from altyn.operations.staff.actors import Right
from altyn.operations.staff.errors import TokenLengthError, TokenTakenError
from altyn.operations.staff.ports import StaffContext
from altyn.operations.staff.users import unknown_user


async def add_token(login: str, token: str, context: StaffContext) -> None:
    """Add a token of an API user; a token that it has already changes nothing.

    Refuses: a length outside the bounds, an unknown login, a token of another user.
    """
    context.actor.require(Right.MANAGE_TOKENS)
    if not TOKEN_LENGTH_MIN <= len(token) <= TOKEN_LENGTH_MAX:
        raise TokenLengthError
    owner = await context.store.add_token(login, token, now=context.clock.now())
    if owner is None:
        raise await unknown_user(login, context)
    if owner != login:
        raise TokenTakenError


async def remove_token(token: str, context: StaffContext) -> bool:
    """Delete a token; False when no user had it."""
    context.actor.require(Right.MANAGE_TOKENS)
    return await context.store.remove_token(token)
