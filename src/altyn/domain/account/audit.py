"""The audit log: who changed what, when and from where, as a chain for each merchant.

Each entry's hash covers the entry and the hash before it, under a key of the key file. So an entry
that is altered, removed or inserted with access to the database alone is found by `first_fault`.
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

AUDIT_KEY_PURPOSE: Final = "audit-log"
"""What the key of the chain is derived for: `KeyRing.derive(AUDIT_KEY_PURPOSE)`."""

CHAIN_BEGINS: Final = bytes(32)
"""The hash before the first entry of a merchant."""


class AuditAction(StrEnum):
    """What was done."""

    LOGGED_IN = "logged in"
    LOGIN_FAILED = "login failed"
    LOGIN_LOCKED = "login locked"
    LOGGED_OUT = "logged out"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - the name of an action
    PASSWORD_RESET = "password reset"  # noqa: S105 - as above
    CODES_SWITCHED_ON = "one-time codes switched on"
    CODES_SWITCHED_OFF = "one-time codes switched off"
    PASSKEY_ADDED = "passkey added"
    PASSKEY_RENAMED = "passkey renamed"
    PASSKEY_REMOVED = "passkey removed"
    USER_ADDED = "user added"
    USER_BLOCKED = "user blocked"
    USER_UNBLOCKED = "user unblocked"
    RIGHTS_CHANGED = "rights changed"
    API_PASSWORD_CHANGED = "API password changed"  # noqa: S105 - as above
    API_PASSWORD_RESTORED = "API password restored"  # noqa: S105 - as above
    TOKEN_ADDED = "token added"  # noqa: S105 - as above
    TOKEN_REMOVED = "token removed"  # noqa: S105 - as above
    TOKEN_CHANGED = "token changed"  # noqa: S105 - as above
    TOKEN_RESTORED = "token restored"  # noqa: S105 - as above
    MERCHANT_ADDED = "merchant added"
    MERCHANT_BLOCKED = "merchant blocked"
    MERCHANT_UNBLOCKED = "merchant unblocked"
    SETTINGS_CHANGED = "settings changed"
    SESSION_ENDED = "session ended"
    COMPLETION_ASKED = "completion asked for"
    REVERSAL_ASKED = "reversal asked for"
    REFUND_ASKED = "refund asked for"
    DECLINE_ASKED = "decline of the order asked for"
    CLOSING_ASKED = "closing receipt asked for"
    RECEIPT_RESENT = "receipt sent again"
    INVOICE_MADE = "invoice made"
    INVOICE_SENT = "invoice sent"
    CALLBACK_RESENT = "callback sent again"
    CALLBACK_TESTED = "test callback sent"
    CERTIFICATE_CREATED = "certificate created"
    PAGE_SET_UPLOADED = "page set uploaded"
    PAGE_SET_ACTIVATED = "page set made active"
    PAGE_SET_DEACTIVATED = "page set put out of use"
    PAGE_SET_REMOVED = "page set removed"
    PAGE_SET_APPROVED = "page set approved"
    PAGE_SET_REFUSED = "page set refused"
    REPORT_REQUESTED = "report asked for"
    REPORT_DOWNLOADED = "report downloaded"
    ORDERS_DOWNLOADED = "list of orders downloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One action. `at` is UTC; `actor` is a login or the name of a command; `address` is the IP
    address that it came from, empty at the command line; `subject` is what was changed.

    `detail` says what the change was, without secrets.
    """

    merchant_id: int
    at: datetime
    actor: str
    address: str
    action: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The number and the hash of a merchant's newest entry.

    `proof` is a second keyed hash of both, which no entry has: so entries cannot be removed from
    the end by taking the hash of an earlier entry for the newest.
    """

    number: int = 0
    hash: bytes = CHAIN_BEGINS
    proof: bytes = b""


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """An entry with its place in the chain of its merchant; numbers begin with 1."""

    entry: AuditEntry
    number: int
    hash: bytes

    def head(self, key: bytes) -> ChainHead:
        """The newest entry after this one was added."""
        return ChainHead(self.number, self.hash, _proof(self.number, self.hash, key))


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first entry that does not fit into the chain, and why."""

    number: int
    reason: str


def chained(entry: AuditEntry, head: ChainHead, key: bytes) -> ChainedEntry:
    """The entry as the next one after `head`."""
    number = head.number + 1
    return ChainedEntry(entry, number, _hash(entry, number, head.hash, key))


def first_fault(
    entries: Iterable[ChainedEntry], newest: ChainHead, key: bytes
) -> ChainFault | None:
    """The first fault of a merchant's whole chain; None for a chain as it was written."""
    check = ChainCheck(key)
    for entry in entries:
        check.add(entry)
    return check.fault(newest)


class ChainCheck:
    """Checks a merchant's whole chain, entry by entry."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._head = ChainHead()
        self._fault: ChainFault | None = None

    def add(self, found: ChainedEntry) -> None:
        """Check the next entry; the first fault is kept."""
        expected = chained(found.entry, self._head, self._key)
        if self._fault is not None:
            return
        if found.number != expected.number:
            self._fault = ChainFault(expected.number, f"entry {expected.number} is missing")
        elif not hmac.compare_digest(found.hash, expected.hash):
            reason = f"entry {found.number} or its hash was altered"
            self._fault = ChainFault(found.number, reason)
        self._head = ChainHead(found.number, found.hash)

    def fault(self, newest: ChainHead) -> ChainFault | None:
        """The first fault, when all entries were added. `newest` is what is stored as such."""
        head = self._head
        if self._fault is not None:
            return self._fault
        if head.number != newest.number:
            reason = f"the newest entry is number {newest.number}, not {head.number}"
            return ChainFault(head.number + 1, reason)
        if newest.number == 0:
            return None
        proof = _proof(newest.number, head.hash, self._key)
        if head.hash != newest.hash or not hmac.compare_digest(proof, newest.proof):
            return ChainFault(head.number, "what is stored as the newest entry was altered")
        return None


def _proof(number: int, newest_hash: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"newest %d " % number + newest_hash, "sha256")


def _hash(entry: AuditEntry, number: int, before: bytes, key: bytes) -> bytes:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    # JSON keeps the fields apart: "ab" + "c" and "a" + "bc" are different texts.
    content = json.dumps(
        [
            *(entry.merchant_id, number, at, entry.actor, entry.address),
            *(entry.action, entry.subject, entry.detail),
        ]
    )
    return hmac.digest(key, before + content.encode(), "sha256")
