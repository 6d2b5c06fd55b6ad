"""What the console shows of the demo shop: the credentials that are valid now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from altyn.domain.callback import ChecksumKind

TYPED_LATER: Final = "YOUR_PASSWORD"
"""What a program shows instead of a password that the console does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoShop:
    """The credentials of the demo shop. They move simulated money only.

    `password` and `token` are the published ones; None where they were replaced, since the gateway
    keeps only hashes of them. `callback_key` is the present one; None where the shop has none.
    `checksum` is how callbacks are signed.
    """

    api_login: str
    password: str | None = field(repr=False)
    token: str | None = field(repr=False)
    callback_key: str | None = field(repr=False)
    checksum: ChecksumKind = ChecksumKind.SYMMETRIC

    @property
    def is_published(self) -> bool:
        """Whether the published password and token are the valid ones."""
        return self.password is not None and self.token is not None

    def credentials(self, typed_password: str = "") -> dict[str, str]:
        """The credentials of a request: a typed password, else the published one, else the token.

        Where none is known, the password is empty.
        """
        if password := typed_password or self.password:
            return {"userName": self.api_login, "password": password}
        if self.token:
            return {"token": self.token}
        return {"userName": self.api_login, "password": ""}

    @property
    def needs_password(self) -> bool:
        """Whether a request can be sent with a typed password only."""
        return self.password is None and self.token is None

    @property
    def shown_credentials(self) -> dict[str, str]:
        """The credentials of a program that is shown; `TYPED_LATER` stands for an unknown one."""
        return self.credentials(TYPED_LATER if self.needs_password else "")


ReadShop = Callable[[], Awaitable[DemoShop]]
"""Reads what is valid now."""
