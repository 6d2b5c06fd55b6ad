"""Builds the pages and the login with passkeys of the personal account."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from altyn.domain.account.audit import AUDIT_KEY_PURPOSE
from altyn.domain.account.challenges import CHALLENGE_KEY_PURPOSE, Challenges
from altyn.inbound.personal_account.access import AccountAccess
from altyn.inbound.personal_account.login_pages import LoginPages
from altyn.inbound.personal_account.passkeys.login import PasskeyLogin
from altyn.inbound.personal_account.passkeys.page import PasskeysPage
from altyn.inbound.personal_account.passkeys.user_passkeys import UserPasskeys
from altyn.operations.account.passkey_ports import PasskeyContext
from altyn.security.keys import KeyRing
from altyn.security.passkey_responses import LibraryResponses
from altyn.storage.audit import AuditLog
from altyn.storage.database import Pool
from altyn.storage.passkeys import PasskeyTables

SITE_NAME: Final = "Altyn"
"""What a browser shows as the name of the site."""


def passkey_routes(
    access: AccountAccess, login: LoginPages, pool: Pool, keys: KeyRing
) -> Sequence[BaseRoute]:
    """The page of one's own passkeys, and the login with one."""
    context = PasskeyContext(
        account=access.context,
        store=PasskeyTables(pool, AuditLog(keys.derive(AUDIT_KEY_PURPOSE))),
        responses=LibraryResponses(SITE_NAME),
        challenges=Challenges(keys.derive(CHALLENGE_KEY_PURPOSE)),
    )
    return [
        *PasskeysPage(access, context).routes(),
        *UserPasskeys(access, context).routes(),
        *PasskeyLogin(access, context, login).routes(),
    ]
