"""A service for payment in parts that does not answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from altyn.protocol.bnpl import Application, ApplicationRequest, PartsRequest, PartsResponse


@dataclass
class SilentService:
    """A service that hangs, or fails."""

    hangs: bool = False

    @property
    def applications(self) -> SilentService:
        return self

    async def _answer(self) -> None:
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        raise OSError("broken")

    async def find(self, _order_id: UUID) -> Application | None:
        await self._answer()
        return None

    async def apply(self, _request: ApplicationRequest) -> Application:
        await self._answer()
        raise AssertionError

    async def enter_code(self, _application_id: str, _code: str) -> Application | None:
        await self._answer()
        return None

    async def agree(self, _application_id: str) -> Application | None:
        await self._answer()
        return None

    async def handle(self, _request: PartsRequest) -> PartsResponse:
        await self._answer()
        raise AssertionError
