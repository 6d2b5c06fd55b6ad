"""The authentications of payers, as the ACS simulator stores them.

Their state is in the database: the browser's back button gives no more attempts, and any gateway
process can serve the next step.
Source: payment-page.md §4; codes.md §9 (codes).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from altyn.protocol.test_cards import ACS_CODE_CLASSIC
from altyn.protocol.threeds import TransStatus
from altyn.simulators.database import Pool, apply_schema, statements

ATTEMPTS_MAX: Final = 3
TYPED_CHARS_MAX: Final = 4 * len(ACS_CODE_CLASSIC)

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = statements(_HERE / "queries.sql")

_WITH_PROOF: Final = frozenset({TransStatus.AUTHENTICATED, TransStatus.ATTEMPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A card of version 1 with its behaviour. If `code` is None, the payer types no code."""

    account: str
    card: str
    pares: TransStatus
    eci: int | None
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """An authentication of either version. `amount_minor` is in minor units of `currency`.

    `status` is None until the payer has answered. `cavv` and `eci` belong to `on_success`; `proof`
    returns the ones of the actual result.
    """

    id: str
    merchant: str
    amount_minor: int
    currency: str
    card: str
    return_url: str
    code: str | None
    on_success: TransStatus
    status: TransStatus | None
    cavv: str | None = None
    eci: int | None = None
    server_trans_id: str | None = None
    message_id: str | None = None
    xid: str | None = None
    message_version: str | None = None
    attempts: int = 0
    cancelled: bool = False

    @property
    def attempts_left(self) -> int:
        return ATTEMPTS_MAX - self.attempts

    @property
    def proof(self) -> tuple[str | None, int | None]:
        """The CAVV and ECI of the result; None for both if the result has none."""
        return (self.cavv, self.eci) if self.status in _WITH_PROOF else (None, None)


class Authentications:
    """The stored accounts and authentications of the ACS."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the tables if they are missing; safe for concurrent processes."""
        await apply_schema(pool, _SCHEMA)

    async def save_account(self, account: Account) -> None:
        await self._pool.execute(
            _SQL["save_account"],
            account.account,
            account.card,
            account.pares,
            account.eci,
            account.code,
        )

    async def account(self, account: str) -> Account | None:
        row = await self._pool.fetchrow(_SQL["read_account"], account)
        if row is None:
            return None
        return Account(
            account=row["account"],
            card=row["card"],
            pares=TransStatus(row["pares"]),
            eci=row["eci"],
            code=row["code"],
        )

    async def begin(self, new: Authentication) -> Authentication:
        """Store a new authentication, or find the stored one; return its current state."""
        await self._pool.execute(
            _SQL["begin_authentication"],
            new.id,
            new.server_trans_id,
            new.message_id,
            new.xid,
            new.message_version,
            new.merchant,
            new.amount_minor,
            new.currency,
            new.card,
            new.return_url,
            new.code,
            new.on_success,
            new.cavv,
            new.eci,
            new.status,
        )
        current = (
            await self.of_server_trans_id(new.server_trans_id)
            if new.server_trans_id
            else await self.read(new.id)
        )
        assert current is not None
        return current

    async def read(self, authentication_id: str) -> Authentication | None:
        row = await self._pool.fetchrow(_SQL["read_authentication"], authentication_id)
        return _authentication(row) if row else None

    async def of_server_trans_id(self, server_trans_id: str) -> Authentication | None:
        row = await self._pool.fetchrow(_SQL["read_by_server_trans_id"], server_trans_id)
        return _authentication(row) if row else None

    async def answer(
        self, authentication_id: str, *, typed: str, cancelled: bool
    ) -> Authentication | None:
        """Store the payer's code or cancellation; return the new state, None for an unknown id."""
        await self._pool.execute(
            _SQL["answer"], authentication_id, cancelled, typed[:TYPED_CHARS_MAX], ATTEMPTS_MAX
        )
        return await self.read(authentication_id)


def _authentication(row: asyncpg.Record) -> Authentication:
    return Authentication(
        id=row["id"],
        merchant=row["merchant"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        card=row["card"],
        return_url=row["return_url"],
        code=row["code"],
        on_success=TransStatus(row["on_success"]),
        status=TransStatus(row["status"]) if row["status"] else None,
        cavv=row["cavv"],
        eci=row["eci"],
        server_trans_id=row["server_trans_id"],
        message_id=row["message_id"],
        xid=row["xid"],
        message_version=row["message_version"],
        attempts=row["tries"],
        cancelled=row["cancelled"],
    )
