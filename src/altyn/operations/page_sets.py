"""The page sets that a shop uploads: store, make active, remove; the provider approves or refuses.

Every change has its entry in the audit log of the shop. Making a set active changes one row, so a
payer gets pages of one set or of the other.
Source: personal-account.md §6; payment-page.md §1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from altyn.domain.account.audit import AuditAction, AuditEntry
from altyn.domain.account.roles import Action
from altyn.domain.page_set import (
    SETS_MAX,
    CheckedFiles,
    PageSet,
    PageSetState,
)
from altyn.operations.account.ports import AccountActor
from altyn.operations.ports import Clock


class PageSetStore(Protocol):
    """Page sets in the database. A change is saved with its entry of the audit log, or not at all.

    The methods that change something return False when the set no longer is in such a state.
    """

    async def sets(self, merchant_id: int) -> Sequence[PageSet]:
        """The sets of a merchant, newest first."""
        ...

    async def last_number(self, merchant_id: int) -> int:
        """The highest number that a set of a merchant has or had; 0 without one."""
        ...

    async def waiting(self) -> Sequence[PageSet]:
        """The sets of all merchants that wait for the provider, oldest first."""
        ...

    async def files(self, merchant_id: int, number: int) -> Mapping[str, bytes]:
        """All files of a set, by path; none where the merchant has no such set."""
        ...

    async def add(self, page_set: PageSet, files: Mapping[str, bytes], entry: AuditEntry) -> bool:
        """Add a set with its files. False: its number is taken."""
        ...

    async def activate(self, merchant_id: int, number: int, entry: AuditEntry) -> bool:
        """Make a ready set active, and the active one ready."""
        ...

    async def deactivate(self, merchant_id: int, number: int, entry: AuditEntry) -> bool:
        """Make the active set ready, so that the gateway's own pages are served."""
        ...

    async def remove(self, merchant_id: int, number: int, entry: AuditEntry) -> bool:
        """Remove a set that is not active, with its files."""
        ...

    async def decide(self, page_set: PageSet, entry: AuditEntry) -> bool:
        """Save the provider's decision about a set that waits."""
        ...


@dataclass(frozen=True, slots=True)
class ActivePages:
    """What the pages of an order need of the active set of their shop. Number 0: there is none.

    `checked`: its pages run nothing of their own; else the provider has approved it.
    """

    number: int = 0
    paths: frozenset[str] = frozenset()
    checked: bool = True


class ServedPages(Protocol):
    """The active sets of all merchants, kept in memory without their files."""

    async def active(self, merchant_id: int) -> ActivePages: ...

    async def file(self, merchant_id: int, number: int, path: str) -> bytes | None:
        """A file of a set."""
        ...


class PageSetReason(StrEnum):
    """Why a change of page sets is refused."""

    UNKNOWN = "the shop has no page set with this number"
    TOO_MANY = f"the shop has {SETS_MAX} page sets: remove one first"
    NOT_READY = "only a page set that is ready can be made active"
    IS_ACTIVE = "the page set is active: make another one active, or the gateway's pages, first"
    NOT_ACTIVE = "the page set is not active"
    NOT_WAITING = "the page set does not wait for a decision"
    REASON_EMPTY = "the reason is empty: the shop has to know what to change"
    CHANGED_MEANWHILE = "somebody else has changed the page sets at the same time: repeat it"


class PageSetError(Exception):
    """The change was refused, and nothing was saved."""

    def __init__(self, reason: PageSetReason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PageSets:
    """The operations on the sets of the actor's merchant.

    Each refuses in order: AccountError NOT_PERMITTED, PageSetError.
    """

    store: PageSetStore
    clock: Clock

    async def sets(self, actor: AccountActor) -> Sequence[PageSet]:
        """The sets of the actor's merchant, newest first."""
        actor.require(Action.SETTINGS)
        return await self.store.sets(actor.merchant_id)

    async def find(self, number: int, actor: AccountActor) -> PageSet:
        """A set by its number. Refuses: UNKNOWN."""
        found = [each for each in await self.sets(actor) if each.number == number]
        if not found:
            raise PageSetError(PageSetReason.UNKNOWN)
        return found[0]

    async def files(self, number: int, actor: AccountActor) -> Mapping[str, bytes]:
        """The files of a set. Refuses: UNKNOWN."""
        await self.find(number, actor)
        return await self.store.files(actor.merchant_id, number)

    async def upload(self, checked: CheckedFiles, actor: AccountActor) -> PageSet:
        """Store a checked set: ready, or waiting for the provider. Refuses: TOO_MANY.

        The number of a removed set is not used again: what the provider approves is what the
        provider has seen.
        """
        assert checked.storable, "a set with faults for the shop to mend is not stored"
        while True:
            sets = await self.sets(actor)
            if len(sets) >= SETS_MAX:
                raise PageSetError(PageSetReason.TOO_MANY)
            last = await self.store.last_number(actor.merchant_id)
            added = self._new(checked, actor, last + 1)
            entry = self._entry(actor, AuditAction.PAGE_SET_UPLOADED, added, str(added.state))
            if await self.store.add(added, checked.files, entry):
                return added

    async def activate(self, number: int, actor: AccountActor) -> None:
        """Make a ready set active. Refuses: UNKNOWN, NOT_READY, CHANGED_MEANWHILE."""
        found = await self.find(number, actor)
        if found.state is not PageSetState.READY:
            raise PageSetError(PageSetReason.NOT_READY)
        entry = self._entry(actor, AuditAction.PAGE_SET_ACTIVATED, found)
        _saved(await self.store.activate(actor.merchant_id, number, entry))

    async def deactivate(self, number: int, actor: AccountActor) -> None:
        """Serve the gateway's own pages again. Refuses: UNKNOWN, NOT_ACTIVE, CHANGED_MEANWHILE."""
        found = await self.find(number, actor)
        if found.state is not PageSetState.ACTIVE:
            raise PageSetError(PageSetReason.NOT_ACTIVE)
        entry = self._entry(actor, AuditAction.PAGE_SET_DEACTIVATED, found)
        _saved(await self.store.deactivate(actor.merchant_id, number, entry))

    async def remove(self, number: int, actor: AccountActor) -> None:
        """Remove a set. Refuses: UNKNOWN, IS_ACTIVE, CHANGED_MEANWHILE."""
        found = await self.find(number, actor)
        if found.state is PageSetState.ACTIVE:
            raise PageSetError(PageSetReason.IS_ACTIVE)
        entry = self._entry(actor, AuditAction.PAGE_SET_REMOVED, found)
        _saved(await self.store.remove(actor.merchant_id, number, entry))

    async def decide(
        self, number: int, actor: AccountActor, *, approves: bool, reason: str = ""
    ) -> PageSet:
        """The provider's decision about a set that waits; the shop makes an approved one active.

        Refuses: UNKNOWN, NOT_WAITING, REASON_EMPTY for a refusal without one, CHANGED_MEANWHILE.
        """
        assert actor.user is None, "only the provider's staff decides"
        found = await self.find(number, actor)
        if found.state is not PageSetState.WAITING:
            raise PageSetError(PageSetReason.NOT_WAITING)
        if not approves and not reason.strip():
            raise PageSetError(PageSetReason.REASON_EMPTY)
        decided = _decided(found, actor, approves=approves, reason=reason.strip())
        action = AuditAction.PAGE_SET_APPROVED if approves else AuditAction.PAGE_SET_REFUSED
        _saved(await self.store.decide(decided, self._entry(actor, action, decided, reason)))
        return decided

    def _new(self, checked: CheckedFiles, actor: AccountActor, number: int) -> PageSet:
        waits = bool(checked.findings)
        return PageSet(
            merchant_id=actor.merchant_id,
            number=number,
            state=PageSetState.WAITING if waits else PageSetState.READY,
            uploaded_at=self.clock.now(),
            uploaded_by=actor.name,
            files=tuple(sorted(checked.files)),
            size_bytes=sum(map(len, checked.files.values())),
            findings=checked.findings,
        )

    def _entry(
        self, actor: AccountActor, action: AuditAction, page_set: PageSet, detail: str = ""
    ) -> AuditEntry:
        subject = f"page set {page_set.number}"
        return actor.entry(action, subject, at=self.clock.now(), detail=detail.strip())


def _decided(page_set: PageSet, actor: AccountActor, *, approves: bool, reason: str) -> PageSet:
    state = PageSetState.READY if approves else PageSetState.REFUSED
    return replace(page_set, state=state, approved_by=actor.name if approves else "", reason=reason)


def _saved(saved: bool) -> None:  # noqa: FBT001 - the result of a change
    if not saved:
        raise PageSetError(PageSetReason.CHANGED_MEANWHILE)
