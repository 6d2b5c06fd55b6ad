"""What a card payment needs from outside in addition to its connector."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.limiter import AttemptLimiter
from altyn.protocol.threeds import (
    AuthenticationAnswer,
    AuthenticationRequest,
    ChallengeResult,
    Enrolment,
    EnrolmentRequest,
)
from altyn.protocol.threeds_version1 import PaRes


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDetails:
    """What the card's connector needs to begin a payment. The CVC is kept for this call only."""

    pan: Pan
    cvc: Cvc | None = None


class CardChecks(Protocol):
    """The acquirer's checks before any money is asked for."""

    def refusal_of(self, pan: Pan) -> Refused | None:
        """Why this gateway takes no such card at all; None when it does."""
        ...

    def expired(self, pan: Pan, expiry: Expiry, today: date) -> bool:
        """Whether the last month of the card is over; `today` is the date in Moscow."""
        ...

    async def check(self, pan: Pan, expiry: Expiry, cvc: Cvc | None) -> int | None:
        """The action code when the card is not valid, else None. Nothing is reserved."""
        ...


class ThreeDS(Protocol):
    """The schemes' directory server and the ACS behind it (`protocol/threeds.py`); never raises."""

    async def enrolment(self, request: EnrolmentRequest) -> Enrolment: ...
    async def authenticate(self, request: AuthenticationRequest) -> AuthenticationAnswer: ...

    async def challenge_result(self, server_trans_id: str) -> ChallengeResult | None:
        """The result of a challenge from the ACS itself (RReq); None when there is none yet."""
        ...

    def read_pa_res(self, pa_res: str) -> PaRes | None:
        """The PaRes that the payer brings back; None when the ACS has not signed it."""
        ...


class CardVault(Protocol):
    """Keeps a PAN, encrypted, while an authentication is in progress; never a CVC."""

    def fingerprint(self, merchant_id: int, pan: Pan) -> str: ...
    async def keep(self, merchant_id: int, pan: Pan, *, until: datetime) -> None: ...
    async def reveal(self, merchant_id: int, fingerprint: str) -> Pan | None: ...


class CardTransactions(Protocol):
    """Finds orders by the id of their 3-D Secure 2 transaction."""

    async def order_of_transaction(self, merchant_id: int, server_trans_id: str) -> UUID | None:
        """The id of the merchant's order; None when it has no such transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPorts:
    """The ports of the card package, handed in by `main`."""

    checks: CardChecks
    threeds: ThreeDS
    vault: CardVault
    transactions: CardTransactions
    limiter: AttemptLimiter
