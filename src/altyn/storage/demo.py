"""The demo shop, which every sandbox has from its first start.

It is added where it is missing, and never repaired: changes that a person has made stay.
"""

from typing import Final

from altyn.domain.account.audit import AuditAction, AuditEntry
from altyn.domain.account.roles import AccountRole, Rights
from altyn.domain.account.user import AccountUser
from altyn.domain.callback import CallbackSettings
from altyn.domain.merchant import OPENING, MerchantSettings
from altyn.domain.page import HolderField
from altyn.domain.receipt.settings import FiscalProvider, FiscalSettings
from altyn.operations.ports import Clock
from altyn.operations.staff import merchants, tokens, users
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.ports import StaffContext
from altyn.storage.account import AccountTables
from altyn.storage.audit import AuditLog
from altyn.storage.database import Connection, Pool
from altyn.storage.staff import staff_context
from altyn.storage.statements import statement

# Printed in the quick start; production refuses to start with a database that holds them.
DEMO_LOGIN: Final = "test"
DEMO_API_LOGIN: Final = "test-api"
DEMO_OWNER_LOGIN: Final = "test-owner"
DEMO_OPERATOR_LOGIN: Final = "test-operator"
DEMO_CHILD_LOGIN: Final = "test-child"
DEMO_CHILD_API_LOGIN: Final = "test-child-api"
DEMO_PASSWORD: Final = "testPwd1"  # noqa: S105 - public, and moves simulated money only
DEMO_TOKEN: Final = "test-token"  # noqa: S105 - as above
DEMO_CALLBACK_KEY: Final = "test-callback-key"
DEMO_INN: Final = "7700000007"

# Those of codes.md §8, and those that shops of this engine were seen to send (rest-orders.md §2.1).
DEMO_CURRENCIES: Final = (
    *("643", "840", "978", "156", "826", "398", "933", "051", "944", "417", "860"),
    *("946", "975", "012", "788", "084", "554"),
)
DEMO_SETTINGS: Final = MerchantSettings(
    permissions=OPENING,
    default_currency="643",
    currencies=DEMO_CURRENCIES,
    payment_attempts=3,
    status_version=13,
    page_names=("en=Demo shop",),
    page_holder=HolderField.OFF,
    callbacks=CallbackSettings(key=DEMO_CALLBACK_KEY),
    # Orders with a cart get receipts; an order without one stays the short example that it is.
    fiscal=FiscalSettings(
        provider=FiscalProvider.SIMULATED,
        inn=DEMO_INN,
        default_line=False,
        answer_version=5,
        mail=True,
    ),
)

_ACTOR: Final = StaffActor(name="demo", role=StaffRole.OPERATOR)


async def seed_demo(pool: Pool, *, clock: Clock, token_key: bytes, audit_key: bytes) -> bool:
    """Add the demo merchant and its child if they are missing; return whether any was added.

    Safe when many processes start at once: one of them adds them, the others wait and find them.
    """
    async with pool.acquire() as connection:
        if await _exists(connection, DEMO_CHILD_LOGIN) and await _has_owner(connection):
            return False
        async with connection.transaction():
            # All or nothing, so that a killed process leaves no shop without its users.
            await statement("lock_demo").execute(connection)
            staff = staff_context(
                connection, actor=_ACTOR, clock=clock, token_key=token_key, audit_key=audit_key
            )
            account = AccountTables(connection, audit=AuditLog(audit_key), token_key=token_key)
            added = [
                await _add_shop(connection, staff, account),
                await _add_owner(connection, staff, account),
                await _add_child(connection, staff),
            ]
    return any(added)


async def demo_exists(pool: Pool) -> bool:
    """Whether the database holds the demo merchant: production refuses to start then."""
    async with pool.acquire() as connection:
        return await _exists(connection, DEMO_LOGIN)


async def _add_shop(connection: Connection, staff: StaffContext, account: AccountTables) -> bool:
    if await _exists(connection, DEMO_LOGIN):
        return False
    await merchants.add_merchant(DEMO_LOGIN, "Демо-магазин", staff, settings=DEMO_SETTINGS)
    await users.add_api_user(DEMO_LOGIN, DEMO_API_LOGIN, DEMO_PASSWORD, staff)
    await tokens.add_token(DEMO_API_LOGIN, DEMO_TOKEN, staff)
    await _add_account_user(DEMO_OPERATOR_LOGIN, AccountRole.OPERATOR, staff, account)
    return True


async def _add_owner(connection: Connection, staff: StaffContext, account: AccountTables) -> bool:
    """Add the owner, also to a shop of a version that had none."""
    if await _has_owner(connection):
        return False
    await _add_account_user(DEMO_OWNER_LOGIN, AccountRole.OWNER, staff, account)
    return True


async def _has_owner(connection: Connection) -> bool:
    """Whether the owner's login is in use, whatever for."""
    rows = await statement("load_account_user").fetch(connection, login=DEMO_OWNER_LOGIN)
    return bool(rows) or await _exists(connection, DEMO_OWNER_LOGIN)


async def _add_account_user(
    login: str, role: AccountRole, staff: StaffContext, account: AccountTables
) -> None:
    """Add a user of the personal account whose password is published, and stays."""
    shop = await merchants.find_merchant(DEMO_LOGIN, staff)
    user = AccountUser(
        merchant_id=shop.merchant_id,
        login=login,
        password_hash=await staff.hash_password(DEMO_PASSWORD),
        rights=Rights(role),
    )
    entry = AuditEntry(
        merchant_id=shop.merchant_id,
        at=staff.clock.now(),
        actor=_ACTOR.name,
        address="",
        action=AuditAction.USER_ADDED,
        subject=login,
        detail=role,
    )
    await account.add_user(user, entry)


async def _add_child(connection: Connection, staff: StaffContext) -> bool:
    if await _exists(connection, DEMO_CHILD_LOGIN):
        return False
    await merchants.add_merchant(
        DEMO_CHILD_LOGIN,
        "Демо-магазин: дочерний",
        staff,
        settings=DEMO_SETTINGS,
        parent=DEMO_LOGIN,
    )
    await users.add_api_user(DEMO_CHILD_LOGIN, DEMO_CHILD_API_LOGIN, DEMO_PASSWORD, staff)
    return True


async def _exists(connection: Connection, login: str) -> bool:
    return bool(await statement("find_merchant").fetch(connection, login=login))
