"""The password and the token of an API user: changed in the account, restored within five minutes.

A one-time password is changed here too; until then the API answers 5.
Source: personal-account.md §1, §2; merchant-settings.md §2.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.password_rules import broken_api_rules
from altyn.domain.account.roles import Action
from altyn.operations.account.errors import AccountError, PasswordRulesError, Reason
from altyn.operations.account.ports import AccountActor, AccountContext, ApiPassword

RESTORE_TIME: Final = timedelta(minutes=5)


async def list_api_users(actor: AccountActor, context: AccountContext) -> tuple[ApiPassword, ...]:
    """The API users of the actor's shop, by login. Refuses: NOT_PERMITTED."""
    actor.require(Action.API_CREDENTIALS)
    store, merchant_id = context.store, actor.merchant_id
    found = [
        await store.api_password(merchant_id, each) for each in await store.logins(merchant_id)
    ]
    return tuple(each for each in found if each is not None)


async def change_api_password(
    login: str,
    password: str,
    actor: AccountActor,
    context: AccountContext,
    *,
    expected: str | None = None,
) -> None:
    """Replace the password of an API user; the old one is refused within a second.

    `expected` is the `state_of` that the form was made of: a form that is sent twice changes once,
    so that the password before it can be restored.
    Refuses: NOT_PERMITTED, PasswordRulesError, API_USER_UNKNOWN, FORM_OUTDATED.
    """
    actor.require(Action.API_CREDENTIALS)
    merchant = await context.merchants.get(actor.merchant_id)
    names = (merchant.name, *await context.store.logins(actor.merchant_id))
    if broken := broken_api_rules(password, names):
        raise PasswordRulesError(broken)
    _refuse_outdated(await _stored(login, actor, context), expected)
    password_hash = await context.passwords.hash(password)
    while True:
        stored = await _stored(login, actor, context)
        _refuse_outdated(stored, expected)
        now = context.clock.now()
        changed = replace(
            stored,
            password_hash=password_hash,
            # A one-time password is used up; it is not restored.
            previous_hash=None if stored.must_change else stored.password_hash,
            changed_at=now,
        )
        entry = actor.entry(AuditAction.API_PASSWORD_CHANGED, login, at=now)
        if await context.store.save_api_password(changed, entry):
            return


async def restore_api_password(login: str, actor: AccountActor, context: AccountContext) -> None:
    """Put the password before the last change in force again, within five minutes of it.

    Refuses: NOT_PERMITTED, API_USER_UNKNOWN, NOTHING_TO_RESTORE.
    """
    actor.require(Action.API_CREDENTIALS)
    while True:
        stored = await _stored(login, actor, context)
        now = context.clock.now()
        if not can_be_restored(stored, actor, context):
            raise AccountError(Reason.NOTHING_TO_RESTORE)
        assert stored.previous_hash is not None
        restored = replace(
            stored, password_hash=stored.previous_hash, previous_hash=None, changed_at=now
        )
        entry = actor.entry(AuditAction.API_PASSWORD_RESTORED, login, at=now)
        if await context.store.save_api_password(restored, entry):
            return


async def change_token(
    login: str,
    token: str,
    actor: AccountActor,
    context: AccountContext,
    *,
    expected: str | None = None,
) -> None:
    """Put a token in place of all tokens of an API user; the old ones are refused within a second.

    `expected` as for `change_api_password`.
    Refuses: NOT_PERMITTED, API_USER_UNKNOWN, FORM_OUTDATED.
    """
    actor.require(Action.API_CREDENTIALS)
    _refuse_outdated(await _stored(login, actor, context), expected)
    entry = actor.entry(AuditAction.TOKEN_CHANGED, login, at=context.clock.now())
    if not await context.store.replace_tokens(login, token, entry):
        raise AccountError(Reason.API_USER_UNKNOWN, login)


async def restore_token(login: str, actor: AccountActor, context: AccountContext) -> None:
    """Put the tokens before the last change in force again, within five minutes of it.

    Refuses: NOT_PERMITTED, NOTHING_TO_RESTORE.
    """
    actor.require(Action.API_CREDENTIALS)
    now = context.clock.now()
    entry = actor.entry(AuditAction.TOKEN_RESTORED, login, at=now)
    if not await context.store.restore_tokens(login, entry, since=now - RESTORE_TIME):
        raise AccountError(Reason.NOTHING_TO_RESTORE)


def can_be_restored(password: ApiPassword, actor: AccountActor, context: AccountContext) -> bool:
    """Whether the password before the last change can be restored now."""
    assert password.merchant_id == actor.merchant_id
    since = context.clock.now() - RESTORE_TIME
    changed_at = password.changed_at
    return password.previous_hash is not None and changed_at is not None and changed_at > since


def can_restore_tokens(password: ApiPassword, context: AccountContext) -> bool:
    """Whether the tokens before the last change can be restored now."""
    replaced_at = password.tokens_replaced_at
    return replaced_at is not None and replaced_at > context.clock.now() - RESTORE_TIME


def state_of(password: ApiPassword) -> str:
    """When password and tokens were changed: what a form is made of."""
    return f"{password.changed_at} {password.tokens_replaced_at}"


def _refuse_outdated(password: ApiPassword, expected: str | None) -> None:
    """Raise AccountError where the credentials were changed after the form was made."""
    if expected is not None and expected != state_of(password):
        raise AccountError(Reason.FORM_OUTDATED)


async def _stored(login: str, actor: AccountActor, context: AccountContext) -> ApiPassword:
    stored = await context.store.api_password(actor.merchant_id, login)
    if stored is None:
        raise AccountError(Reason.API_USER_UNKNOWN, login)
    return stored
