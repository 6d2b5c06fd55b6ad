"""Read a merchant's audit log, and verify that it is as it was written."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from altyn.domain.account.audit import ChainCheck, ChainedEntry, ChainFault, ChainHead
from altyn.domain.account.roles import Action
from altyn.operations.account.ports import AccountActor, AccountContext, AccountStore

PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class VerifiedLog:
    """How many entries a log has, its newest hash, and its first fault; None without one."""

    entries: int
    newest_hash: bytes
    fault: ChainFault | None


async def audit_entries(
    actor: AccountActor, context: AccountContext
) -> AsyncIterator[ChainedEntry]:
    """All entries of the actor's merchant, oldest first. Refuses: NOT_PERMITTED."""
    actor.require(Action.AUDIT)
    async for entry in entries_of(actor.merchant_id, context.store):
        yield entry


async def newest_entries(
    actor: AccountActor, context: AccountContext, *, before: int, limit: int
) -> Sequence[ChainedEntry]:
    """Entries before a number, newest first. Refuses: NOT_PERMITTED."""
    actor.require(Action.AUDIT)
    return await context.store.newest_audit_entries(actor.merchant_id, before=before, limit=limit)


async def entries_of(merchant_id: int, store: AccountStore) -> AsyncIterator[ChainedEntry]:
    """All entries of a merchant, read page by page."""
    after = 0
    while page := await store.audit_entries(merchant_id, after=after, limit=PAGE):
        for entry in page:
            yield entry
        after = page[-1].number


async def verify_log(
    merchant_id: int, store: AccountStore, key: bytes, *, earlier: ChainHead | None = None
) -> VerifiedLog:
    """Check the chain of a merchant. Entries that are written meanwhile belong to a later check.

    `earlier` is what an earlier check gave as the newest entry; it was kept outside the database,
    and must still be in the chain. So even a whole database that was set back is found.
    """
    newest = await store.audit_head(merchant_id)
    check, earlier_found = ChainCheck(key), earlier is None
    async for each in entries_of(merchant_id, store):
        if each.number <= newest.number:
            check.add(each)
        earlier_found |= earlier is not None and (each.number, each.hash) == (
            earlier.number,
            earlier.hash,
        )
    fault = check.fault(newest)
    if fault is None and earlier is not None and not earlier_found:
        fault = ChainFault(earlier.number, f"entry {earlier.number} of the earlier check is gone")
    return VerifiedLog(newest.number, newest.hash, fault)
