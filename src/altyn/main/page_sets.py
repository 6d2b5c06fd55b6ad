"""Builds the operations on page sets, for the personal account and the command line."""

from altyn.domain.account.audit import AUDIT_KEY_PURPOSE
from altyn.operations.page_sets import PageSets
from altyn.operations.ports import Clock
from altyn.security.keys import KeyRing
from altyn.storage.audit import AuditLog
from altyn.storage.database import Pool
from altyn.storage.page_sets import PageSetTables


def page_sets_of(pool: Pool, keys: KeyRing, clock: Clock) -> PageSets:
    """The operations on the page sets of all merchants."""
    audit = AuditLog(keys.derive(AUDIT_KEY_PURPOSE))
    return PageSets(PageSetTables(pool, audit), clock)
