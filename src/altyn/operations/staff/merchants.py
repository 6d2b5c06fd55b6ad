"""Merchants: list them, look at one, add one, block one."""

from collections.abc import Sequence
from dataclasses import dataclass

from altyn.domain.control_characters import has_control
from altyn.domain.credentials import is_login
from altyn.domain.merchant import Merchant, MerchantSettings
from altyn.domain.similar_names import did_you_mean
from altyn.operations.staff.actors import Right
from altyn.operations.staff.errors import (
    LoginMalformedError,
    LoginTakenError,
    NameMalformedError,
    UnknownLoginError,
)
from altyn.operations.staff.ports import (
    CertificateSummary,
    NewMerchant,
    SettingsVersion,
    StaffContext,
    UserSummary,
)
from altyn.operations.staff.setting_table import (
    changed_settings,
    check_changes,
    differences_from_default,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantDetails:
    """A merchant with its users, its number of tokens, its certificates and its settings' history,
    both newest first."""

    merchant: Merchant
    users: tuple[UserSummary, ...]
    tokens: int
    certificates: tuple[CertificateSummary, ...]
    history: tuple[SettingsVersion, ...]


async def list_merchants(context: StaffContext) -> Sequence[Merchant]:
    """All merchants, in the order of their numbers."""
    context.actor.require(Right.SEE_MERCHANTS)
    return await context.store.merchants()


async def find_merchant(login: str, context: StaffContext) -> Merchant:
    """The merchant of this login, or of an API user's login. Raises UnknownLoginError."""
    context.actor.require(Right.SEE_MERCHANTS)
    return await merchant_of(login, context)


async def merchant_details(login: str, context: StaffContext) -> MerchantDetails:
    """A merchant with everything that is not a secret. Raises UnknownLoginError."""
    context.actor.require(Right.SEE_MERCHANTS)
    merchant = await merchant_of(login, context)
    store, merchant_id = context.store, merchant.merchant_id
    return MerchantDetails(
        merchant=merchant,
        users=tuple(await store.users(merchant_id)),
        tokens=await store.token_count(merchant_id),
        certificates=tuple(await store.certificates(merchant_id)),
        history=tuple(await store.settings_history(merchant_id)),
    )


async def add_merchant(
    login: str,
    name: str,
    context: StaffContext,
    *,
    settings: MerchantSettings,
    parent: str | None = None,
) -> Merchant:
    """Add a merchant without users.

    Refuses: a malformed login, a malformed name, an unknown parent, settings that break their
    rules, a taken login.
    """
    context.actor.require(Right.ADD_MERCHANTS)
    refuse_malformed_login(login)
    if not name.strip() or has_control(name):
        raise NameMalformedError
    parent_id = (await merchant_of(parent, context)).merchant_id if parent else None
    changes = check_changes(differences_from_default(settings))
    changed_settings(MerchantSettings(), changes)  # refuses contradictions
    merchant = NewMerchant(login=login, name=name, parent_id=parent_id, settings=changes)
    added = await context.store.add_merchant(
        merchant, by=context.actor.name, now=context.clock.now()
    )
    if not added:
        raise LoginTakenError(login)
    return await merchant_of(login, context)


async def block_merchant(login: str, context: StaffContext, *, blocked: bool) -> None:
    """Block a merchant with all its users, or unblock it. Raises UnknownLoginError."""
    context.actor.require(Right.BLOCK_MERCHANTS)
    if not await context.store.block_merchant(login, blocked=blocked):
        raise await _unknown(login, context)


async def merchant_of(login: str, context: StaffContext) -> Merchant:
    """As `find_merchant`, for use-cases that have checked a right of their own."""
    merchant = await context.store.merchant(login)
    if merchant is None:
        raise await _unknown(login, context)
    return merchant


def refuse_malformed_login(login: str) -> None:
    """Raise LoginMalformedError for a text that is not a login."""
    if not is_login(login):
        raise LoginMalformedError


async def _unknown(login: str, context: StaffContext) -> UnknownLoginError:
    logins = [merchant.login for merchant in await context.store.merchants()]
    return UnknownLoginError(f"no merchant has the login {login}.{did_you_mean(login, logins)}")
