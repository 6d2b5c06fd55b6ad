"""What the operations with passkeys need from outside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from altyn.domain.account.audit import AuditEntry
from altyn.domain.account.challenges import Challenge, Challenges
from altyn.domain.account.passkeys import NewCredential, Passkey, PasskeySite
from altyn.operations.account.ports import AccountContext


class Addition(Enum):
    """What came of storing a new passkey."""

    ADDED = auto()
    NOT_NOW = auto()
    """The challenge was used before, or the user has PASSKEYS_MAX of them meanwhile."""

    NAME_TAKEN = auto()
    KNOWN = auto()
    """A user of the shop has this passkey already."""


class Usage(Enum):
    """What came of using a passkey for a login."""

    COUNTED = auto()
    CHALLENGE_USED = auto()
    COUNT_NOT_HIGHER = auto()
    """The authenticator's count is not above the stored one: the passkey may have been copied."""


class PasskeyStore(Protocol):
    """Passkeys and used challenges in the database. A change and its entry are one statement."""

    async def passkeys(self, merchant_id: int, login: str) -> Sequence[Passkey]:
        """The passkeys of a user, the oldest first."""
        ...

    async def passkey(
        self, merchant_id: int, credential_id: bytes, user_handle: str
    ) -> Passkey | None: ...

    async def add(self, passkey: Passkey, challenge: Challenge, entry: AuditEntry) -> Addition: ...

    async def rename(self, passkey: Passkey, name: str, entry: AuditEntry) -> bool | None:
        """Give a passkey another name. None: it is gone. False: the user has one of this name."""
        ...

    async def remove(self, passkey: Passkey, entry: AuditEntry) -> bool:
        """Remove a passkey. False: it is gone already."""
        ...

    async def use(
        self, passkey: Passkey, challenge: Challenge, sign_count: int, now: datetime
    ) -> Usage:
        """Use up a challenge, and keep the authenticator's count if it is higher, or still 0."""
        ...


class PasskeyResponses(Protocol):
    """Writes the options for the browser, and checks the responses of authenticators.

    Responses are JSON, as WebAuthn has it. User verification is required everywhere. The methods
    that check raise PasskeyResponseError.
    """

    def creation_options(
        self,
        site: PasskeySite,
        challenge: bytes,
        *,
        login: str,
        user_handle: str,
        existing: Sequence[bytes],
    ) -> str: ...

    def request_options(self, site: PasskeySite, challenge: bytes) -> str: ...

    def created(self, response: str, site: PasskeySite, challenge: bytes) -> NewCredential: ...

    def named(self, response: str) -> tuple[str, bytes]:
        """User handle and credential that a response names; nothing of it is checked yet."""
        ...

    def sign_count(
        self, response: str, site: PasskeySite, challenge: bytes, public_key: bytes
    ) -> int:
        """The authenticator's count in a response whose signature is right."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyContext:
    """Everything that the operations with passkeys may reach."""

    account: AccountContext
    store: PasskeyStore
    responses: PasskeyResponses
    challenges: Challenges = field(repr=False)
