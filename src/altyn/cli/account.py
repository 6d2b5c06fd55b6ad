"""Opens the personal account for one command, with the rights of the provider's staff."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from altyn.cli.actors import actor_name
from altyn.cli.database import gateway_clock, with_pool
from altyn.cli.output import CommandError
from altyn.domain.account.audit import AUDIT_KEY_PURPOSE, AuditAction
from altyn.domain.account.user import AccountUser
from altyn.domain.similar_names import did_you_mean
from altyn.installation_keys import load_keys
from altyn.operations.account.ports import AccountActor, AccountContext
from altyn.security.keys import KeyRing
from altyn.settings import Settings
from altyn.storage.account_context import account_context
from altyn.storage.database import Pool
from altyn.storage.statements import statement

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """The personal account of all shops, with the keys of the installation."""

    context: AccountContext
    pool: Pool
    ring: KeyRing

    @property
    def audit_key(self) -> bytes:
        """The key of the audit log's chain."""
        return self.ring.derive(AUDIT_KEY_PURPOSE)

    def staff(self, merchant_id: int, command: str = "altyn users") -> AccountActor:
        """The provider's staff, acting for a shop by a command."""
        return AccountActor(name=actor_name(command), merchant_id=merchant_id)

    async def record(
        self, actor: AccountActor, action: AuditAction, subject: str, detail: str = ""
    ) -> None:
        """Add an entry of the audit log for what the command has just done."""
        entry = actor.entry(action, subject, at=self.context.clock.now(), detail=detail)
        await self.context.store.add_entry(entry)

    async def shops(self) -> dict[str, int]:
        """The numbers of all shops by their logins."""
        rows = await statement("list_merchants").fetch(self.pool)
        return {row["login"]: row["merchant_id"] for row in rows}

    async def shop(self, login: str) -> int:
        """The number of the shop with this login. Raises CommandError."""
        shops = await self.shops()
        if login not in shops:
            raise CommandError(f"No shop has the login {login}.{did_you_mean(login, shops)}")
        return shops[login]

    async def user(self, login: str) -> AccountUser:
        """The user with this login. Raises CommandError."""
        user = await self.context.store.user(login)
        if user is None:
            rows = await statement("list_user_logins").fetch(self.pool)
            meant = did_you_mean(login, [row["login"] for row in rows])
            raise CommandError(f"No user of the personal account has the login {login}.{meant}")
        return user


def with_account(settings: Settings, work: Callable[[OpenAccount], Awaitable[Result]]) -> Result:
    """Run `work` with the personal account; its result. Refuses as `with_pool`."""
    ring = load_keys(settings)

    async def run(pool: Pool) -> Result:
        clock = await gateway_clock(pool, settings)
        context = account_context(pool, ring=ring, clock=clock, rules=settings.account_sessions)
        return await work(OpenAccount(context, pool, ring))

    return with_pool(settings, run)
